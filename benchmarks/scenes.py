"""Drawn scenes beside photographs: python benchmarks/scenes.py --datasets mine=labels.tsv --photo_dir photos

Draws scenes of 960 x 720 in this process, on one core. Prints how many a second of processor time, and a table with the
5th, 50th and 95th percentile of: texts to be found in a picture; their height, pixels if the picture's longer side
has 960; their contrast, grey levels between the 5th and the 95th percentile inside the polygon; the share of the
picture that they cover; their angle to the level, degrees. Ends with one JSON line.
"""

import dataclasses
import sys
import time
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import cv2
import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]

from ocr.terminal.flags import parse  # noqa: E402
from ocr.terminal.script import run_script  # noqa: E402

LONGER_SIDE = 960
COLUMNS = ('texts', 'height', 'contrast', 'share %', 'angle')


@dataclass(frozen=True)
class Settings:
    datasets: tuple[str, ...] = ()
    """Datasets with polygons to compare with, NAME=PATH."""
    num_scenes: int = 150
    """Scenes to draw."""
    font_dir: str = str(ROOT / 'fonts')
    """As synthesize.py takes it."""
    photo_dir: str = ''
    """As synthesize.py takes it."""
    seed: int = 0
    """Of the scenes."""


def measure(image, polygons):
    """One row of numbers a polygon: height, contrast, share of the picture, angle; see the docstring above."""
    from ocr.geometry import polygon_area, strip_height

    grey, scale = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), LONGER_SIDE / max(image.shape[:2])
    rows = []
    for polygon in polygons:
        mask = np.zeros(grey.shape, np.uint8)
        cv2.fillPoly(mask, [np.round(polygon).astype(np.int32)], 1)
        inside = grey[mask > 0]
        contrast = np.subtract(*np.percentile(inside, (95, 5))) if len(inside) else 0
        share = 100 * polygon_area(polygon) / grey.size
        x, y = polygon[len(polygon) // 2 - 1] - polygon[0]
        rows.append((scale * strip_height(polygon), contrast, share, abs(np.degrees(np.arctan2(y, x)))))
    return np.array(rows).reshape(-1, 4)


def table_row(pictures):
    """{column: [5th, 50th, 95th percentile]} of a list of what `measure` returns; texts and share are a picture's."""
    texts = np.concatenate(pictures)
    columns = [len(rows) for rows in pictures], texts[:, 0], texts[:, 1], [r[:, 2].sum() for r in pictures], texts[:, 3]
    return {
        name: np.percentile(column, (5, 50, 95)).round(1).tolist()
        for name, column in zip(COLUMNS, columns, strict=True)
    }


def photographs(spec):
    """What `measure` returns of each photograph of a dataset NAME=PATH."""
    from ocr.annotations import read_dataset
    from ocr.geometry import whole_image
    from ocr.preprocessing.decode import read_image
    from ocr.region import TextRegion

    regions = [region for region in read_dataset(*spec.split('=', 1)) if isinstance(region, TextRegion)]
    for path, group in groupby(regions, lambda region: region.image_path):
        image = read_image(path)
        whole = whole_image(image.shape[1], image.shape[0])
        yield measure(image, [whole if region.polygon is None else region.polygon for region in group])


def main(argv=None):
    settings = parse(Settings, argv, __doc__)
    from benchmarks.measure import report
    from ocr.drawing import scan_fonts
    from ocr.drawing.material import prepare_recipe
    from ocr.drawing.scenes.scene import draw_scene

    cv2.setNumThreads(1)
    fonts = scan_fonts(settings.font_dir)
    recipe = prepare_recipe('street', fonts, photo_dir=settings.photo_dir)
    recipe = dataclasses.replace(recipe, sizes=((960, 720),))
    started = time.process_time()
    scenes = [draw_scene(recipe, fonts, settings.seed, index) for index in range(settings.num_scenes)]
    seconds = time.process_time() - started
    found = [[region.polygon for region in scene.regions if region.reason is None] for scene in scenes]
    rows = {'drawn': table_row([measure(*one) for one in zip([s.image for s in scenes], found, strict=True)])}
    rows |= {spec.split('=', 1)[0]: table_row(list(photographs(spec))) for spec in settings.datasets}
    cells = [
        [name, *('  '.join(f'{value:g}' for value in row[column]) for column in COLUMNS)] for name, row in rows.items()
    ]
    summary = {
        'scenes_a_second': round(settings.num_scenes / seconds, 2),
        'words': sum(len(scene.regions) for scene in scenes),
        'not_to_be_found': sum(region.reason is not None for scene in scenes for region in scene.regions),
        'percentiles': rows,
    }
    report('scenes', ['', *COLUMNS], cells, summary)


if __name__ == '__main__':
    run_script(main)
