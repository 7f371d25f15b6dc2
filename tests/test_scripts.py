"""The scripts one after another, as a user types them, on tiny settings."""

import csv
import json
import logging
import os
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
import tiny
from PIL import Image

from ocr.charset import Charset
from ocr.errors import InputError
from ocr.model_files.frozen_graph import load_graph, read_settings, read_weights, with_text
from ocr.network import tensor_names as names
from ocr.preprocessing.canvas import Canvas
from ocr.reading.graph_predictor import GraphPredictor
from ocr.visualization.region_view import OUTLINE

SCRIPTS = ('synthesize', 'dataset', 'train', 'eval', 'export', 'test')
COMMANDS = f"""
synthesize --recipe digits --num_samples 12 --seq_len 4 --seed 1 --output_path words --font_dir {tiny.FONT_DIR}
dataset --train_datasets words --eval_datasets words --charset_path=digits
train --preset=compact --train_datasets words --charset_path digits --image_size 64 --depth_multiplier 0.1
    --final_endpoint Mixed_5a --embedding_size 8 --lstm_size 16 --seq_len 6 --batch_size 4 --steps_per_epoch 3
    --max_epoch 2 --num_workers 1
eval --eval_datasets words --batch_size 5
export --pb_path out/model.pb
test --pb_path out/model.pb --img_folder pictures --picture_dir out/attention --output_path out
"""
READABLE = {  # what make_pictures puts there besides a broken picture, in natural order
    'b/IMG1.JPEG': '5',
    'b/x.bmp': '71',
    'img2.jpg': '840',
    'img10.png': '27',
    'img11.tif': '619',
    'y.webp': '48',
}


def read_results(folder):
    return [json.loads(line) for line in (folder / 'results.jsonl').read_text(encoding='utf-8').splitlines()]


def read_regions(folder):
    with open(folder / 'regions.csv', encoding='utf-8', newline='') as file:
        return {row['image']: row for row in csv.DictReader(file)}


def assert_within(size, positions):
    """Peaks and boxes lie in a picture of (width, height) `size`."""
    for position in positions:
        points = np.array([position['peak'], *position['box']])
        assert points.shape == (5, 2)
        assert (points >= 0).all() and (points <= size).all()


def make_pictures(folder):
    """A folder to read: sub-folders, file types, names whose order is not the alphabet's, a broken picture, a note."""
    (folder / 'b').mkdir(parents=True)
    for name, text in {**READABLE, 'img3.png': '306'}.items():
        tiny.draw_word(text).convert('L' if name.endswith('.tif') else 'RGB').save(folder / name)
    tiny.cut_off(folder / 'img3.png')
    (folder / 'notes.txt').write_text('no picture')
    (folder / '._img2.jpg').write_text('what a Mac leaves beside')
    return folder


@pytest.fixture(scope='module')
def typed(tmp_path_factory):
    """What the commands left: .folder and, by script, CompletedProcess."""
    folder = tmp_path_factory.mktemp('typed')
    make_pictures(folder / 'pictures')
    results = SimpleNamespace(folder=folder)
    for command in COMMANDS.strip().replace('\n    ', ' ').splitlines():
        script, *arguments = command.split()
        setattr(results, script, tiny.run_script(script, *arguments, cwd=folder))
    return results


@pytest.mark.parametrize('script', SCRIPTS)
def test_every_script_succeeds_and_says_so(typed, script):
    result = getattr(typed, script)
    assert result.returncode == 0, result.stderr
    assert 'Traceback' not in result.stderr and 'WARNING' not in result.stderr
    said = {
        'synthesize': 'words: 12 pictures',
        'dataset': 'charset digits: 12 classes',
        'train': 'done: ./checkpoint/model-6',
        'eval': '1-N.E.D.',
        'export': 'out/model.pb: ',
        'test': 'out/results.jsonl: 6 read, 1 unreadable',
    }
    assert said[script] in (result.stderr if script == 'synthesize' else result.stdout)


def test_dataset_and_training_print_what_is_kept(typed):
    for result in (typed.dataset, typed.train):
        assert ['words', '12'] in [line.split() for line in result.stdout.splitlines()]


