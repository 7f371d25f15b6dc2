"""Outlines of text that tests measure."""

import numpy as np

from ocr.geometry import transform, whole_image


def turned(width, height, degrees):
    angle = np.deg2rad(degrees)
    return transform(
        whole_image(width, height), [[np.cos(angle), -np.sin(angle), 300], [np.sin(angle), np.cos(angle), 9]]
    )


def arc(radius, thickness, degrees, num_points=40):
    """Outline of a bent strip: its outer edge, then the inner one back."""
    angles = np.deg2rad(np.linspace(0, degrees, num_points))
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return np.concatenate([(radius + thickness) * circle, radius * circle[::-1]]).astype(np.float32)
