"""What a scene is drawn from: the settings of a word's recipe and those of a whole picture."""

from dataclasses import dataclass, field

from ocr.drawing.recipe import Recipe
from ocr.drawing.scenes.kinds import KINDS

CAMERA = ('blur', 'noise', 'jpeg', 'light', 'cast_shadow', 'motion', 'low_resolution', 'muted')  # of the whole picture
CAMERA_EM = 24  # pixels; the unit of those among them whose strength is in em
LEAST_SIDE = 160  # pixels


@dataclass(frozen=True)
class SceneRecipe(Recipe):
    """A `Recipe` for whole pictures; its texts, cases, effects, contrast, fonts and photographs mean the same.

    `shapes` says how often a surface is rotated or turned by 90 degrees, and which of arcs and waves bent lines are.
    `font_size` and `margin` are not used. The effects in CAMERA befall the whole picture. Chinese lines come beside
    the texts if there are fonts for them.

    Attributes:
        sizes: tuple of (width, height), pixels, one of which a picture has.
        num_words: (fewest, most) words to draw; a picture without room for more has less.
        text_size: (smallest, largest) font size of a surface's main line: pixels an em, and share of the picture's
            shorter side; drawn evenly on a logarithmic scale.
        nearness: what is added to the place of all font sizes of a picture on that scale, which runs from 0 to 1: in
            pictures from afar below 0, in close-ups above.
        surfaces: {kind: weight}, see `kinds.KINDS`.
        cut: share of the surfaces that the picture's edge may cut.
        legible: pixels an em; a text smaller than that, as the picture shows it, is not to be found.
        things: (fewest, most) things that look like text and are none.
        covered: share of the pictures with something in front of the texts.
        glare: share of the pictures with a lamp's or flash's reflection.
        chinese_texts: source of Chinese texts, or None; `chinese_fonts`: tuple of the `Font` that can write them.
        chinese: share of the pictures in which they occur.

    Raises:
        InputError: on creation, naming the setting that makes no sense.
    """

    sizes: tuple = ((960, 720), (720, 960), (1024, 576), (800, 800), (640, 480))
    num_words: tuple = (2, 40)
    text_size: tuple = (8, 0.5)
    nearness: tuple = (-0.15, 0.5)
    surfaces: dict = field(default_factory=lambda: dict.fromkeys(KINDS, 1.0))
    cut: float = 0.1
    legible: float = 8.0
    things: tuple = (0, 5)
    covered: float = 0.1
    glare: float = 0.1
    chinese_texts: object = None
    chinese_fonts: tuple = ()
    chinese: float = 0.35

    def __post_init__(self):
        super().__post_init__()
        self._check_weights('surfaces', self.surfaces, KINDS)
        sides = [side for size in self.sizes for side in size]
        self._expect(
            sides and min(sides) >= LEAST_SIDE, f'sizes must be (width, height) of {LEAST_SIDE} pixels or more'
        )
        for name, lowest, highest in (('num_words', 1, 1000), ('things', 0, 100), ('nearness', -1, 1)):
            self._check_range(name, getattr(self, name), lowest, highest)
        smallest, share = self.text_size
        self._expect(smallest >= 6, f'text_size must begin at 6 pixels or more, not {smallest}')
        self._expect(0 < share <= 1, f'text_size must end at a share of the picture between 0 and 1, not {share}')
        self._expect(self.legible >= 1, f'legible must be 1 pixel or more, not {self.legible}')
        for name in ('cut', 'covered', 'glare', 'chinese'):
            self._expect(0 <= getattr(self, name) <= 1, f'{name} must be 0 to 1, not {getattr(self, name)}')

    @property
    def surface_effects(self):
        """The effects of letters and plates."""
        return {name: effect for name, effect in self.effects.items() if name not in CAMERA}

    @property
    def camera_effects(self):
        """The effects of the whole picture."""
        return {name: effect for name, effect in self.effects.items() if name in CAMERA}
