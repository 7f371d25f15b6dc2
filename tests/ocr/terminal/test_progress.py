"""The bar of long work: often on a terminal, seldom in a file that keeps every drawing of it."""

import io
import itertools

import pytest

from ocr.terminal.progress import progress_bar


class Screen(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(('stream', 'drawings'), [(Screen, 12), (io.StringIO, 2)])
def test_bar_is_drawn_as_often_as_its_place_bears(stream, drawings, monkeypatch):
    written, seconds = stream(), itertools.count()
    monkeypatch.setattr('sys.stderr', written)
    monkeypatch.setattr('tqdm.std.time', lambda: float(next(seconds)))
    for _ in progress_bar(range(10)):
        pass
    assert written.getvalue().count('\r') == drawings
