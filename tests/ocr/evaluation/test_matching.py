"""Matching held to a plain table of cases; boxes are (x0, y0, x1, y1)."""

import numpy as np
import pytest

from ocr.evaluation.matching import match
from ocr.geometry import box_polygon

A, B = (0, 0, 100, 20), (200, 0, 300, 20)
X = 'does not count'


def run(truths, found, **options):
    counts = [truth[-1] != X for truth in truths]
    return match([box_polygon(truth[:4]) for truth in truths], counts, [box_polygon(box) for box in found], **options)


@pytest.mark.parametrize(
    ('case', 'truths', 'found', 'pairs', 'missed', 'false', 'set_aside'),
    [
        ('nothing there, nothing found', [], [], [], [], [], []),
        ('nothing found', [A], [], [], [0], [], []),
        ('nothing there', [], [A], [], [], [0], []),
        ('the same', [A], [A], [(0, 0)], [], [], []),
        ('two, in another order', [A, B], [B, A], [(0, 1), (1, 0)], [], [], []),
        ('a little more than half of the union', [A], [(0, 0, 51, 20)], [(0, 0)], [], [], []),
        ('half of the union is no match', [A], [(0, 0, 50, 20)], [], [0], [0], []),
        ('beside each other', [A], [(0, 20, 100, 40)], [], [0], [0], []),
        ('found twice: the first counts, the other is false', [A], [A, A], [(0, 0)], [], [1], []),
        ('a line over two words matches neither', [A, (102, 0, 202, 20)], [(0, 0, 202, 20)], [], [0, 1], [0], []),
        ('a word and a half', [A, (110, 0, 150, 20)], [(0, 0, 150, 20)], [(0, 0)], [1], [], []),
        ('one word in two halves', [A], [(0, 0, 49, 20), (51, 0, 100, 20)], [], [0], [0, 1], []),
        ('labels on top of each other', [A, A], [A], [(0, 0)], [1], [], []),
        ('inside what does not count', [(*A, X)], [(10, 0, 40, 20)], [], [], [], [0]),
        ('more than half inside what does not count', [(*A, X)], [(0, 0, 100, 39)], [], [], [], [0]),
        ('half inside what does not count', [(*A, X)], [(0, 0, 100, 40)], [], [], [0], []),
        ('what does not count is never missed', [(*A, X)], [], [], [], [], []),
        ('a word inside what does not count is set aside', [(0, 0, 400, 40, X), A], [A], [], [1], [], [0]),
        ('half in each of two that do not count', [(0, 0, 50, 20, X), (50, 0, 100, 20, X)], [A], [], [], [0], []),
        ('one of each', [A, (*B, X)], [B, (0, 50, 40, 70), A], [(0, 2)], [], [1], [0]),
        ('outlines without area', [(5, 5, 5, 5), A], [(7, 7, 7, 7), A], [(1, 1)], [0], [0], []),
    ],
)
def test_cases(case, truths, found, pairs, missed, false, set_aside):
    matching = run(truths, found)
    assert [pair[:2] for pair in matching.pairs] == pairs, case
    assert (list(matching.missed), list(matching.false), list(matching.set_aside)) == (missed, false, set_aside), case
    assert matching.num_truths == sum(truth[-1] != X for truth in truths)
    assert matching.num_found == len(found) - len(set_aside)


def test_the_overlap_of_a_pair_is_told():
    assert run([A], [(0, 0, 80, 20)]).pairs[0][2] == pytest.approx(0.8)


def test_the_least_overlap_can_be_asked_for():
    assert not run([A], [(0, 0, 80, 20)], min_overlap=0.8).pairs
    assert run([A], [(0, 0, 81, 20)], min_overlap=0.8).pairs


def test_polygons_of_any_shape_match():
    angle = np.radians(np.linspace(180, 360, 15))
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    arc = np.concatenate([circle * 100, (circle * 70)[::-1]])
    assert match([arc], [True], [arc + 3]).pairs[0][2] > 0.7
    assert not match([arc], [True], [box_polygon((-100, -100, 100, 0))]).pairs


def test_an_outline_that_crosses_itself_is_what_it_covers():
    bow = np.array([[0, 0], [40, 40], [40, 0], [0, 40]], np.float32)
    assert match([bow], [True], [bow]).pairs[0][2] == pytest.approx(1)
