"""train.py from the weights of a trained model: a frozen graph, other characters, what is refused."""

import json

import numpy as np
import pytest
import tiny

from ocr.charset import Charset
from ocr.config import parse_config
from ocr.errors import InputError
from ocr.model import freeze_checkpoint, open_checkpoint
from ocr.model_files.frozen_graph import halve_weights, load_graph, read_weights
from ocr.network.attention import CLASS_AXES, CLASS_BIAS
from ocr.preprocessing.canvas import Canvas
from ocr.preprocessing.prepare import place_region
from ocr.reading.graph_predictor import GraphPredictor

DIGITS = Charset.preset('digits')
GROWN = Charset('x7a 0961b2京358c4')  # the digits in another order, and more
UNCHANGING = {'learning_rate': 0, 'frozen': 'batch_norm', 'steps_per_epoch': 1, 'max_epoch': 1}  # one step


def fine_tune(words, folder, **settings):
    """train.py with nothing but the model's own settings, those that make it short, and `settings`."""
    paths = {'train_datasets': f'words={words}', 'index_dir': folder.with_name('index'), 'checkpoint_path': folder}
    short = {'batch_size': 4, 'steps_per_epoch': 2, 'max_epoch': 2, 'val_epochs': 0, 'num_workers': 1}
    tiny.run_main('train', *tiny.flags(**{**paths, **short, **settings}))


@pytest.fixture(scope='module')
def canvases():
    pictures = (np.asarray(tiny.draw_word(text)) for text in tiny.EIGHT_WORDS)
    return np.stack([place_region(picture, None, Canvas(64)).canvas for picture in pictures])


def freeze(folder):
    """The last checkpoint of a folder as a Predictor."""
    arguments = tiny.flags(checkpoint_path=folder)
    return GraphPredictor(freeze_checkpoint(*open_checkpoint(parse_config(arguments, 'export'))), None)


def assert_reads_alike(predictor, other, canvases):
    rows, others = predictor.read(canvases), other.read(canvases)
    assert [row.text for row in rows] == [row.text for row in others] == list(tiny.EIGHT_WORDS)
    return rows, others


def read_history(folder):
    return [json.loads(line) for line in (folder / 'history.jsonl').read_text().splitlines()]


@pytest.fixture(scope='module')
def grown_path(tmp_path_factory):
    path = tmp_path_factory.mktemp('charset') / 'grown.txt'
    GROWN.save(path)
    return path


@pytest.mark.parametrize('change', [lambda graph_def: graph_def, halve_weights], ids=['float32', 'float16'])
def test_a_training_from_a_frozen_graph_begins_as_that(learnt, canvases, tmp_path, caplog, change):
    pb_path = tmp_path / 'learnt.pb'
    pb_path.write_bytes(change(load_graph(learnt.pb_path)).SerializeToString())
    folder = tmp_path / 'checkpoint'
    with caplog.at_level('INFO'):
        fine_tune(learnt.words, folder, restore_path=pb_path, **UNCHANGING)
    assert f'a new training run with the weights of {pb_path}; charset {pb_path}: 12 classes keep their' in caplog.text
    assert 'initialised' not in caplog.text
    tuned = tiny.read_weights(folder / 'model-1')
    stored = read_weights(load_graph(pb_path), tuned)
    assert {name for name in tuned if name not in stored and 'Adam' not in name} == {'global_step', 'data_positions'}
    for name, value in stored.items():
        np.testing.assert_array_equal(tuned[name], value, err_msg=name)
    config = json.loads((folder / 'config.json').read_text())
    assert {name: config[name] for name in ('preset', 'image_size', 'lstm_size', 'canvas')} == {
        'preset': 'compact',
        'image_size': 64,
        'lstm_size': 96,
        'canvas': 'square',
    }
    assert config['warmup_steps'] == 100  # the preset's: the training's own settings stay behind
    rows, before = assert_reads_alike(freeze(folder), GraphPredictor.from_pb(str(pb_path)), canvases)
    assert [row.confidence for row in rows] == pytest.approx([row.confidence for row in before], rel=1e-4)


def test_a_training_from_a_frozen_graph_runs_and_goes_on_as_any_other(learnt, tmp_path, caplog):
    folder = tmp_path / 'checkpoint'
    fine_tune(learnt.words, folder, restore_path=learnt.pb_path)
    first, second = read_history(folder)
    assert (first['step'], second['step']) == (2, 4)
    assert first['learning_rate'] < second['learning_rate'] < 2e-4  # warms up from its own beginning
    tuned, stored = tiny.read_weights(folder / 'model-4'), tiny.read_weights(learnt.checkpoint_path / 'model-200')
    assert tuned['global_step'] == 4
    name = 'InceptionV4/attention_lstm/softmax/softmax_w'
    assert 0 < np.abs(tuned[name] - stored[name]).max() < 0.01
    with pytest.raises(InputError, match=r'up to step 4, .* at step 0; .*, or go on there without --restore_path'):
        fine_tune(learnt.words, folder, restore_path=learnt.pb_path)
    with caplog.at_level('INFO'):
        fine_tune(learnt.words, folder, max_epoch=3)
    assert f'resuming from {folder}/model-4, step 4' in caplog.text
    assert [row['step'] for row in read_history(folder)] == [2, 4, 6]


