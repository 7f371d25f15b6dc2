"""What was read -> the JSON of the answer."""

import base64
import io
from collections import Counter

import numpy as np
from PIL import Image

from ocr.reading.char_positions import char_positions, map_to_photograph
from ocr.reading.legible import ILLEGIBLE, legible
from ocr.reading.lines import keep_members


def region_answer(result, cut, with_attention, with_page=False):
    """One entry of `regions`.

    Args:
        result: ReadText.
        cut: Cut.
        with_attention: bool, give the maps too.
        with_page: bool, say of which page it is.

    Returns:
        dict in JSON's types.
    """
    answer = {
        'text': result.text,
        'confidence': result.confidence,
        'char_confidences': list(result.char_confidences),
        **({'page': cut.page} if with_page else {}),
        'polygon': cut.polygon.tolist(),
    }
    for name in ('in_lexicon', 'read'):
        if (value := getattr(result, name)) is not None:
            answer[name] = value
    if result.alpha is not None:
        answer['char_positions'] = char_positions(result.alpha[: len(result.text)], cut.prepared)
        if with_attention:
            answer['attention'] = _attention(result.alpha, cut.prepared)
    return answer


def _attention(alpha, prepared):
    """`attention` of a region.

    Args:
        alpha: float32 (T', h, w), >= 0.
        prepared: Prepared.

    Returns:
        {'maps': data URLs of grey PNGs of h x w pixels, each stretched to its own maximum,
         'to_image': [[a, b, c], [d, e, f]], cells of a map -> pixels of the upright picture}.
    """
    to_image = map_to_photograph(alpha.shape[1:], prepared)
    return {'maps': [_data_url(one) for one in alpha], 'to_image': to_image.tolist()}


def _data_url(alpha):
    """Grey PNG of float32 (h, w) as a data URL; all black if there is nothing."""
    alpha = np.nan_to_num(alpha)
    grey = np.uint8(np.rint(255 * np.clip(alpha / max(float(alpha.max()), np.finfo(np.float32).tiny), 0, 1)))
    stream = io.BytesIO()
    Image.fromarray(grey).save(stream, 'PNG')
    return 'data:image/png;base64,' + base64.b64encode(stream.getvalue()).decode('ascii')


def found_answer(found, regions, readings):
    """What the answer says of text that was looked for: `regions`, `lines` and, if there is something, `left_out`.

    Args:
        found: finding.Found.
        regions: what region_answer gave for each; those without text are left out, but for a whole page.
        readings: ReadText of each.
    """
    is_page = [confidence is None for confidence in found.confidences]
    kept = legible([None if whole else reading for whole, reading in zip(is_page, readings, strict=True)])
    lines = keep_members(found.lines, [np.array(region['polygon']) for region in regions], kept)
    left_out = found.left_out + Counter({ILLEGIBLE: len(regions) - len(kept)})
    for region, confidence in zip(regions, found.confidences, strict=True):
        if confidence is not None:
            region['found_confidence'] = round(confidence, 4)
            region['polygon'] = in_tenths(region['polygon'])
    regions = [regions[number] for number in kept]
    more = {'left_out': dict(left_out)} if left_out else {}
    return {'regions': regions, 'lines': _lines_answer(lines, regions), **more}


def _lines_answer(lines, regions):
    """`lines` of the answer: [{'text', 'regions', 'polygon'}, and 'page' if there are several].

    Args:
        lines: list of lines.Line, members counting through `regions`.
        regions: what region_answer gave for each.
    """
    return [
        {
            'text': ' '.join(filter(None, (regions[member]['text'] for member in line.members))),
            'regions': list(line.members),
            'polygon': in_tenths(line.polygon.tolist()),
            **{name: regions[line.members[0]][name] for name in ('page',) if name in regions[line.members[0]]},
        }
        for line in lines
    ]


def in_tenths(polygon):
    """A polygon, nested lists, in tenths of a pixel: what was found is no more exact."""
    return [[round(value, 1) for value in point] for point in polygon]
