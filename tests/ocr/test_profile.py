"""What a profile of the training concludes from its figures, and that it measures without leaving a trace."""

import dataclasses
import re

import pytest
import tiny

from ocr.profile import Circumstances, Measured, judge, report

USUAL = Circumstances(
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


@pytest.mark.parametrize(
    ('rates', 'gpu_use', 'changes', 'bound', 'first'),
    [
        ((50, 100), 0.3, {'num_workers': 2}, READING, '--num_workers 8'),
        ((50, 100), 0.3, {'reads_photographs': True}, READING, 'python dataset.py --cache'),
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
    measured = Measured(*rates, together=30, queue_fill=0.5, gpu_use=gpu_use)
    circumstances = dataclasses.replace(USUAL, **changes)
    found, remedies = judge(measured, circumstances)
    assert (found, remedies[0]) == (bound, first)
    text = report(measured, circumstances)
    assert f'{bound}; to change: {first}' in text
    assert ('no GPU' in text) == (gpu_use is None)


def test_a_training_is_profiled_and_nothing_is_saved(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr('ocr.profile.MAX_STEPS', 3)
    words = tiny.write_words(tmp_path / 'words', tiny.EIGHT_WORDS)
    assert tiny.train(words, tmp_path / 'checkpoint', profile=True, canvas='fit', pretrain_path='/nowhere') == 0
    output = capsys.readouterr().out
    for row in ('reader alone', 'step alone', 'both together'):
        assert float(re.search(rf'{row} +([\d.]+) images/s', output)[1]) > 0
    assert re.search(r'queue \d+ % full', output)
    assert 'bounds the training; to change: ' in output
    assert sorted(path.name for path in tmp_path.iterdir()) == ['index', 'words']