def test_training_leaves_all_that_belongs_to_a_model(typed):
    names = {path.name for path in (typed.folder / 'checkpoint').iterdir()}
    assert {'config.json', 'charset.txt', 'history.jsonl', 'curve.png', 'best', 'log', 'model-6.index'} <= names
    assert Charset.load(typed.folder / 'checkpoint' / 'charset.txt') == Charset.preset('digits')
    assert json.loads((typed.folder / 'checkpoint' / 'config.json').read_text())['lstm_size'] == 16


def test_eval_writes_scores_and_every_region(typed):
    scores = json.loads((typed.folder / 'results_eval' / 'scores.json').read_text())
    assert scores['combined']['num_scored'] == scores['datasets']['words']['num_scored'] == 12
    assert scores['settings']['model'].startswith('./checkpoint/best/model-')
    assert scores['settings']['model_config']['lstm_size'] == 16
    assert scores['settings']['config']['batch_size'] == 5
    regions = read_regions(typed.folder / 'results_eval')
    assert len(regions) == 12
    similarity = [float(row['similarity']) for row in regions.values()]
    assert similarity == sorted(similarity)
    assert scores['combined']['scores']['ned']['value'] == pytest.approx(np.mean(similarity), abs=1e-3)


def test_the_frozen_graph_scores_as_its_checkpoint(typed, monkeypatch):
    monkeypatch.chdir(typed.folder)
    tiny.run_main('eval', '--eval_datasets', 'words', '--pb_path', 'out/model.pb', '--output_path', 'of_pb')
    of_checkpoint, of_pb = (read_regions(typed.folder / name) for name in ('results_eval', 'of_pb'))
    assert of_pb.keys() == of_checkpoint.keys()
    for image, row in of_pb.items():
        assert row['text'] == of_checkpoint[image]['text']
        assert float(row['confidence']) == pytest.approx(float(of_checkpoint[image]['confidence']), abs=2e-4)
    tables = [json.loads((typed.folder / name / 'scores.json').read_text()) for name in ('results_eval', 'of_pb')]
    assert tables[0]['combined']['scores']['ned'] == tables[1]['combined']['scores']['ned']


def test_results_come_in_natural_order_with_all_their_fields(typed):
    records = read_results(typed.folder / 'out')
    assert [record['image'] for record in records] == [*list(READABLE)[:3], 'img3.png', *list(READABLE)[3:]]
    for record in records:
        if record['image'] == 'img3.png':
            assert record.keys() == {'image', 'error'} and 'unreadable image' in record['error']
        else:
            assert record.keys() == {'image', 'text', 'confidence', 'char_confidences', 'char_positions'}
            assert len(record['char_confidences']) == len(record['char_positions']) == len(record['text'])
            with Image.open(typed.folder / 'pictures' / record['image']) as picture:
                assert_within(picture.size, record['char_positions'])
            assert 0 <= record['confidence'] <= 1
    table = typed.test.stdout.splitlines()
    assert table[0].split() == ['image', 'text', 'confidence']
    assert [line.split()[0] for line in table[2:9]] == [record['image'] for record in records]


def test_attention_pictures_lie_one_beside_the_other(typed):
    names = sorted(path.name for path in (typed.folder / 'out' / 'attention').iterdir())
    assert names == [
        '000000_IMG1.png',
        '000001_x.png',
        '000002_img2.png',
        '000004_img10.png',
        '000005_img11.png',
        '000006_y.png',
    ]
    for name in names:
        with Image.open(typed.folder / 'out' / 'attention' / name) as picture:
            assert min(picture.size) > 32 and np.asarray(picture).std() > 1


@pytest.mark.parametrize('script', SCRIPTS)
def test_help_answers_without_loading_tensorflow(script):
    command = [sys.executable, '-X', 'importtime', str(tiny.ROOT / f'{script}.py'), '--help']
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert '--config_path' in result.stdout and '--num_workers' in result.stdout
    loaded = {line.rpartition('|')[2].strip().partition('.')[0] for line in result.stderr.splitlines()}
    assert 'argparse' in loaded
    assert not loaded & {'tensorflow', 'tensorpack'}


