"""Intervals with names, into which lengths, heights and numbers of occurrences are sorted to be counted."""

from bisect import bisect_right
from collections import Counter
from itertools import pairwise


class Bins:
    """Intervals [edges[i], edges[i + 1]) with names.

    Args:
        edges: ascending; the first interval begins with the first edge, the last has no end.
        names: one for each edge.
    """

    def __init__(self, edges, names):
        self.edges = edges
        self.names = names

    def __call__(self, value):
        """Name of the interval that a value lies in; values below the first edge count as that."""
        return self.names[max(bisect_right(self.edges, value) - 1, 0)]


def whole_numbers(*edges):
    """Bins of whole numbers: '1', '5-6', '65 and more'."""
    ends = [f'{low}' if low == high - 1 else f'{low}-{high - 1}' for low, high in pairwise(edges)]
    return Bins(edges, (*ends, f'{edges[-1]} and more'))


LENGTHS = whole_numbers(1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65)  # characters
THICKNESSES = whole_numbers(0, 8, 12, 16, 24, 32, 48, 64, 96, 128, 256)  # pixels
OCCURRENCES = whole_numbers(1, 2, 5, 10, 100, 1000, 10000)


def binned(counter, bins):
    """Counter of values -> Counter of intervals."""
    counts = Counter()
    for value, number in counter.items():
        counts[bins(value)] += number
    return counts
