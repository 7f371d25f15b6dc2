"""What was read -> the JSON of the answer."""

import base64
import io

import numpy as np
from PIL import Image


def region_answer(result, polygon, prepared, with_attention):
    """One entry of `regions`.

    Args:
        result: ReadText.
        polygon: float32 (K, 2) in the upright picture.
        prepared: what InferencePreparer made of it.
        with_attention: bool, give the maps too.

    Returns:
        dict in JSON's types.
    """
    answer = {
        'text': result.text,
        'confidence': result.confidence,
        'char_confidences': list(result.char_confidences),
        'polygon': polygon.tolist(),
    }
    return {**answer, **_places(result, prepared, with_attention)}


def _places(result, prepared, with_attention):
    """`char_positions`, and `attention` if asked for: {} for a graph that does not give its attention."""
    return {}


def attention_answer(alpha, canvas_shape, to_image):
    """`attention` of a region.

    Args:
        alpha: float32 (T', h, w), >= 0.
        canvas_shape: (height, width, 3) of the canvas.
        to_image: float64 (2, 3), canvas -> upright picture.

    Returns:
        {'maps': data URLs of grey PNGs of h x w pixels, each stretched to its own maximum,
         'to_image': [[a, b, c], [d, e, f]], cells of a map -> pixels of the upright picture}.
    """
    height, width = alpha.shape[1:]
    cell = np.diag([canvas_shape[1] / width, canvas_shape[0] / height, 1.0])
    return {'maps': [_data_url(one) for one in alpha], 'to_image': (np.asarray(to_image) @ cell).tolist()}


def _data_url(alpha):
    """Grey PNG of float32 (h, w) as a data URL; all black where there is nothing."""
    alpha = np.nan_to_num(alpha)
    grey = np.uint8(np.rint(255 * np.clip(alpha / max(float(alpha.max()), np.finfo(np.float32).tiny), 0, 1)))
    stream = io.BytesIO()
    Image.fromarray(grey).save(stream, 'PNG')
    return 'data:image/png;base64,' + base64.b64encode(stream.getvalue()).decode('ascii')