@pytest.fixture(scope='module')
def pictures(tmp_path_factory):
    return make_pictures(tmp_path_factory.mktemp('pictures') / 'folder')


def read_folder(learnt, pictures, output, **settings):
    own = {'pb_path': learnt.pb_path, 'img_folder': pictures, 'output_path': output, 'precision': 'float32'}
    settings = {**own, **settings}
    tiny.run_main('test', *tiny.flags(**settings))
    return read_results(output)


@pytest.mark.parametrize('batch_size', [1, 5, 32])
def test_text_and_order_do_not_depend_on_the_batch(learnt, pictures, tmp_path, batch_size):
    records = read_folder(learnt, pictures, tmp_path, batch_size=batch_size)
    assert {record['image']: record['text'] for record in records if 'text' in record} == READABLE
    assert [record['image'] for record in records if 'text' in record] == list(READABLE)


def test_fitted_canvases_of_one_batch_and_of_many_read_alike(typed, tmp_path):
    model = SimpleNamespace(pb_path=typed.folder / 'out' / 'model.pb')
    assert GraphPredictor.from_pb(str(model.pb_path)).canvas.kind == 'fit'
    once, twice = (
        read_folder(model, typed.folder / 'words', tmp_path / str(size), batch_size=size, num_workers=size)
        for size in (1, 5)
    )
    assert [(record['image'], record['text']) for record in once] == [
        (record['image'], record['text']) for record in twice
    ]


def cut(path, num_lines, num_bytes):
    """Leave so many lines of a file and so many bytes of the next, as a killed run does."""
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b''.join(lines[:num_lines]) + lines[num_lines][:num_bytes])


@pytest.mark.parametrize('num_bytes', [0, 9])
def test_a_killed_reading_goes_on_where_its_results_end(learnt, pictures, tmp_path, num_bytes, monkeypatch):
    whole = read_folder(learnt, pictures, tmp_path, batch_size=2)
    cut(tmp_path / 'results.jsonl', 4, num_bytes)
    read = []
    once = GraphPredictor.read
    monkeypatch.setattr(
        GraphPredictor, 'read', lambda self, *args, **flags: read.append(args) or once(self, *args, **flags)
    )
    settings = {'picture_dir': '', 'output_path': tmp_path, 'batch_size': 3, 'num_workers': 2}
    assert read_folder(learnt, pictures, tmp_path, resume=True, **settings) == whole
    assert sum(len(args[0]) for args in read) == 3
    read.clear()
    assert read_folder(learnt, pictures, tmp_path, resume=True) == whole
    assert read == []


def test_another_model_or_folder_is_no_run_to_go_on_with(learnt, pictures, typed, tmp_path):
    whole = read_folder(learnt, pictures, tmp_path)
    other = SimpleNamespace(pb_path=typed.folder / 'out' / 'model.pb')
    with pytest.raises(InputError, match=r'of another run \(model: .*canvas: square -> fit\); leave out --resume'):
        read_folder(other, pictures, tmp_path, resume=True)
    with pytest.raises(InputError, match=r'beam_width: None -> 2'):
        read_folder(learnt, pictures, tmp_path, resume=True, beam_width=2)
    with pytest.raises(InputError, match=r'results\.jsonl:1 is of b/IMG1.JPEG, and now 0\.png stands in its place'):
        read_folder(learnt, learnt.words, tmp_path, resume=True)
    assert read_results(tmp_path) == whole


