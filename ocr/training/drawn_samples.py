"""Drawn text as training samples that never touch the disk."""

from dataclasses import dataclass
from itertools import count

from ocr.drawing import draw_sample, stage

NUM_STAGES = 50  # steps in which a recipe grows from easy to hard


@dataclass(frozen=True)
class Redrawn:
    """The datapoint of a sample in the place of which others could not be drawn, and how many."""

    datapoint: list
    num_failures: int


def drawn_stream(echo, start=0):
    """Endless (index, draw): each drawn sample `echo` times running (data echoing, arXiv:1907.05550)."""
    for draw in count(start):
        yield draw // echo, draw


class DrawnPreparer:
    """Task (index, draw) -> the datapoint of drawn sample `index`, augmented as `draw` says.

    The recipe grows from easy to hard over the first `growth` draws. A sample is drawn once for the tasks that come
    running.
    """

    def __init__(self, recipe, fonts, prepare, *, seed, echo=1, growth=0):
        """
        Args:
            recipe: Recipe.
            fonts: tuple of Font.
            prepare: SamplePreparer.
            seed: int, of the drawing.
            echo: draws a sample is used for.
            growth: draws after which the recipe is fully grown; 0 for at once.
        """
        self.recipe = recipe
        self.fonts = fonts
        self.prepare = prepare
        self.seed = seed
        self.echo = echo
        self.growth = growth
        self._last = self._stage = None, None  # what was drawn last, and by which stage of the recipe

    def __call__(self, task):
        index, draw = task
        if self._last[0] != index:
            self._last = index, draw_sample(self.recipe_at(index), self.fonts, self.seed, index)
        sample = self._last[1]
        datapoint = self.prepare(sample.image, sample.polygon, sample.text, draw)
        return Redrawn(datapoint, sample.num_failures) if sample.num_failures and draw % self.echo == 0 else datapoint

    def recipe_at(self, index):
        """The recipe as far as it has grown when a sample is drawn."""
        progress = min(index * self.echo / self.growth, 1.0) if self.growth else 1.0
        progress = int(progress * NUM_STAGES) / NUM_STAGES
        if self._stage[0] != progress:
            self._stage = progress, stage(self.recipe, progress)
        return self._stage[1]

    def __getstate__(self):
        return {**self.__dict__, '_last': (None, None), '_stage': (None, None)}
