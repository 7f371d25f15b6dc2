"""What is drawn, and how often: texts, lengths, shapes, fonts, effects; and growth from easy to hard."""

import dataclasses
import hashlib
import math
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import lru_cache

from ocr.drawing.effects import EFFECTS
from ocr.drawing.fonts import Fonts
from ocr.drawing.layout import SHAPES
from ocr.drawing.texts import CASES
from ocr.errors import InputError

EASY_SHAPES = ('straight', 'column', 'turned')
SIZE_STEP = 4  # font sizes are multiples of so many pixels, so that drawn glyphs can be used again


@dataclass(frozen=True, slots=True)
class Effect:
    """How often an effect occurs, and between which strengths when it does; units in `ocr.drawing.effects.EFFECTS`."""

    probability: float
    low: float
    high: float


@dataclass(frozen=True)
class Recipe:
    """What to draw. Lengths are in em unless said otherwise; a pair is the lowest and highest of an even distribution.

    Attributes:
        name: for messages.
        texts: source of texts, see `ocr.drawing.texts`.
        lengths: weights of 1, 2, 3, ... characters.
        cases: {letter case: weight}, see `texts.CASES`.
        characters: frozenset of those that a change of case may bring in; None for any.
        shapes: {shape: weight}, see `layout.SHAPES`; a text too short for its shape is drawn straight.
        font_size: pixels an em.
        spacing: added between characters.
        tilt: degrees either way, of every text.
        rotation: degrees either way, of the shape 'rotated'.
        bend: degrees that an arc spans, if the text is long enough.
        amplitude, wavelength: of the shape 'wave'.
        padding: between the ink and the polygon.
        margin: between the polygon and the picture's edges, drawn for each side.
        contrast: difference in luminance between text and background, 0..1.
        effects: {effect: Effect}; one that is not named does not occur.
        plain: share of pictures whose look has no effects; shape, letters' form and clutter stay.
        photo_dir: folder of photographs for the effect 'photo', which does not occur without one.
        avoid_fonts: patterns of font names that are not used.
        num_fonts: use so many fonts only; 0 for all.

    Raises:
        InputError: on creation, naming the setting that makes no sense.
    """

    name: str
    texts: object
    lengths: tuple
    shapes: dict
    cases: dict = field(default_factory=lambda: {'as is': 1.0})
    characters: frozenset | None = None
    font_size: tuple = (32, 64)
    spacing: tuple = (0.0, 0.0)
    tilt: float = 0.0
    rotation: tuple = (10.0, 45.0)
    bend: tuple = (30.0, 180.0)
    amplitude: tuple = (0.12, 0.35)
    wavelength: tuple = (3.0, 7.0)
    padding: tuple = (0.0, 0.06)
    margin: tuple = (0.05, 0.4)
    contrast: tuple = (0.3, 1.0)
    effects: dict = field(default_factory=dict)
    plain: float = 0.0
    photo_dir: str = ''
    avoid_fonts: tuple = ()
    num_fonts: int = 0

    def __post_init__(self):
        self._check_weights('lengths', dict(enumerate(self.lengths, 1)), None)
        self._check_weights('shapes', self.shapes, SHAPES)
        self._check_weights('cases', self.cases, CASES)
        for name, lowest, highest in RANGES:
            self._check_range(name, getattr(self, name), lowest, highest)
        self._expect(0 <= self.tilt <= 180, f'tilt must be 0 to 180 degrees, not {self.tilt}')
        self._expect(0 <= self.plain <= 1, f'plain must be 0 to 1, not {self.plain}')
        self._expect(self.num_fonts >= 0, f'num_fonts must be 0 (all) or more, not {self.num_fonts}')
        for name, effect in self.effects.items():
            self._expect(name in EFFECTS, f'no effect {name!r}; there are {", ".join(EFFECTS)}')
            self._expect(0 <= effect.probability <= 1, f'{name}: probability must be 0 to 1, not {effect.probability}')
            self._check_range(name, (effect.low, effect.high), 0, EFFECTS[name][1])

    @property
    def max_length(self):
        """The longest text, characters."""
        return max(length for length, weight in enumerate(self.lengths, 1) if weight > 0)

    def choose_fonts(self, fonts):
        """The fonts of a tuple that this recipe uses; smaller choices of `num_fonts` are parts of larger ones."""
        kept = _choose_fonts(fonts, self.avoid_fonts, self.num_fonts)
        self._expect(kept, f'none of the {len(fonts)} fonts is to be used; avoided: {", ".join(self.avoid_fonts)}')
        return kept

    def allows(self, text):
        """True if no character of the text is outside `characters`."""
        return self.characters is None or self.characters.issuperset(text)

    def _expect(self, holds, message):
        if not holds:
            raise InputError(f'recipe {self.name}: {message}')

    def _check_range(self, name, pair, lowest, highest):
        self._expect(
            len(pair) == 2 and lowest <= pair[0] <= pair[1] <= highest,
            f'{name} must be a lower and an upper bound between {lowest} and {highest}, not {pair}',
        )

    def _check_weights(self, name, weights, known):
        for key, weight in weights.items():
            self._expect(known is None or key in known, f'{name}: no {key!r}; there are {", ".join(known or ())}')
            self._expect(weight >= 0, f'{name}: the weight of {key!r} must not be below 0')
        self._expect(sum(weights.values()) > 0, f'{name}: at least one weight must be above 0')


