"""What stands around a text: parts of other words, lines and blots, all outside the text's polygon."""

import dataclasses

import cv2
import numpy as np

from ocr.drawing.layout import lay_out, rotation

SIDES = ('left', 'above', 'right', 'below')
MAX_WORD = 8  # characters of a neighbouring word


def draw_clutter(layout, em, pose, sides, write, rng):
    """Clutter around a laid out text.

    Args:
        layout: `Layout` of the text.
        em: its font size, pixels.
        pose: its `Pose`.
        sides: (share of the sides with another word, share of the sides with marks), 0..1.
        write: function (rng) -> (text, font), another word and a font that has it, or None.
        rng: numpy Generator.

    Returns:
        uint8 (H, W) mask, no ink of it inside the polygon.
    """
    mask = np.zeros_like(layout.ink)
    turn = rotation(pose.tilt)
    framed = layout.polygon @ turn  # upright
    box = np.concatenate([framed.min(axis=0), framed.max(axis=0)])
    for side in SIDES:
        word, mark = rng.random(2) < sides
        written = write(rng) if word else None
        if written:
            _put_word(mask, *written, em, pose, box, side, turn, rng)
        if mark:
            _put_mark(mask, em, box, side, turn, rng)
    return clear(mask, layout.polygon)


def clear(mask, polygon):
    """The mask, in place, without ink in pixels that the polygon covers or touches."""
    cv2.fillPoly(mask, [np.round((polygon - 0.5) * 256).astype(np.int32)], 0, shift=8)
    return mask


def _put_word(mask, text, font, em, pose, box, side, turn, rng):
    """Writes a word beside the box, in the text's own direction, cut where the picture ends."""
    size = em if rng.random() < 0.6 else max(4 * round(em * rng.uniform(0.15, 0.35)), 8)
    shape = pose.shape if pose.shape == 'column' else 'straight'
    other = dataclasses.replace(pose, shape=shape, padding=0.0, margins=(0.0,) * 4)
    layout = lay_out(text, font, size, other)
    framed = layout.polygon @ turn
    x0, y0, x1, y1 = *framed.min(axis=0), *framed.max(axis=0)
    beside = side in ('left', 'right')  # a space away; lines may come closer
    gap, along = em * rng.uniform(*((0.25, 0.6) if beside else (0.02, 0.3))), em * rng.uniform(-1.5, 1.5)
    shift = {
        'left': (box[0] - gap - x1, box[3] - y1),
        'right': (box[2] + gap - x0, box[3] - y1),
        'above': (box[0] + along - x0, box[1] - gap - y1),
        'below': (box[0] + along - x0, box[3] + gap - y0),
    }[side]
    x, y = np.round(turn @ shift).astype(int).tolist()
    piece = layout.ink[max(-y, 0) : max(mask.shape[0] - y, 0), max(-x, 0) : max(mask.shape[1] - x, 0)]
    window = mask[max(y, 0) : max(y + layout.ink.shape[0], 0), max(x, 0) : max(x + layout.ink.shape[1], 0)]
    np.maximum(window, piece, out=window)


def _put_mark(mask, em, box, side, turn, rng):
    """Draws a line along the box's side, or a blot beside it."""
    distance, thickness = em * rng.uniform(0.12, 0.5), max(round(em * rng.uniform(0.02, 0.12)), 1)
    x0, y0, x1, y1 = box + np.array([-1, -1, 1, 1]) * (distance + thickness)
    start, end = {
        'left': ((x0, y0), (x0, y1)),
        'right': ((x1, y0), (x1, y1)),
        'above': ((x0, y0), (x1, y0)),
        'below': ((x0, y1), (x1, y1)),
    }[side]
    start, end = np.array(start), np.array(end)
    level = int(rng.integers(120, 256))
    if rng.random() < 0.6:
        start, end = (turn @ (start + (end - start) * share) for share in rng.uniform((-0.3, 0.6), (0.4, 1.3)))
        cv2.line(mask, start.astype(int).tolist(), end.astype(int).tolist(), level, thickness, cv2.LINE_AA)
    else:
        middle = turn @ (start + (end - start) * rng.random())
        radii = np.round(rng.uniform(0.03, 0.3, 2) * em).astype(int) + 1
        turned = float(rng.uniform(0, 180))
        cv2.ellipse(mask, middle.astype(int).tolist(), radii.tolist(), turned, 0, 360, level, -1, cv2.LINE_AA)
