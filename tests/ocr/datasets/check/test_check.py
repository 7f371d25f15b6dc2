"""The check as a user runs it, on datasets whose faults are known."""

import json
import re
import shlex
from types import SimpleNamespace

import pytest
import tiny
from parsed_page import Page
from planted import CHARSET, COUNTS, LOST, SEQ_LEN, SUSPICIOUS

import dataset
from ocr.datasets.counts import KEPT
from ocr.errors import InputError
from ocr.region import DropReason


def check(planted, folder, *more):
    """Run dataset.py --check on both datasets; the exit code."""
    flags = tiny.flags(
        train_datasets=f'mine={planted.mine}',
        eval_datasets=f'scored={planted.scored}',
        index_dir=folder / 'index',
        output_path=folder / 'out',
        charset_path=CHARSET,
        seq_len=SEQ_LEN,
    )
    return dataset.main([*flags, *more])


@pytest.fixture(scope='module')
def checked(planted, tmp_path_factory):
    """.code, .text on the screen, .html and the parsed .page."""
    folder = tmp_path_factory.mktemp('checked')
    result = tiny.run_script(
        'dataset',
        *tiny.flags(train_datasets=f'mine={planted.mine}', eval_datasets=f'scored={planted.scored}'),
        *tiny.flags(charset_path=CHARSET, seq_len=SEQ_LEN, check=True),
        cwd=folder,
    )
    html = (folder / 'results_check' / 'index.html').read_text(encoding='utf-8')
    return SimpleNamespace(
        code=result.returncode, text=result.stdout, log=result.stderr, html=html, page=Page(html), folder=folder
    )


def test_exit_code_1_and_the_losses_in_words(checked):
    assert checked.code == 1, checked.log
    total = sum(map(sum, (counts.values() for counts in COUNTS.values())))
    (said,) = re.findall(rf'(\d+) of {total} regions lost for reasons', checked.text)
    assert int(said) == sum(LOST.values()) - LOST[DropReason.ILLEGIBLE]
    assert checked.text.rstrip().endswith('./results_check/index.html: the same with pictures')


def test_counts_are_those_of_the_readers_and_those_planted(planted, checked, tmp_path, capsys):
    check(planted, tmp_path, '--check', 'false')
    assert json.loads((tmp_path / 'index' / 'counts.json').read_text()) == COUNTS
    table = checked.page.table('dataset', KEPT)
    for line in capsys.readouterr().out.splitlines()[2:5]:  # mine, scored, total
        assert line.split() == list(table[line.split()[0]].values())
    for name, counts in COUNTS.items():
        assert {reason: int(table[name][reason]) for reason in counts} == counts


def test_damaged_images_are_decoded_and_their_regions_lost(checked):
    assert checked.page.table('dataset', 'images', 'damaged')['mine'] == {
        'dataset': 'mine', 'images': '14', 'damaged': '1', 'regions lost': '3'
    }  # fmt: skip
    assert 'damaged.png: unreadable image' in checked.text
    summary = checked.page.table('dataset', 'used for')
    assert (summary['mine']['regions'], summary['mine']['usable']) == ('26', '10')
    assert (summary['scored']['regions'], summary['scored']['usable']) == ('4', '3')


def test_every_kind_of_suspicion_is_found_once(checked):
    table = checked.page.table('suspicion')
    kinds = {kind for _, kind in SUSPICIOUS.values()}
    assert table.keys() == {*kinds, 'total'}
    assert all(table[kind]['mine'] == '1' and table[kind]['scored'] == '0' for kind in kinds)
    assert table['total']['mine'] == str(len(SUSPICIOUS))
    for name, (_, kind) in SUSPICIOUS.items():
        listed = checked.text.partition(f'{kind}: 1 (')[2].partition('\n\n')[0]
        assert f'mine: {name}' in listed


