"""What better reading costs beside greedy: python benchmarks/decoding.py [--pb_path pretrain/latin.pb] [--pairs 5]

The same canvases are read in every way, in one process and in turns. Prints one table and one JSON line: seconds of
processor time an image, and how many times as much as greedy at the same batch size. (Processor time: other work on the
machine counts little.)
"""

import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]

from ocr.terminal.flags import parse  # noqa: E402
from ocr.terminal.script import run_script  # noqa: E402

GREEDY = 'greedy'


@dataclass(frozen=True)
class Settings:
    pb_path: str = str(ROOT / 'pretrain' / 'latin.pb')
    """Frozen graph."""
    img_folder: str = str(ROOT / 'imgs' / 'words')
    """Folder of images; one shape of canvas is read, the most frequent."""
    lexicon: str = str(ROOT / 'ocr' / 'drawing' / 'wordlists' / 'english.txt')
    """Word list."""
    allow: str = '[A-Za-z]{2,12}'
    """Pattern."""
    batch_sizes: tuple[int, ...] = (8, 32)
    """Images read at a time."""
    pairs: int = 5
    """Times that all are run, in turns, after one turn that does not count."""


def ways(settings, folder):
    """{name: settings that differ from greedy}."""
    lexicon = Path(folder) / 'words.txt'
    lines = Path(settings.lexicon).read_text(encoding='utf-8').splitlines()
    lexicon.write_text('\n'.join(line.lower() for line in lines), encoding='utf-8')
    return {
        GREEDY: {},
        'one beam, n-best': {'beam_width': 1, 'n_best': 1},
        'beam 5': {'beam_width': 5},
        'beam 10': {'beam_width': 10},
        'pattern, beam 5': {'allow': settings.allow},
        'lexicon, near': {'lexicon': str(lexicon)},
        'lexicon, strict, beam 5': {'lexicon': str(lexicon), 'lexicon_strict': True},
    }


def canvases_of(folder, predictor, number):
    """So many canvases of the shape that most images of a folder get, repeated if there are fewer."""
    from collections import defaultdict

    import numpy as np

    from ocr.preprocessing.decode import read_image
    from ocr.preprocessing.prepare import place_region, stacked
    from ocr.reading.folder import find_images

    by_shape = defaultdict(list)
    for path in find_images(folder):
        placed = place_region(read_image(path), None, predictor.canvas)
        by_shape[placed.canvas.shape].append(placed)
    canvases, bboxes = stacked(max(by_shape.values(), key=len))
    return np.resize(canvases, (number, *canvases.shape[1:])), np.resize(bboxes, (number, 4))


def measure(readers, batch, pairs):
    """{way: seconds of processor time an image, one for each turn}."""
    seconds = {way: [] for way in readers}
    for turn in range(1 + pairs):
        for way, reader in readers.items():
            started = time.process_time()
            reader.read(*batch)
            if turn:
                seconds[way].append((time.process_time() - started) / len(batch[0]))
    return seconds


def main(argv=None):
    settings = parse(Settings, argv, __doc__)
    from ocr.network.tensorflow_start import start_tensorflow

    start_tensorflow()
    from tempfile import TemporaryDirectory

    from benchmarks.measure import peak_mb, report, spread
    from ocr.config import Config
    from ocr.reading.graph_predictor import GraphPredictor
    from ocr.reading.search.build import with_search

    predictor = GraphPredictor.from_pb(settings.pb_path)
    with TemporaryDirectory() as folder:
        readers, loading = {}, {}
        for way, different in ways(settings, folder).items():
            started = time.perf_counter()
            readers[way] = with_search(predictor, **{**Config().decoding, **different})
            loading[way] = round(time.perf_counter() - started, 2)
    canvases, bboxes = canvases_of(settings.img_folder, predictor, max(settings.batch_sizes))
    rows, ratios = [], {}
    for batch_size in settings.batch_sizes:
        seconds = measure(readers, (canvases[:batch_size], bboxes[:batch_size]), settings.pairs)
        for way, own in seconds.items():
            of_pairs = spread([one / greedy for greedy, one in zip(seconds[GREEDY], own, strict=True)])
            rows.append((batch_size, way, spread(own)[0], *of_pairs))
            ratios[f'batch {batch_size}, {way}'] = [round(ratio, 3) for ratio in of_pairs]
    summary = {'pairs': settings.pairs, 'ratios': ratios, 'loading_s': loading, 'peak_mb': peak_mb()}
    report('decoding', ('batch', 'reading', 'processor s an image', 'times greedy', 'least', 'most'), rows, summary)


if __name__ == '__main__':
    run_script(main)
