"""Which characters are taken for which."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from readings import reading

from ocr.evaluation.error_report.confusions import find_confusions, in_words, is_letter_case
from ocr.metrics import edit_distance


def confusions_of(*pairs):
    return find_confusions(reading(truth, text) for truth, text in pairs)


@pytest.mark.parametrize(
    ('truth', 'text', 'substitutions', 'deletions', 'insertions'),
    [
        ('', '', {}, {}, {}),
        ('abc', 'abc', {}, {}, {}),
        ('abc', 'abd', {('c', 'd'): 1}, {}, {}),
        ('abc', 'ac', {}, {'b': 1}, {}),
        ('ac', 'abc', {}, {}, {'b': 1}),
        ('aa', '', {}, {'a': 2}, {}),
        ('', 'xx', {}, {}, {'x': 2}),
        ('O0', '0', {}, {'O': 1}, {}),
        ('中文', '中义', {('文', '义'): 1}, {}, {}),
    ],
)
def test_edits_of_one_region(truth, text, substitutions, deletions, insertions):
    found = confusions_of((truth, text))
    assert (found.substitutions, found.deletions, found.insertions) == (substitutions, deletions, insertions)


@given(st.lists(st.tuples(st.text('abAB ', max_size=6), st.text('abAB ', max_size=6)), max_size=8))
def test_all_edits_are_counted_once(pairs):
    found = confusions_of(*pairs)
    assert found.num_edits == sum(edit_distance(text, truth) for truth, text in pairs)
    assert found.num_edits == sum(count for _, count in found.most_common(1000))
    assert found.occurrences.total() == sum(len(truth) for truth, _ in pairs)
    for true, count in found.most_lost(1000):
        assert count == found.deletions[true] + sum(found.substitutions_of(true).values()) <= found.occurrences[true]


def test_the_most_frequent_edits_and_where_they_were_seen():
    found = confusions_of(('10', '1O'), ('20', '2O'), ('ab', 'b'), ('ab', 'xab'))
    assert found.most_common(2) == [(('0', 'O'), 2), (('', 'x'), 1)]
    assert found.examples['0', 'O'] == ('10', '1O')
    assert found.share('0', 2).value == 1
    assert found.share('a', 1).value == 0.5
    assert found.most_lost(9) == [('0', 2), ('a', 1)]
    assert found.substitutions_of('0') == {'O': 2}


@pytest.mark.parametrize(
    ('true', 'read', 'words', 'is_case'),
    [
        ('O', '0', 'O read as 0', False),
        ('o', 'O', 'o read as O', True),
        ('o', 'o', 'o read as o', False),
        (' ', '', 'space not read', False),
        ('', 'i', 'i read where there is none', False),
        ('a', '\ufffd', 'a read as unknown', False),
        ('\u0301', 'a', 'U+0301 read as a', False),
    ],
)
def test_edits_in_words(true, read, words, is_case):
    assert in_words(true, read) == words
    assert is_letter_case(true, read) == is_case
