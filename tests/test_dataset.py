"""dataset.py: what it prints, writes and refuses."""

import pytest
from tiny import cut_off, make_rects, make_words, write_words

import dataset
from ocr.charset import Charset
from ocr.config import Config
from ocr.datasets.counts import KEPT
from ocr.datasets.sources import open_index
from ocr.errors import InputError


def run(folder, *arguments):
    return dataset.main(['--base_dir', str(folder), '--index_dir', str(folder / 'index'), *arguments])


def test_script_prints_the_table_and_builds_a_charset_of_the_training_text(tmp_path, capsys):
    make_rects(tmp_path / 'rects')
    words = make_words(tmp_path / 'words', 'a b', 'ba', 'cc')
    run(tmp_path, '--train_datasets', f'mine={words}', '--eval_datasets', 'rects')
    output = capsys.readouterr().out
    rows = [line.split() for line in output.splitlines()]
    assert ['mine', '3', '0', '0'] in rows
    assert ['rects', '0', '1', '1'] in rows
    assert 'unknown character' in output
    assert Charset.load(tmp_path / 'index' / 'charset.txt') == Charset(' abc')


def test_script_with_a_preset_charset_builds_none(tmp_path, capsys):
    words = make_words(tmp_path / 'words', '12', '123', 'x')
    run(tmp_path, f'--train_datasets=mine={words}', '--eval_datasets', '--charset_path=digits', '--seq_len=2')
    assert ['mine', '1', '1', '1'] in [line.split() for line in capsys.readouterr().out.splitlines()]
    assert not (tmp_path / 'index' / 'charset.txt').exists()


@pytest.mark.parametrize('form', ['jsonl', 'gt', 'lmdb'])
def test_script_converts(tmp_path, capsys, form):
    words = make_words(tmp_path / 'words', 'a b', 'ba', '###')
    make_rects(tmp_path / 'rects')
    run(
        tmp_path,
        '--convert',
        form,
        '--train_datasets',
        f'mine={words}',
        'rects',
        '--output_path',
        str(tmp_path / 'out'),
    )
    output = capsys.readouterr().out
    rows = [line.split() for line in output.splitlines()]
    assert ['mine', '2', '1'] in rows
    assert ['total', '3', '2'] in rows
    assert f'{tmp_path}/out: {form}, 3 regions' in output
    index, counts = open_index(str(tmp_path), str(tmp_path / 'index'), (f'again={tmp_path}/out',), progress=False)
    assert list(index.texts()) == ['a b', 'ba', 'IMC']
    assert counts == {'again': {KEPT: 3}}


@pytest.mark.parametrize('flags', [['--convert', 'gt', '--output_path', 'out'], ['--convert', 'crops']])
def test_what_the_index_and_what_the_pictures_lose_is_added_up(tmp_path, capsys, monkeypatch, flags):
    monkeypatch.chdir(tmp_path)
    words = write_words(tmp_path / 'words', ['a', 'b', 'c', 'd'])
    (words / '0.png').write_bytes(b'no image')
    cut_off(words / '1.png')  # its header is read, its pixels are not
    run(tmp_path, '--train_datasets', 'mine=words', *flags)
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ['mine', '2', '2'] in rows


def test_examples_are_named_as_in_the_label_file_beside_one(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(write_words(tmp_path / 'words', ['12', 'ok']))
    flags = ['--charset_path', 'digits', '--check', '--output_path', str(tmp_path / 'out')]
    assert run(tmp_path, '--train_datasets', 'mine=labels.tsv', *flags) == 1
    assert '"ok"  mine: 1.png' in capsys.readouterr().out


def test_drawn_text_alone_is_nothing_to_index(tmp_path):
    with pytest.raises(InputError, match=r'drawn text, synthetic:RECIPE, is only for train\.py'):
        run(tmp_path, '--train_datasets', 'synthetic:scene')


def test_script_refuses_a_missing_default_dataset(tmp_path):
    with pytest.raises(InputError, match=r'lsvt: .*/lsvt does not exist'):
        run(tmp_path)
    assert Config().train_datasets[0] == 'lsvt'


def test_script_cuts_the_training_regions(tmp_path, capsys):
    words = make_words(tmp_path / 'words', 'a b', 'ba', '###')
    arguments = ('--convert', 'crops', '--train_datasets', f'mine={words}', 'synthetic:digits')
    assert run(tmp_path, *arguments) == 0
    output = capsys.readouterr().out.splitlines()
    assert ['total', '2', '1'] in [line.split() for line in output]
    (crops,) = (tmp_path / 'index').glob('mine.crops')
    assert output[-1] == f'{crops}: 0.0 MB' and crops.exists()
    assert run(tmp_path, *arguments) == 0
    assert capsys.readouterr().out == f'{crops}: already exists\n'
    run(tmp_path, *arguments, '--augment', 'photo')  # asks for more
    assert capsys.readouterr().out.splitlines()[-1] == f'{crops}: 0.0 MB'
    whole = crops.read_bytes()
    begin = whole.index(b'\xff\xd8') + 50  # within the first JPEG
    crops.write_bytes(whole[:begin] + bytes(100) + whole[begin + 100 :])
    run(tmp_path, *arguments, '--augment', 'photo')
    assert capsys.readouterr().out.splitlines()[-1] == f'{crops}: 0.0 MB' and crops.read_bytes() == whole
