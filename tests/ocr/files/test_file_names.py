"""Names of files that are made of other names."""

import pytest

from ocr.files.file_names import safe_stem, shortened


@pytest.mark.parametrize(
    ('name', 'longest', 'short'),
    [
        ('', 4, ''),
        ('word', 4, 'word'),
        ('words', 4, 'word'),
        ('ab\u9762\u5305', 8, 'ab\u9762\u5305'),
        ('ab\u9762\u5305', 7, 'ab\u9762'),
        ('\u9762', 2, ''),
        ('\udcd6', 3, '\udcd6'),
    ],
)
def test_names_are_cut_between_characters(name, longest, short):
    assert shortened(name, longest) == short


@pytest.mark.parametrize(
    ('path', 'stem'),
    [
        ('/a/b/street 1.jpg', 'street_1'),
        ('x/..\\y?.png', '.._y_'),
        ('\u9762.tar.gz', '\u9762.tar'),
        ('a' * 300, 'a' * 180),
    ],
)
def test_stems_are_safe_in_any_file_system(path, stem):
    assert safe_stem(path) == stem
