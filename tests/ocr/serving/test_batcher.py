"""Canvases of many requests in batches of one shape."""

import numpy as np
import pytest
from serving import Obedient

from ocr.preprocessing.prepare import Prepared
from ocr.serving.batcher import Batcher


def canvas(red, shape=(32, 32)):
    return Prepared(np.full((*shape, 3), red, np.uint8), np.array([0, 0, 1, 1], np.float32), np.eye(2, 3))


@pytest.fixture
def predictor():
    return Obedient()


@pytest.fixture
def batcher(predictor):
    """A batcher whose graph is busy with one canvas until the gate opens."""
    batcher = Batcher(predictor, batch_size=4, window=0.05)
    predictor.gate.clear()
    batcher.submit(canvas(0))
    assert predictor.entered.acquire(timeout=60)
    yield batcher
    predictor.gate.set()
    batcher.close()


def texts(futures):
    return [future.result(60).result.text for future in futures]


def test_what_waits_is_read_together_and_each_gets_its_own(predictor, batcher):
    futures = [batcher.submit(canvas(red)) for red in range(1, 11)]
    assert batcher.num_waiting == 10
    predictor.gate.set()
    assert texts(futures) == [str(red) for red in range(1, 11)]
    assert [shape[0] for shape in predictor.shapes] == [1, 4, 4, 2]
    read = futures[-1].result()
    assert read.waited > 0 and read.took >= 0


def test_shapes_do_not_mix_and_the_oldest_is_not_left_behind(predictor, batcher):
    futures = [batcher.submit(canvas(red, ((32, 32), (16, 32))[red % 2])) for red in range(1, 10)]
    predictor.gate.set()
    assert texts(futures) == [str(red) for red in range(1, 10)]
    assert all(len({shape[1:3]}) == 1 and shape[0] <= 4 for shape in predictor.shapes)
    assert sum(shape[0] for shape in predictor.shapes) == 10
    assert predictor.shapes[1][1] == 16  # the first that waited


def test_who_left_is_not_read(predictor, batcher):
    futures = [batcher.submit(canvas(red)) for red in range(1, 5)]
    batcher.withdraw(futures[1:3])
    assert batcher.num_waiting == 2
    predictor.gate.set()
    assert texts([futures[0], futures[3]]) == ['1', '4']
    assert futures[1].cancelled() and futures[2].cancelled()
    assert sum(shape[0] for shape in predictor.shapes) == 3


def test_a_failure_reaches_those_of_its_batch_alone(predictor, batcher):
    futures = [batcher.submit(canvas(red)) for red in range(1, 3)]
    predictor.failure = RuntimeError('out of memory')
    predictor.gate.set()
    for future in futures:
        with pytest.raises(RuntimeError, match='out of memory'):
            future.result(60)
    predictor.failure = None
    assert texts([batcher.submit(canvas(5))]) == ['5']


def test_closing_reads_what_waits_and_takes_no_more(predictor, batcher):
    futures = [batcher.submit(canvas(red)) for red in range(1, 7)]
    predictor.gate.set()
    batcher.close()
    assert all(future.done() for future in futures)
    assert texts(futures) == [str(red) for red in range(1, 7)]
    assert not batcher.is_running
    with pytest.raises(RuntimeError, match='closed'):
        batcher.submit(canvas(1))


def test_one_at_a_time_waits_for_nobody(predictor):
    batcher = Batcher(predictor, batch_size=4, window=3600)
    try:
        assert [texts([batcher.submit(canvas(red))]) for red in (1, 2, 3)] == [['1'], ['2'], ['3']]
    finally:
        batcher.close()
    assert [shape[0] for shape in predictor.shapes] == [1, 1, 1]


def test_a_full_batch_does_not_wait_for_the_window(predictor):
    batcher = Batcher(predictor, batch_size=2, window=3600)
    predictor.gate.clear()
    first = batcher.submit(canvas(0))
    assert predictor.entered.acquire(timeout=60)
    futures = [batcher.submit(canvas(red)) for red in (1, 2, 3, 4)]  # after these the window counts
    predictor.gate.set()
    assert texts([first, *futures]) == ['0', '1', '2', '3', '4']
    batcher.expect(2)
    late = batcher.submit(canvas(5))
    full = [batcher.submit(canvas(red, (16, 32))) for red in (6, 7)]
    assert texts(full) == ['6', '7'] and not late.done()
    batcher.close()
    assert texts([late]) == ['5']


def test_who_is_on_the_way_is_waited_for_and_no_longer(predictor):
    batcher = Batcher(predictor, batch_size=9, window=3600)
    try:
        batcher.expect(3)
        futures = [batcher.submit(canvas(red)) for red in (1, 2)]
        batcher.expect(-2)
        assert not any(future.done() for future in futures) and predictor.shapes == []
        batcher.expect(-1)  # the third will never come
        assert texts(futures) == ['1', '2']
        first = batcher.submit(canvas(3))  # two came the last time
        assert not first.done()
        assert texts([first, batcher.submit(canvas(4))]) == ['3', '4']
    finally:
        batcher.close()
    assert [shape[0] for shape in predictor.shapes] == [2, 2]
