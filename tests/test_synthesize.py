import json
import logging
from pathlib import Path

import cv2
import numpy as np
import pytest

import synthesize
from ocr.annotations import read_dataset
from ocr.errors import InputError
from ocr.region import Dropped, DropReason

FONT_DIR = Path(__file__).resolve().parents[1] / 'fonts'


def run(output, *flags):
    flags = ['--output_path', output, '--font_dir', FONT_DIR, '--seed', 1, '--num_workers', 1, *flags]
    synthesize.main([str(flag) for flag in flags])
    return [json.loads(line) for line in (output / 'labels.jsonl').read_text(encoding='utf-8').splitlines()]


def contents(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob('*') if path.is_file()}


def test_writes_images_labels_and_contact_sheet(tmp_path):
    records = run(tmp_path / 'new' / 'set', '--recipe', 'digits', '--num_samples', 70)
    assert len(records) == 70
    for i, record in enumerate(records):
        assert record['image'] == f'images/{i:06d}.jpg'
        image = cv2.imread(str(tmp_path / 'new' / 'set' / record['image']))
        polygon = np.array(record['polygon'])
        assert record['text'].isdigit() and polygon.shape[1] == 2
        assert polygon.min() >= 0 and (polygon <= image.shape[1::-1]).all()
    names = {path.name for path in (tmp_path / 'new' / 'set').iterdir()}
    assert names == {'images', 'labels.jsonl', 'contact_sheet.png', 'recipe.json'}
    assert [path.name for path in (tmp_path / 'new').iterdir()] == ['set']
    made = json.loads((tmp_path / 'new' / 'set' / 'recipe.json').read_text())
    assert made['recipe']['name'] == 'digits' and made['num_samples'] == 70 and made['seed'] == 1


def test_two_processes_write_the_same_bytes_as_one(tmp_path):
    run(tmp_path / 'one', '--num_samples', 70)
    run(tmp_path / 'two', '--num_samples', 70, '--num_workers', 2)
    assert contents(tmp_path / 'one') == contents(tmp_path / 'two')


def test_a_longer_set_begins_like_a_shorter_one(tmp_path):
    assert run(tmp_path / 'long', '--num_samples', 9)[:5] == run(tmp_path / 'short', '--num_samples', 5)


def test_the_folder_one_stands_in_is_not_replaced(tmp_path, monkeypatch):
    (tmp_path / 'thesis.txt').write_text('years of work')
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match='not empty and not of this script'):
        run(Path('.'), '--num_samples', 3)
    assert (tmp_path / 'thesis.txt').exists()


def test_its_own_folder_is_replaced_and_no_other(tmp_path, caplog):
    caplog.set_level(logging.INFO)
    run(tmp_path / 'set', '--num_samples', 5)
    assert 'will be replaced' not in caplog.text
    assert len(run(tmp_path / 'set', '--num_samples', 3)) == 3
    assert f'{tmp_path / "set"}: the drawn set that is there will be replaced' in caplog.messages
    assert len(list((tmp_path / 'set' / 'images').iterdir())) == 3
    (tmp_path / 'set' / 'thesis.txt').write_text('years of work')
    with pytest.raises(InputError, match='not empty and not of this script'):
        run(tmp_path / 'set', '--num_samples', 3)
    (tmp_path / 'own' / 'images').mkdir(parents=True)
    (tmp_path / 'own' / 'labels.jsonl').write_text('{}')
    with pytest.raises(InputError, match='not empty and not of this script'):
        run(tmp_path / 'own', '--num_samples', 3)
    assert (tmp_path / 'own' / 'labels.jsonl').read_text() == '{}'


@pytest.mark.parametrize('error', [KeyboardInterrupt, OSError, InputError])
def test_an_interrupted_run_leaves_what_was_there(tmp_path, error):
    run(tmp_path / 'set', '--num_samples', 5)
    before = contents(tmp_path / 'set')
    with (
        pytest.raises(error),
        synthesize.replaced_folder(tmp_path / 'set', synthesize.OWN_FILES, 'recipe.json') as folder,
    ):
        (folder / 'labels.jsonl').write_text('half a li')
        raise error
    assert contents(tmp_path / 'set') == before
    assert [path.name for path in tmp_path.iterdir()] == ['set']


