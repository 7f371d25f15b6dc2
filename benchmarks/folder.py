"""Reading a folder end to end beside the graph alone: python benchmarks/folder.py --pb_path m.pb --img_folder words

End to end is all that test.py does between its start and its table: files are decoded and placed, read, and written as
results. The graph alone runs the same canvases in full batches that lie ready; preparing alone makes them in one
thread. Each region is read once, without test-time augmentation. All in turns, in one process. Where the graph keeps
all cores busy, the cores must do its work and the preparing: processor time, which other programs disturb less than the
clock, stands beside.
"""

import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

from ocr.terminal.flags import parse  # noqa: E402
from ocr.terminal.script import run_script  # noqa: E402


@dataclass(frozen=True)
class Settings:
    pb_path: str
    """Frozen graph."""
    img_folder: str
    """Folder of images, sub-folders included."""
    num_images: int = 1000
    """Images to read, at most."""
    batch_size: int = 32
    """Images read at a time."""
    pairs: int = 5
    """Times that both are run, in turns, after one turn that does not count."""
    precision: str = 'auto'
    """As test.py takes it."""


def ready_feeds(predictor, prepare, regions, batch_size):
    """What the graph is fed when a reader reads regions in full batches, each view and turn included."""
    from ocr.reading.graph_predictor import GraphPredictor
    from ocr.reading.regions import canvas_batches

    feeds, feed = [], GraphPredictor._feed

    def kept(graph, *batch):
        feeds.append(feed(graph, *batch))
        return feeds[-1]

    with patch.object(GraphPredictor, '_feed', kept):
        for _, *batch in canvas_batches(regions, prepare, batch_size=batch_size):
            predictor.read(*batch)
    return feeds


def read_to_file(reader, regions, folder, path):
    """What test.py does with a folder, positions of the characters included."""
    from ocr.reading.results_file import open_results
    from test import read_all

    with open_results(path, reader.identity, (), resume=False) as results:
        for record in read_all(reader, regions, folder):
            results.append(record)


def seconds_of(function):
    """Seconds by the clock, and of processor time."""
    started, worked = time.perf_counter(), time.process_time()
    function()
    return time.perf_counter() - started, time.process_time() - worked


def main(argv=None):
    settings = parse(Settings, argv, __doc__)
    from ocr.network.tensorflow_start import start_tensorflow

    start_tensorflow()
    from benchmarks.measure import as_flags, peak_mb, report, spread
    from ocr.config import parse_config, shown
    from ocr.network import tensor_names as names
    from ocr.preprocessing.prepare import InferencePreparer
    from ocr.reading.folder import find_regions
    from ocr.reading.local_reader import LocalReader
    from ocr.reading.open_model import open_model, read_model

    shared = ('pb_path', 'img_folder', 'batch_size', 'precision')
    arguments = as_flags({name: getattr(settings, name) for name in shared})
    cfg = parse_config(arguments, 'test')
    model = read_model(settings.pb_path)
    once = {'tta': 1, 'rotate': False}  # the graph alone reads each canvas once
    predictor = open_model(model, **{**cfg.over(shown(model.settings)).reading, **once})
    regions = find_regions(cfg.img_folder, cfg.polygons_path)[: settings.num_images]
    reader = LocalReader(predictor, with_positions=True, **cfg.reading_regions)
    prepare = InferencePreparer(predictor.canvas)
    feeds = ready_feeds(predictor, prepare, regions, settings.batch_size)
    fetches = [f'{names.PREDS}:0', f'{names.PROBS}:0']
    ways = {
        'graph alone': lambda: [predictor._session.run(fetches, feed) for feed in feeds],
        'preparing alone': lambda: [prepare([region]) for region in regions],
        'end to end': lambda: read_to_file(reader, regions, cfg.img_folder, f'{folder}/r.jsonl'),
    }
    with tempfile.TemporaryDirectory() as folder:
        turns = [{name: seconds_of(way) for name, way in ways.items()} for _ in range(1 + settings.pairs)][1:]
    rows = [
        (name, *(spread([1000 * turn[name][n] / len(regions) for turn in turns])[0] for n in (0, 1))) for name in ways
    ]
    ratios = {
        kind: spread([turn['end to end'][n] / turn['graph alone'][n] for turn in turns])
        for n, kind in enumerate(('clock', 'processor'))
    }
    rows.append(('end to end / graph alone', *(median for median, *_ in ratios.values())))
    summary = {
        'num_images': len(regions),
        'batch_size': settings.batch_size,
        'precision': predictor.identity['precision'],
        'ratio': {name: [round(value, 3) for value in ratio] for name, ratio in ratios.items()},
        'peak_mb': peak_mb(),
    }
    report('folder', ('ms an image', 'clock', 'processor'), rows, summary)


if __name__ == '__main__':
    run_script(main)
