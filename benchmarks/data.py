"""Training pictures a second of one core, beside the published formulation: python benchmarks/data.py [--rounds 5]

Photographs, 3000 x 2000 pixels with twelve words each, are drawn first, or taken from a dataset:

    python benchmarks/data.py --base_dir data --dataset rects

The first epoch of a training run that makes the crop cache by itself is the making and one picture of each word.
The ways of making a picture run in turns in one thread, so that a machine whose speed drifts slows all alike, and
processor time is what counts. Prints one table and one JSON line: medians of the rounds, and the range of the ratios to
the published formulation.
"""

import dataclasses
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

from benchmarks.measure import ROOT, peak_mb, report, spread  # noqa: E402
from benchmarks.plain_data import prepare_plainly  # noqa: E402
from ocr.charset import Charset  # noqa: E402
from ocr.datasets.crop_cache import CropCache  # noqa: E402
from ocr.datasets.crop_making import build_cache  # noqa: E402
from ocr.datasets.sources import open_index  # noqa: E402
from ocr.drawing import draw_sample, scan_fonts  # noqa: E402
from ocr.drawing.material import prepare_recipe  # noqa: E402
from ocr.preprocessing.augment import AugmentSettings, draw_augmentation  # noqa: E402
from ocr.preprocessing.canvas import Canvas  # noqa: E402
from ocr.terminal.flags import parse  # noqa: E402
from ocr.terminal.script import run_script  # noqa: E402
from ocr.training.drawn_samples import DrawnPreparer  # noqa: E402
from ocr.training.samples import SamplePreparer, TrainingPreparer  # noqa: E402

PLAIN = 'whole photograph warped'
FROM_PHOTOGRAPHS = 'from photographs'
FIRST_EPOCH = 'first epoch, making the crop cache'
FROM_CROPS = 'from the crop cache'
GRID = 4, 3  # words on a drawn photograph, across and down
JPEG_QUALITY = 92
DRAWN_SIDE = 64  # pixels
TALL_EM = 92  # pixels, at which capitals are about 64 pixels tall
SEQ_LEN = 32  # of drawn words


@dataclass(frozen=True)
class Settings:
    base_dir: str = ''
    """Folder that holds the dataset."""
    dataset: str = ''
    """Dataset to measure on, as train.py takes it; empty: drawn photographs."""
    width: int = 3000
    """Pixels of a drawn photograph."""
    height: int = 2000
    """Pixels of a drawn photograph."""
    photographs: int = 8
    """Number of drawn photographs."""
    image_size: int = 256
    """Side of the square canvas; drawn words go onto one of 64."""
    rounds: int = 5
    """Times that all ways are run, in turns."""
    seconds: float = 2.0
    """Processor time that each of them runs at a time."""