def test_a_folder_left_by_a_killed_run_is_cleared(tmp_path):
    run(tmp_path / 'set.part', '--num_samples', 2)
    assert len(run(tmp_path / 'set', '--num_samples', 3)) == 3
    assert [path.name for path in tmp_path.iterdir()] == ['set']


def test_words_come_from_the_file_as_far_as_they_can_be_drawn(tmp_path, caplog):
    (tmp_path / 'words.txt').write_text('alpha\nbeta\n永\nincomprehensibilities\n', encoding='utf-8')
    with caplog.at_level('INFO'):
        records = run(tmp_path / 'set', '--num_samples', 20, '--text_path', tmp_path / 'words.txt')
    assert {record['text'].lower() for record in records} == {'alpha', 'beta'}
    assert 'words.txt: left out 1 in no font' in caplog.text
    assert '1 longer than 16 characters' in caplog.text


def test_random_strings_run_over_the_charset_up_to_seq_len(tmp_path):
    (tmp_path / 'charset.txt').write_text('x\ny\n \n', encoding='utf-8')
    records = run(tmp_path / 'set', '--num_samples', 20, '--charset_path', tmp_path / 'charset.txt', '--seq_len', 4)
    texts = [record['text'] for record in records]
    assert set(''.join(texts)) == set('xy ') and max(map(len, texts)) == 4
    assert all(text == text.strip() for text in texts)


@pytest.mark.parametrize(
    ('flags', 'message'),
    [
        (['--recipe', 'poems'], 'poems: no such recipe'),
        (['--font_dir', 'nowhere'], 'no such font folder'),
        (['--text_path', 'nowhere.txt'], 'cannot read'),
        (['--charset_path', 'nowhere.txt'], 'cannot read'),
        (['--num_samples', '0'], 'num_samples'),
        (['--text_path', 'chinese.txt'], 'nothing in it can be drawn'),
        (['--output_path', 'chinese.txt'], 'is not a folder'),
        (['--output_path', 'chinese.txt/set'], 'cannot be written|is not a folder'),
    ],
)
def test_bad_input_is_one_line_and_writes_nothing(tmp_path, monkeypatch, flags, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / 'chinese.txt').write_text('永远\n', encoding='utf-8')
    font_dir = [] if '--font_dir' in flags else ['--font_dir', str(FONT_DIR)]
    with pytest.raises(InputError, match=message) as caught:
        synthesize.main(['--num_samples', '3', '--num_workers', '1', *font_dir, *flags])
    assert '\n' not in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ['chinese.txt']


def test_scenes_have_a_line_for_each_word_and_are_read_back(tmp_path):
    flags = ['--recipe', 'street', '--num_samples', 6]
    records = run(tmp_path / 'one', *flags)
    assert len({record['image'] for record in records}) == 6 < len(records)
    assert all(len(record['polygon']) % 2 == 0 and isinstance(record['line'], int) for record in records)
    texts = {record['text'] for record in records}
    assert all(text and not text.isspace() and ' ' not in text for text in texts)
    regions = list(read_dataset('drawn', str(tmp_path / 'one')))
    assert len(regions) == len(records)
    dropped = [region for region in regions if isinstance(region, Dropped)]
    assert len(dropped) == sum(record['text'] == '###' for record in records)
    assert all(region.reason == DropReason.ILLEGIBLE for region in dropped)
    made = json.loads((tmp_path / 'one' / 'recipe.json').read_text())
    assert made['recipe']['name'] == 'street' and made['recipe']['chinese_fonts'] == []
    run(tmp_path / 'two', *flags, '--num_workers', 2)
    assert contents(tmp_path / 'one') == contents(tmp_path / 'two')


def test_scenes_that_had_to_be_replaced_are_counted(tmp_path, caplog):
    (tmp_path / 'photos').mkdir()
    (tmp_path / 'photos' / 'broken.jpg').write_bytes(b'no picture')
    cv2.imwrite(str(tmp_path / 'photos' / 'good.jpg'), np.full((600, 700, 3), 90, np.uint8))
    run(tmp_path / 'set', '--recipe', 'street', '--num_samples', 8, '--photo_dir', tmp_path / 'photos')
    assert 'broken.jpg: not used for what it cannot draw' in caplog.text
    assert 'pictures could not be drawn, others stand in their place' in caplog.text
