"""What a profile of the training concludes from its figures, and that it measures without leaving a trace."""

import dataclasses
import logging
import re

import pytest
import tiny
from crops import write_photographs

from ocr.training.bottleneck import Measured, TrainingSetup, describe_bottleneck, judge

USUAL = TrainingSetup(
    num_workers=8,
    num_cores=8,
    on_gpu=True,
    fits=True,
    reads_photographs=False,
    draws=False,
    echo=1,
    batch_size=16,
)
READING, STEP = 'reading bounds the training', 'the step bounds the training'
SHARED = 'reading and the step share the cores, which bound the training'


@pytest.mark.parametrize(
    ('rates', 'gpu_use', 'changes', 'bound', 'first'),
    [
        ((50, 100), 0.3, {'num_workers': 2}, READING, '--num_workers 8'),
        ((50, 100), 0.3, {'reads_photographs': True}, READING, 'python dataset.py --convert crops'),
        ((40, 100), 0.3, {'draws': True}, READING, '--drawn_echo 3'),
        ((40, 100), 0.3, {'draws': True, 'echo': 2}, READING, '--drawn_echo 5'),
        ((50, 100), 0.3, {}, READING, 'a machine with more cores'),
        ((100, 50), 0.6, {}, STEP, '--batch_size 32'),
        ((100, 50), 0.95, {'fits': False}, STEP, '--canvas fit'),
        ((100, 50), 0.95, {}, STEP, 'more GPUs'),
        ((100, 50), None, {'on_gpu': False}, STEP, 'a GPU'),
    ],
)
def test_the_slower_one_bounds_and_the_nearest_remedy_is_first(rates, gpu_use, changes, bound, first):
    measured = Measured(*rates, together=0.9 * min(rates), queue_fill=0.5, gpu_use=gpu_use)
    setup = dataclasses.replace(USUAL, **changes)
    found, remedies = judge(measured, setup)
    assert (found, remedies[0]) == (bound, first)
    text = describe_bottleneck(measured, setup)
    assert f'{bound}; to change: {first}' in text
    assert ('no GPU' in text) == (gpu_use is None)


@pytest.mark.parametrize(
    ('rates', 'queue_fill', 'bound'),
    [
        ((13.2, 10.9, 5.9), 0.01, SHARED),
        ((13.2, 10.9, 5.9), 0.9, SHARED),  # well under both
        ((13.2, 10.9, 10.0), 0.01, SHARED),  # reading, faster alone, does not keep up
        ((13.2, 10.9, 10.0), 0.3, STEP),
        ((10.9, 13.2, 5.9), 0.01, SHARED),
        ((10.9, 13.2, 10.0), 0.01, READING),  # the slower one leaves the queue empty anyway
    ],
)
def test_shared_cores_are_told_from_a_slow_part(rates, queue_fill, bound):
    measured = Measured(*rates, queue_fill=queue_fill)
    assert judge(measured, dataclasses.replace(USUAL, on_gpu=False))[0] == bound


@pytest.mark.parametrize(
    ('changes', 'expected'),
    [
        ({}, ['a smaller --image_size or --depth_multiplier', 'a machine with more cores', 'a GPU']),
        ({'on_gpu': True}, ['a smaller --image_size or --depth_multiplier', 'a machine with more cores']),
        ({'num_workers': 2, 'reads_photographs': True}, ['--num_workers 8', 'python dataset.py --convert crops']),
        ({'draws': True, 'echo': 2, 'fits': False}, ['--drawn_echo 3', '--canvas fit']),
    ],
)
def test_what_relieves_shared_cores_is_less_reading_first(changes, expected):
    measured = Measured(13.2, 10.9, 5.9, queue_fill=0.01)
    setup = dataclasses.replace(USUAL, **{'on_gpu': False, **changes})
    assert judge(measured, setup)[1][: len(expected)] == expected


def test_a_training_is_profiled_and_nothing_is_saved(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr('ocr.training.bottleneck.MAX_STEPS', 3)
    words = tiny.write_words(tmp_path / 'words', tiny.EIGHT_WORDS)
    assert tiny.train(words, tmp_path / 'checkpoint', profile=True, canvas='fit', pretrain_path='/nowhere') == 0
    output = capsys.readouterr().out
    for row in ('reader alone', 'step alone', 'both together'):
        assert float(re.search(rf'{row} +([\d.]+) images/s', output)[1]) > 0
    assert re.search(r'queue \d+ % full', output)
    assert re.search('bounds? the training; to change: ', output)
    assert sorted(path.name for path in tmp_path.iterdir()) == ['index', 'words']


def test_what_is_profiled_is_the_training_with_the_crops_that_it_would_make(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr('ocr.training.bottleneck.MAX_STEPS', 3)
    photographs = write_photographs(tmp_path / 'words')
    caplog.set_level(logging.INFO)
    tiny.train(photographs, tmp_path / 'checkpoint', profile=True, pretrain_path='')
    crops = tmp_path / 'index' / 'words.crops'
    assert crops.exists() and f'reading {crops}' in caplog.messages
