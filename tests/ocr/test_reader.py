"""Reading from Python: what is taken, what comes out, several threads, and what an import starts."""

import dataclasses
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
import tiny
from PIL import Image

from ocr import ImageText, InputError, Reader
from ocr.reading.text_outlines import FoundRegion

WORDS = list(tiny.EIGHT_WORDS)
# Imports and reads where these packages are not installed, and says which others are loaded.
ALONE = """
import json, sys
sys.modules.update(dict.fromkeys({missing}))
import ocr
before = sorted(sys.modules)
text = ocr.Reader({model!r}, precision='float32').read({picture!r}).text
json.dump([before, sorted(sys.modules), text], sys.stdout)
"""


@pytest.fixture(scope='module')
def reader(learnt):
    return Reader(learnt.pb_path, precision='float32', batch_size=4)


@pytest.fixture(scope='module')
def onnx_path(learnt, tmp_path_factory):
    path = tmp_path_factory.mktemp('onnx') / 'words.onnx'
    tiny.run_main('export', *tiny.flags(format='onnx', checkpoint_path=learnt.checkpoint_path, pb_path=path))
    return path


@pytest.fixture
def paths(learnt):
    return [learnt.words / f'{number}.png' for number in range(len(WORDS))]


def texts(results):
    return [result.text for result in results]


@pytest.mark.parametrize(
    'given',
    [
        pytest.param(lambda path: path, id='path'),
        pytest.param(str, id='string'),
        pytest.param(lambda path: path.read_bytes(), id='bytes'),
        pytest.param(lambda path: memoryview(path.read_bytes()), id='memoryview'),
        pytest.param(Image.open, id='Pillow'),
        pytest.param(lambda path: Image.open(path).convert('RGBA'), id='Pillow RGBA'),
        pytest.param(lambda path: np.asarray(Image.open(path)), id='array'),
        pytest.param(lambda path: cv2.imread(str(path))[..., ::-1], id='array of OpenCV, turned to RGB'),
        pytest.param(lambda path: np.asarray(Image.open(path).convert('RGBA')), id='array RGBA'),
        pytest.param(lambda path: np.asarray(Image.open(path).convert('L')), id='array grey'),
        pytest.param(
            lambda path: np.asarray(Image.open(path).convert('L'))[..., np.newaxis], id='array grey (H, W, 1)'
        ),
    ],
)
def test_a_picture_in_any_form_is_read(given, reader, paths):
    assert reader.read(given(paths[0])).text == WORDS[0]
    assert texts(reader.read([given(path) for path in paths])) == WORDS


def test_an_array_is_rgb(reader, paths):
    picture = np.asarray(Image.open(paths[0]))
    confidences = [
        reader.read(image).regions[0].confidence
        for image in (paths[0], picture, np.ascontiguousarray(picture[..., ::-1]))
    ]
    assert confidences[0] == pytest.approx(confidences[1], abs=1e-6)
    assert confidences[0] != pytest.approx(confidences[2], abs=1e-6)


def test_forms_are_mixed_and_results_are_plain(reader, paths):
    results = reader.read((paths[0], paths[1].read_bytes(), Image.open(paths[2])))
    assert texts(results) == WORDS[:3]
    region = results[0].regions[0]
    width, height = Image.open(paths[0]).size
    assert region.polygon == ((0, 0), (width, 0), (width, height), (0, height))
    assert len(region.char_confidences) == len(region.char_positions) == len(WORDS[0])
    assert 0 < region.confidence <= min(region.char_confidences) <= 1
    record = json.loads(json.dumps(dataclasses.asdict(results[0])))
    assert record['regions'][0]['text'] == WORDS[0]
    assert record['lines'] == [] and record['error'] is None


