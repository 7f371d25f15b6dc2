"""The training pipeline: which samples come, in which order, and what happens when one does not."""

import json
import logging
import multiprocessing
import os
from collections import Counter
from dataclasses import fields, replace
from functools import partial
from itertools import count, islice, pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from tensorpack.dataflow import DataFromList

from ocr.charset import Charset
from ocr.datasets.index import RegionIndex
from ocr.drawing import named_recipe, scan_fonts
from ocr.errors import InputError
from ocr.preprocessing.augment import AugmentSettings
from ocr.preprocessing.canvas import Canvas
from ocr.preprocessing.prepare import Broken
from ocr.region import DropReason
from ocr.training.data_position import BEGINNING, DataPosition, PositionLog, pack_rows, unpack_position
from ocr.training.dataflow import (
    BatchByShape,
    MixedStream,
    ParallelMap,
    RegionStream,
    Shuffle,
    SkipBroken,
    chunks_of_runs,
    drawn_source,
    region_source,
    training_dataflow,
)
from ocr.training.samples import NumberedPreparer, SamplePreparer

CHARSET = Charset('0123456789')
FONT_DIR = Path(__file__).resolve().parents[3] / 'fonts'


@pytest.fixture
def make_index(tmp_path):
    """Function that writes an index of white pictures, one for each text, of which some are then damaged."""

    def make(*texts, size=(40, 20), damaged=(), missing=()):
        lines = []
        for number, text in enumerate(texts):
            path = tmp_path / f'{number}.png'
            Image.new('RGB', size, 'white').save(path)
            if number in damaged:
                path.write_bytes(b'no image')
            if number in missing:
                path.unlink()
            polygon = [[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]]
            lines.append(json.dumps({'image': str(path), 'text': text, 'polygon': polygon, 'dataset': 'mine'}))
        (tmp_path / 'index.jsonl').write_text('\n'.join(lines) + '\n')
        return RegionIndex(tmp_path / 'index.jsonl')

    return make


@pytest.fixture
def started():
    """Function -> worker processes that live now and did not when the test began."""
    before = set(multiprocessing.active_children())
    return lambda: [process for process in multiprocessing.active_children() if process not in before]


def flow(index, *, batch_size=4, num_workers=1, seed=0, start=0, with_bbox=False, side=32, seq_len=3, **augment):
    augment_settings = AugmentSettings(**augment)
    options = {'canvas': Canvas(side), 'seq_len': seq_len, 'augment_settings': augment_settings, 'seed': seed}
    prepare = SamplePreparer(CHARSET, **options)
    sources = [region_source(index, np.arange(len(index)), prepare, seed)]
    options = {'batch_size': batch_size, 'with_bbox': with_bbox, 'seed': seed, 'start': DataPosition(start)}
    dataflow, checked = training_dataflow(sources, num_workers=num_workers, **options)
    dataflow.reset_state()
    return dataflow, checked


def take(dataflow, count):
    """The first batches; the stream is closed behind them."""
    stream = iter(dataflow)
    try:
        return list(islice(stream, count))
    finally:
        stream.close()


def texts_of(batches):
    return [CHARSET.decode(label) for batch in batches for label in batch[1]]


# The whole


def test_batches_are_what_the_model_takes(make_index):
    (batch,) = take(flow(make_index('0', '12', '345'), with_bbox=True)[0], 1)
    image, label, mask, box = batch
    assert (image.dtype, image.shape) == (np.float32, (4, 32, 32, 3))
    assert image.min() == 0 and image.max() == 1
    assert (label.dtype, label.shape) == (np.int32, (4, 4))
    assert (mask.dtype, mask.shape) == (np.float32, (4, 4))
    assert (mask.sum(axis=1) == [len(text) + 1 for text in texts_of([batch])]).all()
    assert (box.dtype, box.shape) == (np.float32, (4, 4))
    top, left, height, width = (box * 32).astype(int).T
    for one, y, x, h, w in zip(image, top, left, height, width, strict=True):
        rows, columns = np.nonzero(one[:, :, 0])
        assert abs(rows.min() - y) <= 1 and abs(rows.max() + 1 - y - h) <= 1
        assert abs(columns.min() - x) <= 1 and abs(columns.max() + 1 - x - w) <= 1


def test_the_box_comes_only_where_it_is_wanted(make_index):
    assert [len(batch) for batch in take(flow(make_index('0'))[0], 1)] == [3]


def test_batches_do_not_depend_on_the_number_of_workers(make_index):
    index = make_index(*map(str, range(11)), damaged=[3])
    augment = {field.name: 0.5 for field in fields(AugmentSettings) if field.name.endswith('_prob')}
    one, two = (take(flow(index, num_workers=number, batch_size=3, **augment)[0], 7) for number in (1, 2))
    assert len(set(texts_of(one))) == 10
    for first, second in zip(one, two, strict=True):
        for array, same in zip(first, second, strict=True):
            assert (array == same).all()


