"""Readings against earlier ones."""

import json

import numpy as np
import pytest
from readings import reading

from ocr.errors import InputError
from ocr.evaluation.error_report.comparison import Earlier, compare, place_key
from ocr.geometry import whole_image


def record(one, text=None, truth=None):
    """The line of readings.jsonl of a Reading, perhaps with another text or truth."""
    return {
        'image': one.image,
        'polygon': one.polygon.tolist(),
        'dataset': one.dataset,
        'truth': truth or one.truth,
        'text': one.text if text is None else text,
        'confidence': 0.5,
        'char_confidences': [],
    }


def write(folder, records):
    """An evaluation as eval.py leaves it, as far as it is looked at; the path of its scores.json."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / 'readings.jsonl').write_text(''.join(json.dumps(one) + '\n' for one in records))
    scores = {'metrics': {}, 'datasets': {}, 'combined': {}, 'settings': {'model': 'old.pb'}}
    (folder / 'scores.json').write_text(json.dumps(scores))
    return str(folder / 'scores.json')


def compared(folder, readings, records):
    return compare(readings, Earlier.load(write(folder, records)))


def test_mended_and_broken(tmp_path):
    now = [
        reading('ab', image='fixed', confidence=0.3),
        reading('ab', image='fixed too', confidence=0.7),
        reading('ab', 'a', image='broken'),
        reading('ab', image='right'),
        reading('ab', 'b', image='wrong'),
        reading('ab', 'b', image='other'),
        reading('ab', image='new'),
    ]
    before = [record(one) for one in now[:6]]
    for i, text in {0: 'x', 1: 'y', 2: 'ab', 5: 'a'}.items():
        before[i]['text'] = text
    before += [record(reading('ab', image='gone')), {**before[0], 'image': 'broken image', 'error': 'unreadable'}]
    found = compared(tmp_path, now, before)
    assert [(pair.reading.image, pair.before) for pair in found.fixed] == [('fixed too', 'y'), ('fixed', 'x')]
    assert [(pair.reading.image, pair.before) for pair in found.regressed] == [('broken', 'ab')]
    assert (found.num_right, found.num_wrong, found.num_other) == (1, 2, 1)
    assert (found.num_new, found.num_gone, found.num_common) == (1, 1, 6)
    assert (found.model, found.num_relabelled) == ('old.pb', 0)
    assert found.before['accuracy'].value == pytest.approx(2 / 6)
    assert found.now['accuracy'].value == pytest.approx(3 / 6)
    assert found.change['accuracy'].value == pytest.approx(1 / 6)
    assert found.change['accuracy'].low <= 0 <= found.change['accuracy'].high


def test_a_label_that_was_mended_counts_for_both(tmp_path):
    now = [reading('ab', 'ab')]
    found = compared(tmp_path, now, [record(now[0], truth='xy')])
    assert (found.num_right, found.num_relabelled) == (1, 1)


def test_regions_that_are_given_twice_are_compared_in_their_order(tmp_path):
    now = [reading('a'), reading('b'), reading('c')]
    found = compared(tmp_path, now, [record(now[0]), record(now[1], 'x')])
    assert (found.num_right, len(found.fixed), found.num_new) == (1, 1, 1)


@pytest.mark.parametrize(
    'other',
    [
        ('b.png', whole_image(10, 5), 'one'),
        ('a.png', whole_image(10, 6), 'one'),
        ('a.png', whole_image(10, 5), 'two'),
        ('a.png', None, 'one'),
        ('a.pn', whole_image(10, 5), 'gone'),
    ],
)
def test_what_makes_a_region_the_same(other):
    key = place_key('a.png', whole_image(10, 5), 'one')
    assert key == place_key('a.png', whole_image(10, 5).tolist(), 'one')
    assert key == place_key('a.png', np.array(json.loads(json.dumps(whole_image(10, 5).tolist()))), 'one')
    assert key != place_key(*other)


def test_a_change_that_is_the_same_everywhere_is_certain(tmp_path):
    now = [reading('ab', image=str(i)) for i in range(50)]
    found = compared(tmp_path, now, [record(one, 'b' if i % 2 else 'ab') for i, one in enumerate(now)])
    assert found.change['accuracy'].low > 0.3
    assert found.change['accuracy'].value == 0.5


def spoil_scores(folder):
    (folder / 'scores.json').write_text('{"metrics": 1}')


def spoil_readings(folder):
    (folder / 'readings.jsonl').write_text('{"image": "a"}\n')


def take_readings_away(folder):
    (folder / 'readings.jsonl').unlink()


def take_scores_away(folder):
    (folder / 'scores.json').unlink()


@pytest.mark.parametrize(
    ('spoil', 'named'),
    [
        (spoil_scores, r'scores\.json: is not a scores\.json; give the'),
        (spoil_readings, r'readings\.jsonl holds no readings'),
        (take_readings_away, r'readings\.jsonl cannot be read \(No such file'),
        (take_scores_away, r'scores\.json: cannot be read \(No such file'),
    ],
)
def test_what_is_no_evaluation(tmp_path, spoil, named):
    path = write(tmp_path, [record(reading('a'))])
    spoil(tmp_path)
    with pytest.raises(InputError, match=f'--compare .*{named}') as caught:
        Earlier.load(path)
    assert '\n' not in str(caught.value)


def test_nothing_in_common(tmp_path):
    earlier = Earlier.load(write(tmp_path, [record(reading('a'))] * 3))
    earlier.check_in_common([('b.png', None, 'one'), ('a.png', whole_image(100, 20), 'one')])
    with pytest.raises(InputError, match='none of its 3 regions is among those of'):
        earlier.check_in_common([('b.png', None, 'one')])
