"""What of a trained model a training run takes over."""

import pytest
import tensorflow.compat.v1 as tf

from ocr.charset import Charset
from ocr.errors import InputError
from ocr.model_files.frozen_graph import with_text
from ocr.network import tensor_names as names
from ocr.training.initial_weights import Start

OLD = Charset('ab', name='old')


def write_pb(folder, texts):
    nodes = [tf.NodeDef(name=name, op='NoOp') for name in (names.IMAGE, names.PREDS, names.PROBS)]
    path = folder / 'model.pb'
    path.write_bytes(with_text(tf.GraphDef(node=nodes), texts).SerializeToString())
    return str(path)


def make_start(folder, kind, given, charset=OLD, settings='{}'):
    """Start from a model of `kind` that brings charset and settings along, either of which may be None."""
    if kind == 'pb':
        texts = {names.CHARSET: charset and charset.to_text(), names.CONFIG: settings}
        path = write_pb(folder, {name: text for name, text in texts.items() if text is not None})
        return Start.from_pb(path, given)
    if charset:
        charset.save(folder / 'charset.txt')
    if settings is not None:
        (folder / 'config.json').write_text(settings)
    return Start.from_checkpoint(str(folder / 'model-3'), given)


@pytest.mark.parametrize(
    ('kind', 'given', 'resumes'),
    [
        ('checkpoint', None, True),
        ('checkpoint', Charset('ab'), True),
        ('checkpoint', Charset('ba'), False),
        ('checkpoint', Charset('cab'), False),
        ('pb', None, False),
        ('pb', Charset('ab'), False),
        ('pb', Charset('cba'), False),
    ],
)
def test_only_a_checkpoint_with_its_own_charset_is_gone_on_with(tmp_path, kind, given, resumes):
    start = make_start(tmp_path, kind, given)
    assert start.resumes == resumes
    assert start.charset == (given or OLD)
    assert start.trained_charset == OLD
    assert start.settings.text == '{}'
    assert start.settings.path == str(tmp_path / ('model.pb' if kind == 'pb' else 'config.json'))


@pytest.mark.parametrize('kind', ['checkpoint', 'pb'])
def test_a_model_that_brings_nothing_is_taken_at_ones_word(tmp_path, kind):
    start = make_start(tmp_path, kind, OLD, charset=None, settings=None)
    assert start.charset == start.trained_charset == OLD
    assert start.settings is None
    with pytest.raises(InputError, match='brings no charset; give the one that it was trained with: --charset_path'):
        make_start(tmp_path, kind, None, charset=None, settings=None)


@pytest.mark.parametrize(
    ('given', 'described'),
    [
        (Charset('ba', name='g'), 'charset g: 4 classes keep their weights, none is new'),
        (Charset('cab京', name='g'), 'charset g: 4 classes keep their weights, 2 are new: c京'),
        (
            Charset(map(chr, range(97, 147)), name='g'),
            f'charset g: 4 classes keep their weights, 48 are new: {"".join(map(chr, range(99, 139)))}...',
        ),
    ],
)
def test_what_is_kept_and_what_is_new_in_one_line(tmp_path, given, described):
    assert make_start(tmp_path, 'checkpoint', given).describe_charset() == described


@pytest.mark.parametrize('kind', ['checkpoint', 'pb'])
def test_a_charset_that_lacks_characters_is_refused(tmp_path, kind):
    with pytest.raises(InputError, match=r"lacks characters that .*model.* can write: 'a' \(U\+0061\); add them"):
        make_start(tmp_path, kind, Charset('bcd'))


@pytest.mark.parametrize(
    ('content', 'message'),
    [(None, 'No such file'), (b'\x89PNG\r\n', 'not a frozen TensorFlow graph'), (b'', 'not a graph of this model')],
)
def test_a_file_that_is_no_frozen_graph(tmp_path, content, message):
    path = tmp_path / 'model.pb'
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=f'^--restore_path {path}: {message}'):
        Start.from_pb(str(path), None)
