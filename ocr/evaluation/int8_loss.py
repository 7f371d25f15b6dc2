"""How much of its accuracy a model loses in int8."""

import dataclasses

import numpy as np

from ocr.datasets.sources import not_drawn, open_index, recipe_name
from ocr.drawing import scan_fonts
from ocr.drawing.held_out import draw_held_out
from ocr.drawing.material import prepare_recipe
from ocr.errors import InputError
from ocr.metrics import normalized_edit_similarity
from ocr.preprocessing.decode import read_image
from ocr.preprocessing.prepare import InferencePreparer
from ocr.reading.regions import canvas_batches

CALIBRATION = ('synthetic:scene',)  # what the ranges of int8 are found with: drawn text of any look
NUM_CALIBRATED = 300  # regions of it
MAX_LOSS = 0.01  # of 1-N.E.D., that int8 may lose


def similarity(predictor, batches):
    """Mean 1-N.E.D. of what is read: `batches` are (list of TextRegion, canvases, normalized_bboxes)."""
    values = [
        normalized_edit_similarity(read.text, region.text)
        for regions, canvases, bboxes in batches
        for region, read in zip(regions, predictor.read(canvases, bboxes), strict=True)
    ]
    return float(np.mean(values))


@dataclasses.dataclass(frozen=True)
class LabelledData:
    """Where labelled canvases come from; all is as in Config.

    Attributes:
        val_datasets: what a model is judged on; drawn text by default.
        val_regions: how many regions of it.
        seq_len: longest text to draw for a model that does not say.
    """

    val_datasets: tuple
    val_regions: int
    seed: int
    base_dir: str
    index_dir: str
    font_dir: str
    text_path: str
    seq_len: int
    batch_size: int
    num_workers: int

    def calibration(self, predictor):
        """Canvases that the ranges of activations are found with, as `canvas_batches` gives them."""
        return self.batches(CALIBRATION, predictor, NUM_CALIBRATED, self.seed)

    def batches(self, specs, predictor, number, seed):
        """Canvases of so many regions of datasets, drawn ones among them, as `canvas_batches` gives them."""
        regions, pictures = [], {}
        for name in filter(None, map(recipe_name, specs)):
            fonts = scan_fonts(self.font_dir)
            seq_len = predictor.num_steps - 1 if predictor.num_steps else self.seq_len
            recipe = prepare_recipe(name, fonts, charset=predictor.charset, text_path=self.text_path, seq_len=seq_len)
            drawn, images = draw_held_out(recipe, fonts, seed, number)
            regions, pictures = regions + drawn, pictures | images
        if not_drawn(specs):
            index, _ = open_index(self.base_dir, self.index_dir, not_drawn(specs))
            some = np.linspace(0, len(index) - 1, min(len(index), number), dtype=int)
            regions += [index[position] for position in some]

        def read(path, scale):
            return pictures[path] if path in pictures else read_image(path, scale)

        prepare = InferencePreparer(predictor.canvas, read)
        return list(canvas_batches(regions, prepare, batch_size=self.batch_size, num_workers=self.num_workers))


def judge(data, before, after):
    """How well a model reads in float32 and in int8, in words.

    Args:
        data: LabelledData.
        before, after: predictors of the model in float32 and in int8.

    Raises:
        InputError: more is lost than MAX_LOSS.
    """
    judged_on = data.val_datasets or CALIBRATION
    batches = data.batches(judged_on, before, data.val_regions, data.seed + 1)
    scores = [100 * similarity(predictor, batches) for predictor in (before, after)]
    lost, number = scores[0] - scores[1], sum(len(regions) for regions, _, _ in batches)
    found = f'1-N.E.D. {scores[0]:.2f} % in float32, {scores[1]:.2f} % in int8 ({number} of {" ".join(judged_on)})'
    if lost > 100 * MAX_LOSS:
        raise InputError(f'{found}: more than {100 * MAX_LOSS:.0f} % is lost; nothing was written')
    return found
