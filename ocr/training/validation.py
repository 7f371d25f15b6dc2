"""Validation during training: held-out regions read with the weights as they are, and shown."""

import io

import numpy as np
import tensorflow.compat.v1 as tf
from PIL import Image

from ocr.metrics import normalized_edit_similarity, same_text
from ocr.network import tensor_names as names
from ocr.visualization.attention_sheet import attention_picture

_NUM_PICTURES = 4  # pictures that TensorBoard shows


class Validation:
    """Greedy decoding of held-out regions with the weights as they are."""

    def __init__(self, batches, charset, with_bbox):
        """
        Args:
            batches: function without arguments that yields (list of TextRegion, canvases uint8 (N, S, S, 3),
                normalized_bboxes float32 (N, 4)).
            charset: Charset.
            with_bbox: bool, the model takes the boxes.
        """
        self.batches = batches
        self.charset = charset
        self.with_bbox = with_bbox

    def connect(self, trainer):
        """Build the inference tower, which shares the training's variables."""
        inputs = [names.IMAGE] + [names.NORMALIZED_BBOX] * self.with_bbox
        self._predict = trainer.get_predictor(inputs, [names.PREDS, names.ALPHA])

    def run(self, monitors):
        """Scores as {'val_ned', 'val_accuracy'}, none if no region can be read.

        Pictures and texts of the first regions go to the monitors.
        """
        truths, texts = [], []
        for regions, canvases, bboxes in self.batches():
            feed = [canvases.astype(np.float32) / 255] + [bboxes] * self.with_bbox
            preds, alpha = self._predict(*feed)
            batch_texts = [self.charset.decode(row) for row in preds]
            if not texts:
                _show(monitors, canvases, batch_texts, [region.text for region in regions], alpha)
            truths += [region.text for region in regions]
            texts += batch_texts
        if not texts:
            return {}
        pairs = list(zip(texts, truths, strict=True))
        scores = {
            'val_ned': float(np.mean([normalized_edit_similarity(text, truth) for text, truth in pairs])),
            'val_accuracy': float(np.mean([same_text(text, truth) for text, truth in pairs])),
        }
        for name, value in scores.items():
            monitors.put_scalar(name, value)
        return scores


def _show(monitors, canvases, texts, truths, alpha):
    """The first pictures with their attention, and a table of texts, for TensorBoard."""
    for n in range(min(_NUM_PICTURES, len(texts))):
        picture = attention_picture(canvases[n], texts[n], alpha[n].transpose(2, 0, 1), truth=truths[n])
        monitors.put_summary(image_summary(f'validation_{n}', picture))
    rows = [f'| {text} | {truth} |' for text, truth in zip(texts, truths, strict=True)]
    monitors.put_summary(_text_summary('validation', '\n'.join(['| read | true |', '|---|---|', *rows])))


def image_summary(tag, picture):
    """A Summary of a picture, uint8 (H, W, 3); tensorpack's own fails on NumPy 2."""
    png = io.BytesIO()
    Image.fromarray(picture).save(png, 'png')
    height, width = picture.shape[:2]
    image = tf.Summary.Image(height=height, width=width, colorspace=3, encoded_image_string=png.getvalue())
    return tf.Summary(value=[tf.Summary.Value(tag=tag, image=image)])


def _text_summary(tag, text):
    """A Summary that TensorBoard's text tab shows."""
    metadata = tf.SummaryMetadata(plugin_data=tf.SummaryMetadata.PluginData(plugin_name='text'))
    return tf.Summary(value=[tf.Summary.Value(tag=tag, metadata=metadata, tensor=tf.make_tensor_proto(text))])
