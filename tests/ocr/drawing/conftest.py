"""What the tests of layouts and of whole samples ask alike."""

import cv2
import numpy as np
import pytest


@pytest.fixture(scope='session')
def ink_outside():
    """Function (polygon, ink) -> True if a pixel with any ink has its centre outside the polygon or on its edge."""
    return _ink_outside


def _ink_outside(polygon, ink):
    inked = (ink > 0).astype(np.uint8)
    rim = inked - cv2.erode(inked, np.ones((3, 3), np.uint8), borderValue=0)
    return any(cv2.pointPolygonTest(polygon, (float(x) + 0.5, float(y) + 0.5), False) <= 0 for y, x in np.argwhere(rim))
