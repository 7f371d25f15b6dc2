"""Text files with an image and its text on each line, separated in any way: what such formats share."""

from ocr.annotations.files import locate_image, read_lines
from ocr.annotations.image_root import image_root
from ocr.annotations.place import first_lines, is_image, most
from ocr.errors import InputError


def lists_images(file, line_pattern):
    """Whether most of a file's first lines fit a pattern whose first group is an image's name."""
    return most(first_lines(file), lambda line: (match := line_pattern.fullmatch(line)) and is_image(match[1]))


def read_image_list(file, line_pattern, dataset, expected):
    """Yields (image path, text, where) for each line.

    Args:
        file: of the labels.
        line_pattern: compiled pattern of a whole line; its groups are image and text.
        dataset: name of the dataset.
        expected: what the message says a line looks like.

    Raises:
        InputError: a line does not fit the pattern, or the images are nowhere near.
    """
    heads = [[match[1]] for match in map(line_pattern.fullmatch, first_lines(file)) if match]
    root = image_root(file, heads, dataset)
    for number, line in read_lines(file):
        where = f'{file}:{number}'
        match = line_pattern.fullmatch(line)
        if not match:
            raise InputError(f'{where}: {expected} is expected, found {line[:60]!r}')
        yield locate_image(root, match[1]), match[2], where
