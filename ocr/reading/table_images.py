"""Images in the rows of Parquet files, under paths that go on into the file: `crops.parquet/17` is row 17."""

import io
import os
import threading

from ocr.errors import InputError
from ocr.preprocessing.decode import read_image, upright_rgb
from ocr.preprocessing.image_formats import open_format
from ocr.preprocessing.unreadable import opening
from ocr.region import TextRegion

ENDING = '.parquet'
BYTES, NAME = 'bytes', 'image'  # columns: an image file, and what to call it


def table_regions(path):
    """([TextRegion], [place]) of the rows of a Parquet file with a column `bytes`; `image` names them if it is there.

    Raises:
        InputError: it is no such file.
    """
    import pyarrow
    from pyarrow import parquet

    try:
        table = parquet.ParquetFile(path)
        names = table.schema_arrow.names
        if BYTES not in names:
            raise InputError(
                f'{path}: no column `{BYTES}`, it has {", ".join(names)}; wanted are files of images in it'
            )
        called = table.read([NAME])[NAME].to_pylist() if NAME in names else range(table.metadata.num_rows)
    except (OSError, pyarrow.ArrowException) as error:
        raise InputError(f'{path}: not a Parquet file ({error})') from None
    rows = [f'{path}/{row}' for row in range(table.metadata.num_rows)]
    return [TextRegion(row, None, '', '') for row in rows], [{'image': str(name)} for name in called]


class TableImages:
    """Reads images by their paths, of rows and of files; may be used in several threads. Keeps one group of rows."""

    def __init__(self):
        self._lock = threading.Lock()
        self._group = None  # (path, first row, list of bytes)

    def read(self, path, scale=None):
        """As decode.read_image."""
        file, row = os.path.split(path)
        if not file.endswith(ENDING) or not os.path.isfile(file):
            return read_image(path, scale)
        with opening(path):
            content = self._content(file, int(row))
            if content is None:
                raise ValueError('no image in this row')
            with open_format(io.BytesIO(content)) as image:
                return upright_rgb(image)

    def _content(self, file, row):
        with self._lock:
            if not self._holds(file, row):
                self._load(file, row)
            return self._group[2][row - self._group[1]]

    def _holds(self, file, row):
        return self._group and self._group[0] == file and 0 <= row - self._group[1] < len(self._group[2])

    def _load(self, file, row):
        from pyarrow import parquet

        table, first = parquet.ParquetFile(file), 0
        for number in range(table.num_row_groups):
            size = table.metadata.row_group(number).num_rows
            if row < first + size:
                self._group = file, first, table.read_row_group(number, [BYTES])[BYTES].to_pylist()
                return
            first += size
        raise ValueError('no such row')
