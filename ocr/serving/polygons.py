"""Polygons as requests bring them: what is refused and what is read.

finite numbers, at most FARTHEST pixels from the origin     else refused
three points or more, enclosing an area                     else refused
crossing itself                                             read: what an odd number of turns encloses
reaching over the picture's edges                           read: black there, as in local reading
not touching the picture                                    refused
"""

import json
import math

import numpy as np

from ocr.geometry import clip_box, polygon_area, polygon_box
from ocr.region import MIN_AREA
from ocr.serving.problem import Problem

FARTHEST = 1_000_000  # pixels; beyond it a float32 holds no fraction of a pixel


def parse_json(text):
    """JSON of a request, bytes or str; NaN and Infinity, which are no JSON, become NaN and are refused as points.

    Raises:
        Problem: malformed.
    """
    try:
        return json.loads(text, parse_constant=lambda _: math.nan)
    except UnicodeDecodeError:
        raise Problem(400, 'malformed_json', 'The JSON is not UTF-8; send it in that encoding.') from None
    except json.JSONDecodeError as error:
        raise Problem(
            400, 'malformed_json', f'The JSON is malformed: {error.msg}, line {error.lineno} column {error.colno}.'
        ) from None
    except (ValueError, RecursionError):  # a number of thousands of digits, thousands of brackets
        raise Problem(
            400, 'malformed_json', 'The JSON has a number too long or brackets too deep to be read.'
        ) from None


def to_polygons(value, limits):
    """Parsed JSON -> list of float32 (K, 2), or [] if no region is given: null or an empty list.

    Raises:
        Problem: no such list, too many regions or points, or a polygon that is refused.
    """
    if value is None:
        return []
    if not isinstance(value, list):
        raise Problem(422, 'bad_polygons', 'polygons must be a list of polygons, each a list of [x, y] points.')
    if len(value) > limits.max_regions:
        raise Problem(
            422,
            'too_many_regions',
            f'{len(value)} regions are more than the {limits.max_regions} of one request; send several requests.',
        )
    return [_to_polygon(points, f'polygons[{number}]', limits) for number, points in enumerate(value)]


def check_inside(polygons, width, height):
    """Raises Problem for the first polygon that does not touch the picture of width x height pixels."""
    for number, polygon in enumerate(polygons):
        x0, y0, x1, y1 = clip_box(polygon_box(polygon), width, height)
        if x1 <= x0 or y1 <= y0:
            raise Problem(
                422,
                'polygon_outside',
                f'polygons[{number}] lies outside the picture, which is {width} x {height} pixels; '
                'points are [x, y] in pixels of the upright picture.',
            )


def _to_polygon(points, where, limits):
    if not isinstance(points, list) or not all(_is_point(point) for point in points):
        raise Problem(422, 'bad_polygons', f'{where} must be a list of [x, y] points, two numbers each.')
    if len(points) < 3:
        raise Problem(422, 'bad_polygons', f'{where} has {len(points)} points; a polygon has three or more.')
    if len(points) > limits.max_points:
        raise Problem(
            422,
            'too_many_points',
            f'{where} has {len(points)} points, more than the {limits.max_points} allowed; simplify it.',
        )
    if not all(_is_near(number) for point in points for number in point):
        raise Problem(
            422,
            'bad_polygons',
            f'{where} has a coordinate that is not a finite number within {FARTHEST} pixels of the picture.',
        )
    polygon = np.array(points, np.float32)
    if polygon_area(polygon) < MIN_AREA:
        raise Problem(422, 'empty_polygon', f'{where} encloses no area; its points must go around the text.')
    return polygon


def _is_point(point):
    return isinstance(point, list) and len(point) == 2 and all(type(number) in (int, float) for number in point)


def _is_near(number):
    return -FARTHEST <= number <= FARTHEST  # never of NaN
