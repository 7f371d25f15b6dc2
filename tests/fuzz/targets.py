"""What reads files from outside: for each reader whole files to begin with, and what reads them.

A reader may give something, or raise an InputError or UnreadableImage; everything else is a finding.
"""

import json
import os
import sys
from contextlib import suppress
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / 'tests' / 'ocr' / 'annotations')]

import numpy as np  # noqa: E402
from layouts import LAYOUTS  # noqa: E402
from onnx import helper, numpy_helper  # noqa: E402

from ocr.annotations import Source, read_dataset  # noqa: E402
from ocr.annotations.own import read_polygons  # noqa: E402
from ocr.charset import Charset  # noqa: E402
from ocr.config import GROUPS, Config, restorable, to_json  # noqa: E402
from ocr.datasets.crop_cache import CropCache, cache_fault, cache_path  # noqa: E402
from ocr.datasets.crop_making import build_cache  # noqa: E402
from ocr.datasets.index import RegionIndex, build_index, index_is_current, read_counts  # noqa: E402
from ocr.drawing.corpus import read_texts  # noqa: E402
from ocr.errors import InputError  # noqa: E402
from ocr.evaluation.error_report.comparison import Earlier  # noqa: E402
from ocr.evaluation.run import load_readings  # noqa: E402
from ocr.model_files.allowed_encoder import check_encoder  # noqa: E402
from ocr.model_files.allowed_onnx import check_onnx  # noqa: E402
from ocr.model_files.onnx_content import check_whole, parse_onnx, with_checksum  # noqa: E402
from ocr.preprocessing.canvas import Canvas  # noqa: E402
from ocr.preprocessing.decode import read_image  # noqa: E402
from ocr.preprocessing.image_formats import page_paths  # noqa: E402
from ocr.preprocessing.image_header import upright_size  # noqa: E402
from ocr.preprocessing.unreadable import UnreadableImage  # noqa: E402
from ocr.reading.results_file import open_results, read_results  # noqa: E402
from ocr.reading.search.lexicon import Lexicon  # noqa: E402
from ocr.training.history import HISTORY_FILE, read_history  # noqa: E402

ENCODER = """<?xml version="1.0"?><net name="encoder"><layers>
<layer id="0" name="weights" type="Const"><data element_type="f32" shape="4" offset="16" size="16"/>
<output><port id="0"><dim>4</dim></port></output></layer>
<layer id="1" name="a/b" type="ReLU"><output><port id="0"><dim>-1</dim><dim>4</dim></port></output></layer>
</layers></net>
"""
PLACE = {'image': 'a.png', 'polygon': [[0, 0], [9, 0], [9, 9]], 'dataset': 'mine', 'truth': 'word'}
READING = {**PLACE, 'text': 'word', 'confidence': 0.5, 'char_confidences': [0.9, 0.8, 0.7, 0.9]}
RUN = {'model': 'abc', 'full_length': False}
PICTURES = {  # name of a file: how Pillow writes it
    'a.png': {},
    'a.jpg': {},
    'progressive.jpg': {'progressive': True},
    'a.webp': {'lossless': True},
    'a.bmp': {},
    'a.gif': {},
    'a.ppm': {},
    'a.jp2': {},
    'a.avif': {},
    'pages.tif': {'save_all': True, 'append_images': [Image.new('L', (20, 30), 90)]},
    'packed.tif': {'compression': 'tiff_lzw'},
}


class Target:
    """A reader of one file.

    Attributes:
        name: what it is called.
        path: the file, with content that the reader understands.
    """

    def __init__(self, name, path, read):
        self.name = name
        self.path = Path(path)
        self.seed = self.path.read_bytes()
        self._read = read

    def run(self, content):
        """Have some bytes read; raises what is a finding."""
        self.path.write_bytes(content)
        with suppress(InputError, UnreadableImage):  # scripts print these in one line, whatever is in the file
            self._read()


def all_targets(folder):
    """Targets whose files lie in a folder, which is made."""
    return [
        *_label_files(folder / 'labels'),
        *_own_files(folder / 'own'),
        *_indexes(folder / 'index'),
        *_models(folder / 'models'),
        *_images(folder / 'images'),
    ]


