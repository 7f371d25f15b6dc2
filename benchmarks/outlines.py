"""How closely found outlines follow text, by its shape: python benchmarks/outlines.py --crops art=PATH --photo_dir DIR

Two kinds of pictures that no training sees: drawn scenes, and crops of single words and lines with polygons, such as
those of ArT's task 2, each pasted twice onto a photograph. The overlap of a text is its intersection over union with
the region or the line that fits it best; a text that was missed has 0. Prints one table and one JSON line.
"""

import sys
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

from benchmarks.measure import report  # noqa: E402
from ocr.errors import InputError  # noqa: E402
from ocr.terminal.flags import parse  # noqa: E402
from ocr.terminal.script import run_script  # noqa: E402

LONGER = 960  # pixels, of a photograph that crops are pasted onto
LARGEST = 0.7  # of a photograph's sides that a crop may cover
COPIES = 2


@dataclass(frozen=True)
class Settings:
    detector_path: str = 'pretrain/detector.pb'
    """Detector, .pb or .onnx."""
    crops: str = ''
    """Dataset of cropped text with polygons, NAME=PATH; none: drawn scenes only."""
    photo_dir: str = ''
    """Photographs without text, to draw on and to paste onto."""
    font_dir: str = 'fonts'
    """Fonts of the drawn scenes."""
    num_scenes: int = 60
    """Drawn scenes."""
    seed: int = 0
    """Of all that is drawn."""


def drawn_scenes(settings):
    """Yield (picture, [(shape, polygon)]) of scenes that no training draws."""
    from ocr.drawing import scan_fonts
    from ocr.drawing.held_out import HELD_OUT
    from ocr.drawing.material import prepare_recipe
    from ocr.drawing.scenes.scene import draw_scene

    fonts = scan_fonts(settings.font_dir)
    recipe = prepare_recipe('street', fonts, photo_dir=settings.photo_dir)
    for number in range(settings.num_scenes):
        scene = draw_scene(recipe, fonts, settings.seed, HELD_OUT + number)
        yield scene.image, [(f'drawn, {one.shape}', one.polygon) for one in scene.regions if not one.reason]


def pasted_crops(settings):
    """Yield (picture, [(dataset, polygon)]), one text in each."""
    from ocr.datasets.sources import open_index
    from ocr.drawing.backgrounds import list_photos
    from ocr.preprocessing.decode import read_image

    photos = list_photos(settings.photo_dir)
    rng = np.random.default_rng(settings.seed)
    with tempfile.TemporaryDirectory() as folder:
        index, _ = open_index('', folder, [settings.crops], progress=False)
        regions = [index[position] for position in range(len(index))]
    for region in regions:
        crop = read_image(region.image_path)
        for _ in range(COPIES):
            photo = read_image(photos[rng.integers(len(photos))])
            picture, polygon = paste(crop, region.polygon, _scaled(photo, LONGER / max(photo.shape[:2])), rng)
            yield picture, [(f'{region.dataset}, pasted', polygon)]


def paste(crop, polygon, photo, rng):
    """(picture uint8 (H, W, 3), polygon float (K, 2) in it) of a crop somewhere on a photograph, shrunk if need be."""
    share = min(1.0, *(LARGEST * np.divide(photo.shape[:2], crop.shape[:2])))
    crop = _scaled(crop, share)
    y, x = (int(rng.integers(whole - part + 1)) for whole, part in zip(photo.shape[:2], crop.shape[:2], strict=True))
    picture = photo.copy()
    picture[y : y + crop.shape[0], x : x + crop.shape[1]] = crop
    return picture, np.array(polygon) * share + (x, y)


def _scaled(image, share):
    height, width = (max(round(share * side), 1) for side in image.shape[:2])
    return cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)


def best_overlap(polygon, outlines):
    """Overlap of a text with the outline that fits it best; 0 if there is none."""
    from ocr.reading.strip import overlap

    return max((overlap(polygon, outline) for outline in outlines), default=0.0)


def measure(detector, pictures):
    """{shape: [overlap of each text]}."""
    from ocr.reading.lines import group_lines

    found = defaultdict(list)
    for picture, texts in pictures:
        regions = detector.find(picture).regions
        words = [region.polygon for region in regions]
        outlines = [*words, *(line.polygon for line in group_lines(words))]
        for shape, polygon in texts:
            found[shape].append(best_overlap(polygon, outlines))
    return found


def main(argv=None):
    settings = parse(Settings, argv, __doc__)
    if settings.crops and not settings.photo_dir:
        raise InputError('--crops are pasted onto photographs: give --photo_dir')
    from ocr.reading.open_detector import open_detector

    detector = open_detector(settings.detector_path)
    found = measure(detector, drawn_scenes(settings))
    if settings.crops:
        found |= measure(detector, pasted_crops(settings))
    rows = [
        (shape, len(overlaps), np.mean(overlaps), 100 * np.mean(np.array(overlaps) > 0.5), overlaps.count(0.0))
        for shape, overlaps in sorted(found.items())
    ]
    headers = ('text', 'number', 'mean overlap', 'above 0.5, %', 'missed')
    report('outlines', headers, rows, {'detector': settings.detector_path, 'mean': {row[0]: row[2] for row in rows}})


if __name__ == '__main__':
    run_script(main)
