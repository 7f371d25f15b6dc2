"""Whether an LMDB's data file is as long as its own head says: reading beyond the end of a file ends the process."""

import os
import struct

import lmdb

_MAGIC = 0xBEEFC0DE
_PAGE_HEAD = 16  # bytes before what a page holds; on 64-bit systems, as all sizes here
_META = struct.Struct('=II8x8xI44x48xQQ')  # magic, version, page size, last page, transaction
_SMALLEST_PAGE = 256


def check_size(file):
    """lmdb.CorruptedError if a data file was cut off; nothing if it is whole or no LMDB of a known kind."""
    with open(file, 'rb') as stream:
        size = os.fstat(stream.fileno()).st_size
        first = _read_meta(stream, 0)
        if first is None:
            return
        _, page_size, *_ = first
        metas = [meta for meta in (first, _read_meta(stream, page_size)) if meta]
    last_page = max(metas, key=lambda meta: meta[3])[2]
    needed = (last_page + 1) * page_size
    if size < needed:
        raise lmdb.CorruptedError(f'{size} bytes, but {needed} by its own header: cut off; copy it again')


def _read_meta(stream, offset):
    """(version, page size, last page, transaction) of a meta page; None if there is none."""
    stream.seek(offset + _PAGE_HEAD)
    content = stream.read(_META.size)
    if len(content) < _META.size:
        return None
    magic, version, page_size, last_page, transaction = _META.unpack(content)
    return (version, page_size, last_page, transaction) if magic == _MAGIC and page_size >= _SMALLEST_PAGE else None
