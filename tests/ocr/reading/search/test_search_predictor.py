"""Searching with the weights of frozen graphs: greedy if nothing else is asked for, and under constraints."""

import numpy as np
import pytest
import tensorflow.compat.v1 as tf
import tiny

from ocr.charset import Charset
from ocr.errors import InputError
from ocr.model_files.frozen_graph import halve_weights, load_graph
from ocr.preprocessing.canvas import Canvas
from ocr.preprocessing.decode import read_image
from ocr.preprocessing.prepare import place_region
from ocr.reading.graph_predictor import GraphPredictor
from ocr.reading.search.build import with_search

GREEDY = {
    'beam_width': 0,
    'n_best': 0,
    'allow': '',
    'lexicon': '',
    'lexicon_strict': False,
    'long_text': False,
}
PICTURES = sorted((tiny.ROOT / 'imgs' / 'words').glob('*.jpg'))


@pytest.fixture(scope='module')
def canvases():
    """The eight words on canvases, uint8 (8, 64, 64, 3)."""
    pictures = (np.asarray(tiny.draw_word(text)) for text in tiny.EIGHT_WORDS)
    return np.stack([place_region(picture, None, Canvas(64)).canvas for picture in pictures])


@pytest.fixture(scope='module')
def predictor(learnt):
    return GraphPredictor.from_pb(str(learnt.pb_path))


@pytest.fixture(scope='module')
def shipped():
    """The shipped model, and its pictures as batches of one canvas."""
    predictor = GraphPredictor.from_pb(str(tiny.ROOT / 'pretrain' / 'latin.pb'))
    images = [read_image(path) for path in PICTURES]
    return predictor, [place_region(image, None, predictor.canvas).canvas[np.newaxis] for image in images]


def test_greedy_stays_the_frozen_graph(predictor):
    assert with_search(predictor, **GREEDY) is predictor
    assert with_search(predictor, **{**GREEDY, 'beam_width': 1}) is predictor


def test_one_beam_reads_all_pictures_as_greedy_does_and_five_never_worse(shipped):
    predictor, batches = shipped
    one = with_search(predictor, **{**GREEDY, 'beam_width': 1, 'n_best': 1})
    five = with_search(predictor, **{**GREEDY, 'beam_width': 5})
    for batch in batches:
        (greedy,), (alone,), (best,) = (reader.read(batch, with_alpha=True) for reader in (predictor, one, five))
        assert alone.text == greedy.text
        assert alone.confidence == pytest.approx(greedy.confidence, rel=1e-4)
        assert alone.char_confidences == pytest.approx(greedy.char_confidences, rel=1e-3)
        np.testing.assert_allclose(alone.alpha, greedy.alpha, atol=1e-4)
        assert alone.n_best == ((alone.text, alone.confidence),)
        assert best.confidence >= greedy.confidence * (1 - 1e-4)
        assert best.alpha.shape == (len(best.text) + 1, *greedy.alpha.shape[1:]) and best.n_best is None


def test_the_best_texts_with_their_probabilities(predictor, canvases):
    reader = with_search(predictor, **{**GREEDY, 'n_best': 3})
    assert reader.identity == {**predictor.identity, 'n_best': 3, 'beam_width': 5}
    for row, text in zip(reader.read(canvases), tiny.EIGHT_WORDS, strict=True):
        texts, probabilities = zip(*row.n_best, strict=True)
        assert texts[0] == row.text == text and len(set(texts)) == 3
        assert list(probabilities) == sorted(probabilities, reverse=True)
        assert probabilities[0] == row.confidence and sum(probabilities) <= 1 + 1e-6


def test_readings_do_not_depend_on_the_batch(predictor, canvases):
    reader = with_search(predictor, **{**GREEDY, 'allow': '[0-8]{2,4}', 'n_best': 2})
    together = reader.read(canvases)
    for n, row in enumerate(together):
        (alone,) = reader.read(canvases[n : n + 1])
        assert [text for text, _ in alone.n_best] == [text for text, _ in row.n_best]
        assert alone.confidence == pytest.approx(row.confidence, rel=1e-4)


@pytest.mark.parametrize('canvas', ['square', 'fit'])
def test_patterns_hold_on_noise_too(learnt, canvas):
    predictor = GraphPredictor.from_pb(str(learnt.pb_path), canvas=canvas)
    reader = with_search(predictor, **{**GREEDY, 'allow': '[13579]{2,6}'})
    noise = np.random.default_rng(0).integers(0, 256, (4, 64 if canvas == 'square' else 32, 64, 3), np.uint8)
    for row in reader.read(noise):
        assert set(row.text) <= set('13579') and 2 <= len(row.text) <= 6