def test_every_pass_goes_through_all_regions_and_draws_them_anew(make_index):
    index = make_index(*map(str, range(8)))
    batches = take(flow(index)[0], 6)
    passes = [texts_of(batches[first : first + 2]) for first in (0, 2, 4)]
    assert all(sorted(texts) == sorted(map(str, range(8))) for texts in passes)
    assert len(set(map(tuple, passes))) == 3
    pictures = {text: set() for text in map(str, range(8))}
    for image, label, _ in batches:
        for one, text in zip(image, texts_of([(None, label)]), strict=True):
            pictures[text].add(one.tobytes())
    assert all(len(of_text) == 3 for of_text in pictures.values())


def test_another_seed_is_another_order_and_other_draws(make_index):
    index = make_index(*map(str, range(8)))
    first, second = (take(flow(index, seed=seed)[0], 2) for seed in (0, 1))
    assert texts_of(first) != texts_of(second)


def test_start_goes_on_where_the_other_stopped(make_index):
    index = make_index(*map(str, range(7)))
    whole = take(flow(index)[0], 5)
    rest = take(flow(index, start=3 * 4)[0], 2)
    for expected, batch in zip(whole[3:], rest, strict=True):
        for array, same in zip(expected, batch, strict=True):
            assert (array == same).all()


def test_broken_photographs_are_left_out_counted_and_logged_once_each(make_index, caplog):
    index = make_index(*map(str, range(6)), damaged=[1, 4], missing=[2])
    dataflow, checked = flow(index, batch_size=3)
    with caplog.at_level(logging.WARNING):
        batches = take(dataflow, 3)
    assert [sorted(texts_of([batch])) for batch in batches] == [['0', '3', '5']] * 3
    # Two passes are through; of the third as much as came before its last good one.
    assert 4 <= checked.counts[DropReason.UNREADABLE] <= 6
    assert 2 <= checked.counts[DropReason.MISSING] <= 3
    messages = sorted(record.getMessage() for record in caplog.records)
    assert len(messages) == 3
    for message, name in zip(messages, ('1.png: unread', '2.png: missing', '4.png: unread'), strict=True):
        assert message.startswith('left out: ') and name in message
    assert checked.error is None


def test_nothing_readable_is_an_input_error(make_index):
    dataflow, checked = flow(make_index('0', '1', '2', damaged=[0, 1, 2]))
    with pytest.raises(
        InputError, match=r'^none of the 3 regions can be read, the last: .*\.png: unreadable image'
    ) as e:
        take(dataflow, 1)
    assert checked.error is e.value
    assert checked.counts == {DropReason.UNREADABLE: 3}


def test_an_exception_in_a_worker_passes_on_and_names_the_photograph(make_index, started):
    dataflow, checked = flow(make_index('0', '12345'))
    with pytest.raises(RuntimeError, match=r"1\.png: ValueError: text '12345' has 5 characters, seq_len is 3") as e:
        take(dataflow, 9)
    assert checked.error is e.value
    assert started() == []


@pytest.mark.parametrize('count', [1, 3])
def test_closing_early_leaves_no_worker_processes(make_index, count, started):
    stream = iter(flow(make_index('0', '1'), num_workers=2)[0])
    for _ in range(count):
        next(stream)
    assert len(started()) == 2
    stream.close()
    assert started() == []


# The stages


@pytest.mark.parametrize('num_regions', [1, 2, 5])
@pytest.mark.parametrize('start', [0, 1, 4, 5, 13])
def test_the_stream_from_any_start(num_regions, start):
    positions = 10 * np.arange(num_regions)
    whole = list(islice(RegionStream(positions, seed=3), 20))
    assert list(islice(RegionStream(positions, seed=3, start=start), 20 - start)) == whole[start:]
    assert [draw for _, draw in whole] == list(range(20))
    for first in range(0, 20 - num_regions + 1, num_regions):
        assert sorted(position for position, _ in whole[first : first + num_regions]) == positions.tolist()


def test_orders_differ_between_passes_and_seeds():
    def order(seed, number):
        return tuple(islice((position for position, _ in RegionStream(range(9), seed, 9 * number)), 9))

    assert len({order(seed, number) for seed in range(3) for number in range(5)}) == 15


@pytest.mark.parametrize('num_points', [0, 1, 4, 11])
def test_parallel_map_keeps_the_order_and_the_last_points(num_points):
    mapped = ParallelMap(DataFromList([(n, n) for n in range(num_points)], shuffle=False), sum, 2)
    mapped.reset_state()
    assert list(mapped) == [2 * n for n in range(num_points)]


