"""Parts of a folder: each image is in one of them, and always in the same."""

import pytest
import tiny

from ocr.errors import InputError
from ocr.reading.shard import Shard

NAMES = [f'folder {number % 7}/image_{number}.jpg' for number in range(2000)] + ['line\nbreak \udc80 字.png']


@pytest.mark.parametrize('total', [1, 2, 3, 8])
def test_parts_are_disjoint_complete_and_about_as_large_as_each_other(total):
    parts = [[name for name in NAMES if Shard(number, total).holds(name)] for number in range(1, total + 1)]
    assert sorted(name for part in parts for name in part) == sorted(NAMES)
    assert min(map(len, parts)) > 0.8 * len(NAMES) / total


def test_which_part_an_image_is_in_never_changes():
    """Machines of another version and system must agree: these are written down."""
    names = ('01.jpg', 'b/IMG1.JPEG', '字.png', 'scan.tif/2')
    assert [next(n for n in range(1, 6) if Shard(n, 5).holds(name)) for name in names] == [5, 1, 3, 3]


@pytest.mark.parametrize('text', ['0/4', '5/4', '1', '1/', '/4', '-1/4', '1/4/4', '1.5/4', '½', '1/0', ' 1/4', '1/١'])
def test_what_is_no_part_is_named(text):
    with pytest.raises(InputError, match=r'^--shard .*: give the number of the part'):
        Shard.parse(text)


def test_parts_of_a_folder_are_read_resumed_and_merged(learnt, tmp_path):
    shared = {'pb_path': learnt.pb_path, 'img_folder': learnt.words, 'precision': 'float32'}
    tiny.run_main('test', *tiny.flags(**shared, output_path=tmp_path / 'whole'))
    whole = (tmp_path / 'whole' / 'results.jsonl').read_text().splitlines()
    files = [tmp_path / 'parts' / f'results-{number}-of-3.jsonl' for number in (1, 2, 3)]
    for number, path in enumerate(files, 1):
        part = {**shared, 'shard': f'{number}/3', 'output_path': tmp_path / 'parts'}
        tiny.run_main('test', *tiny.flags(**part))
        lines = path.read_bytes()
        assert path.with_suffix('.run.json').exists()
        path.write_bytes(lines[:-5])
        tiny.run_main('test', *tiny.flags(**part, resume=True))
        assert path.read_bytes() == lines
    assert sorted(line for path in files for line in path.read_text().splitlines()) == sorted(whole)


def test_a_part_without_an_image_is_an_empty_file(learnt, tmp_path, capsys):
    folder = tiny.make_words(tmp_path / 'one', '5')
    empty = next(number for number in range(1, 101) if not Shard(number, 100).holds('0.png'))
    settings = {'pb_path': learnt.pb_path, 'img_folder': folder, 'shard': f'{empty}/100', 'output_path': tmp_path}
    tiny.run_main('test', *tiny.flags(**settings))
    assert (tmp_path / f'results-{empty}-of-100.jsonl').read_bytes() == b''
    assert '0 read, 0 unreadable' in capsys.readouterr().out
