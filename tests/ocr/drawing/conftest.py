"""What every test of drawing begins with."""

import pytest


@pytest.fixture(autouse=True)
def nothing_named(monkeypatch):
    """No font or picture was named as failing yet, although other tests ran before in this process."""
    monkeypatch.setattr('ocr.drawing.undrawable._named', set())
