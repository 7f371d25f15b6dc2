"""Frozen graph -> text. Needs TensorFlow, not tensorpack; reads our graphs and those that the reference froze."""

import math
from contextlib import nullcontext

import numpy as np
import tensorflow.compat.v1 as tf

from ocr.charset import Charset
from ocr.errors import InputError
from ocr.model_files.allowed_graph import check_sizes
from ocr.model_files.fingerprint import fingerprint
from ocr.model_files.frozen_graph import free_sides, load_graph, read_charset, read_settings, read_weights
from ocr.model_files.run_limits import RunLimits
from ocr.network import tensor_names as names
from ocr.network.precision import session_config
from ocr.preprocessing.canvas import Canvas
from ocr.reading.batch_sizes import BatchSizes
from ocr.reading.read_text import ReadText


class GraphPredictor:
    """A frozen graph in a session: a Predictor.

    Attributes:
        limits: RunLimits of its runs, or None for a trusted graph.
    """

    gives_weights = True

    def __init__(
        self,
        graph_def,
        charset,
        *,
        canvas_side=256,
        canvas=None,
        canvas_area=None,
        precision='float32',
        where='the graph',
        trusted=True,
    ):
        """
        Args:
            graph_def: GraphDef.
            charset: Charset, or None for the one inside the graph.
            canvas_side: S if the graph does not say.
            canvas: kind of canvases, see Canvas; None is what the graph was trained with.
            canvas_area: pixels of canvases of the kind 'area', likewise.
            precision: 'float32', 'tf32' or 'bfloat16', see precision.set_precision.
            where: what messages call the graph.
            trusted: run it without a look at what it holds, and without limits; a graph of our own making.

        Raises:
            InputError: no charset, or one that does not fit; canvases that the graph cannot take.
        """
        self.where = where
        self.charset = Charset.agreed(charset, read_charset(graph_def, where), where)
        self.settings = read_settings(graph_def, where)
        trained = self.settings.get('canvas', 'square')
        kind = canvas or trained
        frees = kind != 'square' and trained == 'square'
        if frees and not self.settings:
            raise InputError(f'--canvas {kind}: {where} takes only square canvases; export its checkpoint again')
        self._graph = tf.Graph()
        self.limits = None if trusted else RunLimits(where)
        with self._graph.as_default(), self.watch():
            try:
                tf.import_graph_def(free_sides(graph_def) if frees else graph_def, name='')
            except (ValueError, TypeError, tf.errors.OpError) as error:
                reason = ' '.join(str(error).split())
                raise InputError(f'{where}: TensorFlow cannot load this graph ({reason}); export it again') from None
        if not trusted:
            check_sizes(self._graph, where)
        check_interface(self._graph, where)
        self._names = frozenset(operation.name for operation in self._graph.get_operations())
        self.charset.check_num_classes(self._num_classes(graph_def) or self.charset.num_classes, where)
        side = self._side(names.IMAGE, 1) or self.settings.get('image_size', canvas_side)
        self.canvas = Canvas(side, kind, canvas_area or self.settings.get('canvas_area', Canvas.area))
        self.num_steps = self._side(names.PREDS, 1) or self._side(names.LABEL, 1)
        self.with_bbox = self._has(names.NORMALIZED_BBOX)
        self.has_attention = self._has(names.ALPHA)
        self._sizes = BatchSizes()
        self._session = tf.Session(graph=self._graph, config=session_config(precision))
        self.identity = {
            'model': fingerprint(
                node.SerializeToString(deterministic=True)
                for node in graph_def.node
                if node.name not in (names.CHARSET, names.CONFIG)
            ),
            'charset': fingerprint([self.charset.to_text().encode()]),
            **self.canvas.identity,
            'precision': precision,
        }

    @classmethod
    def from_pb(cls, path, charset=None, *, trusted=False, **settings):
        """GraphPredictor of a file; InputError if it is no such graph, or one that must be trusted and is not."""
        return cls(load_graph(path, trusted=trusted), charset, where=path, trusted=trusted, **settings)

    def read(self, canvases, normalized_bboxes=None, *, with_alpha=False, full_length=False):
        """Read a batch; arguments and result as of Predictor.read."""
        num_rows = len(canvases)
        canvases = self._sizes.fill(np.asarray(canvases))
        if normalized_bboxes is not None:
            normalized_bboxes = self._sizes.fill(np.asarray(normalized_bboxes))
        fetches = [f'{names.PREDS}:0', f'{names.PROBS}:0'] + [f'{names.ALPHA}:0'] * (with_alpha and self.has_attention)
        with self.watch(canvases.shape):
            preds, probs, *alpha = self._run(
                fetches, self._feed(canvases, normalized_bboxes, full_length), len(canvases)
            )
        return [
            ReadText.of_steps(self.charset, preds[n], probs[n], alpha[0][n] if alpha else None) for n in range(num_rows)
        ]

    def watch(self, shape=(1, 0, 0)):
        """A block within the limits of a run on canvases of a shape (N, h, w, ...)."""
        return self.limits.watch(shape[0], math.prod(shape[:3])) if self.limits else nullcontext()

    def _run(self, fetches, feed, num_rows):
        """Run the graph; InputError if TensorFlow cannot, or what comes out is no reading."""
        try:
            preds, probs, *alpha = self._session.run(fetches, feed)
            if preds.shape != probs.shape or preds.ndim != 2 or len(preds) != num_rows:
                raise ValueError(f'{names.PREDS} are {preds.shape}, {names.PROBS} {probs.shape}')
            if preds.size and not 0 <= preds.min() <= preds.max() < self.charset.num_classes:
                raise ValueError(f'{names.PREDS} beyond the classes of the charset')
        except tf.errors.ResourceExhaustedError:
            raise InputError(
                f'{self.where}: more memory is needed than there is; give a smaller --batch_size'
            ) from None
        except (ValueError, TypeError, tf.errors.OpError) as error:
            reason = ' '.join(str(getattr(error, 'message', error)).split())[:200]
            raise InputError(f'{self.where}: TensorFlow cannot run this graph ({reason}); export it again') from None
        return preds, probs, *alpha

    def weights(self, scope):
        """{name: float32 array} of the weights below a variable scope."""
        graph_def = self._graph.as_graph_def()
        return read_weights(graph_def, [node.name for node in graph_def.node if node.name.startswith(f'{scope}/')])

    def _feed(self, canvases, normalized_bboxes, full_length):
        """Feeds by tensor name: what the graph has and cannot do without."""
        num_rows = len(canvases)
        values = {
            names.IMAGE: np.divide(canvases, np.float32(255), dtype=np.float32),
            names.NORMALIZED_BBOX: normalized_bboxes,
            names.FULL_LENGTH: full_length,
            names.LABEL: np.zeros((num_rows, self.num_steps or 33), np.int32),
            names.MASK: np.zeros((num_rows, self.num_steps or 33), np.float32),
            names.IS_TRAINING: False,
            names.DROPOUT_KEEP_PROB: 1.0,
        }
        needed = (names.IMAGE, names.NORMALIZED_BBOX, names.FULL_LENGTH)
        return {
            f'{name}:0': value
            for name, value in values.items()
            if self._has(name) and (name in needed or self._operation(name).type == 'Placeholder')
        }

    def _has(self, name):
        return name in self._names

    def _operation(self, name):
        return self._graph.get_operation_by_name(name)

    def _side(self, name, axis):
        """A side of a tensor's static shape, or None."""
        if not self._has(name):
            return None
        shape = self._graph.get_tensor_by_name(f'{name}:0').shape
        return shape.dims[axis].value if shape.dims is not None else None

    def _num_classes(self, graph_def):
        """V as the softmax's bias has it, or None."""
        for node in graph_def.node:
            if node.name.endswith('softmax/softmax_b') and node.op in ('Const', 'Cast'):
                shape = self._graph.get_tensor_by_name(f'{node.name}:0').shape
                return shape.dims[0].value if shape.dims is not None else None
        return None


def check_interface(graph, where):
    """InputError if the tensors that reading feeds and fetches are of other kinds than they must be."""
    kinds = {names.IMAGE: ((tf.float32,), 4), names.PREDS: ((tf.int32, tf.int64), 2), names.PROBS: ((tf.float32,), 2)}
    kinds |= {names.NORMALIZED_BBOX: ((tf.float32,), 2), names.ALPHA: ((tf.float32,), 4)}
    present = {operation.name: operation for operation in graph.get_operations()}
    for name, (dtypes, rank) in kinds.items():
        if name not in present and name in (names.NORMALIZED_BBOX, names.ALPHA):
            continue
        outputs = present[name].outputs if name in present else ()
        if len(outputs) != 1 or outputs[0].dtype not in dtypes or outputs[0].shape.rank not in (None, rank):
            found = f'{outputs[0].dtype.name} {outputs[0].shape}' if len(outputs) == 1 else 'no tensor'
            raise InputError(f'{where}: damaged, {name} in it is {found}; export it again')
