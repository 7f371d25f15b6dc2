"""Predictor that looks further than the next character: beam search, patterns, lexicons. The weights are the same.

The graph is rebuilt from the weights of a frozen graph, also of one that the reference froze; greedy reading keeps
the frozen graph itself.
"""

from dataclasses import replace

import numpy as np
import tensorflow.compat.v1 as tf

from ocr.errors import InputError
from ocr.network import attention, inception_v4
from ocr.network import tensor_names as names
from ocr.network.architecture import REFERENCE, REFERENCE_STEPS
from ocr.network.precision import session_config
from ocr.reading.batch_sizes import BatchSizes
from ocr.reading.predictor import WrappedPredictor
from ocr.reading.read_text import ReadText
from ocr.reading.search.beam_search import Beams, score_texts, search, trace_back

_SCORED_TOGETHER = 64  # words that are held against their images in one run


class SearchPredictor(WrappedPredictor):
    """A Predictor that searches, with the weights of a GraphPredictor."""

    def __init__(self, predictor, *, num_beams=1, num_best=0, automaton=None, lexicon=None, identity=None):
        """
        Args:
            predictor: GraphPredictor.
            num_beams: B, texts that are followed at once.
            num_best: texts that ReadText.n_best lists; 0: there is no such list.
            automaton: Automaton that the texts must satisfy, or None.
            lexicon: Lexicon whose nearest word takes the place of a text that is none of its words, or None.
            identity: dict, in JSON's types, of what tells this search from others, or None.

        Raises:
            InputError: the graph holds other weights than this model has.
        """
        super().__init__(predictor, identity or {})
        self.num_steps = predictor.num_steps or REFERENCE_STEPS
        self.has_attention = True  # the graph that is built here gives it, also if the frozen one does not
        self._watch = predictor.watch
        self._sizes = BatchSizes()
        self._num_best = num_best
        self._lexicon = lexicon
        with tf.Graph().as_default() as graph, tf.variable_scope('', custom_getter=_Stored(predictor)):
            self._build(num_beams, automaton)
        self._session = tf.Session(graph=graph, config=session_config(predictor.identity['precision']))

    def _build(self, num_beams, automaton):
        """The graph from image to Beams, and beside it the one that scores given texts."""
        settings = {name: self.settings.get(name, value) for name, value in REFERENCE.items()}
        self._image = tf.placeholder(tf.float32, (None, None, None, 3), names.IMAGE)
        self._bbox = tf.placeholder(tf.float32, (None, 4), names.NORMALIZED_BBOX)
        self._features = inception_v4.encode(
            self._image,
            is_training=False,
            final_endpoint=settings['final_endpoint'],
            depth_multiplier=settings['depth_multiplier'],
            weight_decay=0,
        )
        variables = attention.create_variables(
            int(self._features.shape[3]),
            num_classes=self.charset.num_classes,
            embedding_size=settings['embedding_size'],
            lstm_size=settings['lstm_size'],
            weight_decay=0,
        )
        height, width = tf.unstack(tf.shape(self._features)[1:3])
        self._size = height, width
        cells = attention.box_cells(self._bbox, height, width) if self.with_bbox else None
        limits = {'num_steps': self.num_steps, 'num_beams': num_beams, 'num_best': max(self._num_best, 1)}
        self._beams = search(self._features, variables, automaton=automaton, cells=cells, **limits)
        self._label = tf.placeholder(tf.int32, (None, self.num_steps), names.LABEL)
        self._row = tf.placeholder(tf.int32, (None,))  # the image that each label is held against
        features, cells = (None if x is None else tf.gather(x, self._row) for x in (self._features, cells))
        self._scored = score_texts(features, self._label, variables, cells=cells)

    def read(self, canvases, normalized_bboxes=None, *, with_alpha=False, full_length=False):
        """Read a batch; arguments and result as of Predictor.read, but there is no full length to run."""
        num_rows = len(canvases)
        canvases = self._sizes.fill(np.asarray(canvases))
        boxes = {self._bbox: self._sizes.fill(np.asarray(normalized_bboxes))} if self.with_bbox else {}
        fetches = vars(self._beams) | {'size': self._size}
        if not with_alpha:
            fetches['alphas'] = ()
        if self._lexicon:
            fetches['features'] = self._features
        with self._watch(canvases.shape):
            fetched = self._session.run(fetches, {self._image: np.asarray(canvases, np.float32) / 255, **boxes})
        size, features = fetched.pop('size'), fetched.pop('features', None)
        beams = Beams(**fetched)
        rows = [self._read_row(beams, row, size) for row in range(num_rows)]
        if not self._lexicon:
            return rows
        return self._to_words(rows, {self._features: features, **boxes}, size if with_alpha else None)

    def _read_row(self, beams, row, size):
        found = trace_back(beams, row)
        ids, log_probs, places = found[0]
        alpha = [beams.alphas[step, row, place].reshape(size) for step, place in enumerate(places) if len(beams.alphas)]
        result = self._read_text(ids, log_probs, np.array(alpha) if alpha else None)
        if not self._num_best:
            return result
        texts = [(self.charset.decode(ids), float(np.exp(log_probs.sum()))) for ids, log_probs, _ in found]
        return replace(result, n_best=tuple(texts[: self._num_best]))

    def _read_text(self, ids, log_probs, alpha):
        text = self.charset.decode(ids)
        return ReadText(text, float(np.exp(log_probs.sum())), tuple(np.exp(log_probs[: len(text)]).tolist()), alpha)

    def _to_words(self, rows, feed, size):
        """Replace texts by the most probable of the lexicon's words that are near.

        Args:
            rows: list of N ReadText.
            feed: the features of their images, and what belongs to them.
            size: (H, W) if attention is wanted, else None.
        """
        near = {}
        for number, row in enumerate(rows):
            if not self._lexicon.holds(row.text):
                near[number] = self._lexicon.near(row.text)
        best = self._best_words([(number, word) for number, words in near.items() for word in words], feed, size)
        return [
            replace(best[number], read=row.text, n_best=row.n_best, in_lexicon='nearly')
            if number in best
            else replace(row, in_lexicon='no' if number in near else 'exactly')
            for number, row in enumerate(rows)
        ]

    def _best_words(self, words, feed, size):
        """{row: ReadText of its most probable word} of a list of (row, word)."""
        best = {}
        for start in range(0, len(words), _SCORED_TOGETHER):
            part = words[start : start + _SCORED_TOGETHER]
            label = np.stack([self.charset.encode(word, self.num_steps - 1)[0] for _, word in part])
            log_probs, alphas = self._session.run(
                self._scored, {**feed, self._label: label, self._row: [row for row, _ in part]}
            )
            for (row, word), ids, of_word, alpha in zip(part, label, log_probs, alphas, strict=True):
                length = len(word) + 1
                shown = None if size is None else alpha[:length].reshape(length, *size)
                result = self._read_text(ids, of_word[:length], shown)
                if row not in best or result.confidence > best[row].confidence:
                    best[row] = result
        return best


class _Stored:
    """Getter of variables: the weights of a predictor's graph as constants."""

    def __init__(self, predictor):
        self.where = predictor.where
        self.weights = predictor.weights(inception_v4.SCOPE)

    def __call__(self, getter, name, shape=None, **_):
        weight = self.weights.get(name)
        if weight is None or list(weight.shape) != [int(side) for side in shape]:
            found = 'nothing' if weight is None else list(weight.shape)
            raise InputError(
                f'{self.where}: {name} is {found}, and {list(map(int, shape))} is expected; only greedy reading goes '
                'with this graph; export it again'
            )
        return tf.constant(weight)
