"""What was read on one canvas."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class ReadText:
    """What was read on one canvas.

    Attributes:
        text: the characters before EOS; U+FFFD where the model wrote UNK.
        confidence: float in 0..1, product of the probabilities of all characters and of EOS.
        char_confidences: floats in 0..1, one for each character of `text`.
        alpha: float32 (T', H, W), where each character was looked for, EOS included; None unless asked for.
        n_best: (text, probability) of the most probable texts, the best first; None unless asked for.
        in_lexicon: 'exactly', 'nearly' or 'no', how the text was found in a lexicon; None where there is none.
        read: what was read where `text` is the word of a lexicon nearest to it; None elsewhere.
    """

    text: str
    confidence: float
    char_confidences: tuple
    alpha: np.ndarray | None = None
    n_best: tuple | None = None
    in_lexicon: str | None = None
    read: str | None = None

    @property
    def trust(self):
        """What several readings of one region are compared by: words of a lexicon before others, then confidence."""
        return self.in_lexicon != 'no', self.confidence
