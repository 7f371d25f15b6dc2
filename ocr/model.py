"""The models: canvas -> features -> characters; photograph -> where text is. One body for training and inference."""

import numpy as np
import tensorflow.compat.v1 as tf
from tensorpack import ModelDesc
from tensorpack.tfutils import optimizer as optimizers
from tensorpack.tfutils.collection import freeze_collection
from tensorpack.tfutils.gradproc import GlobalNormClip
from tensorpack.tfutils.tower import get_current_tower_context

from ocr.charset import Charset
from ocr.config import restorable, to_json
from ocr.model_files.checkpoint import (
    charset_beside,
    reading_map,
    require_checkpoint,
    restore,
    settings_beside,
)
from ocr.model_files.frozen_graph import freeze, with_text
from ocr.network import attention, detector, detector_losses, inception_v4, losses, schedule, teacher_forcing
from ocr.network import tensor_names as names
from ocr.network.adam import Adam
from ocr.network.precision import session_config
from ocr.training.accumulation import AccumulatingOptimizer
from ocr.training.detection_targets import BAND, COUNTED, TEXT, THRESHOLD, THRESHOLD_HIGH, THRESHOLD_LOW
from ocr.training.loss_scaling import LossScalingOptimizer

GRADIENT_CLIP = 10.0  # largest global norm of the gradients: above what sound batches give, below what a bad one does
ENCODER_WEIGHT_DECAY = 4e-5  # L2 weight of the convolutions: Inception-v4's own
_MOST_TOWERS = 64  # in the seeds of a step's batches
DECODER_WEIGHT_DECAY = 1e-5  # L2 weight of the decoder's matrices


class _Model(ModelDesc):
    """What the models share: towers, seeds, batch norm's updates and the optimizer.

    Attributes:
        first_tower: number of the first tower here; those of other machines have other numbers, and other seeds.
        scales_loss: whether gradients are computed in float16 and need it.
    """

    first_tower = 0
    scales_loss = False

    def build_graph(self, image, *targets):
        """Total loss () in a training tower; the named outputs in an inference tower."""
        tower = get_current_tower_context()
        if not tower.is_training:
            self.build_inference_tower(image, *targets)
            return None
        # Another seed for every update and tower, the same again when the training is resumed.
        place = self.first_tower + tower.index
        if self.config.accumulate > 1:
            place += _MOST_TOWERS * batch_number()
        seed = finished_steps() * 1024 + (place + 1_000_003 * self.config.seed) % 2**31
        terms = tower.get_collection_in_tower
        # The towers share batch norm's moving averages: the first one's batch moves them, once an update.
        frozen = [] if tower.is_main_training_tower else [tf.GraphKeys.UPDATE_OPS]
        with freeze_collection(frozen):
            return self.build_training(image, *targets, seed=seed, collect=terms)

    def optimizer(self):
        config = self.config
        rate = schedule.learning_rate(
            finished_steps(),
            base_rate=config.learning_rate,
            warmup_steps=config.warmup_steps,
            total_steps=config.total_steps,
            final_fraction=config.final_rate_fraction,
        )
        adam = Adam(tf.identity(rate, 'learning_rate'), finished_steps())
        clipped = optimizers.apply_grad_processors(adam, [GlobalNormClip(GRADIENT_CLIP)])
        if self.scales_loss:
            clipped = LossScalingOptimizer(clipped)
        return AccumulatingOptimizer(clipped, config.accumulate) if config.accumulate > 1 else clipped