def draw_photograph(path, recipe, fonts, width, height, number):
    """Draw words upon a mottled ground; returns [(text, polygon)]."""
    rng = np.random.default_rng(number)
    coarse = rng.integers(0, 256, (height // 100 + 1, width // 100 + 1, 3), np.uint8)
    image = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    cv2.add(image, rng.integers(0, 12, image.shape, np.uint8), image)
    words, (across, down) = [], GRID
    for cell in range(across * down):
        sample = draw_sample(recipe, fonts, number, cell)
        room = np.array([width / across, height / down])
        scale = rng.uniform(0.4, 1) * min(room / sample.image.shape[1::-1])
        picture = cv2.resize(sample.image, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
        x, y = (room * (cell % across, cell // across)).astype(int)
        image[y : y + picture.shape[0], x : x + picture.shape[1]] = picture
        words.append((sample.text, sample.polygon * scale + (x, y)))
    cv2.imwrite(str(path), cv2.cvtColor(image, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    return words


def draw_dataset(folder, settings, recipe, fonts):
    """Drawn photographs with labels.tsv beside; returns the dataset as open_index takes it."""
    lines = []
    for number in range(settings.photographs):
        name = f'{number}.jpg'
        for text, polygon in draw_photograph(folder / name, recipe, fonts, settings.width, settings.height, number):
            lines.append(f'{name}\t{text}\t{",".join(f"{value:.1f}" for value in polygon.ravel())}\n')
    (folder / 'labels.tsv').write_text(''.join(lines), encoding='utf-8')
    return f'photographs={folder}'


def region_ways(settings, index):
    """{name: function of a number -> [picture, label, mask ...]} of the regions of an index."""
    charset, augment_settings, side = Charset.from_texts(index.texts()), AugmentSettings(), settings.image_size
    make_cache(settings, index)
    seq_len = max(map(len, index.texts()))
    prepare = SamplePreparer(charset, canvas=Canvas(side), seq_len=seq_len, augment_settings=augment_settings, seed=0)

    def plainly(task):
        position, draw = task
        region = index[position]
        augmentation = draw_augmentation(np.random.default_rng([0, draw]), augment_settings)
        picture = prepare_plainly(region.image_path, region.polygon, side, augmentation, augment_settings)
        return [picture, *charset.encode(region.text, seq_len)]

    order = np.random.default_rng(0).permutation(len(index)).tolist()

    def numbered(way):
        return lambda number: way((order[number % len(order)], number))

    return {
        PLAIN: numbered(plainly),
        FROM_PHOTOGRAPHS: numbered(TrainingPreparer(index, prepare)),
        FROM_CROPS: numbered(TrainingPreparer(index, prepare, CropCache(index))),
    }


def make_cache(settings, index):
    """Cut the crops in one thread; returns the processor seconds that one took."""
    began = time.process_time()
    build_cache(index.paths[0], canvas=Canvas(settings.image_size), margin=0, num_workers=1)
    return (time.process_time() - began) / len(index)


def drawn_way(recipe, fonts):
    """Function of a number -> [picture, label, mask ...] of a drawn word."""
    options = {'seq_len': SEQ_LEN, 'augment_settings': AugmentSettings(), 'seed': 0}
    prepare = SamplePreparer(Charset.preset('ascii'), canvas=Canvas(DRAWN_SIDE, 'fit'), **options)
    prepare_drawn = DrawnPreparer(recipe, fonts, prepare, seed=0)
    return lambda number: prepare_drawn((number, number))


def difference(one, other, number):
    """Mean absolute difference of two ways' first pictures, in grey levels, where either shows something."""
    pairs = ((one(i)[0].astype(int), other(i)[0]) for i in range(number))
    return float(np.mean([np.abs(picture - same)[(picture + same).any(axis=2)].mean() for picture, same in pairs]))


def rate(way, seconds, start):
    """Pictures a second of processor time over a while, and how many they were."""
    number, lasted, began = 0, 0.0, time.process_time()
    while lasted < seconds:
        way(start + number)
        number += 1
        lasted = time.process_time() - began
    return number / lasted, number


def main(argv=None):
    settings = parse(Settings, argv, __doc__)
    cv2.setNumThreads(1)
    fonts = scan_fonts(str(ROOT / 'fonts'))
    recipes = {
        name: prepare_recipe(name, fonts, charset=Charset.preset('ascii'), seq_len=SEQ_LEN)
        for name in ('words', 'scene')
    }
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        dataset = settings.dataset or draw_dataset(folder, settings, recipes['words'], fonts)
        index, _ = open_index(settings.base_dir, str(folder / 'index'), (dataset,), progress=False)
        ways = region_ways(settings, index)
        compared = min(len(index), 8)
        differences = {
            'photographs': difference(ways[PLAIN], ways[FROM_PHOTOGRAPHS], compared),
            'crops': difference(ways[FROM_PHOTOGRAPHS], ways[FROM_CROPS], compared),
        }
        ways |= {f'drawn, {name}': drawn_way(recipe, fonts) for name, recipe in recipes.items()}
        large = dataclasses.replace(recipes['scene'], font_size=(TALL_EM, TALL_EM))
        ways['drawn, scene, letters of 64 px'] = drawn_way(large, fonts)
        rates, done = {name: [] for name in (*ways, FIRST_EPOCH)}, dict.fromkeys(ways, 0)
        for _ in range(settings.rounds):
            for name, way in ways.items():
                found, number = rate(way, settings.seconds, done[name])
                rates[name].append(found)
                done[name] += number
            rates[FIRST_EPOCH].append(1 / (make_cache(settings, index) + 1 / rates[FROM_CROPS][-1]))
    ratios = {
        name: spread([own / plain for own, plain in zip(rates[name], rates[PLAIN], strict=True)])
        for name in (PLAIN, FROM_PHOTOGRAPHS, FIRST_EPOCH, FROM_CROPS)
    }
    names = [*ratios, *(name for name in ways if name not in ratios)]
    rows = [(name, spread(rates[name])[0], *ratios.get(name, ())) for name in names]
    summary = {
        'samples_per_second': {name: round(spread(rates[name])[0], 2) for name in names},
        'ratio': {name: [round(value, 2) for value in of_way] for name, of_way in ratios.items()},
        'grey_levels_apart': {name: round(value, 2) for name, value in differences.items()},
        'rounds': settings.rounds,
        'peak_mb': peak_mb(),
    }
    report('data', ('training pictures', 'a second and core', 'times faster', 'least', 'most'), rows, summary)


if __name__ == '__main__':
    run_script(main)
