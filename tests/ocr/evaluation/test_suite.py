"""eval.py --suite: the same scores as eval.py gives, in one table with averages and what is missing."""

import json

import lmdb
import pytest
import tiny

from ocr.evaluation import suite

WORDS = tiny.EIGHT_WORDS


def write_lmdb(folder, texts):
    """A database of drawn words as PARSeq has them."""
    folder.mkdir(parents=True)
    pictures = tiny.write_words(folder.with_name(f'{folder.name}_pictures'), WORDS)
    with lmdb.open(str(folder), map_size=1 << 24) as database, database.begin(write=True) as transaction:
        transaction.put(b'num-samples', b'%d' % len(texts))
        for number, text in enumerate(texts, 1):
            transaction.put(b'image-%09d' % number, (pictures / f'{number - 1}.png').read_bytes())
            transaction.put(b'label-%09d' % number, text.encode())


@pytest.fixture
def base(tmp_path):
    write_lmdb(tmp_path / 'test' / 'IIIT5k', ['2-7.', *WORDS[1:7], '00'])  # one label is wrong, one has signs
    write_lmdb(tmp_path / 'test' / 'IC13_1015', [*WORDS[:7], '--'])
    return tmp_path


def evaluate(learnt, base, output, *arguments):
    flags = tiny.flags(pb_path=learnt.pb_path, base_dir=base, index_dir=output / 'index', output_path=output)
    assert tiny.run_main('eval', *flags, *arguments) == 0
    return json.loads((output / 'scores.json').read_text())


def rows_of(output):
    return {row['set']: row for row in json.loads((output / 'suite.json').read_text())['rows']}


def test_the_table_has_the_scores_of_eval_and_marks_what_is_missing(learnt, base, tmp_path, capsys):
    scores = evaluate(learnt, base, tmp_path / 'suite', '--suite', 'common')
    table = capsys.readouterr().out
    rows = rows_of(tmp_path / 'suite')
    plain = evaluate(learnt, base, tmp_path / 'plain', '--eval_datasets', f'mine={base}/test/IIIT5k')
    of_eval = plain['datasets']['mine']['scores']['accuracy_alphanumeric']
    assert rows['IIIT5K']['accuracy'] == of_eval['value'] == 7 / 8
    assert rows['IIIT5K']['interval'] == [of_eval['low'], of_eval['high']]
    assert scores['datasets']['IIIT5K']['num_scored'] == 8
    assert 'not the set: it has 3000 words, 8 were scored' in rows['IIIT5K']['note']
    assert rows['SVT'] == {'set': 'SVT', 'accuracy': None, 'words': 0, 'expected': 647, 'note': 'missing (SVT)'}
    # Of the 1,015 those with three characters and more; a label of signs alone is never scored.
    assert (rows['IC13-857']['words'], rows['IC13-857']['scored']) == (sum(len(word) >= 3 for word in WORDS[:7]),) * 2
    assert (rows['IC13-1015']['words'], rows['IC13-1015']['scored']) == (8, 7)
    assert rows['IC13-1015']['accuracy'] == 1
    assert rows['six sets, IC13-1015 and IC15-2077']['accuracy'] is None
    assert 'no average without SVT, IC15-2077, SVTP, CUTE80' in table and 'missing (SVT)' in table


def test_the_averages_are_over_the_sets_and_over_all_words(monkeypatch, learnt, base, tmp_path, capsys):
    monkeypatch.setattr(suite, 'AVERAGES', {'two sets': ('IIIT5K', 'IC13-857')})
    evaluate(learnt, base, tmp_path / 'suite', '--suite', 'IIIT5K', 'IC13-857')
    rows = rows_of(tmp_path / 'suite')
    number = rows['IC13-857']['scored']
    assert rows['two sets']['accuracy'] == pytest.approx((7 / 8 + 1) / 2)
    assert rows['two sets']['of_all_words'] == pytest.approx((7 + number) / (8 + number))
    assert 'two sets' in capsys.readouterr().out


def test_a_set_by_its_path_and_the_model_that_is_shipped(learnt, tmp_path):
    scores = evaluate(learnt, tmp_path, tmp_path / 'suite', '--suite', f'CUTE80={learnt.words}')
    assert scores['datasets']['CUTE80']['scores']['accuracy_alphanumeric']['value'] == 1
    assert list(rows_of(tmp_path / 'suite')) == ['CUTE80']
