"""Which images there are in a folder, and what is passed over."""

import os

import pytest
import tiny
from PIL import Image

from ocr.errors import InputError
from ocr.reading.folder import find_images, find_regions
from ocr.reading.image_search import LINKED, NO_FILE, NO_SUFFIX, Search


def save(path, form='PNG'):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new('RGB', (40, 20)).save(path, form)
    return str(path)


def test_images_by_suffix_and_by_content(tmp_path):
    images = [
        save(tmp_path / 'a.png'),
        save(tmp_path / 'b' / 'c.JPG', 'JPEG'),
        save(tmp_path / '.d' / 'e.webp', 'WEBP'),
    ]
    images += [
        save(tmp_path / name, form) for name, form in [('photo', 'JPEG'), ('scan', 'TIFF'), ('w.jpg_large', 'WEBP')]
    ]
    save(tmp_path / 'camera.nef', 'TIFF')  # raw: what Pillow finds in it is a thumbnail
    save(tmp_path / '.hidden.png')
    (tmp_path / 'notes.txt').write_text('bought bread')
    (tmp_path / 'list.txt').write_text('bread')
    (tmp_path / 'scan.pdf').write_bytes(b'%PDF-1.7')
    (tmp_path / 'README').write_text('mine')
    (tmp_path / 'empty').touch()
    (tmp_path / 'gone.png').symlink_to(tmp_path / 'nowhere')
    (tmp_path / 'circle.png').symlink_to(tmp_path / 'circle.png')
    os.mkfifo(tmp_path / 'pipe.png')
    found = Search(tmp_path)
    assert sorted(found.paths) == sorted(images)
    assert {kind: len(paths) for kind, paths in found.passed_over.items()} == {
        '.txt': 2, '.nef': 1, '.pdf': 1, NO_SUFFIX: 2, NO_FILE: 3
    }  # fmt: skip
    assert '2 .txt (such as list.txt)' in found.in_words() and '1 .pdf (such as scan.pdf)' in found.in_words()


def test_a_file_stands_for_itself(tmp_path):
    picture = save(tmp_path / 'a.png')
    assert (Search(picture).paths, Search(picture).in_words()) == ([picture], '')
    os.mkfifo(tmp_path / 'pipe.png')
    assert Search(tmp_path / 'pipe.png').in_words() == '1 no regular file (such as pipe.png)'


def test_linked_folders_are_looked_into_once(tmp_path):
    inside, outside = save(tmp_path / 'in' / 'z' / 'a.png'), save(tmp_path / 'out' / 'b.png')
    (tmp_path / 'in' / 'again').symlink_to(tmp_path / 'in' / 'z')
    (tmp_path / 'in' / 'linked').symlink_to(tmp_path / 'out')
    (tmp_path / 'out' / 'back').symlink_to(tmp_path / 'in')
    found = Search(tmp_path / 'in')
    assert sorted(found.paths) == [str(tmp_path / 'in' / 'linked' / 'b.png'), inside] and outside
    assert len(found.passed_over[LINKED]) == 2


def test_the_script_names_what_it_passes_over(tmp_path, capsys):
    save(tmp_path / 'a.png')
    (tmp_path / 'a\x1bb.pdf').write_bytes(b'%PDF-1.7')
    script = tiny.load_script('test')
    script.print_skipped(tmp_path)
    assert capsys.readouterr().out == ('skipped, because their format is not supported: 1 .pdf (such as a\\x1bb.pdf)\n')
    script.print_skipped(tmp_path / 'a.png')
    assert capsys.readouterr().out == ''


@pytest.mark.parametrize('name', ['', 'a.png'])
def test_the_script_takes_a_file_or_a_folder(tmp_path, name):
    save(tmp_path / 'a.png')
    (region,) = find_regions(str(tmp_path / name), '')
    assert region.image_path == str(tmp_path / 'a.png')
    assert tiny.load_script('test').location(region, str(tmp_path / name)) == {'image': 'a.png'}


def test_the_script_says_what_there_is_where_there_is_no_image(tmp_path):
    (tmp_path / 'scan.pdf').write_bytes(b'%PDF-1.7')
    with pytest.raises(InputError, match=r'no image in it but 1 \.pdf \(such as scan\.pdf\); wanted are '):
        find_images(str(tmp_path))
