"""What the server counts, for Prometheus. A registry of its own, so that two servers in one process do not mix."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8'
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_SIZES = (1, 2, 4, 8, 16, 32, 64)
OTHER = 'other'  # the path of requests to paths that are not counted one by one


class Metrics:
    """Counters and histograms of one server.

    Args:
        paths: those that are counted one by one; the files of the page and unknown paths are `other`.
    """

    def __init__(self, paths):
        self._paths = frozenset(paths)
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        own = {'registry': self._registry}
        self._requests = Counter(
            'ocr_requests', 'Requests by path, method and status.', ('path', 'method', 'code'), **own
        )
        self._seconds = Histogram('ocr_request_seconds', 'From request to answer.', ('path',), buckets=_SECONDS, **own)
        self._batch_size = Histogram('ocr_batch_size', 'Regions read at a time.', buckets=_SIZES, **own)
        self._read_seconds = Histogram('ocr_read_seconds', 'The graph, a batch.', buckets=_SECONDS, **own)
        self._queue = Gauge('ocr_queue_regions', 'Regions received, prepared, waiting or being read.', **own)
        self._capacity = Gauge('ocr_queue_capacity', 'Regions that the queue takes.', **own)

    def watch_queue(self, num_taken, capacity):
        """Show what the function `num_taken` returns as the queue's length."""
        self._queue.set_function(num_taken)
        self._capacity.set(capacity)

    def count_request(self, path, method, code, seconds):
        """A request was answered; `code` 499 is one whose client left."""
        path = path if path in self._paths else OTHER
        method = method if method in ('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS') else OTHER
        self._requests.labels(path, method, str(code)).inc()
        self._seconds.labels(path).observe(seconds)

    def count_batch(self, num_regions, seconds):
        """A batch was read."""
        self._batch_size.observe(num_regions)
        self._read_seconds.observe(seconds)

    def to_text(self):
        """Prometheus's text format, bytes."""
        return generate_latest(self._registry)