class AttentionOCR(_Model):
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

    def build_inference_tower(self, image, label, mask, normalized_bbox=None):
        self.build_inference(image, normalized_bbox)

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
            float32 (), cross entropy and L2. `train_logits` (N, T', V) is named beside it, of meaning up to each EOS.
        """
        config = self.config
        keep_prob = config.dropout_keep_prob
        features, variables, cells = self._encode(image, normalized_bbox, trains=True)
        decoded = teacher_forcing.decode_teacher_forced(
            features,
            label,
            variables,
            lengths=tf.cast(tf.reduce_sum(mask, axis=1), tf.int32),  # what is behind counts nothing
            cells=cells,
            dropout=teacher_forcing.Dropout(keep_prob, tf.convert_to_tensor(seed)) if keep_prob < 1 else None,
        )
        tf.identity(decoded.logits, 'train_logits')
        cross_entropy = losses.sequence_loss(decoded.logits, label, mask)
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

    def _encode(self, image, normalized_bbox, trains):
        """Features, the decoder's variables and the cells that attention may see; L2 terms only if it trains."""
        config = self.config
        by_batch = trains and not config.frozen
        renorm = None
        if by_batch and config.fits:  # a batch holds canvases of one shape, and what is read is of all shapes
            renorm = inception_v4.Limits(*schedule.renorm_limits(finished_steps(), config.warmup_steps))
        features = inception_v4.encode(
            image,
            is_training=by_batch,
            final_endpoint=config.final_endpoint,
            depth_multiplier=config.depth_multiplier,
            batch_norm_decay=config.batch_norm_decay,
            weight_decay=ENCODER_WEIGHT_DECAY if trains else 0,
            renorm=renorm,
            frozen_block=config.frozen_block if trains else '',
        )
        variables = attention.create_variables(
            int(features.shape[3]),
            num_classes=self.num_classes,
            embedding_size=config.embedding_size,
            lstm_size=config.lstm_size,
            weight_decay=DECODER_WEIGHT_DECAY if trains else 0,
        )
        cells = None
        if config.with_bbox:
            shape = tf.shape(features)
            cells = attention.box_cells(normalized_bbox, shape[1], shape[2])
        return features, variables, cells


class TextDetector(_Model):
    """Inception-v4 encoder at strides 4, 8 and 16 and the heads of differentiable binarisation as a tensorpack model.

    Args:
        config: Config.
    """

    def __init__(self, config):
        self.config = config

    def inputs(self):
        side = self.config.image_size
        return [
            tf.TensorSpec((None, None, None, 3), tf.float32, names.IMAGE),
            tf.TensorSpec((None, side, side, 4), tf.uint8, names.MAPS),
        ]

    def build_training(self, image, maps, *, seed=0, collect=tf.get_collection):
        """Loss of a batch of crops.

        Args:
            image: float32 (N, S, S, 3), RGB in 0..1.
            maps: uint8 (N, S, S, 4), see training.detection_targets.
            seed: not used: nothing is drawn in this graph.
            collect: function that returns this tower's part of a graph collection.

        Returns:
            float32 (), the losses of arXiv:1911.08947 and L2; its terms are named beside it.
        """
        features, normalization = self._fuse(image, trains=True)
        logits = detector.read_map(features, 'probability', **normalization)
        threshold_logits = detector.read_map(features, 'threshold', **normalization)
        of_maps = [tf.cast(maps[..., channel], tf.float32) for channel in range(4)]
        of_maps[THRESHOLD] = THRESHOLD_LOW + (THRESHOLD_HIGH - THRESHOLD_LOW) / 255 * of_maps[THRESHOLD]
        text, counted, threshold, band = (of_maps[channel] for channel in (TEXT, COUNTED, THRESHOLD, BAND))
        loss, terms = detector_losses.detection_loss(logits, threshold_logits, text, counted, threshold, band)
        for name, term in terms.items():
            tf.identity(term, name)
        weight_loss = tf.identity(losses.sum_weight_losses(collect), 'weight_loss')
        return tf.add(loss, weight_loss, 'total_loss')

    def build_inference_tower(self, image, maps):
        self.build_inference(image)

    def build_inference(self, image):
        """Probability of text, float32 (N, H, W) of pictures (N, H, W, 3) of any size; names it `text_probability`."""
        features, normalization = self._fuse(detector.pad_to_stride(image), trains=False)
        logits = detector.read_map(features, 'probability', **normalization)
        shape = tf.shape(image)
        return tf.sigmoid(logits[:, : shape[1], : shape[2]], names.PROBABILITY)

    def _fuse(self, image, trains):
        """Fused features, and the arguments that the heads take too."""
        config = self.config
        normalization = {
            'depth_multiplier': config.depth_multiplier,
            'is_training': trains and not config.frozen,
            'batch_norm_decay': config.batch_norm_decay,
            'weight_decay': ENCODER_WEIGHT_DECAY if trains else 0,
        }
        levels = detector.encode_levels(
            image,
            final_endpoint=config.final_endpoint,
            frozen_block=config.frozen_block if trains else '',
            **normalization,
        )
        return detector.fuse(levels, **normalization), normalization


def build_model(config, charset):
    """The model that the settings name; `charset` is None for a detector."""
    return TextDetector(config) if config.detects else AttentionOCR(config, charset.num_classes)


def finished_steps():
    """Number of updates before this one, int32 (): fed by the training loop at every step.

    Not the global step itself, which tensorpack counts up while the update runs: who reads it then sees the old value
    or the new one by chance.
    """
    return _fed(names.FINISHED_STEPS)


def batch_number():
    """Which of the batches of a step this is, from 0, int32 (): fed by the training loop if a step has several."""
    return _fed(names.BATCH_NUMBER)


def _fed(name):
    """The placeholder int32 () of a name, in any tower the same."""
    graph = tf.get_default_graph()
    if name not in (operation.name for operation in graph.get_operations()):
        with tf.name_scope(None):
            return tf.placeholder(tf.int32, (), name)
    return graph.get_tensor_by_name(f'{name}:0')


def inference_graph(config, charset):
    """Graph that reads, or finds text if the settings are a detector's, and the names of the nodes to keep."""
    if config.detects:
        with tf.Graph().as_default() as graph:
            image = tf.placeholder(tf.float32, (None, None, None, 3), names.IMAGE)
            TextDetector(config).build_inference(image)
        return graph, [names.IMAGE, names.PROBABILITY]
    return _reading_graph(config, charset)


def _reading_graph(config, charset):
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


def open_checkpoint(cfg):
    """Checkpoint, settings and charset that --checkpoint_path means.

    The settings stored beside the checkpoint stand under the command line; a checkpoint of the reference has none, and
    --charset_path then names its label file.

    Args:
        cfg: Config.

    Returns:
        checkpoint: its prefix.
        cfg: Config.
        charset: Charset; None for a detector.
    """
    checkpoint = require_checkpoint(cfg.checkpoint_path, 'checkpoint_path', prefer_best=True)
    if stored := settings_beside(checkpoint):
        text, path = stored
        cfg = cfg.over(restorable(text, ('model',), path))
    if cfg.detects:
        return checkpoint, cfg, None
    return checkpoint, cfg, Charset.agreed(Charset.resolve(cfg.charset_path), charset_beside(checkpoint), checkpoint)


def live_output(checkpoint, config, charset, name, feed):
    """An output of a checkpoint by its name, {name: array} fed, without any freezing."""
    graph, _ = inference_graph(config, charset)
    with graph.as_default(), tf.Session(config=session_config()) as session:
        restore(session, reading_map(tf.global_variables(), checkpoint), checkpoint)
        return session.run(f'{name}:0', {f'{key}:0': value for key, value in feed.items()})


def answer_of_checkpoint(checkpoint, config, charset, canvases, bboxes):
    """What a checkpoint itself reads, a list of texts, or the map by which it finds text; nothing is frozen for it."""
    feed = {names.IMAGE: canvases.astype(np.float32) / 255}
    if config.detects:
        return live_output(checkpoint, config, None, names.PROBABILITY, feed)
    if config.with_bbox:
        feed[names.NORMALIZED_BBOX] = bboxes
    return [charset.decode(row) for row in live_output(checkpoint, config, charset, names.PREDS, feed)]


def freeze_checkpoint(checkpoint, config, charset):
    """A checkpoint as a frozen GraphDef with charset, None for a detector, and settings inside.

    Raises:
        InputError: the checkpoint does not fit settings and charset.
    """
    graph, keep = inference_graph(config, charset)
    with graph.as_default(), tf.Session(config=session_config()) as session:
        restore(session, reading_map(tf.global_variables(), checkpoint), checkpoint)
        frozen = freeze(session, keep)
    texts = {names.CONFIG: to_json(config, ('model', 'training'))}
    if charset:
        texts[names.CHARSET] = charset.to_text()
    return with_text(frozen, texts)
