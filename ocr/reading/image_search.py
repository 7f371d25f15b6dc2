"""Which images there are in a folder, and which files there are no images.

Folders are looked into with those below them and those that are linked, each once. A file is an image by its suffix,
or, if that is none or another, by its first bytes. Hidden files are neither.
"""

import os
from collections import Counter

from ocr.files.regular_file import is_file, is_folder, open_regular
from ocr.preprocessing.image_file import IMAGE_SUFFIXES

_BEGINNINGS = (b'\xff\xd8\xff', b'\x89PNG\r\n\x1a\n', b'GIF87a', b'GIF89a', b'\0\0\0\x0cjP  \r\n\x87\n')
_TIFF = (b'II*\0', b'MM\0*')  # so begin the raw files of cameras as well, which have a suffix
LABEL_SUFFIXES = ('.tsv', '.csv', '.json', '.jsonl', '.txt', '.xml')  # of files that lie beside images
NO_SUFFIX, NO_FILE, LINKED = 'without suffix', 'no regular file', 'folder that is linked twice'


class Search:
    """What is in a folder, or the file at a path.

    Attributes:
        paths: images, as found.
        passed_over: {suffix or reason: [paths]} of files that are no images, and of links to folders already seen.
    """

    def __init__(self, path):
        self.paths = []
        self.passed_over = {}
        if os.path.isfile(path):
            self.paths.append(os.fspath(path))
            return
        if not os.path.isdir(path):
            self._pass_over(NO_FILE, os.fspath(path))
            return
        seen, folders, links = set(), [os.fspath(path)], []
        while folders or links:  # linked ones last, so that an image is found by its own path
            folder = folders.pop() if folders else links.pop()
            if _identity(folder) in seen:
                self._pass_over(LINKED, folder)
                continue
            seen.add(_identity(folder))
            for entry in self._entries(folder):
                if is_folder(entry):
                    (links if entry.is_symlink() else folders).append(entry.path)
                elif not entry.name.startswith('.'):
                    self._take(entry)

    def in_words(self, expected=()):
        """One line: '2 .pdf (such as scan.pdf), 1 without suffix (such as photo)'; '' if there is nothing to name.

        Args:
            expected: suffixes of files that may well be there, and are not named.
        """
        counts = Counter({kind: len(paths) for kind, paths in self.passed_over.items() if kind not in expected})
        return ', '.join(
            f'{number} {kind} (such as {os.path.basename(self.passed_over[kind][0])})'
            for kind, number in counts.most_common()
        )

    def _entries(self, folder):
        """What is in a folder, in alphabetical order; nothing if it cannot be read, which is noted."""
        try:
            with os.scandir(folder) as entries:
                return sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            self._pass_over(f'folder that cannot be read ({error.strerror})', folder)
            return []

    def _take(self, entry):
        suffix = os.path.splitext(entry.name)[1].lower()
        if not is_file(entry):
            self._pass_over(NO_FILE, entry.path)
        elif suffix in IMAGE_SUFFIXES or _begins_like_an_image(entry.path, suffix):
            self.paths.append(entry.path)
        else:
            self._pass_over(suffix or NO_SUFFIX, entry.path)

    def _pass_over(self, kind, path):
        self.passed_over.setdefault(kind, []).append(path)


def _identity(folder):
    state = os.stat(folder)
    return state.st_dev, state.st_ino


def _begins_like_an_image(path, suffix):
    try:
        with open_regular(path) as stream:
            head = stream.read(12)
    except OSError:
        return False
    if head[:4] == b'RIFF':
        return head[8:] == b'WEBP'
    return head.startswith(_BEGINNINGS) or (not suffix and head.startswith(_TIFF))
