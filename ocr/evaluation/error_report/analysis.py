"""Everything that the error report says, as numbers."""

from dataclasses import dataclass

import numpy as np

from ocr.charset import Charset
from ocr.evaluation.error_report.calibration import Calibration, Kept, calibrate, calibrate_characters, thresholds
from ocr.evaluation.error_report.comparison import Comparison, compare
from ocr.evaluation.error_report.confusions import Confusions, find_confusions
from ocr.evaluation.error_report.measurement import Measurement, measure
from ocr.evaluation.error_report.selection import Suspects, suspects, worst
from ocr.evaluation.error_report.slices import (
    HEIGHTS,
    ORIENTATIONS,
    RARITIES,
    Slice,
    cut,
    height_of,
    length_of,
    orientation_of,
    rarities,
)
from ocr.evaluation.scores import Scores
from ocr.pages.bins import LENGTHS

LENGTH, HEIGHT, ORIENTATION, DATASET, RARITY = 'length', 'height', 'orientation', 'dataset', 'rarity'


@dataclass(frozen=True, eq=False)
class Analysis:
    """An evaluation, taken apart.

    Attributes:
        model: what the model is called.
        charset: Charset that it writes with; num_steps: T, or None if it is not known.
        scores: report.Scores.
        dropped: {dataset: {reason: number of regions}}.
        measurement: Measurement.
        slices: {LENGTH, HEIGHT, ORIENTATION, DATASET, RARITY: list of Slice}.
        confusions: Confusions.
        calibration: Calibration of whole texts; characters: of single ones.
        kept: list of Kept.
        worst: int64 (m,), positions of the wrong readings, the worst first.
        suspects: Suspects.
        comparison: Comparison with an earlier evaluation, or None.
    """

    model: str
    charset: Charset
    num_steps: int | None
    scores: Scores
    dropped: dict[str, dict[str, int]]
    measurement: Measurement
    slices: dict[str, list[Slice]]
    confusions: Confusions
    calibration: Calibration
    characters: Calibration
    kept: list[Kept]
    worst: np.ndarray
    suspects: Suspects
    comparison: Comparison | None


def analyse(model, charset, num_steps, readings, scores, dropped, earlier=None):
    """Analysis of an evaluation.

    Args:
        model: what the model is called.
        charset: Charset that it writes with.
        num_steps: T; None if it is not known, or if longer texts are read in windows.
        readings: list of report.Reading.
        scores: report.Scores of them.
        dropped: {dataset: {reason: number of regions}}.
        earlier: comparison.Earlier, or None.
    """
    measurement = measure(readings, charset, num_steps)
    names = {
        LENGTH: (LENGTHS.names, [length_of(one) for one in readings]),
        HEIGHT: (HEIGHTS, [height_of(one) for one in readings]),
        ORIENTATION: (ORIENTATIONS, [orientation_of(one) for one in readings]),
        DATASET: (list(scores.datasets), [one.dataset for one in readings]),
        RARITY: (RARITIES, rarities(readings, charset)),
    }
    return Analysis(
        model,
        charset,
        num_steps,
        scores,
        dropped,
        measurement,
        slices={
            kind: cut(of_regions, order, measurement.right, measurement.similarity)
            for kind, (order, of_regions) in names.items()
        },
        confusions=find_confusions(readings),
        calibration=calibrate(measurement.confidence, measurement.right),
        characters=calibrate_characters(readings),
        kept=thresholds(measurement.confidence, measurement.right),
        worst=worst(measurement),
        suspects=suspects(measurement),
        comparison=compare(readings, earlier) if earlier else None,
    )