def lexicon_of(path, *words):
    path.write_text('\n'.join(words) + '\n', encoding='utf-8')
    return {**GREEDY, 'lexicon': str(path)}


def test_a_strict_lexicon_writes_nothing_else(predictor, canvases, tmp_path):
    settings = lexicon_of(tmp_path / 'words.txt', '27', '618', '71', '999')
    reader = with_search(predictor, **{**settings, 'lexicon_strict': True})
    texts = [row.text for row in reader.read(canvases)]
    assert set(texts) <= {'27', '618', '71', '999'}
    assert [texts[tiny.EIGHT_WORDS.index(text)] for text in ('27', '71')] == ['27', '71']


def test_words_near_the_reading_replace_it_and_the_rest_is_kept(predictor, canvases, tmp_path):
    settings = lexicon_of(tmp_path / 'words.txt', '27', '618', '919', '8400', '0000')
    reader = with_search(predictor, **settings)
    rows = dict(zip(tiny.EIGHT_WORDS, reader.read(canvases, with_alpha=True), strict=True))
    assert (rows['27'].text, rows['27'].in_lexicon, rows['27'].read) == ('27', 'exactly', None)
    assert (rows['5'].text, rows['5'].in_lexicon, rows['5'].read) == ('5', 'no', None)
    assert (rows['840'].text, rows['840'].in_lexicon, rows['840'].read) == ('8400', 'nearly', '840')
    assert rows['619'].text in ('618', '919') and rows['619'].in_lexicon == 'nearly'
    strict = with_search(predictor, **{**settings, 'lexicon_strict': True, 'n_best': 5})
    (row,) = strict.read(canvases[2:3])
    probabilities = dict(row.n_best)
    assert rows['619'].text == max(('618', '919'), key=probabilities.get)  # the likelier of two equally near
    assert rows['619'].confidence == pytest.approx(probabilities[rows['619'].text], rel=1e-3)
    for text, row in rows.items():
        assert len(row.char_confidences) == len(row.text) and row.alpha.shape == (len(row.text) + 1, 8, 8), text


def test_float16_weights_and_graphs_of_the_reference(learnt, canvases, reference_style):
    half = GraphPredictor(halve_weights(load_graph(str(learnt.pb_path))), None)
    rows = with_search(half, **{**GREEDY, 'beam_width': 3}).read(canvases)
    assert [row.text for row in rows] == list(tiny.EIGHT_WORDS)
    with pytest.raises(InputError, match=r'^old\.pb: InceptionV4/.* only greedy reading goes with this graph'):
        with_search(
            GraphPredictor(reference_style, Charset.preset('digits'), where='old.pb'), **{**GREEDY, 'beam_width': 2}
        )


def test_the_full_graph_of_the_reference_is_searched():
    from ocr.config import Config
    from ocr.model import AttentionOCR
    from ocr.model_files.frozen_graph import freeze
    from ocr.network import tensor_names as names

    with tf.Graph().as_default() as graph, tf.Session(graph=graph) as session:
        image = tf.placeholder(tf.float32, (None, 64, 64, 3), names.IMAGE)
        AttentionOCR(Config(), 12).build_inference(image)
        session.run(tf.global_variables_initializer())
        frozen = freeze(session, [names.PREDS, names.PROBS])
    predictor = GraphPredictor(frozen, Charset.preset('digits'))
    assert predictor.settings == {} and not predictor.has_attention
    reader = with_search(predictor, **{**GREEDY, 'beam_width': 1, 'n_best': 1})
    canvas = np.random.default_rng(0).integers(0, 256, (1, 64, 64, 3), np.uint8)
    (greedy,), (row,) = predictor.read(canvas), reader.read(canvas, with_alpha=True)
    assert row.text == greedy.text and row.confidence == pytest.approx(greedy.confidence, rel=1e-3)
    assert row.alpha.shape[1:] == (8, 8)


@pytest.mark.parametrize(
    ('settings', 'message'),
    [
        ({'n_best': 3, 'beam_width': 2}, '--n_best 3: --beam_width 2 follows fewer'),
        ({'allow': 'a', 'lexicon': 'x'}, '--allow with --lexicon'),
        ({'lexicon_strict': True}, '--lexicon_strict: there is no --lexicon'),
        ({'long_text': True, 'allow': '1'}, '--long_text reads windows'),
        ({'long_text': True, 'n_best': 1}, '--long_text joins'),
        ({'allow': '[0-9]{7}'}, 'its shortest text has 7 characters, .* writes at most 6'),
    ],
)
def test_settings_that_make_no_sense_are_refused(predictor, settings, message):
    with pytest.raises(InputError, match=message):
        with_search(predictor, **{**GREEDY, **settings})