def _label_files(folder):
    for lay, (form, _) in LAYOUTS.items():
        if form == 'lmdb':
            continue
        path = str(lay(folder / lay.__name__) or folder / lay.__name__)
        for file in Source.of('mine', path).files()[:1]:
            if os.path.isfile(file):
                yield Target(f'labels {lay.__name__}', file, _reader_of(path, form))
    for form, (file, content) in _MORE.items():
        path = folder / 'more' / form
        (path / file).parent.mkdir(parents=True)
        (path / file).write_text(content, 'utf-8')
        yield Target(f'labels of {form}', path / file, _reader_of(str(path), form))


def _reader_of(path, form):
    def read():
        for source in (f'{form}:{path}', path):
            try:
                list(read_dataset('mine', source))
            except InputError as error:
                if '\n' in str(error):
                    raise

    return read


_REGIONS = [{'transcription': 'word', 'points': [[0, 0], [9, 0], [9, 9]], 'illegibility': False}] * 2
_LINES = [{'ignore': 0, 'transcription': 'word', 'points': [0, 0, 9, 0, 9, 9, 0, 9]}]
_MASKS = [{'size': [30, 40], 'counts': [100, 5, 25, 5, 1065]}, {'size': [30, 40], 'counts': 'k47g0000000000W9'}]
_COCO = {
    'images': [{'id': 1, 'file_name': 'a.jpg', 'height': 30, 'width': 40}],
    'categories': [{'id': 1, 'name': 'text'}],
    'annotations': [{'id': n, 'image_id': 1, 'category_id': 1, 'segmentation': one} for n, one in enumerate(_MASKS)],
}
_MORE = {
    'coco': ('masks.json', json.dumps(_COCO)),
    'lsvt': ('train_full_labels.json', json.dumps({'gt_1': _REGIONS, 'gt_2': _REGIONS})),
    'art': ('train_task2_labels.json', json.dumps({'gt_1_1': _REGIONS})),
    'rects': ('gt_unicode/1.json', json.dumps({'chars': [], 'lines': _LINES})),
    'icdar2017rctw': ('train/image_1.txt', '1,2,30,2,30,14,1,14,0,"word"\n1,2,30,2,30,14,1,14,1,"###"\n'),
}


def _own_files(folder):
    folder.mkdir()
    for name, content in {
        'polygons.tsv': 'a.png\t[[0, 0], [9, 0], [9, 9]]\na.png\t0,0,9,0,9,9\na.png\ttext\t0,0,9,0,9,9\n',
        'polygons.jsonl': json.dumps({'image': 'a.png', 'polygon': [[0, 0], [9, 0], [9, 9]]}) + '\n',
    }.items():
        path = _written(folder / name, content)
        yield Target(name, path, lambda path=path: list(read_polygons(str(path), str(folder))))
    for name, content in {'charset.txt': 'a\nb\n \n\\\\\n\u4e2d\n', 'ids.txt': '0 UNK\n1 EOS\n2 a\n3 b\n'}.items():
        path = _written(folder / name, content)
        yield Target(name, path, lambda path=path: Charset.load(path))
    config = _written(folder / 'config.json', to_json(Config()))
    yield Target('config.json', config, lambda: restorable(config.read_text('utf-8', 'replace'), GROUPS, 'config.json'))
    history = _written(folder / HISTORY_FILE, '{"step": 10, "loss": 2.5}\n{"step": 20, "loss": 1.5, "val_ned": 0.5}\n')
    yield Target('history.jsonl', history, lambda: read_history(folder))
    words = _written(folder / 'words.txt', 'Bakery\n Market Hall\n\n1/2\n')
    yield Target('--lexicon', words, lambda: Lexicon.load(words, Charset('Bakery Mtl12/'), 24))
    yield Target('--text_path', words, lambda: read_texts(words))
    yield from _results(folder / 'results')


