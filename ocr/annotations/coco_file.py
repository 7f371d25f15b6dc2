"""A file of plain COCO annotations through pycocotools: its index, and outlines of polygons and masks."""

import contextlib
import io
import re

import cv2
import numpy as np
from pycocotools.coco import COCO

from ocr.annotations.files import read_bytes
from ocr.errors import InputError
from ocr.files.json_text import MalformedJson, parse_json
from ocr.preprocessing.outline import offset

EXPECTED = '`image_id` of one of `images` and `segmentation` or `bbox` are expected'
MAX_MASK = 1 << 28  # pixels
_RUNS = re.compile('[0-o]*[0-O]')  # compressed; characters from P on are followed by another


def load(labels):
    """The file as pycocotools' COCO, which would print what it does."""
    try:
        content = parse_json(read_bytes(labels).decode('utf-8-sig'))
        for annotation in content['annotations']:
            annotation.setdefault('category_id', None)  # which some leave out, and the index needs
        coco = COCO()
        coco.dataset = {**content, 'images': list(content['images']), 'annotations': list(content['annotations'])}
        with contextlib.redirect_stdout(io.StringIO()):
            coco.createIndex()
        for image in coco.imgs.values():
            if not isinstance(image['file_name'], str):
                raise TypeError(f'file_name {str(image["file_name"])[:40]}')
    except UnicodeDecodeError as error:
        raise InputError(f'{labels}: not UTF-8 (byte {error.start}); save it as UTF-8') from error
    except MalformedJson as error:
        raise InputError(f'{labels}:{error.line}: malformed JSON: {error}') from error
    except (KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f'{labels}: `images` with `id` and `file_name`, and `annotations` with `image_id`, are expected ({error!r})'
        ) from error
    lost = next((one for one in coco.dataset['annotations'] if one['image_id'] not in coco.imgs), None)
    if lost:
        raise InputError(f'{labels}: annotation {lost.get("id")}: {EXPECTED}, found image_id {lost["image_id"]!r}')
    return coco


def outline_points(coco, annotation, where):
    """Outline of an annotation: its polygon, the hull of its polygons or of its mask, or its box."""
    segmentation = annotation.get('segmentation')
    try:
        if isinstance(segmentation, list) and segmentation:
            parts = segmentation if isinstance(segmentation[0], list) else [segmentation]
            return parts[0] if len(parts) == 1 else _hull(np.concatenate([_pairs(part) for part in parts]))
        if isinstance(segmentation, dict):
            _check_mask(segmentation)
            return _outline(coco.annToMask(annotation))
        x, y, width, height = annotation['bbox']
        return [x, y, x + width, y, x + width, y + height, x, y + height]
    except Exception as error:  # pycocotools raises whatever it likes
        raise InputError(f'{where}: {EXPECTED}, found {str(annotation)[:60]}') from error


def _check_mask(segmentation):
    """ValueError for a mask with which pycocotools writes where it should not."""
    height, width = segmentation['size']
    counts = segmentation['counts']
    if type(height) is not int or type(width) is not int or height < 1 or width < 1 or height * width > MAX_MASK:
        raise ValueError(f'a mask of {height} x {width}')
    if not isinstance(counts, list) and not _RUNS.fullmatch(counts):
        raise ValueError('damaged runs')


def _pairs(part):
    return np.asarray(part, np.float32).reshape(-1, 2)


def _hull(points):
    return cv2.convexHull(np.asarray(points, np.float32))[:, 0]


def _outline(mask):
    """Polygon around the pixels of a mask uint8 (H, W), the hull of its pieces if there are several."""
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    centres = [contour[:, 0].astype(np.float32) + 0.5 for contour in contours]
    if len(centres) == 1 and (grown := offset(centres[0], 0.5)):
        return grown[0]
    corners = [one + step for one in centres for step in np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) / 2]
    return _hull(np.concatenate(corners)) if corners else []