RANGES = (  # a pair in Recipe, its lowest and its highest legal value
    ('font_size', 8, 512),
    ('spacing', -0.1, 2.0),
    ('rotation', 0, 180),
    ('bend', 1, 180),
    ('amplitude', 0, 1),
    ('wavelength', 1, 50),
    ('padding', 0, 1),
    ('margin', 0, 5),
    ('contrast', 0, 1),
)


def stage(recipe, progress):
    """The recipe as it is at a point of its growth from easy to hard.

    At 0: short level text in three fonts, high contrast, no effects. Lengths, shapes, probabilities, strengths and
    angles then grow evenly, contrast falls, fonts join. Vertical text is there from the start: which way to read is
    learnt on easy text, and a network that met columns only among hard ones read none 5000 steps later.

    Args:
        recipe: `Recipe`.
        progress: 0..1; 1 gives the recipe itself.
    """
    if not 0 <= progress <= 1:
        raise InputError(f'recipe {recipe.name}: progress must be 0 to 1, not {progress}')
    if progress == 1:
        return recipe
    easy_contrast = (max(recipe.contrast[0], 0.6 * recipe.contrast[1]), recipe.contrast[1])
    return dataclasses.replace(
        recipe,
        lengths=_blend_lengths(recipe, progress),
        shapes=_blend_shapes(recipe.shapes, progress),
        tilt=recipe.tilt * progress,
        bend=_grown(recipe.bend, progress),
        rotation=_grown(recipe.rotation, progress),
        contrast=tuple(a + (b - a) * progress for a, b in zip(easy_contrast, recipe.contrast, strict=True)),
        effects={
            name: Effect(effect.probability * progress, *_grown((effect.low, effect.high), progress))
            for name, effect in recipe.effects.items()
        },
        num_fonts=_num_fonts(recipe.num_fonts, progress),
    )


def _grown(pair, progress):
    """A range whose upper end rises from its lower end."""
    return pair[0], pair[0] + (pair[1] - pair[0]) * progress


def _blend_lengths(recipe, progress):
    """Weights that reach from the shortest third of the lengths (at least three) to all of them."""
    total = sum(recipe.lengths)
    longest = max(3, recipe.max_length // 3)
    while not sum(recipe.lengths[:longest]):
        longest += 1
    easy = sum(recipe.lengths[:longest])
    return tuple(
        progress * weight / total + (1 - progress) * (weight / easy if i < longest else 0)
        for i, weight in enumerate(recipe.lengths)
    )


def _blend_shapes(shapes, progress):
    """Weights that reach from EASY_SHAPES alone to all shapes."""
    total = sum(shapes.values())
    easy = {shape: shapes[shape] for shape in EASY_SHAPES if shapes.get(shape)} or {'straight': 1.0}
    blended = {shape: progress * weight / total for shape, weight in shapes.items()}
    for shape, weight in easy.items():
        blended[shape] = blended.get(shape, 0.0) + (1 - progress) * weight / sum(easy.values())
    return blended


def _num_fonts(num_fonts, progress):
    """Number of fonts at a stage: three at first, then in step; if the recipe takes all, about 30 at the end."""
    last = num_fonts or 30
    return max(min(3, last), round(last * progress))


@lru_cache(maxsize=64)
def _choose_fonts(fonts, avoid_fonts, num_fonts):
    """See `Recipe.choose_fonts`. The order mixes the styles and does not depend on where the folder lies."""
    kept = [font for font in fonts if not any(fnmatchcase(font.name, pattern) for pattern in avoid_fonts)]
    return Fonts(sorted(kept, key=_place_in_order)[:num_fonts] if num_fonts else kept)


def _place_in_order(font):
    """A number that mixes the fonts; those of a large weight are likely to come early."""
    share = int(hashlib.sha256(font.name.encode()).hexdigest()[:13], 16) / 16**13
    return -math.log(1 - share) / font.weight
