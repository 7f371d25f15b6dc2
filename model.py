"""The model: canvas -> features -> characters. One body for training and inference and for both variants."""

import tensorflow.compat.v1 as tf
from tensorpack import ModelDesc
from tensorpack.tfutils import optimizer as optimizers
from tensorpack.tfutils.collection import freeze_collection
from tensorpack.tfutils.gradproc import GlobalNormClip
from tensorpack.tfutils.tower import get_current_tower_context

from config import to_json
from ocr.model_files.checkpoint import reading_map, restore
from ocr.model_files.frozen_graph import freeze, with_text
from ocr.network import attention, inception_v4, losses, schedule
from ocr.network import tensor_names as names
from ocr.network.precision import session_config


class AttentionOCR(ModelDesc):
    """Inception-v4 encoder and attention LSTM decoder as a tensorpack model.

    Args:
        config: Config.
        num_classes: V, the charset's size with UNK and EOS.
    """

    def __init__(self, config, num_classes):
        self.config = config
        self.num_classes = num_classes

    def inputs(self):
        side = None if self.config.fits else self.config.image_size
        num_steps = self.config.num_steps
        specs = [
            tf.TensorSpec((None, side, side, 3), tf.float32, names.IMAGE),
            tf.TensorSpec((None, num_steps), tf.int32, names.LABEL),
            tf.TensorSpec((None, num_steps), tf.float32, names.MASK),
        ]
        if self.config.with_bbox:
            specs.append(tf.TensorSpec((None, 4), tf.float32, names.NORMALIZED_BBOX))
        return specs

    def build_graph(self, image, label, mask, normalized_bbox=None):
        """Total loss () in a training tower; the named outputs in an inference tower."""
        tower = get_current_tower_context()
        if not tower.is_training:
            self.build_inference(image, normalized_bbox)
            return None
        # Another seed for every update and tower, the same again when the training is resumed.
        seed = finished_steps() * 1024 + (tower.index + 1_000_003 * self.config.seed) % 2**31
        terms = tower.get_collection_in_tower
        # The towers share batch norm's moving averages: the first one's batch moves them, once an update.
        frozen = [] if tower.is_main_training_tower else [tf.GraphKeys.UPDATE_OPS]
        with freeze_collection(frozen):
            return self.build_training(image, label, mask, normalized_bbox, seed=seed, collect=terms)

    def build_training(self, image, label, mask, normalized_bbox=None, *, seed=0, collect=tf.get_collection):
        """Loss with teacher forcing.

        Args:
            image: float32 (N, S, S, 3), RGB in 0..1.
            label: int32 (N, T).
            mask: float32 (N, T).
            normalized_bbox: float32 (N, 4), in the second variant.
            seed: int32 () of the dropout, which is reproducible from it.
            collect: function that returns this tower's part of a graph collection.

        Returns:
            float32 (), cross entropy and L2. `train_logits` (N, T', V) is named beside it.
        """
        config = self.config
        keep_prob = config.dropout_keep_prob
        features, variables, cells = self._encode(image, normalized_bbox, trains=True)
        # Steps behind the longest label of the batch count nothing.
        num_steps = tf.cast(tf.reduce_max(tf.reduce_sum(mask, axis=1)), tf.int32)
        decoded = attention.decode_teacher_forced(
            features,
            label,
            variables,
            num_steps=num_steps,
            cells=cells,
            dropout=attention.Dropout(keep_prob, tf.convert_to_tensor(seed)) if keep_prob < 1 else None,
        )
        tf.identity(decoded.logits, 'train_logits')
        cross_entropy = losses.sequence_loss(decoded.logits, label, mask, config.label_smoothing)
        weight_loss = losses.sum_weight_losses(collect)
        tf.identity(cross_entropy, 'cross_entropy')
        tf.identity(weight_loss, 'weight_loss')
        return tf.add(cross_entropy, weight_loss, 'total_loss')

    def build_inference(self, image, normalized_bbox=None, full_length=None):
        """Greedy decoding; names the outputs `sequence_preds`, `sequence_probs`, `sequence_attention`.

        Args:
            image: float32 (N, S, S, 3), RGB in 0..1.
            normalized_bbox: float32 (N, 4), in the second variant.
            full_length: bool () tensor or None, see attention.decode_greedily.

        Returns:
            attention.Decoded.
        """
        features, variables, cells = self._encode(image, normalized_bbox, trains=False)
        decoded = attention.decode_greedily(
            features, variables, num_steps=self.config.num_steps, cells=cells, full_length=full_length
        )
        shape = tf.shape(features)
        alpha = tf.transpose(decoded.alpha, [0, 2, 1])  # (N, L, T)
        tf.identity(decoded.preds, names.PREDS)
        tf.identity(decoded.probs, names.PROBS)
        tf.reshape(alpha, [shape[0], shape[1], shape[2], self.config.num_steps], names.ALPHA)  # (N, H, W, T)
        return decoded

    def optimizer(self):
        config = self.config
        rate = schedule.learning_rate(
            finished_steps(),
            base_rate=config.learning_rate,
            warmup_steps=config.warmup_steps,
            total_steps=config.total_steps,
            final_fraction=config.final_rate_fraction,
        )
        adam = tf.train.AdamOptimizer(tf.identity(rate, 'learning_rate'))
        if not config.gradient_clip:
            return adam
        return optimizers.apply_grad_processors(adam, [GlobalNormClip(config.gradient_clip)])

    def _encode(self, image, normalized_bbox, trains):
        """Features, the decoder's variables and the cells that attention may see; L2 terms only where it trains."""
        config = self.config
        by_batch = trains and not config.frozen_batch_norm
        renorm = None
        if by_batch and config.fits:  # a batch holds canvases of one shape, and what is read is of all shapes
            renorm = inception_v4.Limits(*schedule.renorm_limits(finished_steps(), config.warmup_steps))
        features = inception_v4.encode(
            image,
            is_training=by_batch,
            final_endpoint=config.final_endpoint,
            depth_multiplier=config.depth_multiplier,
            batch_norm_decay=config.batch_norm_decay,
            weight_decay=config.encoder_weight_decay if trains else 0,
            renorm=renorm,
        )
        variables = attention.create_variables(
            int(features.shape[3]),
            num_classes=self.num_classes,
            embedding_size=config.embedding_size,
            lstm_size=config.lstm_size,
            weight_decay=config.decoder_weight_decay if trains else 0,
        )
        cells = None
        if config.with_bbox:
            shape = tf.shape(features)
            cells = attention.box_cells(normalized_bbox, shape[1], shape[2])
        return features, variables, cells


