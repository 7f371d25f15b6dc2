"""What was read on one canvas."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class ReadText:
    """What was read on one canvas.

    Attributes:
        text: the characters before EOS; U+FFFD if the model wrote UNK.
        confidence: float in 0..1, product of the probabilities of all characters and of EOS.
        char_confidences: floats in 0..1, one for each character of `text`.
        alpha: float32 (T', H, W), where each character was looked for, EOS included; None unless asked for.
        n_best: (text, probability) of the most probable texts, the best first; None unless asked for.
        in_lexicon: 'exactly', 'nearly' or 'no', how the text was found in a lexicon; None if there is none.
        read: what was read before `text` was replaced by the nearest word of a lexicon; else None.
        char_positions: dicts, where each character was read, see char_positions.char_positions; None if it is not told.
    """

    text: str
    confidence: float
    char_confidences: tuple
    alpha: np.ndarray | None = None
    n_best: tuple | None = None
    in_lexicon: str | None = None
    read: str | None = None
    char_positions: list | None = None

    @classmethod
    def of_steps(cls, charset, preds, probs, alpha=None):
        """What the decoder wrote on one canvas.

        Args:
            charset: Charset.
            preds: int64 (T,), class ids.
            probs: float32 (T,), their probabilities.
            alpha: float32 (H, W, T), or None.
        """
        text = charset.decode(preds)
        num_written = min(len(text) + 1, len(preds))  # and EOS, unless the text fills all steps
        return cls(
            text,
            float(np.prod(probs[:num_written], dtype=np.float64)),
            tuple(float(prob) for prob in probs[: len(text)]),
            None if alpha is None else alpha.transpose(2, 0, 1)[:num_written],
        )
