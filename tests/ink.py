"""Whether a polygon holds the ink of a text: what the tests of layouts and of whole samples ask alike."""

import cv2
import numpy as np


def ink_outside(polygon, ink):
    """True if a pixel with any ink, of uint8 (H, W), has its centre outside the polygon or on its edge."""
    inked = (ink > 0).astype(np.uint8)
    rim = inked - cv2.erode(inked, np.ones((3, 3), np.uint8), borderValue=0)
    return any_outside(np.argwhere(rim)[:, ::-1] + 0.5, polygon)


def any_outside(points, polygon):
    """True if one of the points (N, 2) lies outside the polygon (K, 2) or on its edge."""
    polygon = np.asarray(polygon, np.float32)
    return any(cv2.pointPolygonTest(polygon, point, False) <= 0 for point in np.asarray(points, float).tolist())
