"""What the tests of layouts and of whole samples ask alike."""

import ink
import pytest


@pytest.fixture(scope='session')
def ink_outside():
    """`ink.ink_outside`: function (polygon, ink) -> bool."""
    return ink.ink_outside