def test_positions_lie_in_the_photograph(learnt, pictures, tmp_path):
    (tmp_path / 'photographs').mkdir()
    lines = []
    with Image.open(pictures / 'img10.png') as word:
        for name, x0, y0 in (('a.png', 500, 600), ('b.png', 30, 40)):
            photograph = np.pad(word, ((y0, 60), (x0, 350), (0, 0)), 'edge')  # so that the cut is the same to its edges
            Image.fromarray(photograph).save(tmp_path / 'photographs' / name)
            x1, y1 = x0 + word.width, y0 + word.height
            lines.append(f'{name}\t{x0},{y0},{x1},{y0},{x1},{y1},{x0},{y1}\n')
    (tmp_path / 'polygons.txt').write_text(''.join(lines))
    settings = {'polygons_path': tmp_path / 'polygons.txt'}
    attention_dir = tmp_path / 'attention'
    far, near = read_folder(learnt, tmp_path / 'photographs', tmp_path, picture_dir=attention_dir, **settings)
    assert far['text'] == near['text'] == READABLE['img10.png']
    with Image.open(attention_dir / '000000_a.png') as picture:  # shows the photograph with the region's outline
        assert (np.abs(np.asarray(picture, int) - OUTLINE).max(-1) < 30).sum() > 200
    for position, of_near in zip(far['char_positions'], near['char_positions'], strict=True):
        np.testing.assert_allclose(position['peak'], np.add(of_near['peak'], (470, 560)), atol=0.11)
        np.testing.assert_allclose(position['box'], np.add(of_near['box'], (470, 560)), atol=0.11)
    (whole,) = [record for record in read_folder(learnt, pictures, tmp_path) if record['image'] == 'img10.png']
    for position, of_whole in zip(near['char_positions'], whole['char_positions'], strict=True):
        np.testing.assert_allclose(position['peak'], np.add(of_whole['peak'], (30, 40)), atol=1.5)  # resized, not cut


def test_what_was_read_before_a_failure_is_there(learnt, pictures, tmp_path, monkeypatch):
    once = GraphPredictor.read

    def fail_at_the_last(self, canvases, *args, **flags):
        if len(canvases) == 1:
            raise RuntimeError('pulled the plug')
        return once(self, canvases, *args, **flags)

    with monkeypatch.context() as patch:
        patch.setattr(GraphPredictor, 'read', fail_at_the_last)
        with pytest.raises(RuntimeError, match='pulled the plug'):
            read_folder(learnt, pictures, tmp_path, batch_size=5)
    records = read_results(tmp_path)
    assert [record['image'] for record in records] == [*list(READABLE)[:3], 'img3.png', *list(READABLE)[3:5]]
    assert len(read_folder(learnt, pictures, tmp_path, batch_size=5, resume=True)) == 7


def test_a_killed_evaluation_goes_on_to_the_same_scores(typed, monkeypatch):
    monkeypatch.chdir(typed.folder)
    whole = (typed.folder / 'results_eval' / 'readings.jsonl').read_bytes()
    regions = (typed.folder / 'results_eval' / 'regions.csv').read_bytes()
    cut(typed.folder / 'results_eval' / 'readings.jsonl', 7, 20)
    tiny.run_main('eval', '--eval_datasets', 'words', '--batch_size', '2', '--resume')
    assert (typed.folder / 'results_eval' / 'readings.jsonl').read_bytes() == whole
    assert (typed.folder / 'results_eval' / 'regions.csv').read_bytes() == regions


def test_a_square_model_reads_fitted_canvases_when_asked_to(learnt, tmp_path, caplog, monkeypatch):
    caplog.set_level(logging.INFO)
    shapes = []
    once = GraphPredictor.read
    monkeypatch.setattr(
        GraphPredictor,
        'read',
        lambda self, c, *args, **flags: shapes.append(c.shape[1:3]) or once(self, c, *args, **flags),
    )
    words = tiny.write_words(tmp_path / 'words', ['840295', '27', '306'])
    data = {'eval_datasets': f'words={words}', 'index_dir': tmp_path / 'index'}
    models = {'of_pb': {'pb_path': learnt.pb_path}, 'of_checkpoint': {'checkpoint_path': learnt.checkpoint_path}}
    readings = {}
    for name, model in models.items():
        for canvas in ({}, {'canvas': 'area', 'canvas_area': 1024}, {'canvas': 'fit'}):
            shapes.clear()
            tiny.run_main('eval', *tiny.flags(**data, **model, **canvas, output_path=tmp_path / name))
            kind = canvas.get('canvas', 'square')
            wanted = {'square': {(64, 64)}, 'fit': {(32, 64), (64, 64)}, 'area': {(16, 64), (24, 40), (32, 32)}}
            assert set(shapes) == wanted[kind]
            assert (f'canvas: square -> {kind}' in caplog.messages) == bool(canvas)
            caplog.clear()
        lines = (tmp_path / name / 'readings.jsonl').read_text().splitlines()
        readings[name] = [json.loads(line) for line in lines]
    for of_pb, of_checkpoint in zip(*readings.values(), strict=True):
        assert of_pb['text'] == of_checkpoint['text']
        assert of_pb['confidence'] == pytest.approx(of_checkpoint['confidence'], abs=2e-4)