class CountingCalls:
    """(number, task) -> (number, how often this object has been called)."""

    def __init__(self):
        self.calls = 0

    def __call__(self, task):
        self.calls += 1
        return task[0], self.calls


def test_a_worker_keeps_its_function():
    """What a preparer keeps of the last sample is of use only if the tasks of that sample meet the same preparer."""
    mapped = ParallelMap(DataFromList([(n, None) for n in range(5, 77)], shuffle=False), CountingCalls(), 1)
    mapped.reset_state()
    assert list(mapped) == [(number, number - 4) for number in range(5, 77)]


@pytest.mark.parametrize('running', [1, 3, 8, 20])
@pytest.mark.parametrize('part', [(0, 1), (1, 3)])
def test_a_run_is_never_parted_between_workers(running, part):
    waiting = [(41, 'a'), (3, 'b'), (40, 'c')]
    numbers = [number for number in range(45, 500) if number // running % part[1] == part[0]]
    chunks = list(chunks_of_runs([*waiting, *((number, None) for number in numbers)], running))
    assert [numbered for chunk in chunks for numbered in chunk] == [*waiting, *((number, None) for number in numbers)]
    assert all(8 <= len(chunk) < 8 + max(running, 3) for chunk in chunks[:-1])
    for chunk, other in pairwise(chunks):
        assert chunk[-1][0] // running != other[0][0] // running


def test_workers_of_parallel_map_load_no_tensorflow():
    mapped = ParallelMap(
        DataFromList([(0, "'tensorflow' in __import__('sys').modules")], shuffle=False), NumberedPreparer(eval), 1
    )
    mapped.reset_state()
    assert list(mapped) == [(0, False)]


def test_a_worker_that_dies_is_an_input_error(started):
    mapped = ParallelMap(DataFromList([(0, 1)], shuffle=False), NumberedPreparer(os._exit), 1)
    mapped.reset_state()
    with pytest.raises(InputError, match=r'worker process died.*--num_workers'):
        list(mapped)
    assert started() == []


def test_it_takes_all_regions_in_a_row_to_stop():
    broken, sample = Broken('a.png', DropReason.MISSING, 'a.png: missing image'), [1, 2, 3, 4]

    def skip(*points):
        checked = SkipBroken(DataFromList(list(enumerate(points)), shuffle=False), 3, 2, PositionLog(BEGINNING))
        checked.reset_state()
        return [sample for _, sample in checked]

    assert skip(broken, broken, sample, broken, broken, sample) == [[1, 2]] * 2
    with pytest.raises(InputError, match='none of the 3 regions'):
        skip(sample, broken, broken, broken, sample)


def test_fitted_canvases_are_batched_by_shape_and_none_is_lost():
    shapes = [(32, 64), (64, 32), (32, 64), (64, 64), (32, 64), (64, 32), (32, 64), (64, 64)]
    points = [[np.full((*shape, 3), number, np.uint8), np.int32([number])] for number, shape in enumerate(shapes)]
    batched = BatchByShape(DataFromList(list(enumerate(points)), shuffle=False), 2, PositionLog(BEGINNING))
    batched.reset_state()
    batches = list(batched)
    assert [label.ravel().tolist() for _, label in batches] == [[0, 2], [1, 5], [4, 6], [3, 7]]
    for image, label in batches:
        assert image.dtype == np.float32 and image.shape == (2, *shapes[label[0, 0]], 3)
        assert np.allclose(image, label.reshape(2, 1, 1, 1) / 255)


def numbered(start):
    """An endless stream whose tasks are their own numbers."""
    return count(start)


@given(
    shares=st.lists(st.integers(1, 9), min_size=1, max_size=4), start=st.integers(0, 3000), running=st.integers(1, 5)
)
def test_a_mixture_has_its_shares_and_goes_on_from_any_start(shares, start, running):
    streams = [numbered] * len(shares)
    mixed = MixedStream(streams, shares, seed=1, running=running)
    whole = list(islice(mixed, start + 50))
    assert list(islice(MixedStream(streams, shares, seed=1, start=start, running=running), 50)) == whole[start:]
    assert [mixed.at(number) for number in range(start, start + 3)] == whole[start : start + 3]
    for source in range(len(shares)):
        tasks = [task for number, task in whole if number == source]
        assert tasks == list(range(len(tasks)))  # none is left out, none comes twice
    first_block = [number for number, _ in islice(mixed, MixedStream.BLOCK * running)]
    assert all(len({*run}) == 1 for run in zip(*[iter(first_block)] * running, strict=True))
    for source, share in enumerate(shares):
        assert abs(first_block.count(source) / running - MixedStream.BLOCK * share / sum(shares)) <= 1


def test_a_mixture_is_prepared_by_each_sources_own(make_index):
    index = make_index('0', '12', '345')
    prepare = SamplePreparer(CHARSET, canvas=Canvas(32), seq_len=3, augment_settings=AugmentSettings(), seed=0)
    regions = region_source(index, np.arange(2), prepare, 0)
    drawn = drawn_source(named_recipe('digits'), scan_fonts(FONT_DIR), prepare, seed=0)
    drawn = replace(drawn, prepare=partial(_lengthened, drawn.prepare), share=3.0)
    batches, _ = training_dataflow([regions, drawn], batch_size=20, with_bbox=False, seed=0, num_workers=1)
    batches.reset_state()
    counts = Counter(texts_of(take(batches, 10)))
    assert counts['0'] + counts['12'] == pytest.approx(50, abs=15)
    assert counts['999'] == 200 - counts['0'] - counts['12']


def _lengthened(prepare, task):
    """A drawn datapoint under the text 999, since a recipe's own may be longer than the label."""
    image, polygon = np.zeros((8, 8, 3), np.uint8), np.float32([[0, 0], [8, 0], [8, 8], [0, 8]])
    return prepare.prepare(image, polygon, '999', task[1])


@given(size=st.integers(1, 20), number=st.integers(0, 60))
def test_shuffling_loses_nothing_but_what_waits_in_the_end(size, number):
    numbered = DataFromList([(i, [i]) for i in range(number)], shuffle=False)
    shuffled = Shuffle(numbered, size, 0, PositionLog(BEGINNING))
    shuffled.reset_state()
    passed_on = [point for _, (point,) in shuffled]
    assert len(passed_on) == max(number - size, 0) == len(set(passed_on))
    assert set(passed_on) <= set(range(number))


def test_shuffling_parts_what_comes_running():
    numbered = DataFromList([(i, [i // 4]) for i in range(4000)], shuffle=False)
    points = Shuffle(numbered, 400, 0, PositionLog(BEGINNING))
    points.reset_state()
    passed_on = [point for _, (point,) in points]
    assert sum(one == other for one, other in pairwise(passed_on)) < 0.02 * len(passed_on)


def mixed_flow(index, start=BEGINNING, part=(0, 1)):
    """Regions, some of them broken, and drawn text on canvases of several shapes; drawn text comes three times."""
    settings = AugmentSettings(**{field.name: 0.5 for field in fields(AugmentSettings) if field.name.endswith('_prob')})
    canvas = Canvas(64, 'area', 2048)
    prepare = SamplePreparer(CHARSET, canvas=canvas, seq_len=6, augment_settings=settings, seed=0)
    regions = region_source(index, np.arange(len(index)), prepare, 0)
    drawn = drawn_source(named_recipe('digits'), scan_fonts(FONT_DIR), prepare, seed=0, echo=3)
    options = {'batch_size': 2, 'with_bbox': False, 'seed': 0, 'num_workers': 1}
    dataflow, _ = training_dataflow([regions, drawn], echo=3, start=start, part=part, **options)
    dataflow.reset_state()
    return dataflow


@pytest.mark.parametrize('part', [(0, 1), (1, 2)])
def test_a_dataflow_goes_on_from_behind_any_batch(make_index, part):
    index = make_index(*map(str, range(6)), damaged=[1])
    whole = mixed_flow(index, part=part)
    batches = take(whole, 16)
    assert len({batch[0].shape for batch in batches}) > 1
    positions = {number: whole.log.behind(number) for number in range(1, 17)}
    first, *_, last = (number for number in range(3, 15) if positions[number].bucketed)
    for number in (first, last):
        rows = [DataPosition(0).to_row()] * part[1]
        rows[part[0]] = positions[number].to_row()
        start = unpack_position(pack_rows(rows), part, 0)
        assert start.bucketed and start.shuffled
        resumed = mixed_flow(index, start, part)
        for expected, batch in zip(batches[number:], take(resumed, 16 - number), strict=True):
            for array, same in zip(expected, batch, strict=True):
                np.testing.assert_array_equal(array, same)
        assert resumed.log.behind(16 - number) == positions[16]


def test_positions_of_another_number_of_workers_are_not_used():
    packed = pack_rows([DataPosition(7, (1, 2), (3,)).to_row(), DataPosition(9).to_row()])
    assert unpack_position(packed, (0, 2), 5) == DataPosition(7, (1, 2), (3,))
    assert unpack_position(packed, (1, 2), 5) == DataPosition(9)
    for stored in (None, np.zeros((0, 0), np.int64), packed):
        assert unpack_position(stored, (0, 1), 5) == DataPosition(5)
