"""Where each character was read: from its attention over the canvas to a point and a box in the photograph.

A map's cell (row, column) covers [column, column + 1) x [row, row + 1) of the map. On the canvas it stands where the
middle of the pixels lies that it was computed from. NumPy only.
"""

import numpy as np

from ocr.geometry import homogeneous, transform
from ocr.network.architecture import HALVINGS

_FAINT = 0.1  # of the peak: a cell below it belongs to no mode
_TIE = 1e-4  # of the peak: maps that are flat to so much have their peak in the middle


def char_positions(alpha, prepared):
    """Where each character was read, as it is written to results.jsonl.

    The peak is the centre of mass of the highest cell and its eight neighbours. The box is the upright rectangle of
    the canvas with the same centre and spread as the attention around the peak: evenly filled cells give exactly
    those cells. What lies apart from the peak, behind cells under a tenth of it, does not count; nor does the black
    around the text.

    Args:
        alpha: float (T', h, w), >= 0, the maps of the characters alone, without that of the end.
        prepared: prepare.Prepared that was read.

    Returns:
        list of T' dicts: 'peak' [x, y] and 'box' [[x, y], ...], four corners clockwise from the canvas's top left; in
        pixels of the upright photograph, rounded to 0.1.
    """
    alpha = np.asarray(alpha, np.float64)
    if not len(alpha):
        return []
    spots = np.stack(_peaks_and_boxes(_cleaned(alpha)), axis=1)  # (T', 3, 2): peak, start and end
    to_canvas = map_to_canvas(alpha.shape[1:], prepared.canvas.shape)
    top, left, height, width = prepared.normalized_bbox.astype(np.float64) * np.tile(prepared.canvas.shape[:2], 2)
    spots = np.clip(transform(spots.reshape(-1, 2), to_canvas), (left, top), (left + width, top + height))
    (x, y), (x0, y0), (x1, y1) = spots.reshape(-1, 3, 2).transpose(1, 2, 0)
    points = np.stack([x, y, x0, y0, x1, y0, x1, y1, x0, y1], axis=1)  # (T', 10)
    points = transform(points.reshape(-1, 2), prepared.to_photograph).astype(np.float64)
    points = np.round(points.reshape(-1, 5, 2), 1) + 0.0  # and no -0.0
    return [{'peak': peak, 'box': box} for peak, *box in points.tolist()]


def map_to_photograph(map_shape, prepared):
    """Matrix float64 (2, 3) that takes the cells of an attention map (h, w) to pixels of the upright photograph."""
    to_canvas = homogeneous(map_to_canvas(map_shape, prepared.canvas.shape))
    return prepared.to_photograph @ to_canvas


def map_to_canvas(map_shape, canvas_shape):
    """Matrix float64 (2, 3) that takes the cells of an attention map (h, w) to pixels of its canvas (H, W, ...).

    A map that is no encoder's, to judge by its shape, is stretched over the canvas.
    """
    (scale_y, shift_y), (scale_x, shift_x) = map(_along_axis, map_shape, canvas_shape[:2])
    return np.array([[scale_x, 0, shift_x], [0, scale_y, shift_y]])


def _along_axis(num_cells, side):
    """Pixels a cell, and where cell 0 begins.

    A layer of stride 2 looks at the pixels 2i .. 2i + 2 of an even side, which is padded behind, and at 2i - 1 ..
    2i + 1 of an odd side, which is padded on both ends. So the cells of an even canvas lie half a cell, less half a
    pixel, behind the squares that they seem to stand for.
    """
    size, scale, shift = side, 1, 0.0
    for _ in range(HALVINGS):
        shift += scale * (0.5 if size % 2 == 0 else -0.5)
        size, scale = -(-size // 2), 2 * scale
    return (float(scale), shift) if size == num_cells else (side / num_cells, 0.0)


def _cleaned(alpha):
    """Finite and >= 0; a map of nothing else becomes flat."""
    alpha = np.where((alpha > 0) & (alpha < np.inf), alpha, 0.0)  # of NaN neither holds
    return np.where(alpha.any(axis=(1, 2), keepdims=True), alpha, 1.0)


def _peaks_and_boxes(alpha):
    """In cells, float64 (T', 2) each, (x, y): the peaks, and start and end of the boxes."""
    _, rows, columns = alpha.shape
    highest = _highest(alpha)
    near, modes = _grown(highest), _modes(alpha, highest)
    peaks, starts, ends = [], [], []
    for axis, size in ((1, columns), (2, rows)):  # what is left when the rows, or columns, are summed up
        centres = np.arange(size) + 0.5
        peak = _mean((alpha * near).sum(axis), centres)
        weights = (alpha * modes).sum(axis)
        middle = _mean(weights, centres)
        variance = _mean(weights, (centres - middle[:, np.newaxis]) ** 2) + 1 / 12  # and that within a cell
        half = np.sqrt(3 * variance)  # of an even filling with this variance
        peaks.append(peak)
        starts.append(np.clip(middle - half, 0, peak))
        ends.append(np.clip(middle + half, peak, size))
    return tuple(np.stack(pair, axis=1) for pair in (peaks, starts, ends))


def _highest(alpha):
    """Bool (T', h, w): one cell of each map, its highest; of several alike, that nearest to their centre of mass."""
    num_maps, rows, columns = alpha.shape
    y, x = np.arange(rows) + 0.5, np.arange(columns) + 0.5
    mean_y, mean_x = _mean(alpha.sum(2), y), _mean(alpha.sum(1), x)
    away = (y - mean_y[:, np.newaxis])[:, :, np.newaxis] ** 2 + (x - mean_x[:, np.newaxis])[:, np.newaxis] ** 2
    nearer = alpha * (1 - _TIE * away / (rows**2 + columns**2))
    index = nearer.reshape(num_maps, -1).argmax(1)
    return (np.arange(rows * columns) == index[:, np.newaxis]).reshape(alpha.shape)


def _modes(alpha, highest):
    """Bool (T', h, w): the cells that hang together with the highest one and are not faint beside it."""
    clear = alpha >= _FAINT * alpha.max(axis=(1, 2), keepdims=True)
    modes, grown = None, highest
    while modes is None or (grown != modes).any():
        modes, grown = grown, _grown(grown) & clear
    return modes


def _grown(cells):
    """Bool (T', h, w): the cells and their eight neighbours."""
    wide = cells.copy()
    wide[:, :, 1:] |= cells[:, :, :-1]
    wide[:, :, :-1] |= cells[:, :, 1:]
    grown = wide.copy()
    grown[:, 1:] |= wide[:, :-1]
    grown[:, :-1] |= wide[:, 1:]
    return grown


def _mean(weights, values):
    """Weighted means float64 (T',) of values (T', n) or (n,)."""
    return (weights * values).sum(1) / weights.sum(1)
