"""Sizes, weights and features of a tiny decoder, which the tests of decoding and of the beam search share."""

import numpy as np
import tensorflow.compat.v1 as tf

from ocr.network.attention import DecoderVariables

N, H, W, C, D, E, V, T = 3, 2, 3, 5, 4, 3, 7, 6
SHAPES = {
    'init_h': (C, D),
    'init_c': (C, D),
    'key': (C, C),
    'query': (D, C),
    'score': (C, 1),
    'score_bias': (1,),
    'lstm_embedding': (E, 4 * D),
    'lstm_hidden': (D, 4 * D),
    'lstm_context': (C, 4 * D),
    'lstm_bias': (4 * D,),
    'context_out': (C, E),
    'hidden_out': (D, E),
    'embedding': (V, E),
    'softmax': (E, V),
    'softmax_bias': (V,),
}


def draw_weights(seed=0):
    """Field of DecoderVariables -> float32 array."""
    rng = np.random.default_rng(seed)
    return {name: rng.normal(0, 1, shape).astype(np.float32) for name, shape in SHAPES.items()}


def draw_features(seed=0, num_rows=N):
    return np.random.default_rng([seed, 1]).normal(0, 1, (num_rows, H, W, C)).astype(np.float32)


def variables_of(weights):
    return DecoderVariables(**{name: tf.constant(array) for name, array in weights.items()})
