"""What reads: a Predictor turns canvases into text, a Reader regions. What each of them has is written down here."""

from collections.abc import Iterable, Iterator
from typing import Protocol

import numpy as np

from ocr.charset import Charset
from ocr.preprocessing.canvas import Canvas
from ocr.preprocessing.prepare import Broken
from ocr.reading.read_text import ReadText
from ocr.region import TextRegion


class Predictor(Protocol):
    """Canvases -> text.

    Attributes:
        charset: what its texts are made of.
        settings: the Config that the model was stored with; empty if there is none inside.
        canvas: which canvases it reads.
        num_steps: T, or None if the model does not say.
        with_bbox: whether it needs the text's box on the canvas.
        has_attention: whether `read` gives attention weights if it is asked for them; graphs of the reference do not.
        identity: in JSON's types, all that decides what is read on an image.
        where: what messages call the model.
        gives_weights: whether a search can be built from it: it has `weights` and `watch`, see GraphPredictor.
    """

    charset: Charset
    settings: dict
    canvas: Canvas
    num_steps: int | None
    with_bbox: bool
    has_attention: bool
    identity: dict
    where: str
    gives_weights: bool

    def read(
        self,
        canvases: np.ndarray,
        normalized_bboxes: np.ndarray | None = None,
        *,
        with_alpha: bool = False,
        full_length: bool = False,
    ) -> list[ReadText]:
        """Read a batch; may be called in several threads.

        Args:
            canvases: uint8 (N, h, w, 3), RGB; h = w = S on square canvases.
            normalized_bboxes: float32 (N, 4), (top, left, height, width) of the texts as fractions of the canvas.
            with_alpha: give the attention weights too, if the model has_attention.
            full_length: run all T steps, even when all texts have ended.

        Returns:
            list of N ReadText.

        Raises:
            InputError: the model cannot be run.
        """


class WrappedPredictor:
    """What a Predictor around another one has from it; `read` is for the subclass to define.

    Args:
        predictor: Predictor.
        identity: dict, in JSON's types, of what changes the texts besides.
    """

    gives_weights = False

    def __init__(self, predictor, identity):
        self.charset = predictor.charset
        self.settings = predictor.settings
        self.canvas = predictor.canvas
        self.num_steps = predictor.num_steps
        self.with_bbox = predictor.with_bbox
        self.has_attention = predictor.has_attention
        self.identity = {**predictor.identity, **identity}
        self.where = predictor.where


class Reader(Protocol):
    """Regions -> text: on this machine (local_reader.LocalReader) or by a server (serving.client.RemoteReader).

    Attributes:
        identity: as a Predictor's, with the settings of reading.
        has_attention: whether ReadText.char_positions are given.
    """

    identity: dict
    has_attention: bool

    def read(self, regions: Iterable[TextRegion], first: int = 0) -> Iterator[tuple[TextRegion, ReadText | Broken]]:
        """Read regions from position `first` on, in their order; those of one photograph best stand together."""
