"""Contact sheet of scenes: the pictures with their polygons, those that are not to be found in another colour."""

import cv2
import numpy as np

COLUMNS = 3
CELL = (480, 360)  # pixels, width and height
GAP = 6  # pixels
PAPER, FOUND, IGNORED, FIRST = (245, 245, 245), (0, 200, 60), (255, 150, 0), (230, 0, 60)


def draw_scene_sheet(scenes):
    """Scenes in rows of COLUMNS, shrunk to their cells.

    Polygons are FOUND, or IGNORED if the text is not to be found; a dot of FIRST stands where each begins.

    Args:
        scenes: list of `DrawnScene`, not empty.

    Returns:
        uint8 (H, W, 3), RGB.
    """
    rows = -(-len(scenes) // COLUMNS)
    width, height = CELL
    sheet = np.empty((rows * (height + GAP) + GAP, COLUMNS * (width + GAP) + GAP, 3), np.uint8)
    sheet[:] = PAPER
    for i, scene in enumerate(scenes):
        picture = _fitted(scene)
        top = GAP + i // COLUMNS * (height + GAP) + (height - picture.shape[0]) // 2
        left = GAP + i % COLUMNS * (width + GAP) + (width - picture.shape[1]) // 2
        sheet[top : top + picture.shape[0], left : left + picture.shape[1]] = picture
    return sheet


def _fitted(scene):
    """uint8 (h, w, 3): a scene as large as a cell, with its polygons."""
    height, width = scene.image.shape[:2]
    scale = min(CELL[0] / width, CELL[1] / height)
    size = round(scale * width), round(scale * height)
    picture = cv2.resize(scene.image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    for region in scene.regions:
        points = np.round((region.polygon * scale - 0.5) * 16).astype(np.int32)
        colour = FOUND if region.reason is None else IGNORED
        cv2.polylines(picture, [points], True, colour, 1, cv2.LINE_AA, 4)
        cv2.circle(picture, points[0].tolist(), 32, FIRST, -1, cv2.LINE_AA, 4)
    return picture