def test_a_part_of_the_encoder_is_left_as_it_is_and_later_trained_too(learnt, tmp_path):
    folder = tmp_path / 'checkpoint'
    fine_tune(learnt.words, folder, restore_path=learnt.pb_path, frozen='Mixed_4a')
    tuned, stored = tiny.read_weights(folder / 'model-4'), tiny.read_weights(learnt.checkpoint_path / 'model-200')
    weights = {name for name in stored if name.startswith('InceptionV4') and 'Adam' not in name}
    changed = {name for name in weights if (tuned[name] != stored[name]).any()}
    assert {name.split('/')[1] for name in changed} == {'Mixed_5a', 'attention_lstm'}
    fine_tune(learnt.words, folder, max_epoch=3, frozen='batch_norm')
    first = 'InceptionV4/Conv2d_1a_3x3/weights'
    assert (tiny.read_weights(folder / 'model-6')[first] != tuned[first]).any()


@pytest.mark.parametrize(
    ('settings', 'message'),
    [
        ({'frozen': 'Mixed_6a'}, 'the encoder ends at Mixed_5a; name that or an earlier block'),
        ({'frozen': 'Mixed_4a', 'restore_path': '', 'pretrain_path': ''}, 'no weights to keep; give a model'),
    ],
)
def test_what_cannot_be_frozen_is_refused(learnt, tmp_path, settings, message):
    settings = {'restore_path': learnt.pb_path, 'charset_path': 'digits', **settings}
    with pytest.raises(InputError, match=f'^--frozen {settings["frozen"]}: {message}'):
        fine_tune(learnt.words, tmp_path / 'checkpoint', preset='compact', **settings)


WIDER = {'depth_multiplier': 0.6, 'lstm_size': 120, 'embedding_size': 70}


def test_a_wider_model_begins_as_the_one_that_it_grows_from(learnt, canvases, tmp_path, caplog):
    folder = tmp_path / 'checkpoint'
    with caplog.at_level('INFO'):
        fine_tune(learnt.words, folder, restore_path=learnt.pb_path, **WIDER, **UNCHANGING)
    assert f'{learnt.pb_path} is narrower: its channels and units are copied' in caplog.text
    config = json.loads((folder / 'config.json').read_text())
    assert {name: config[name] for name in WIDER} == WIDER
    rows, before = assert_reads_alike(freeze(folder), GraphPredictor.from_pb(str(learnt.pb_path)), canvases)
    assert [row.confidence for row in rows] == pytest.approx([row.confidence for row in before], rel=1e-3)
    tuned = tiny.read_weights(folder / 'model-1')
    stored = read_weights(load_graph(learnt.pb_path), tuned)
    for name in ('InceptionV4/Conv2d_2b_3x3/weights', 'InceptionV4/attention_lstm/lstm_cell/lstm_U'):
        grown, old = tuned[name], stored[name].shape[-1]
        assert grown.shape[-1] > old
        assert np.abs(grown[..., old:] - grown[..., : grown.shape[-1] - old]).max() > 0.01  # so that they learn apart


def test_a_model_grows_and_learns_new_characters_at_once(learnt, grown_path, tmp_path):
    folder = tmp_path / 'checkpoint'
    fine_tune(learnt.words, folder, restore_path=learnt.pb_path, charset_path=grown_path, **WIDER, **UNCHANGING)
    name = 'InceptionV4/attention_lstm/word_embedding/W_wemb'
    tuned, stored = tiny.read_weights(folder / 'model-1')[name], read_weights(load_graph(learnt.pb_path), [name])[name]
    assert tuned.shape == (GROWN.num_classes, 70)
    ids = GROWN.ids_in(DIGITS)
    np.testing.assert_array_equal(tuned[ids >= 0, : stored.shape[1]], stored[ids[ids >= 0]])


OTHERS = {
    'fewer units': {'lstm_size': 90, 'embedding_size': 70},
    'more blocks': {'final_endpoint': 'Mixed_5e'},
    'more blocks and wider': {'final_endpoint': 'Mixed_5e', 'depth_multiplier': 0.6},
}


@pytest.mark.parametrize('other', OTHERS.values(), ids=OTHERS)
def test_a_model_that_is_not_wider_alone_is_refused(learnt, tmp_path, other):
    with pytest.raises(InputError, match='is of another architecture'):
        fine_tune(learnt.words, tmp_path / 'checkpoint', restore_path=learnt.pb_path, **other, **UNCHANGING)


