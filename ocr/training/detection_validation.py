"""Validation of a detector during training: held-out photographs searched with the weights as they are, and shown."""

from functools import partial

import cv2
import numpy as np

from ocr.network import tensor_names as names
from ocr.preprocessing.unreadable import UnreadableImage
from ocr.reading.detector import probability_map, shrink
from ocr.reading.text_outlines import find_regions
from ocr.training.detection_data import detection_dataflow, load_detection_data, read_held_out
from ocr.training.validation import image_summary

_NUM_PICTURES = 4  # photographs that TensorBoard shows
_MISSED, _FOUND, _TINT = (255, 60, 40), (40, 220, 90), (255, 0, 160)


class DetectionValidation:
    """Finds text in held-out photographs with the weights as they are."""

    def __init__(self, photographs, read_image, judge, score):
        """
        Args:
            photographs: list of Photograph.
            read_image: function path -> uint8 (H, W, 3), RGB; raises UnreadableImage.
            judge: function of path, dataset, labelled and found regions, as evaluation.detection_scores has it.
            score: function of what `judge` returned for all photographs, likewise.
        """
        self.photographs = photographs
        self.read_image = read_image
        self.judge = judge
        self.score = score

    def connect(self, trainer):
        """Build the inference tower, which shares the training's variables."""
        predict = trainer.get_predictor([names.IMAGE], [names.PROBABILITY])
        self._run = lambda pictures: predict(pictures.astype(np.float32) / 255)[0]

    def run(self, monitors):
        """Scores as {'val_h_mean', 'val_precision', 'val_recall'}, none if no photograph can be read."""
        judged = []
        for photograph in self.photographs:
            try:
                image = self.read_image(photograph.image_path)
            except UnreadableImage:
                continue
            probability = probability_map(self._run, shrink(image))
            regions, left_out = find_regions(probability, image.shape[1::-1])
            one = self.judge(photograph.image_path, photograph.dataset, photograph.regions, regions, left_out)
            if len(judged) < _NUM_PICTURES:
                monitors.put_summary(image_summary(f'validation_{len(judged)}', map_picture(image, probability, one)))
            judged.append(one)
        scores = self.score(judged)
        scores = {f'val_{name}': score.value for name, score in scores.items() if np.isfinite(score.value)}
        for name, value in scores.items():
            monitors.put_scalar(name, value)
        return scores


def load_detection(settings, scores):
    """What a detector is trained on and validated with.

    Args:
        settings: DataSettings.
        scores: the module evaluation.detection_scores, which training does not know.

    Returns:
        DetectionData; a function (samples per step, DataPosition, part) -> dataflow, checked;
        DetectionValidation or None.
    """
    data = load_detection_data(settings)
    validation = DetectionValidation(
        data.held_out, partial(read_held_out, data), scores.judge_photograph, scores.score_photographs
    )
    return data, partial(detection_dataflow, settings, data), validation if data.held_out else None


def map_picture(image, probability, judged):
    """The photograph with the probability map laid over it, what was found in green and what was missed in red.

    Args:
        image: uint8 (H, W, 3), RGB.
        probability: float32 (h, w).
        judged: ScoredPhotograph.

    Returns:
        uint8 (h, w, 3).
    """
    size = probability.shape[::-1]
    picture = cv2.resize(image, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    share = 0.6 * probability[..., None]
    picture = np.ascontiguousarray(((1 - share) * picture + share * np.array(_TINT)).astype(np.uint8))
    scale = np.array(size) / image.shape[1::-1]
    outlines = [(one.polygon, _FOUND) for one in judged.found]
    outlines += [(judged.truths[missed].polygon, _MISSED) for missed in judged.matching.missed]
    for polygon, colour in outlines:
        cv2.polylines(picture, [np.round(polygon * scale).astype(np.int32)], True, colour, 2, cv2.LINE_AA)
    return picture
