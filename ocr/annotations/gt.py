"""Tab-separated label files of PaddleOCR and of deep-text-recognition-benchmark, mostly called gt.txt.

    image<TAB>text
    ["1.jpg", "2.jpg"]<TAB>text                                         PaddleOCR: several images of one text
    image<TAB>[{"transcription": ..., "points": [[x, y], ...]}, ...]    PaddleOCR's detection, a photograph a line

In detection the text `*` marks a region to be ignored, as `###` does. Columns of one's own data (see `own`), a polygon
among them, serve as well.
"""

from ocr.annotations.files import locate_image, read_lines
from ocr.annotations.image_root import image_root
from ocr.annotations.own import parse_columns
from ocr.annotations.place import Place, first_lines, is_image, most, only_file
from ocr.annotations.regions import region_or_dropped
from ocr.errors import InputError
from ocr.files.json_text import MalformedJson, parse_json

IGNORED = '*'  # PaddleOCR's other mark beside ###, in detection alone
HOLDS = 'text file of image<TAB>text lines'


def recognises(place):
    """Whether a text file there has lines of an image, a tab and more."""
    return any(_is_gt(file) for file in _text_files(place))


def annotation_files(path, dataset):
    """[the label file]; InputError if there is none, or several."""
    return only_file(path, dataset, [file for file in _text_files(Place(path)) if _is_gt(file)], HOLDS)


def read(path, dataset):
    """Yields TextRegion | Dropped for each line, or for each region of a line."""
    (labels,) = annotation_files(path, dataset)
    head = first_lines(labels)
    parse = _detection if any('\t[{"' in line for line in head) else _recognition
    root = image_root(labels, [[image] for image in map(_first_image, head) if image], dataset)
    for number, line in read_lines(labels):
        where = f'{labels}:{number}'
        images, tab, rest = line.partition('\t')
        if not tab:
            raise InputError(f'{where}: image<TAB>text is expected, found {line[:60]!r}')
        for image in _images(images, where):
            image_path = locate_image(root, image)
            for text, points, ignored in parse(rest, where):
                yield region_or_dropped(image_path, text, points, dataset, where, ignored)


def _text_files(place):
    if place.files == [place.path]:
        return [file for file in place.files if not file.lower().endswith(('.tsv', '.csv', '.json', '.jsonl'))]
    return place.top('.txt')


def _is_gt(file):
    return most(first_lines(file), lambda line: '\t' in line and is_image(_first_image(line)))


def _first_image(line):
    return line.partition('\t')[0].removeprefix('["').partition('"')[0]


def _images(column, where):
    """['a.jpg'] of 'a.jpg', several of a JSON list."""
    if not column:
        raise InputError(f'{where}: the image path is empty')
    if not column.startswith('["'):
        return [column]
    try:
        return [str(image) for image in parse_json(column)]
    except MalformedJson as error:
        raise InputError(f'{where}: an image or a JSON list of images is expected, found {column[:60]!r}') from error


def _recognition(rest, where):
    """[(text, points | None, False)] of what follows an image."""
    _, text, points = parse_columns(f'image\t{rest}', where)
    return [(text, points, False)]


def _detection(rest, where):
    """[(text, points, whether it is to be ignored)] of what follows a photograph."""
    try:
        records = [(record['transcription'], record['points']) for record in parse_json(rest)]
    except (ValueError, TypeError, KeyError) as error:
        raise InputError(
            f'{where}: a list of objects with `transcription` and `points` is expected, found {rest[:60]!r}'
        ) from error
    return [(text, points, text == IGNORED) for text, points in records]