def test_better_reading_writes_what_was_asked_for(learnt, pictures, tmp_path, capsys):
    (tmp_path / 'words.txt').write_text('5\n71\n841\n')
    lexicon = {'lexicon': tmp_path / 'words.txt'}
    greedy = read_folder(learnt, pictures, tmp_path / 'greedy')
    assert not {'n_best', 'in_lexicon', 'read'} & set().union(*greedy)
    listed = read_folder(learnt, pictures, tmp_path / 'listed', n_best=2, picture_dir=tmp_path / 'attention')
    for record in listed:
        if 'text' in record:
            assert record['text'] == READABLE[record['image']] == record['n_best'][0]['text']
            assert (
                len(record['n_best']) == 2 and record['n_best'][0]['probability'] > record['n_best'][1]['probability']
            )
    assert len(os.listdir(tmp_path / 'attention')) == len(READABLE)
    strict = read_folder(learnt, pictures, tmp_path / 'strict', lexicon_strict=True, **lexicon)
    assert {record['text'] for record in strict if 'text' in record} <= {'5', '71', '841'}
    capsys.readouterr()
    near = {record['image']: record for record in read_folder(learnt, pictures, tmp_path / 'near', **lexicon)}
    assert capsys.readouterr().out.splitlines()[0].split() == ['image', 'text', 'confidence', 'in_lexicon', 'read']
    assert near['b/x.bmp']['in_lexicon'] == 'exactly' and near['y.webp']['in_lexicon'] == 'no'
    record = near['img2.jpg']
    assert (record['text'], record['in_lexicon'], record['read']) == ('841', 'nearly', '840')
    with pytest.raises(InputError, match=r'of another run \(.*lexicon'):
        read_folder(learnt, pictures, tmp_path / 'near', resume=True)


def test_several_views_are_read_by_checkpoint_graph_and_settings_file(learnt, tmp_path):
    words = tiny.write_words(tmp_path / 'words', ['840295', '27', '306'])
    data = {'eval_datasets': f'words={words}', 'index_dir': tmp_path / 'index'}
    (tmp_path / 'views.json').write_text('{"views": 3}')
    graph = load_graph(str(learnt.pb_path))
    settings = {name: value for name, value in read_settings(graph).items() if name != 'tta'}
    older = with_text(graph, {names.CONFIG: json.dumps(settings)})  # frozen before there were views
    (tmp_path / 'older.pb').write_bytes(older.SerializeToString())
    ways = {
        'checkpoint': {'checkpoint_path': learnt.checkpoint_path, 'tta': 3},
        'graph': {'pb_path': learnt.pb_path, 'tta': 3},
        'file': {'pb_path': tmp_path / 'older.pb', 'config_path': tmp_path / 'views.json'},
        'once': {'pb_path': learnt.pb_path},
    }
    confidences = {}
    for name, way in ways.items():
        tiny.run_main('eval', *tiny.flags(**data, **way, output_path=tmp_path / name))
        run = json.loads((tmp_path / name / 'readings.run.json').read_text())
        assert run.get('tta') == (None if name == 'once' else 3)
        lines = (tmp_path / name / 'readings.jsonl').read_text().splitlines()
        confidences[name] = [json.loads(line)['confidence'] for line in lines]
    assert confidences['checkpoint'] == pytest.approx(confidences['graph'], abs=2e-4)
    assert confidences['file'] == confidences['graph']
    assert all(once <= often for once, often in zip(confidences['once'], confidences['graph'], strict=True))


