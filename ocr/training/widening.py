"""A trained recogniser made wider that reads as before: Net2WiderNet (Chen et al. 2016, arXiv:1511.05641).

Every channel and unit that is new copies an old one. Where copies are read, the weight of their original is shared out
among them. Differs from the paper: the shares are random, so that copies learn apart from each other without noise.
"""

import numpy as np

from ocr.network import attention, inception_v4

_KEYS = 'feature_map_attention/attention_x/W'
_COPIED = ('beta', 'moving_mean', 'moving_variance')  # of batch norm, for each channel

# The decoder's variables, with what their rows and columns run over: Channels, D LSTM units, E embedding, the 4 Gates
# of all units, and what does not grow.
_DECODER = {
    'feature_map_attention/init_mean/W_init_h': 'CD',
    'feature_map_attention/init_mean/W_init_c': 'CD',
    _KEYS: 'CC',
    'feature_map_attention/attention_h/W_h': 'DC',
    'feature_map_attention/att/W_att': 'C-',
    'lstm_cell/lstm_W': 'EG',
    'lstm_cell/lstm_U': 'DG',
    'lstm_cell/lstm_Z': 'CG',
    'lstm_cell/lstm_b': 'G',
    'attention_to_embedding/W_attention_wemb': 'CE',
    'attention_to_embedding/W_hidden_wemd': 'DE',
    'word_embedding/W_wemb': '-E',
    'softmax/softmax_w': 'E-',
}


def widen(weights, shapes, seed=0):
    """Weights of a wider model that computes the same.

    Args:
        weights: {name: array} of a recogniser.
        shapes: {name: list of its sides} in the wider model; the classes' number is not looked at.
        seed: int, of the shares.

    Returns:
        {name: array}, all of `weights`; None if the model is not the same one with more channels or units.
    """
    if not _is_wider(weights, shapes):
        return None
    rng = np.random.default_rng(seed)
    widened = dict(weights)
    channels = _widen_encoder(widened, shapes, rng)
    if channels.max() + 1 != len(weights[f'{attention.SCOPE}/{_KEYS}']):
        return None  # the encoders end with different blocks
    units = _copies(weights, shapes, f'{attention.SCOPE}/lstm_cell/lstm_U', axis=0)
    gates = np.concatenate([units + gate * (units.max() + 1) for gate in range(4)])
    embedding = _copies(weights, shapes, f'{attention.SCOPE}/word_embedding/W_wemb')
    grown = {'C': channels, 'D': units, 'E': embedding, 'G': gates}
    for name, axes in _DECODER.items():
        name = f'{attention.SCOPE}/{name}'
        if axes[-1] in grown:
            widened[name] = widened[name][..., grown[axes[-1]]]
        if axes[:-1] in grown:
            widened[name] = _share_out(widened[name], grown[axes[0]], rng)
    return widened


def _is_wider(weights, shapes):
    """Whether the model has the same variables, some of them with longer sides, none with shorter ones."""
    if weights.keys() != shapes.keys() or any(weights[name].ndim != len(shapes[name]) for name in shapes):
        return False
    sides = [
        (have, want)
        for name in shapes
        for axis, (have, want) in enumerate(zip(weights[name].shape, shapes[name], strict=True))
        if attention.CLASS_AXES.get(name) != axis
    ]
    return all(have <= want for have, want in sides) and any(have < want for have, want in sides)


def _widen_encoder(weights, shapes, rng):
    """Widen the encoder among `weights`; which of the old channels each of its last ones copies: int (C,)."""

    def run_branch(scope, layers, channels):
        for layer, depth, _ in layers:
            if depth is None:
                continue  # a pool keeps the channels
            name = f'{scope}/{layer}'
            made = _copies(weights, shapes, f'{name}/weights')
            weights[f'{name}/weights'] = _share_out(weights[f'{name}/weights'][..., made], channels, rng)
            for part in _COPIED:
                weights[f'{name}/BatchNorm/{part}'] = weights[f'{name}/BatchNorm/{part}'][made]
            channels = made
        return channels

    channels = run_branch(inception_v4.SCOPE, inception_v4.STEM, np.arange(3))
    for block, branches in inception_v4.BLOCKS.items():
        scopes = [f'{inception_v4.SCOPE}/{block}/Branch_{index}' for index in range(len(branches))]
        if not any(name.startswith(f'{inception_v4.SCOPE}/{block}/') for name in weights):
            break  # the encoder ends before
        parts = [run_branch(scope, layers, channels) for scope, layers in zip(scopes, branches, strict=True)]
        firsts = np.cumsum([0, *(part.max() + 1 for part in parts)])
        channels = np.concatenate([part + first for part, first in zip(parts, firsts, strict=False)])
    return channels


def _copies(weights, shapes, name, axis=-1):
    """Which of the old ones each along an axis of a variable copies: int (new,)."""
    return np.arange(shapes[name][axis]) % weights[name].shape[axis]


def _share_out(weights, copies, rng):
    """Weights of copies of what they read, (..., old, K) -> (..., new, K): those of one original sum to the old."""
    shares = rng.uniform(0.5, 1.5, (len(copies), weights.shape[-1]))
    totals = np.zeros(weights.shape[-2:])
    np.add.at(totals, copies, shares)
    return (np.take(weights, copies, axis=-2) * (shares / totals[copies])).astype(weights.dtype)