def test_a_picture_is_turned_upright(reader, paths, tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise
    Image.open(paths[0]).transpose(Image.Transpose.ROTATE_90).save(tmp_path / 'lying.png', exif=exif)
    for picture in (tmp_path / 'lying.png', Image.open(tmp_path / 'lying.png')):
        result = reader.read(picture)
        assert result.text == WORDS[0]
        assert result.regions[0].polygon[2] == Image.open(paths[0]).size


def test_polygons_are_read_in_their_order(reader, paths):
    words = [np.asarray(Image.open(path)) for path in paths[:2]]
    sheet = np.zeros((100, 300, 3), np.uint8)
    corners = [(150, 50), (10, 5)]
    polygons = []
    for (x, y), word in zip(corners, words, strict=True):
        height, width = word.shape[:2]
        sheet[y : y + height, x : x + width] = word
        polygons.append([[x, y], [x + width, y], [x + width, y + height], [x, y + height]])
    result = reader.read(sheet, polygons)
    assert [region.text for region in result.regions] == WORDS[:2]
    assert result.text == '\n'.join(WORDS[:2])
    assert result.regions[1].polygon == tuple(map(tuple, polygons[1]))
    many = reader.read([paths[2], sheet, sheet, paths[3]], [None, np.float32(polygons[1:]), [], None])
    assert texts(many) == [WORDS[2], WORDS[1], '', WORDS[3]]
    assert many[2] == ImageText()


def test_a_broken_picture_among_others_says_why(reader, paths, tmp_path):
    results = reader.read([paths[0], tmp_path / 'none.png', b'no picture', b'', paths[1]])
    assert [result.error is None for result in results] == [True, False, False, False, True]
    assert 'none.png: missing' in results[1].error and results[2].error.startswith('image 2: unreadable image (')
    with pytest.raises(InputError, match='missing'):
        _ = results[1].text
    for one in (tmp_path / 'none.png', b'no picture'):
        with pytest.raises(InputError, match=r'missing|unreadable'):
            reader.read(one)


@pytest.mark.parametrize(
    ('images', 'polygons', 'message'),
    [
        (3, None, r'image 0: int is not a picture; give a path'),
        ([b'', None], None, r'image 1: NoneType is not a picture'),
        (np.zeros((2, 2, 3)), None, r'image 0: an array uint8 \(H, W, 3\), RGB, is wanted, not float64 \(2, 2, 3\)'),
        (np.zeros((1, 2, 2, 3), np.uint8), None, r'not uint8 \(1, 2, 2, 3\)'),
        (np.zeros((0, 2, 3), np.uint8), None, r'not uint8 \(0, 2, 3\)'),
        (np.zeros((8, 8, 3), np.uint8), [[[0, 0], [4, 4], [8, 8]]], r'image 0: polygons\[0\] encloses no area'),
        (np.zeros((8, 8, 3), np.uint8), [[[0, 0], [8, 0], [8, float('nan')]]], r'polygons\[0\] encloses no area'),
        (np.zeros((8, 8, 3), np.uint8), [['a', 'b']], r'points should be'),
        (
            np.zeros((8, 8, 3), np.uint8),
            [[0, 0], [8, 0], [8, 8]],
            r'polygons\[0\] has fewer than three points; give a list',
        ),
        (np.zeros((8, 8, 3), np.uint8), 3, r'image 0: polygons .* are wanted in a list, not int'),
        ([np.zeros((8, 8, 3), np.uint8)] * 2, [None], r'1 lists of polygons for 2 pictures; give a list, or None'),
        ([np.zeros((8, 8, 3), np.uint8)], [None, []], r'2 lists of polygons for 1 pictures'),
        ([np.zeros((8, 8, 3), np.uint8)] * 2, 3, r'polygons: lists of them are wanted in a list, not int'),
        (Image.new('RGB', (0, 5)), None, r'image 0: a Pillow image without pixels, 0 x 5'),
        ('', None, r'image 0: an empty path'),
    ],
)
def test_what_is_no_picture_or_polygon_is_refused(images, polygons, message, reader):
    with pytest.raises(InputError, match=message):
        reader.read(images, polygons)


@pytest.mark.parametrize(
    ('images', 'polygons', 'message'),
    [
        ('a.jpg', None, r'str: a single picture where several are wanted; put it into a list'),
        (np.zeros((8, 8, 3), np.uint8), None, r'ndarray: a single picture'),
        (3, None, r'images: pictures are wanted in a list, not int'),
        ([np.zeros((8, 8, 3), np.uint8)] * 2, iter([None]), r'fewer lists than pictures'),
    ],
)
def test_a_stream_is_of_several_pictures(images, polygons, message, reader):
    with pytest.raises(InputError, match=message):
        list(reader.stream(images, polygons))


def test_no_pictures_give_no_results(reader):
    assert reader.read([]) == []


def test_a_stream_is_read_as_it_comes_and_its_arrays_may_change(reader, paths):
    frame, taken = np.zeros((40, 64, 3), np.uint8), 0

    def frames():
        nonlocal taken
        for path in paths * 20:
            picture = Image.open(path).resize((64, 40))
            frame[:] = np.asarray(picture)
            taken += 1
            yield frame

    expected = texts(reader.read([Image.open(path).resize((64, 40)) for path in paths]))
    stream = reader.stream(frames())
    first = next(stream)
    assert taken < 160
    assert [first.text, *(result.text for result in stream)] == expected * 20


def test_many_threads_share_a_reader(reader, paths):
    with ThreadPoolExecutor(8) as pool:
        singles = [pool.submit(reader.read, path) for path in paths * 4]
        lists = [pool.submit(reader.read, paths) for _ in range(4)]
        assert [one.result().text for one in singles] == WORDS * 4
        assert [texts(one.result()) for one in lists] == [WORDS] * 4


def test_settings_are_those_of_the_script(learnt, paths, tmp_path):
    lexicon = tmp_path / 'words.txt'
    lexicon.write_text('28\n', encoding='utf-8')
    reader = Reader(learnt.pb_path, precision='float32', lexicon=str(lexicon), lexicon_strict=True, n_best=1)
    result = reader.read(paths[0]).regions[0]
    assert result.text == '28' and len(result.n_best) == 1
    with pytest.raises(InputError, match=r'img_folder: not a setting of Reader; it takes charset_path'):
        Reader(learnt.pb_path, img_folder='x')
    with pytest.raises(InputError, match='tta'):
        Reader(learnt.pb_path, tta=100)
    with pytest.raises(InputError, match=r'nowhere\.pb'):
        Reader('nowhere.pb')
    for given in ({'model': ''}, {'detector': ''}):
        with pytest.raises(InputError, match='an empty path'):
            Reader(**given)


def test_long_text_is_read_from_memory_too(learnt, paths):
    reader = Reader(learnt.pb_path, precision='float32', long_text=True)
    line = np.hstack([np.asarray(Image.open(path).resize((64, 40))) for path in paths])
    assert len(reader.read(line).text) > 6  # which is the longest that is read at once
    assert reader.read([b'', paths[0]])[0].error


class StubDetector:
    """Finds the left and the right half of every picture but of small ones."""

    longer = 1280

    def find(self, image, size=None):
        height, width = image.shape[:2]
        halves = [(0, 0, width // 2, height), (width // 2, 0, width, height)]
        boxes = [np.float32([[x0, y0], [x1, y0], [x1, y1], [x0, y1]]) for x0, y0, x1, y1 in halves]
        return SimpleNamespace(
            regions=[FoundRegion(box, 0.75) for box in boxes] * (width > 20),
            left_out={'small': width} if width > 20 else {},
        )


def test_a_detector_finds_what_has_no_polygons(learnt, paths):
    reader = Reader(learnt.pb_path, precision='float32')
    reader._detector = StubDetector()
    two = np.hstack([np.asarray(Image.open(path).resize((64, 40))) for path in paths[:2]])
    small = np.zeros((10, 10, 3), np.uint8)
    results = reader.read(
        [small, two, paths[0], b'', small], [None, None, [[[0, 0], [60, 0], [60, 40], [0, 40]]], None, None]
    )
    assert [len(result.regions) for result in results] == [0, 2, 1, 0, 0]
    assert [len(result.lines) for result in results] == [0, 1, 0, 0, 0]
    line = results[1].lines[0]
    assert line.regions == (0, 1) and results[1].text == line.text == ' '.join(one.text for one in results[1].regions)
    assert results[1].regions[0].found_confidence == 0.75 and results[2].regions[0].found_confidence is None
    assert results[1].left_out == {'small': 128} and results[2].left_out == {}
    assert results[3].error and results[4] == ImageText()


@pytest.mark.parametrize(
    ('model', 'missing'),
    [('onnx', ('tensorflow', 'tensorpack', 'matplotlib', 'fastapi')), ('pb', ('tensorpack', 'matplotlib', 'fastapi'))],
)
def test_reading_needs_few_packages_and_an_import_loads_none(model, missing, learnt, onnx_path, paths):
    path = onnx_path if model == 'onnx' else learnt.pb_path
    code = ALONE.format(missing=missing, model=str(path), picture=str(paths[0]))
    done = subprocess.run([sys.executable, '-c', code], cwd=tiny.ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    before, after, text = json.loads(done.stdout)
    heavy = {'numpy', 'cv2', 'PIL', 'onnxruntime', 'tensorflow', 'threading', 'concurrent.futures', 'logging'} - set(
        missing
    )
    assert not heavy & set(before) and [name for name in before if name.startswith('ocr')] == ['ocr']
    assert {'numpy', 'cv2'} <= set(after) and text == WORDS[0]


def test_what_is_exported_is_there():
    import ocr

    assert set(ocr.__all__) <= set(dir(ocr))
    assert all(getattr(ocr, name) for name in ocr.__all__)
    with pytest.raises(AttributeError, match='has no attribute'):
        _ = ocr.nothing
