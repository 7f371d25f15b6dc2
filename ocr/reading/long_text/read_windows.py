"""Read regions that are too long to be read at once: in windows along the text, whose readings are joined."""

from collections import deque
from collections.abc import Iterator
from dataclasses import replace

from ocr.geometry import whole_image
from ocr.preprocessing.image_header import upright_size
from ocr.preprocessing.prepare import Broken
from ocr.preprocessing.unreadable import UnreadableImage
from ocr.reading.long_text.stitching import placed, stitch
from ocr.reading.long_text.windows import cut_windows
from ocr.reading.regions import read_regions


def read_long_regions(predictor, regions, *, window_aspect, **settings) -> Iterator:
    """Read text regions; long ones in windows.

    Args:
        predictor: a predictor that gives its attention.
        regions: iterable of TextRegion.
        window_aspect: see windows.cut_windows.
        settings: as of reading.read_regions, which reads windows and short regions alike.

    Yields:
        as reading.read_regions does; what is given as prepared of a region that was cut is its first window.
    """
    planned = deque()

    def pieces():
        for region in regions:
            windows = _windows(region, window_aspect)
            planned.append((region, windows))
            yield from [region] if windows is None else (replace(region, polygon=one.polygon) for one in windows)

    results = read_regions(predictor, pieces(), **{**settings, 'with_alpha': True})
    for _, prepared, result in results:
        region, windows = planned.popleft()
        if windows is None:
            yield region, prepared, result if isinstance(result, Broken) else replace(result, alpha=None)
            continue
        read = [(prepared, result), *(next(results)[1:] for _ in windows[1:])]
        yield region, prepared, _joined(windows, read)


def _windows(region, window_aspect):
    polygon = region.polygon
    if polygon is None:
        try:
            polygon = whole_image(*upright_size(region.image_path))
        except UnreadableImage:  # reading it will say why
            return None
    return cut_windows(polygon, window_aspect)


def _joined(windows, read):
    """ReadText of all windows, or the Broken of the first that could not be read."""
    broken = next((result for _, result in read if isinstance(result, Broken)), None)
    if broken:
        return broken
    readings = [placed(window, prepared, result) for window, (prepared, result) in zip(windows, read, strict=True)]
    return stitch(windows, [result for _, result in read], readings)