@pytest.mark.parametrize('flags', [{'allow': '[0-9]{2}'}, {'long_text': True}, {'beam_width': 3}])
def test_better_reading_is_scored_of_file_and_checkpoint_alike(learnt, tmp_path, flags):
    data = {'eval_datasets': f'words={learnt.words}', 'index_dir': learnt.index_dir}
    models = {'of_pb': {'pb_path': learnt.pb_path}, 'of_checkpoint': {'checkpoint_path': learnt.checkpoint_path}}
    for name, model in models.items():
        tiny.run_main('eval', *tiny.flags(**data, **model, **flags, output_path=tmp_path / name))
    rows = [read_regions(tmp_path / name) for name in models]
    texts = [{image: row['text'] for image, row in of_one.items()} for of_one in rows]
    assert texts[0] == texts[1] and len(texts[0]) == 8
    if 'allow' in flags:
        assert {len(text) for text in texts[0].values()} == {2}
    else:
        assert sorted(texts[0].values()) == sorted(tiny.EIGHT_WORDS)


@pytest.mark.parametrize('ending', ['tsv', 'jsonl'])
def test_regions_inside_a_photograph(learnt, tmp_path, ending, capsys):
    photo, polygons = Image.new('RGB', (300, 200), (90, 90, 90)), []
    for text, corner in {'840': (20, 30), '27': (150, 120)}.items():
        word = tiny.draw_word(text)
        photo.paste(word, corner)
        (x, y), (width, height) = corner, word.size
        polygons.append([[x, y], [x + width, y], [x + width, y + height], [x, y + height]])
    (tmp_path / 'in').mkdir()
    photo.save(tmp_path / 'in' / 'photo.png')
    lines = {
        'tsv': [f'photo.png\t{json.dumps(polygon)}' for polygon in polygons],
        'jsonl': [json.dumps({'image': 'photo.png', 'polygon': polygon}) for polygon in polygons],
    }
    path = tmp_path / f'polygons.{ending}'
    path.write_text('\n'.join(lines[ending]) + '\n')
    records = read_folder(learnt, tmp_path / 'in', tmp_path / 'out', polygons_path=path)
    assert [record['text'] for record in records] == ['840', '27']
    assert [record['polygon'] for record in records] == polygons
    assert {record['image'] for record in records} == {'photo.png'}


def test_float16_is_a_smaller_file_that_reads_the_same(learnt, pictures, tmp_path):
    path = tmp_path / 'half.pb'
    tiny.run_main('export', *tiny.flags(checkpoint_path=learnt.checkpoint_path, pb_path=path, weights='float16'))
    assert path.stat().st_size < 0.65 * learnt.pb_path.stat().st_size
    records = read_folder(SimpleNamespace(pb_path=path), pictures, tmp_path)
    assert {record['image']: record['text'] for record in records if 'text' in record} == READABLE


LOAD_SAVED_MODEL = """
import sys, numpy, tensorflow
serve = tensorflow.saved_model.load(sys.argv[1]).signatures['serving_default']
images = numpy.load(sys.argv[2])
outputs = serve(image=tensorflow.constant(images))
numpy.savez(sys.argv[3], **{name: value.numpy() for name, value in outputs.items()})
"""


def test_a_saved_model_gives_the_same_preds(learnt, tmp_path):
    arguments = tiny.flags(checkpoint_path=learnt.checkpoint_path, format='saved_model', pb_path=tmp_path / 'saved')
    for _ in range(2):  # a SavedModel is replaced
        tiny.run_main('export', *arguments)
    assert sorted(path.name for path in tmp_path.iterdir()) == ['saved']
    assert Charset.load(tmp_path / 'saved' / 'assets.extra' / 'charset.txt') == Charset.preset('digits')
    canvases = np.stack([np.asarray(tiny.draw_word(text).resize((64, 64))) for text in tiny.EIGHT_WORDS])
    np.save(tmp_path / 'images.npy', canvases.astype(np.float32) / 255)
    paths = [str(tmp_path / name) for name in ('saved', 'images.npy', 'outputs.npz')]
    subprocess.run([sys.executable, '-c', LOAD_SAVED_MODEL, *paths], check=True, capture_output=True)
    outputs = np.load(paths[2])
    texts = [Charset.preset('digits').decode(row) for row in outputs['sequence_preds']]
    assert texts == [row.text for row in GraphPredictor.from_pb(str(learnt.pb_path)).read(canvases)]
    assert outputs['sequence_probs'].shape == (8, 7)


