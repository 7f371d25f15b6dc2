"""What a detector would train on: counted, and what looks wrong named."""

import pytest
from streets import write_streets
from tiny import make_words

import dataset
from ocr.errors import InputError


def run(folder, *arguments):
    return dataset.main(['--detect', '--index_dir', str(folder / 'index'), '--eval_datasets', *arguments])


def test_photographs_and_their_texts_are_counted(tmp_path, capsys):
    folder = write_streets(tmp_path / 'streets', 3)
    with open(folder / 'labels.tsv', 'a') as labels:
        labels.write('0.png\t###\t2,2,40,2,40,20,2,20\n')
    assert run(tmp_path, f'--train_datasets=mine={folder}', '--check') == 0
    _, row = (line.split('  ') for line in capsys.readouterr().out.splitlines()[-3::2])
    cells = [cell.strip() for cell in row if cell.strip()]
    assert cells[:3] == ['mine', '3', '0'] and int(cells[3]) >= 6 and cells[4] == '1'
    assert 10 < float(cells[6]) < 40


def test_what_looks_wrong_is_named(tmp_path, capsys):
    folder = write_streets(tmp_path / 'streets', 3)
    with open(folder / 'labels.tsv', 'a') as labels:
        labels.write('0.png\tbow\t10,10,100,60,100,20,10,100\n')
        labels.write('1.png\tone\t10,10,60,10,60,40,10,40\n1.png\tone\t10,10,60,10,60,40,10,40\n')
    (folder / '2.png').write_bytes((folder / '2.png').read_bytes()[:300])
    assert run(tmp_path, f'--train_datasets=mine={folder}', '--check') == 1
    output = capsys.readouterr().out
    assert 'an outline crosses itself' in output and 'a text is labelled twice' in output
    assert '0.png' in output and '1.png' in output and '2.png' in output


def test_word_crops_are_nothing_to_find(tmp_path):
    words = make_words(tmp_path / 'words', 'one', 'two')
    with pytest.raises(InputError, match='these labels cover whole images: nothing to find'):
        run(tmp_path, f'--train_datasets=mine={words}')


def test_what_does_not_go_together_is_said(tmp_path):
    with pytest.raises(InputError, match='--convert: not with --detect'):
        run(tmp_path, '--train_datasets=mine=x', '--convert=lmdb')
