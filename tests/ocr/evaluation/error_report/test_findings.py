"""What is said to stand out, and what is not."""

import pytest
from outlines import arc, turned
from readings import reading

from ocr.charset import Charset
from ocr.evaluation.error_report.analysis import analyse
from ocr.evaluation.error_report.findings import all_findings
from ocr.evaluation.scores import score
from ocr.geometry import whole_image

CHARSET = Charset('abcdefABO0')


def found(readings, earlier=None, num_steps=None):
    """Texts and advice of all findings."""
    analysis = analyse('model.pb', CHARSET, num_steps, readings, score(readings), {}, earlier)
    return [f'{one.text} {one.advice}' for one in all_findings(analysis)]


def mixed(num_right, num_wrong, truth='abc', text='xyz', confidence=0.5, **more):
    return [reading(truth, text if i < num_wrong else truth, confidence, **more) for i in range(num_right + num_wrong)]


def test_where_nothing_differs_nothing_stands_out():
    readings = [reading('abc', 'ab' + 'cdefabcdef'[i % 5] if i % 2 else 'abc') for i in range(40)]
    assert found(readings) == []
    assert found([]) == []


@pytest.mark.parametrize(
    ('worse', 'said', 'advice'),
    [
        (mixed(10, 90, 'abcabcabca', 'x'), 'texts of 9-12 characters (10.0 % correct', '--image_size'),
        (mixed(10, 90, 'a', 'x'), 'texts of 1 characters (10.0 % correct', 'Train on more short texts'),
        (mixed(10, 90, polygon=whole_image(50, 10)), 'text 8-11 pixels high', '--augment photo'),
        (mixed(10, 90, polygon=whole_image(500, 100)), 'text 96-127 pixels high', 'Look at the worst regions'),
        (mixed(10, 90, polygon=turned(120, 20, 90)), 'vertical text', 'train on columns'),
        (mixed(10, 90, polygon=turned(120, 20, 45)), 'rotated text', '--augment'),
        (mixed(10, 90, polygon=arc(60, 20, 120)), 'curved text', 'synthetic:scene'),
        (mixed(10, 90, dataset='hard'), 'dataset hard (10.0 % correct', '--train_datasets'),
        (mixed(10, 90, 'abd', 'x'), 'texts whose rarest character occurs 100-999 times', None),
    ],
)
def test_parts_that_are_read_worse(worse, said, advice):
    easy = mixed(1500, 100)
    sentences = [one for one in found(easy + worse) if said in one]
    if advice is None:
        assert not any('Add text with these characters' in one for one in found(easy)) and sentences
    else:
        (sentence,) = sentences
        assert sentence.startswith('Read worse than all others (93.8 % correct') and advice in sentence
    assert not any(said in one for one in found(easy + [one for one in worse if one.text == one.truth]))


def test_few_regions_prove_nothing():
    assert not any('Read worse' in one for one in found(mixed(1500, 100) + mixed(0, 19, dataset='hard')))


def test_what_the_model_cannot_write():
    readings = [*mixed(200, 0), reading('aé', 'a'), reading('éü', 'a'), reading('abcab', 'abca')]
    sentences = found(readings, num_steps=5)
    assert sum('2 of 203 texts have characters outside the charset: é (2), ü (1).' in one for one in sentences) == 1
    assert sum('1 of 203 texts have more than the 4 characters' in one for one in sentences) == 1
    assert not any('outside the charset times' in one for one in sentences)


@pytest.mark.parametrize(('number', 'is_said'), [(30, True), (19, False)])
@pytest.mark.parametrize(
    ('text', 'said'),
    [
        ('AB', 'wrong readings differ from the label only in letter case'),
        ('ab.', 'wrong readings have all letters and digits correct, and differ in signs and spaces'),
    ],
)
def test_what_labels_may_leave_out(number, is_said, text, said):
    readings = mixed(100, 20) + [reading('ab', text)] * number
    sentences = [one for one in found(readings) if 'wrong readings' in one and 'Check whether the labels' in one]
    assert len(sentences) == is_said
    assert not is_said or sentences[0].startswith(f'{number} of {20 + number} {said}, ')


def test_confusions_that_are_much_of_all():
    readings = mixed(100, 0) + [reading('O', '0')] * 15 + [reading('ab', 'a')] * 10 + [reading('a', 'A')] * 40
    (said,) = [one for one in found(readings) if 'O read as 0 (15)' in one]
    assert said.startswith('2 kinds of edit are 38.5 ') and 'b not read (10)' in said and 'a read as A' not in said


@pytest.mark.parametrize(
    ('confidence', 'said'), [(0.9, 'too high, by 40.0 points'), (0.1, 'too low, by 40.0'), (0.5, None)]
)
def test_confidence(confidence, said):
    sentences = [one for one in found(mixed(60, 60, confidence=confidence)) if 'Confidences are' in one]
    assert (said in sentences[0]) if said else not sentences


@pytest.mark.parametrize(
    ('number', 'said', 'advice'),
    [
        (1, 'wrong reading is as confident as correct ones are; readings of this confidence are 98.9 % correct', 'its'),
        (2, 'wrong readings are as confident as correct ones are; readings of this confidence are 97.8 %', 'their'),
    ],
)
def test_labels_to_look_at(number, said, advice):
    readings = mixed(90, 0, confidence=0.9) + mixed(0, 30, confidence=0.1) + [reading('ab', 'ac', 0.95)] * number
    (found_here,) = [one for one in found(readings) if advice in one]
    assert found_here.startswith(f'{number} {said}')