def test_images_of_training_are_found_in_evaluation(checked):
    table = checked.page.table('evaluated on')
    assert table['scored'] == {
        'evaluated on': 'scored', 'trained on': 'mine', 'images in both': '2', 'images evaluated': '4'
    }  # fmt: skip
    assert re.search(r'scored: bakery\.jpg +mine: 0 <i>&"good"\.png', checked.text)
    assert re.search(r'scored: b\.png +mine: photo\.png', checked.text)


def test_what_each_character_outside_the_charset_costs(checked):
    outside = {row[3]: row for row in checked.page.tables[-1][1:]}
    assert checked.page.tables[-1][0][:3] == ['occurrences', 'regions lost', 'for it alone']
    assert outside['U+00FC'][:3] == ['2', '2', '2']  # über, Zürich
    assert outside['U+200B'][:3] == ['1', '1', '1']
    assert outside.keys() == {'U+00FC', 'U+00E9', 'U+200B', 'U+0406'}


def test_characters_at_fault_are_named_where_they_look_like_others(checked):
    assert '"EXІT"  mine: mixed.png  76 x 40 px at 0,0  \'І\' (U+0406)' in checked.text
    assert "'ü' (U+00FC)" in checked.page.texts


def test_text_and_page_say_the_same(checked):
    """All but the captions of what is kept, which the text does not list."""
    of_kept = Page(checked.html.partition('<h3>kept: ')[2].partition('\n')[2].partition('<h3>')[0]).texts
    lines = {' '.join(line.split()) for line in checked.text.splitlines()}
    everything = ' '.join(checked.text.split())
    assert len(checked.page.tables) > 12
    for row in (row for table in checked.page.tables for row in table):
        assert ' '.join(' '.join(row).split()) in lines
    for text in checked.page.texts:
        if text != 'no picture' and text not in of_kept:
            assert ' '.join(text.split()) in everything


def test_the_page_is_one_file_and_names_are_escaped(checked):
    assert '://' not in checked.html and '<script' not in checked.html and '@import' not in checked.html
    assert '<i>' not in checked.html and '<Coffee>' not in checked.html
    assert 'Tea & <Coffee>' in checked.page.texts and 'mine: 0 <i>&"good".png' in checked.page.texts
    assert all(source.startswith('data:image/jpeg;base64,') for source in checked.page.sources)
    assert len(checked.page.sources) > 20
    assert all(link.startswith('#') and link[1:] in checked.page.anchors for link in checked.page.links)


def test_exit_code_0_with_the_flag_that_is_proposed(planted, checked, tmp_path, capsys):
    (flag,) = re.findall(r'^ +(--allow_lost .*)$', checked.text, re.MULTILINE)
    assert check(planted, tmp_path, '--check', *shlex.split(flag)) == 0
    text = capsys.readouterr().out
    assert 'regions lost, as allowed' in text
    assert '--allow_lost' not in text


def test_sound_data_loses_nothing(tmp_path, capsys):
    words = tiny.write_words(tmp_path / 'words', ['27', '619', '840'])
    flags = tiny.flags(train_datasets=words, index_dir=tmp_path / 'index', output_path=tmp_path, check=True)
    assert dataset.main([*flags, '--eval_datasets']) == 0
    text = capsys.readouterr().out
    assert 'None of 3 regions is lost.' in text
    assert 'Nothing to compare: all datasets are for training.' in text
    assert Page((tmp_path / 'index.html').read_text(encoding='utf-8')).tables


@pytest.mark.parametrize(
    ('more', 'named'),
    [
        (['--allow_lost', 'un'], '--allow_lost un: may be unknown character or under 8 px or unreadable image'),
        (['--allow_lost', 'unheard of'], "--allow_lost 'unheard of': is not one of illegible or ignored, partly ###"),
        (['--allow_lost', ' '], "--allow_lost ' ': is not one of"),
        (['--output_path', '{planted}/scored/own.png'], 'give another --output_path'),
    ],
)
def test_bad_input(planted, tmp_path, more, named):
    more = [part.format(planted=planted.mine.parent) for part in more]
    with pytest.raises(InputError) as caught:
        check(planted, tmp_path, '--check', *more)
    assert named in str(caught.value)
    assert '\n' not in str(caught.value)
