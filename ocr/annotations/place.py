"""What a dataset's path holds, looked over once: which files may be labels, and how they begin."""

import os
from collections import Counter

from ocr.errors import InputError
from ocr.files.regular_file import is_folder, open_regular
from ocr.preprocessing.image_file import IMAGE_SUFFIXES

LABELS = ('.txt', '.tsv', '.csv', '.json', '.jsonl')  # how label files of text end
DEPTH = 5  # folders below a dataset's own that are looked into
SAMPLE = 50  # lines or images that stand for all
HEAD = 1 << 16  # bytes of a file that show what it is


class Place:
    """The files at a path.

    Attributes:
        path: a file or a folder.
        files: the file itself, or the files of the folder and of those below it that are no images, alphabetical.
    """

    def __init__(self, path):
        self.path = os.path.normpath(path)
        self.files = [self.path] if os.path.isfile(path) else sorted(_walk(self.path, DEPTH))

    def top(self, *suffixes):
        """The files with one of these suffixes that are in the folder itself, or the path if it is such a file."""
        folder = os.path.dirname(self.path) if self.files == [self.path] else self.path
        return [file for file in self.below(*suffixes) if os.path.dirname(file) == folder]

    def below(self, *suffixes):
        """The files with one of these suffixes, in the folder or in those below it."""
        return [file for file in self.files if file.lower().endswith(suffixes)]

    def describe(self):
        """What is there, in words: '3 .txt, 1 .json'."""
        endings = Counter(os.path.splitext(file)[1].lower() or os.path.basename(file) for file in self.files)
        return ', '.join(f'{count} {ending}' for ending, count in endings.most_common(6)) or 'no file besides images'


def is_image(name):
    """Whether a file's name is an image's."""
    return name.lower().endswith(IMAGE_SUFFIXES)


def beginning(file):
    """The first HEAD bytes of a text file, as text, up to a line's end where one is near; '' if it is no text."""
    try:
        with open_regular(file) as stream:
            head = stream.read(HEAD)
    except OSError:
        return ''
    if b'\0' in head:
        return ''
    whole = head[: head.rfind(b'\n') + 1] if len(head) == HEAD else head
    return (whole or head).decode('utf-8-sig', 'ignore')


def first_lines(file, number=SAMPLE):
    """The first lines of a text file that are not blank; [] if it is no text."""
    lines = beginning(file).split('\n')
    return [line.rstrip('\r') for line in lines if line.strip(' \r')][:number]


def other_encoding(head):
    """What the first bytes of a text file say it is encoded in, if that is not UTF-8; else None."""
    if head.startswith((b'\xff\xfe\0\0', b'\0\0\xfe\xff')):
        return 'UTF-32'
    if head.startswith((b'\xff\xfe', b'\xfe\xff')):
        return 'UTF-16'
    return 'perhaps UTF-16' if b'\0' in head[:4] else None  # without its mark


def refuse_other_encodings(files):
    """InputError that names the first of some label files that is not in UTF-8: why no format fits it."""
    for file in files:
        if file.lower().endswith((*LABELS, '.xml')) and os.path.isfile(file):
            with open_regular(file) as stream:
                encoding = other_encoding(stream.read(4))
            if encoding:
                raise InputError(f'{file}: not UTF-8 but {encoding}; save it as UTF-8')


def most(lines, fits, share=0.5):
    """Whether there are lines and more than a share of them fit."""
    return bool(lines) and sum(map(bool, map(fits, lines))) > share * len(lines)


def only_file(path, dataset, files, holds):
    """[the label file]: the path itself if it is a file, else the only one of `files`; InputError otherwise."""
    if os.path.isfile(path):
        return [path]
    if len(files) == 1:
        return files
    if not files:
        place = Place(path)
        refuse_other_encodings(place.files)
        raise InputError(f'{dataset}: {path} holds no {holds} (found {place.describe()}); give {dataset}=FILE')
    names = ', '.join(os.path.basename(file) for file in files[:8])
    raise InputError(f'{dataset}: {path} holds several label files, {names}; name one, {dataset}={files[0]}')


def label_files(path, dataset, files, holds):
    """The label files of single photographs; InputError if there are none, or in several folders."""
    folders = sorted({os.path.dirname(file) for file in files})
    if not files:
        place = Place(path)
        refuse_other_encodings(place.files)
        raise InputError(f'{dataset}: {path} holds no {holds} (found {place.describe()})')
    if len(folders) > 1:
        raise InputError(
            f'{dataset}: {path} holds label files in several folders, {", ".join(folders[:8])}; '
            f'give each as a dataset, {dataset}={folders[0]}'
        )
    return files


def _walk(folder, depth):
    """Yields the paths of the files that are no images."""
    below = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.startswith('.') or is_image(entry.name):
                    continue
                if not is_folder(entry):
                    yield entry.path
                elif depth:
                    below.append(entry.path)
    except OSError as error:
        raise InputError(f'{folder}: cannot be read ({error.strerror})') from error
    for path in below:
        yield from _walk(path, depth - 1)
