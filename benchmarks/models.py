"""Milliseconds an image of several models on the same pictures: python benchmarks/models.py --pb_paths a.pb b_openvino

Each reads the same ready canvases in full batches, in turns, in one process; a model is a frozen graph, an .onnx file
or a folder of `export.py --format openvino`. Prints one table and one JSON line: medians, by the clock and of processor
time, and how many texts each reads otherwise than the first.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

from ocr.terminal.flags import parse  # noqa: E402
from ocr.terminal.script import run_script  # noqa: E402


@dataclass(frozen=True)
class Settings:
    pb_paths: tuple[str, ...]
    """Models; the first is what the others are compared with."""
    img_folder: str = 'imgs/words'
    """Folder of images, sub-folders included."""
    num_images: int = 200
    """Images to read, at most."""
    batch_size: int = 32
    """Images read at a time."""
    pairs: int = 5
    """Times that all are run, in turns, after one turn that does not count."""
    precision: str = 'auto'
    """As test.py takes it."""


def load(path, precision):
    """The model of a path."""
    from ocr.reading.graph_predictor import GraphPredictor
    from ocr.reading.onnx_predictor import OnnxModel, OnnxPredictor, is_onnx
    from ocr.reading.openvino import is_openvino, load_openvino

    if is_onnx(path):
        return OnnxPredictor(OnnxModel.load(path))
    load_model = load_openvino if is_openvino(path) else GraphPredictor.from_pb
    return load_model(path, None, precision=precision)


def main(argv=None):
    settings = parse(Settings, argv, __doc__)
    from ocr.network.tensorflow_start import start_tensorflow

    start_tensorflow()
    from benchmarks.folder import seconds_of
    from benchmarks.measure import peak_mb, report, spread
    from ocr.network.precision import set_precision
    from ocr.preprocessing.prepare import InferencePreparer
    from ocr.reading.folder import find_images
    from ocr.reading.regions import canvas_batches
    from ocr.region import TextRegion

    precision = set_precision(settings.precision)
    models = {path: load(path, precision) for path in settings.pb_paths}
    first = models[settings.pb_paths[0]]
    images = find_images(settings.img_folder)[: settings.num_images]
    regions = [TextRegion(path, None, '', '') for path in images]
    prepare = InferencePreparer(first.canvas)
    batches = [batch[1:] for batch in canvas_batches(regions, prepare, batch_size=settings.batch_size)]
    texts, turns = {}, []

    def read(path):
        texts[path] = [row.text for batch in batches for row in models[path].read(*batch)]

    for _ in range(1 + settings.pairs):
        turns.append({path: seconds_of(lambda path=path: read(path)) for path in models})
    number = len(texts[settings.pb_paths[0]])
    rows, different = [], {}
    for path in models:
        pairs = zip(texts[path], texts[settings.pb_paths[0]], strict=True)
        different[path] = sum(own != other for own, other in pairs)
        clock, work = (spread([1000 * turn[path][n] / number for turn in turns[1:]])[0] for n in (0, 1))
        ratios = [turn[settings.pb_paths[0]][1] / turn[path][1] for turn in turns[1:]]
        rows.append((path, clock, work, spread(ratios)[0], different[path]))
    summary = {
        'num_images': number,
        'batch_size': settings.batch_size,
        'precision': precision,
        'ms_an_image': {path: [round(clock, 3), round(work, 3)] for path, clock, work, *_ in rows},
        'read_differently': different,
        'peak_mb': peak_mb(),
    }
    report('models', ('ms an image', 'clock', 'processor', 'times less work', 'read differently'), rows, summary)


if __name__ == '__main__':
    run_script(main)
