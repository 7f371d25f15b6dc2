"""Batches of canvases of one shape, out of canvases of many shapes."""

from collections import defaultdict


class ShapeBuckets:
    """What waits for others of its shape.

    Args:
        batch_size: N.
    """

    def __init__(self, batch_size):
        self.batch_size = batch_size
        self._buckets = defaultdict(list)

    def add(self, shape, item):
        """Let an item wait; the list of `batch_size` items of its shape, in their order, if that makes a batch."""
        bucket = self._buckets[shape]
        bucket.append(item)
        return self.take(shape) if len(bucket) == self.batch_size else []

    def take(self, shape):
        """All that waits of a shape, fewer than `batch_size`; it waits no more."""
        return self._buckets.pop(shape, [])

    def waiting(self):
        """List of all that waits, those of one shape in their order."""
        return [item for bucket in self._buckets.values() for item in bucket]

    def rest(self):
        """Yield for each shape all that waits, until nothing does."""
        while self._buckets:
            yield self.take(next(iter(self._buckets)))
