import numpy as np

from ocr.drawing.scenes.scene import DrawnScene, SceneRegion
from ocr.drawing.scenes.sheet import CELL, FOUND, GAP, IGNORED, draw_scene_sheet
from ocr.geometry import box_polygon
from ocr.region import DropReason


def region(box, reason):
    return SceneRegion(box_polygon(box), 'word', reason, 0, 'straight', 'Font')


def test_scenes_are_fitted_and_their_polygons_told_apart_by_colour():
    regions = (region((20, 20, 200, 120), None), region((20, 200, 200, 300), DropReason.ILLEGIBLE))
    scenes = [
        DrawnScene(np.zeros((height, width, 3), np.uint8), regions, ()) for height, width in [(720, 960), (960, 720)]
    ]
    sheet = draw_scene_sheet([*scenes, *scenes])
    assert sheet.shape == (2 * (CELL[1] + GAP) + GAP, 3 * (CELL[0] + GAP) + GAP, 3)
    pixels = sheet.reshape(-1, 3).astype(int)  # lines are anti-aliased: their colours nearly occur
    assert all(np.abs(pixels - colour).sum(axis=1).min() < 40 for colour in (FOUND, IGNORED))
    green, amber = (int((np.abs(pixels - colour).sum(axis=1) < 120).sum()) for colour in (FOUND, IGNORED))
    assert green > 100 and amber > 100