@pytest.mark.parametrize('name', ['file', 'folder'])
def test_what_is_no_saved_model_is_not_replaced(learnt, tmp_path, name):
    (tmp_path / 'folder').mkdir()
    (tmp_path / 'folder' / 'thesis.txt').write_text('years of work')
    (tmp_path / 'file').write_text('years of work')
    arguments = tiny.flags(checkpoint_path=learnt.checkpoint_path, format='saved_model', pb_path=tmp_path / name)
    with pytest.raises(InputError, match=f'--pb_path {tmp_path}/{name}: exists and is not a SavedModel'):
        tiny.run_main('export', *arguments)
    assert (tmp_path / 'folder' / 'thesis.txt').read_text() == (tmp_path / 'file').read_text() == 'years of work'


@pytest.mark.parametrize('settings', [{}, {'format': 'saved_model'}])
def test_a_graph_that_reads_differently_is_not_written(learnt, tmp_path, monkeypatch, settings):
    import tensorflow.compat.v1 as tf
    from tensorflow.python.framework import tensor_util

    from ocr.model_files import frozen_graph

    def spoil(graph_def):
        for node in graph_def.node:
            if node.name.endswith('softmax/softmax_b'):
                bias = tensor_util.MakeNdarray(node.attr['value'].tensor)
                bias[5] += 99  # writes nothing but the third digit
                node.attr['value'].tensor.CopyFrom(tf.make_tensor_proto(bias))
        return graph_def

    monkeypatch.setattr(frozen_graph, 'halve_weights', spoil)
    paths = {'checkpoint_path': learnt.checkpoint_path, 'pb_path': tmp_path / 'out'}
    arguments = tiny.flags(weights='float16', **paths, **settings)
    with pytest.raises(InputError, match=r'\d+ of 16 pictures differently, .*; nothing was written; try --weights'):
        tiny.run_main('export', *arguments)
    assert not list(tmp_path.iterdir())


def test_the_variant_with_boxes_from_training_to_reading(tmp_path, six_steps, pictures):
    checkpoint_path, pb_path = tmp_path / 'checkpoint', tmp_path / 'bbox.pb'
    tiny.train(six_steps.words, checkpoint_path, model_name='ocr_with_normalized_bbox', val_epochs=1)
    tiny.run_main('export', *tiny.flags(checkpoint_path=checkpoint_path, pb_path=pb_path))
    assert GraphPredictor.from_pb(str(pb_path)).with_bbox
    records = read_folder(
        SimpleNamespace(pb_path=pb_path), pictures, tmp_path / 'out', picture_dir=tmp_path / 'attention'
    )
    assert [record['image'] for record in records if 'text' in record] == list(READABLE)
    assert len(os.listdir(tmp_path / 'attention')) == len(READABLE)
    arguments = tiny.flags(pb_path=pb_path, eval_datasets=f'words={six_steps.words}', index_dir=tmp_path / 'index')
    tiny.run_main('eval', *arguments, '--output_path', tmp_path / 'scores')
    assert len(read_regions(tmp_path / 'scores')) == 8


@pytest.mark.parametrize('settings', [{'weights': 'float16'}, {'format': 'saved_model'}])
def test_a_frozen_graph_is_written_in_other_forms(learnt, tmp_path, pictures, capsys, settings):
    arguments = tiny.flags(checkpoint_path=learnt.pb_path, **settings)
    tiny.run_main('export', *arguments, *tiny.flags(pb_path=tmp_path / 'new'))
    assert f'reads 16 of 16 pictures as {learnt.pb_path} does' in capsys.readouterr().out
    with pytest.raises(InputError, match=r'is what --checkpoint_path names; give another path|exists and is no Saved'):
        tiny.run_main('export', *arguments, *tiny.flags(pb_path=learnt.pb_path))
    if 'weights' in settings:
        assert (tmp_path / 'new').stat().st_size < 0.65 * learnt.pb_path.stat().st_size
        records = read_folder(SimpleNamespace(pb_path=tmp_path / 'new'), pictures, tmp_path)
        assert {record['image']: record['text'] for record in records if 'text' in record} == READABLE
    else:
        assert Charset.load(tmp_path / 'new' / 'assets.extra' / 'charset.txt') == Charset.preset('digits')


