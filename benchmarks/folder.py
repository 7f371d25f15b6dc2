"""Reading a folder end to end beside the graph alone: python benchmarks/folder.py --pb_path m.pb --img_folder words

End to end is all that test.py does between its start and its table: files are decoded and placed, read, and written as
results. The graph alone runs the same canvases in full batches that lie ready. Both in turns, in one process.
"""

import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import tyro

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]


@dataclass(frozen=True)
class Settings:
    pb_path: str
    """Frozen graph."""
    img_folder: str
    """Folder of images, sub-folders included."""
    num_images: int = 1000
    """Images to read, at most."""
    batch_size: int = 10
    """Images read at a time."""
    pairs: int = 5
    """Times that both are run, in turns, after one turn that does not count."""
    precision: str = 'auto'
    """As test.py takes it."""


def ready_feeds(predictor, regions, batch_size):
    """What the graph is fed, in full batches of one shape."""
    from ocr.prepare import Broken, InferencePreparer, stacked

    prepare = InferencePreparer(predictor.canvas_side, predictor.fits)
    by_shape = defaultdict(list)
    for region in regions:
        (prepared,) = prepare([region])
        if not isinstance(prepared, Broken):
            by_shape[prepared.canvas.shape].append(prepared)
    parts = [
        of_shape[start : start + batch_size]
        for of_shape in by_shape.values()
        for start in range(0, len(of_shape), batch_size)
    ]
    return [predictor._feed(*stacked(part), full_length=False) for part in parts]


def read_to_file(predictor, regions, batch_size, path):
    """What test.py does with a folder."""
    from ocr.reading import read_regions
    from ocr.results import open_results, to_record

    with open_results(path, predictor.identity, (), resume=False) as results:
        for region, _, result in read_regions(predictor, regions, batch_size=batch_size):
            results.append(to_record({'image': region.image_path}, result))


def seconds_of(function):
    started = time.perf_counter()
    function()
    return time.perf_counter() - started


def main(argv=None):
    settings = tyro.cli(Settings, args=argv, description=__doc__, use_underscores=True)
    from ocr.tensorflow_start import start_tensorflow

    start_tensorflow()
    from benchmarks.measure import peak_mb, report, spread
    from ocr import tensor_names as names
    from ocr.annotations.region import TextRegion
    from ocr.precision import choose_precision
    from ocr.predictor import Predictor

    predictor = Predictor.from_pb(settings.pb_path, precision=choose_precision(settings.precision))
    images = sorted(path for path in Path(settings.img_folder).rglob('*') if path.suffix in ('.jpg', '.png'))
    regions = [TextRegion(str(path), None, '', '') for path in images[: settings.num_images]]
    feeds = ready_feeds(predictor, regions, settings.batch_size)
    fetches = [f'{names.PREDS}:0', f'{names.PROBS}:0']
    pairs = []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(1 + settings.pairs):
            whole = seconds_of(lambda: read_to_file(predictor, regions, settings.batch_size, f'{folder}/r.jsonl'))
            alone = seconds_of(lambda: [predictor._session.run(fetches, feed) for feed in feeds])
            pairs.append((alone, whole))
    del pairs[0]
    ratios = spread([whole / alone for alone, whole in pairs])
    alone, whole = (spread([1000 * pair[n] / len(regions) for pair in pairs]) for n in range(2))
    rows = [('graph alone', *alone), ('end to end', *whole), ('ratio', *ratios)]
    summary = {'num_images': len(regions), 'batch_size': settings.batch_size, 'ratio': ratios, 'peak_mb': peak_mb()}
    report('folder', ('ms an image', 'median', 'least', 'most'), rows, summary)


if __name__ == '__main__':
    main()