def test_old_characters_are_read_as_before_under_their_new_ids(learnt, grown_path, canvases, tmp_path, caplog):
    folder = tmp_path / 'checkpoint'
    with caplog.at_level('INFO'):
        fine_tune(learnt.words, folder, restore_path=learnt.checkpoint_path, charset_path=grown_path, **UNCHANGING)
    assert caplog.text.count(f'charset {grown_path}: 12 classes keep their weights, 6 are new: xa b京c\n') == 1
    assert Charset.load(folder / 'charset.txt') == GROWN
    grown, stored = tiny.read_weights(folder / 'model-1'), tiny.read_weights(learnt.checkpoint_path / 'model-200')
    assert grown['global_step'] == 1
    kept = [GROWN.characters.index(character) for character in DIGITS.characters]
    new = sorted(set(range(GROWN.num_classes)) - set(kept))
    for name in stored:
        if name in CLASS_AXES:
            by_class = np.moveaxis(grown[name], CLASS_AXES[name], 0)
            np.testing.assert_array_equal(by_class[kept], np.moveaxis(stored[name], CLASS_AXES[name], 0), err_msg=name)
            if name == CLASS_BIAS:
                np.testing.assert_allclose(by_class[new], -np.log(len(new)), rtol=1e-6)
            else:
                assert (by_class[new] != 0).any(), name
        elif name.startswith('InceptionV4') and 'Adam' not in name:
            np.testing.assert_array_equal(grown[name], stored[name], err_msg=name)
    assert_reads_alike(freeze(folder), GraphPredictor.from_pb(str(learnt.pb_path)), canvases)


def test_thousands_of_new_characters_take_no_confidence_from_the_old(learnt, canvases, tmp_path):
    ideographs = tmp_path / 'ideographs.txt'
    Charset((*DIGITS.characters[2:], *map(chr, range(0x4E00, 0x4E00 + 6000)))).save(ideographs)
    folder = tmp_path / 'checkpoint'
    fine_tune(learnt.words, folder, restore_path=learnt.pb_path, charset_path=ideographs, **UNCHANGING)
    rows, others = assert_reads_alike(freeze(folder), GraphPredictor.from_pb(str(learnt.pb_path)), canvases)
    np.testing.assert_allclose([row.confidence for row in rows], [row.confidence for row in others], rtol=0.05)


def test_new_characters_are_learnt(learnt, grown_path, tmp_path):
    words = tiny.write_words(tmp_path / 'words', ['a1', 'b2', 'c3', 'ax', 'ba', '4c', 'cab', 'x7'])
    fine_tune(
        words,
        tmp_path / 'checkpoint',
        restore_path=learnt.pb_path,
        charset_path=grown_path,
        **{**tiny.BY_HEART, 'steps_per_epoch': 5, 'max_epoch': 6},
    )
    losses = [row['cross_entropy'] for row in read_history(tmp_path / 'checkpoint')]
    assert losses[-1] < 0.6 * losses[0], losses


@pytest.fixture(scope='module')
def letters_path(tmp_path_factory):
    path = tmp_path_factory.mktemp('charset') / 'letters.txt'
    Charset('abc123').save(path)
    return path


@pytest.mark.parametrize('start', ['checkpoint_path', 'pb_path'])
def test_a_charset_that_lacks_characters_is_refused(learnt, letters_path, tmp_path, start):
    path = {'checkpoint_path': f'{learnt.checkpoint_path}/model-200', 'pb_path': learnt.pb_path}[start]
    with pytest.raises(InputError) as caught:
        fine_tune(learnt.words, tmp_path / 'checkpoint', restore_path=getattr(learnt, start), charset_path=letters_path)
    assert str(caught.value) == (
        f"--charset_path {letters_path} lacks characters that {path} can write: '0' (U+0030), '4' (U+0034), "
        "'5' (U+0035), '6' (U+0036), '7' (U+0037), '8' (U+0038), '9' (U+0039); add them"
    )
    assert not (tmp_path / 'checkpoint').exists()


def test_other_characters_want_another_folder(learnt, grown_path):
    folder = learnt.checkpoint_path
    with pytest.raises(InputError) as caught:
        fine_tune(learnt.words, folder, charset_path=grown_path)
    assert str(caught.value) == (
        f'--checkpoint_path {folder} holds checkpoints up to step 200, and this run starts at step 0; '
        f'give another folder and --restore_path {folder}/model-200'
    )


def test_settings_that_do_not_fit_the_weights_are_refused(learnt, tmp_path):
    with pytest.raises(InputError, match=r'learnt.*\.pb is of another architecture .* the model has \[24, 96\]'):
        fine_tune(learnt.words, tmp_path / 'checkpoint', restore_path=learnt.pb_path, lstm_size=24)
    assert not list(tmp_path.glob('checkpoint/*.*'))
