"""Drawn scenes as photographs that never touch the disk: crops to train on, whole ones to validate on."""

from ocr.datasets.photographs import LabelledRegion, Photograph
from ocr.drawing.held_out import HELD_OUT
from ocr.drawing.scenes.scene import draw_scene
from ocr.training.drawn_samples import DrawnPreparer
from ocr.training.photograph_samples import placed_text


class ScenePreparer(DrawnPreparer):
    """Task (index, draw) -> what `prepare`, a CropPreparer, makes of drawn scene `index`; grows as DrawnPreparer."""

    def __call__(self, task):
        index, draw = task
        if self._last[0] != index:
            self._last = index, draw_scene(self.recipe_at(index), self.fonts, self.seed, index)
        scene = self._last[1]
        return self.prepare(scene.image, *placed_text(_labelled(scene)), draw)


def draw_held_out_scenes(recipe, fonts, seed, number):
    """Scenes that no training sees: list of Photograph, {image_path: uint8 (H, W, 3)}; the paths are names only."""
    photographs, pictures = [], {}
    for i in range(number):
        scene = draw_scene(recipe, fonts, seed, HELD_OUT + i)
        path = f'drawn {recipe.name} {i}'
        pictures[path] = scene.image
        photographs.append(Photograph(path, recipe.name, tuple(_labelled(scene))))
    return photographs, pictures


def _labelled(scene):
    return [LabelledRegion(region.polygon, region.text, region.reason) for region in scene.regions]
