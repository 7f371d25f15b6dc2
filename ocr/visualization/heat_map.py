"""Where the model looked, as colour over what it saw."""

import cv2
import numpy as np

from ocr.preprocessing.warp import between_centres
from ocr.reading.char_positions import map_to_canvas

TILE_SIDE = 176  # pixels of a tile's longer side...
THIN_SIDE = 64  # ...which grows until the shorter side has these...
LONGEST_SIDE = 528  # ...or the longer side those
OPACITY = 0.8  # where attention is highest
DARKEST = 0.4  # of a colour's brightness, where the picture is black: the letter shows in the heat too
PALER = 0.35  # of the picture's own colour and contrast that is taken away under the heat map


def heat_map(canvas, alpha):
    """One tile: the canvas, paler and grey, at the tile's size under a translucent heat map.

    The colours are even steps to every eye, the colour-blind too: from purple over orange to yellow. The heat lies
    where `char_positions` says that the cells do.

    Args:
        canvas: uint8 (H, W, 3), RGB.
        alpha: float (h, w), >= 0; its maximum becomes the hottest colour. All zeros leave the picture without heat.

    Returns:
        uint8 (`tile_size(H, W)`, 3), RGB.
    """
    picture = _pale(resized(canvas, *tile_size(*canvas.shape[:2])))
    heat = _over(canvas.shape, alpha, picture.shape)
    colours = cv2.applyColorMap(np.uint8(np.round(255 * heat)), cv2.COLORMAP_PLASMA)[..., ::-1]
    colours = colours * (DARKEST + (1 - DARKEST) * _contrast(picture))
    opacity = OPACITY * np.sqrt(heat)[..., np.newaxis]
    return np.uint8(np.round(picture * (1 - opacity) + colours * opacity))


def tile_size(height, width):
    """(height, width) in pixels of the tile for a canvas: same shape, and large enough to be looked at."""
    scale = TILE_SIDE / max(height, width)
    if min(height, width) * scale < THIN_SIDE:
        scale = min(THIN_SIDE / min(height, width), LONGEST_SIDE / max(height, width))
    return max(1, round(height * scale)), max(1, round(width * scale))


def resized(image, height, width):
    """A picture, uint8 (H, W, 3), in another size: by area if it shrinks, cubic if it grows."""
    smaller = height < image.shape[0]
    return cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA if smaller else cv2.INTER_CUBIC)


def _over(canvas_shape, alpha, tile_shape):
    """A map (h, w) laid over the tile of its canvas, stretched to 0..1: float32 of the tile's height and width."""
    alpha = np.nan_to_num(np.asarray(alpha, np.float32), posinf=0.0, neginf=0.0)
    to_tile = np.diag([tile_shape[1] / canvas_shape[1], tile_shape[0] / canvas_shape[0]])
    to_tile = to_tile @ map_to_canvas(alpha.shape, canvas_shape)
    heat = cv2.warpAffine(
        alpha,
        between_centres(to_tile),
        tile_shape[1::-1],
        flags=cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REPLICATE,
    )
    heat = np.maximum(heat, 0)
    return heat / max(float(heat.max()), np.finfo(np.float32).tiny)


def _contrast(picture):
    """The picture from its darkest pixel, 0, to its brightest, 1; all 1 if it is even."""
    lowest, highest = float(picture.min()), float(picture.max())
    return (picture - lowest) / (highest - lowest) if highest > lowest else np.ones_like(picture)


def _pale(picture):
    """Grey, and nearer to the middle: colours of the heat stand out, and letters can still be read. float32."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32)
    return np.repeat(((1 - PALER) * grey + PALER * 128)[..., np.newaxis], 3, axis=2)