def _results(folder):
    folder.mkdir()
    lines = (json.dumps(READING) + '\n') * 3
    results = _written(folder / 'results.jsonl', lines)
    yield Target('results.jsonl', results, lambda: list(read_results(results)))
    kept = _written(folder / 'kept.jsonl', lines)
    _written(folder / 'kept.run.json', json.dumps(RUN))
    yield Target('results.jsonl --resume', kept, lambda: _resume(kept))
    run = _written(folder / 'other.run.json', json.dumps(RUN))
    _written(folder / 'other.jsonl', lines)
    yield Target('results.run.json --resume', run, lambda: _resume(folder / 'other.jsonl'))
    unread = json.dumps({**PLACE, 'error': 'x', 'reason': 'missing'}) + '\n'
    readings = _written(folder / 'readings.jsonl', lines + unread)
    scores = _written(folder / 'scores.json', json.dumps({'settings': {'model': 'm'}, 'datasets': {}, 'combined': {}}))
    yield Target('readings.jsonl', readings, lambda: load_readings(readings))
    yield Target('readings.jsonl --compare', readings, lambda: Earlier.load(str(scores)))
    yield Target('scores.json --compare', scores, lambda: Earlier.load(str(scores)))


def _resume(path):
    with open_results(path, RUN, iter([PLACE] * 3), resume=True):
        pass


def _indexes(folder):
    """What lies beside an index and the index itself; each is read as though its size had not been looked at."""
    folder.mkdir()
    Image.new('RGB', (40, 30)).save(folder / 'a.png')
    labels = _written(folder / 'labels.tsv', 'a.png\tone\na.png\ttwo\t0,0,20,0,20,20\nmissing.png\tthree\n')
    index = folder / 'mine.jsonl'
    build_index(Source.of('mine', str(labels)), index)
    yield Target('index', index, lambda: _read_index(index))
    counts = Path(f'{index}.counts.json')
    yield Target('counts', counts, lambda: (index_is_current(index, Source.of('mine', labels)), read_counts(index)))
    build_index(Source.of('mine', str(labels)), folder / 'other.jsonl')
    other = folder / 'other.jsonl'
    yield Target('images', Path(f'{other}.images'), lambda: index_is_current(other, Source.of('mine', labels)))
    build_cache(other, canvas=Canvas(16), margin=0, num_workers=1)
    yield Target('crops', Path(cache_path(other)), lambda: _read_crops(other))


def _models(folder):
    """Model files, as they are checked before they are loaded."""
    folder.mkdir()
    size = numpy_helper.from_array(np.int64([2, 3]), 'size')
    inner = helper.make_graph([helper.make_node('Constant', [], ['b'], value=size)], 'inner', [], [])
    nodes = [
        helper.make_node('ConstantOfShape', ['size'], ['a'], value=numpy_helper.from_array(np.float32([1]))),
        helper.make_node('If', ['a'], ['b'], then_branch=inner, else_branch=inner),
        helper.make_node('Conv', ['a', 'b'], ['c'], pads=[1, 1, 1, 1]),
    ]
    content = helper.make_model(helper.make_graph(nodes, 'g', [], [], [size])).SerializeToString()
    for name, whole in {'plain.onnx': content, 'checked.onnx': with_checksum(content)}.items():
        (folder / name).write_bytes(whole)
        yield Target(name, folder / name, lambda path=folder / name: _check_onnx(path.read_bytes()))
    encoder = _written(folder / 'encoder.xml', ENCODER)
    yield Target('encoder.xml', encoder, lambda: check_encoder(encoder.read_bytes(), 32, 'encoder.xml'))


def _check_onnx(content):
    model = parse_onnx(content, 'm.onnx')
    check_whole(model, content, 'm.onnx')
    check_onnx(model, 'm.onnx')


def _read_index(path):
    index = RegionIndex(path)
    for position in range(len(index)):
        index[position]
    list(index.texts())


def _read_crops(path):
    if cache_fault(path, Canvas(16), 0) is None:
        crops = CropCache(RegionIndex(path))
        for position in range(len(RegionIndex(path))):
            crops.read(position)


def _images(folder):
    """Files of images; all that is decoded has the size that its header says."""
    folder.mkdir()
    picture = Image.effect_noise((40, 30), 90).convert('RGB')
    exif = Image.Exif()
    exif[0x0112] = 6
    for name, settings in PICTURES.items():
        picture.save(folder / name, exif=exif, **settings)
        yield Target(f'image {name}', folder / name, lambda path=folder / name: _read_image(str(path)))


def _read_image(path):
    for page in page_paths(path)[:3]:
        height, width = read_image(page).shape[:2]
        if upright_size(page) != (width, height):
            raise AssertionError(f'{width} x {height} pixels where the header says {upright_size(page)}')


def _written(path, content):
    path.write_text(content, 'utf-8')
    return path