def with_write_file(graph_def, path):
    """A graph that writes a file while it reads as usual."""
    import tensorflow.compat.v1 as tf

    from ocr.network import tensor_names as names

    with tf.Graph().as_default() as graph:
        write = tf.io.write_file(str(path), 'was here')
    changed = tf.GraphDef.FromString(graph_def.SerializeToString())
    changed.node.extend(graph.as_graph_def().node)
    next(node for node in changed.node if node.name == names.PREDS).input.append(f'^{write.name}')
    return changed


def test_a_graph_that_does_more_than_reading_needs_trust_wherever_it_is_given(learnt, pictures, tmp_path):
    path, written = tmp_path / 'evil.pb', tmp_path / 'written'
    path.write_bytes(with_write_file(load_graph(str(learnt.pb_path)), written).SerializeToString())
    data = {'index_dir': tmp_path / 'index'}
    words = f'w={learnt.words}'
    ways = {
        'test': {'pb_path': path, 'img_folder': pictures, 'output_path': tmp_path / 'results'},
        'eval': {**data, 'pb_path': path, 'eval_datasets': words, 'output_path': tmp_path / 'scores'},
        'app': {'pb_path': path, 'port': 0},
        'export': {'checkpoint_path': path, 'pb_path': tmp_path / 'new.pb'},
        'train': {
            **data,
            'restore_path': path,
            'checkpoint_path': tmp_path / 'c',
            'train_datasets': f'w={learnt.words}',
        },
    }
    all_ways = [
        *ways.items(),
        ('train', {**ways['train'], 'restore_path': '', 'pretrain_path': path, 'preset': 'compact'}),
        ('test', {**ways['test'], 'pb_path': '', 'detect': True, 'detector_path': path}),
        ('app', {'detector_path': path, 'port': 0}),
    ]
    for script, way in all_ways:
        with pytest.raises(InputError, match=r'evil\.pb: holds the operation WriteFile \(node .* --trust_model'):
            tiny.run_main(script, *tiny.flags(**way))
        assert not written.exists()
    tiny.run_main('test', *tiny.flags(**ways['test'], trust_model=True))
    assert written.read_text() == 'was here'


@pytest.mark.parametrize('model_name', ['ocr', 'ocr_with_normalized_bbox'])
def test_canvases_of_one_area_and_averages_from_training_to_reading(tmp_path, six_steps, pictures, model_name):
    checkpoint_path, pb_path = tmp_path / 'checkpoint', tmp_path / 'area.pb'
    settings = {'model_name': model_name, 'image_size': 64, 'canvas': 'area', 'canvas_area': 1024, 'batch_size': 2}
    settings |= {'average_decay': 0.9, 'val_epochs': 1}
    tiny.train(six_steps.words, checkpoint_path, **settings, max_epoch=1)
    tiny.train(six_steps.words, checkpoint_path, **settings)
    weights = tiny.read_weights(checkpoint_path / 'model-6')
    assert weights['num_averaged'] == 6
    tiny.run_main('export', *tiny.flags(checkpoint_path=checkpoint_path / 'model-6', pb_path=pb_path))
    name = 'InceptionV4/attention_lstm/lstm_cell/lstm_U'
    frozen = read_weights(load_graph(str(pb_path)), [name])[name]
    np.testing.assert_allclose(frozen, weights[f'{name}/average'], rtol=1e-5)
    assert not np.allclose(frozen, weights[name], rtol=1e-5)
    assert GraphPredictor.from_pb(str(pb_path)).canvas == Canvas(64, 'area', 1024)
    records = read_folder(SimpleNamespace(pb_path=pb_path), pictures, tmp_path / 'out', tta=3, rotate=True)
    assert [record['image'] for record in records if 'text' in record] == list(READABLE)
    long = read_folder(SimpleNamespace(pb_path=pb_path), pictures, tmp_path / 'long', long_text=True)
    assert len(long) == len(records)