def finished_steps():
    """Number of updates before this one, int32 (): fed by the training loop at every step.

    Not the global step itself, which tensorpack counts up while the update runs: who reads it then sees the old value
    or the new one by chance.
    """
    graph = tf.get_default_graph()
    if names.FINISHED_STEPS not in (operation.name for operation in graph.get_operations()):
        with tf.name_scope(None):
            return tf.placeholder(tf.int32, (), names.FINISHED_STEPS)
    return graph.get_tensor_by_name(f'{names.FINISHED_STEPS}:0')


def inference_graph(config, charset):
    """Graph that reads: needs `image` (and `normalized_bbox` in that variant), accepts all that the reference's takes.

    Args:
        config: Config.
        charset: Charset.

    Returns:
        graph: tf.Graph.
        keep: names of the nodes that are its interface.
    """
    model = AttentionOCR(config, charset.num_classes)
    with tf.Graph().as_default() as graph:
        specs = {spec.name: spec for spec in model.inputs()}
        image, bbox = (
            tf.placeholder(specs[name].dtype, specs[name].shape, name) if name in specs else None
            for name in (names.IMAGE, names.NORMALIZED_BBOX)
        )
        optional = {
            names.LABEL: tf.zeros([1, config.num_steps], tf.int32),
            names.IS_TRAINING: False,
            names.DROPOUT_KEEP_PROB: 1.0,
            names.FULL_LENGTH: False,
        }
        accepted = {
            name: tf.placeholder_with_default(value, [None, config.num_steps] if name == names.LABEL else [], name)
            for name, value in optional.items()
        }
        model.build_inference(image, bbox, accepted[names.FULL_LENGTH])
    required = [names.IMAGE, names.NORMALIZED_BBOX] if config.with_bbox else [names.IMAGE]
    return graph, [*required, *optional, names.PREDS, names.PROBS, names.ALPHA]


def freeze_checkpoint(checkpoint, config, charset):
    """A checkpoint as a frozen GraphDef with charset and settings inside.

    Raises:
        InputError: the checkpoint does not fit settings and charset.
    """
    graph, keep = inference_graph(config, charset)
    with graph.as_default(), tf.Session(config=session_config()) as session:
        restore(session, reading_map(tf.global_variables(), checkpoint), checkpoint)
        frozen = freeze(session, keep)
    return with_text(frozen, {names.CHARSET: charset.to_text(), names.CONFIG: to_json(config, ('model', 'training'))})
