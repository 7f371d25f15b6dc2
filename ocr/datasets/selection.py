"""Which regions of an index a training run sees: those that a model can write, and those not held out."""

import hashlib
import os
from array import array

import numpy as np

from ocr.region import DropReason


def select(index, charset, seq_len, start=0, stop=None):
    """The regions of an index, or of its positions start..stop - 1, whose texts a charset and a length can hold.

    Returns:
        positions: int64 (n,), kept, ascending.
        counts: {DropReason.TOO_LONG: number, DropReason.UNKNOWN_CHARACTER: number}; a region counts once.
    """
    positions = array('q')
    counts = {DropReason.TOO_LONG: 0, DropReason.UNKNOWN_CHARACTER: 0}
    for position, record in enumerate(index.records(start, stop), start):
        if reason := judge_label(record['text'], charset, seq_len):
            counts[reason] += 1
        else:
            positions.append(position)
    return np.array(positions, np.int64), counts


def judge_label(text, charset, seq_len):
    """DropReason of a text that a charset and a length cannot hold, or None."""
    if len(text) > seq_len:
        return DropReason.TOO_LONG
    return DropReason.UNKNOWN_CHARACTER if charset.unknown(text) else None


def split_by_image(index, positions, share, seed):
    """Split regions into training and held-out ones so that no photograph has regions in both.

    A photograph's side follows from a hash of its path (the last three names, so that a moved dataset is split the
    same way) and the seed, not from the other photographs. With share > 0, neither part is empty; but a single
    photograph is only for training.

    Args:
        index: RegionIndex.
        positions: int64 (n,).
        share: of the photographs to hold out, 0..1.
        seed: int.

    Returns:
        train, held_out: int64, ascending as in positions.
    """
    positions = np.asarray(positions, np.int64)
    if share <= 0 or not len(positions):
        return positions, positions[:0]
    draws = np.fromiter((_draw(index.record(position)['image'], seed) for position in positions), float, len(positions))
    if draws.min() == draws.max():
        return positions, positions[:0]
    threshold = np.clip(share, np.nextafter(draws.min(), 2), draws.max())
    return positions[draws >= threshold], positions[draws < threshold]


def _draw(image_path, seed):
    """Number in [0, 1) that belongs to an image and a seed."""
    names = '/'.join(image_path.replace(os.sep, '/').split('/')[-3:])
    digest = hashlib.blake2b(f'{seed}\n{names}'.encode('utf-8', 'surrogatepass'), digest_size=8).digest()
    return (int.from_bytes(digest, 'big') >> 11) / 2**53
