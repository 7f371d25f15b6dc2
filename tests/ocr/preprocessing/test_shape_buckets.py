"""Canvases of one shape come together."""

from ocr.preprocessing.shape_buckets import ShapeBuckets


def test_full_batches_come_at_once_and_the_rest_at_the_end():
    buckets = ShapeBuckets(2)
    assert [buckets.add(shape, item) for item, shape in enumerate('abab')] == [[], [], [0, 2], [1, 3]]
    assert [buckets.add(shape, item) for item, shape in enumerate('cab')] == [[], [], []]
    assert buckets.take('a') == [1] and buckets.take('a') == []
    assert list(buckets.rest()) == [[0], [2]] and list(buckets.rest()) == []
