"""Where the benchmark sets are looked for, and which words of a larger set are theirs."""

import pytest

from ocr.datasets.benchmarks import (
    AVERAGES,
    BY_NAME,
    SUITES,
    find_benchmarks,
    is_plain,
    is_plain_and_long,
)
from ocr.errors import InputError

PARSEQ = 'test'
AS_IN_PARSEQ = ('IIIT5k', 'SVT', 'IC13_857', 'IC13_1015', 'IC15_1811', 'IC15_2077', 'SVTP')
DEEP_TEXT = 'data_lmdb_release/evaluation'


def folders(root, *paths):
    for path in paths:
        (root / path).mkdir(parents=True, exist_ok=True)
    return str(root)


def places(found, root):
    return {one.benchmark.name: one.source and one.source.removeprefix(f'{root}/') for one in found}


@pytest.mark.parametrize(
    ('paths', 'expected'),
    [
        (
            [
                f'{PARSEQ}/{name}'
                for name in ('IIIT5k', 'SVT', 'IC13_857', 'IC13_1015', 'IC15_1811', 'IC15_2077', 'SVTP')
            ],
            ['IIIT5k', 'SVT', 'IC13_857', 'IC13_1015', 'IC15_1811', 'IC15_2077', 'SVTP', None],
        ),
        (
            [f'{DEEP_TEXT}/{name}' for name in ('IIIT5k_3000', 'SVT', 'IC13_857', 'IC15_2077', 'CUTE80')],
            ['IIIT5k_3000', 'SVT', 'IC13_857', None, None, 'IC15_2077', None, 'CUTE80'],
        ),
        (
            ['IIIT5K-Word_V3.0/IIIT5K', 'svt1', 'Challenge2_Test_Task3_Images', 'ch4_test_word_images_gt', 'svtp_test'],
            [
                *('IIIT5K-Word_V3.0/IIIT5K', 'svt1', 'Challenge2_Test_Task3_Images', 'Challenge2_Test_Task3_Images'),
                *(None, 'ch4_test_word_images_gt', 'svtp_test', None),
            ],
        ),
        (['iiit5K', 'cute80'], ['iiit5K', None, None, None, None, None, None, 'cute80']),
    ],
)
def test_sets_are_found_in_the_layouts_that_people_have(tmp_path, paths, expected):
    base = folders(tmp_path, *paths)
    found = places(find_benchmarks(('common',), base), base).values()
    assert [path is not None for path in found] == [path is not None for path in expected]
    assert all((path or '').endswith(end or '') for path, end in zip(found, expected, strict=True))


def test_the_training_part_of_a_set_is_not_taken(tmp_path):
    base = folders(tmp_path, 'val/IIIT5k', 'train/real', 'test/SVT')
    assert places(find_benchmarks(('IIIT5K', 'SVT'), base), base) == {'IIIT5K': None, 'SVT': 'test/SVT'}


def test_union14m_is_found_as_published_and_as_lmdb(tmp_path):
    for root, place in ((tmp_path / 'a', 'Union14M-L/Union14M-Benchmarks'), (tmp_path / 'b', 'u14m')):
        base = folders(root, f'{place}/curve', f'{place}/multi_words')
        found = places(find_benchmarks(('union14m',), base), base)
        assert [name for name, path in found.items() if path] == ['Union14M-Curve', 'Union14M-Multi-Words']
        assert len(found) == 7


@pytest.mark.parametrize(
    ('text', 'plain', 'long'),
    [('Tea', True, True), ('No', True, False), ("it's", False, False), ('7UP', True, True), ('Café', False, False)],
)
def test_words_of_icdar_2013(text, plain, long):
    assert (is_plain(text), is_plain_and_long(text)) == (plain, long)


def test_the_smaller_set_is_taken_out_of_the_larger_only_where_it_is_not_there_itself(tmp_path):
    base = folders(tmp_path, 'IC13_1015')
    small, large = find_benchmarks(('IC13-857', 'IC13-1015'), base)
    assert small.source == large.source and small.keep is is_plain_and_long and large.keep is None
    folders(tmp_path, 'evaluation/IC13_857')
    small, _ = find_benchmarks(('IC13-857', 'IC13-1015'), base)
    assert small.source.endswith('evaluation/IC13_857') and small.keep is None


def test_a_set_may_lie_elsewhere(tmp_path):
    (one,) = find_benchmarks(('CUTE80=lmdb:/there/cute',), str(tmp_path))
    assert (one.benchmark.name, one.source) == ('CUTE80', 'lmdb:/there/cute')
    found = find_benchmarks(('common', 'SVT=/there'), str(tmp_path))
    assert places(found, '/')['SVT'] == '/there' and len(found) == 8


@pytest.mark.parametrize(
    ('wanted', 'message'),
    [
        (('greek',), r'--suite greek: no such set; there are latin, common, union14m, IIIT5K, SVT'),
        (('latin=here',), r'--suite latin: no such set'),
        (('SVT', 'CUTE80'), r'--suite: none of SVT, CUTE80 is in --base_dir .*; give the folder .* or NAME=PATH'),
    ],
)
def test_what_is_no_set_is_refused(tmp_path, wanted, message):
    with pytest.raises(InputError, match=message):
        find_benchmarks(wanted, str(tmp_path))


def test_the_numbers_are_those_of_the_field():
    numbers = {name: sum(BY_NAME[one].num_words for one in members) for name, members in AVERAGES.items()}
    assert list(numbers.values()) == [7248, 7672, 407888]
    assert len(SUITES['latin']) == len(SUITES['common']) + len(SUITES['union14m']) == 15
