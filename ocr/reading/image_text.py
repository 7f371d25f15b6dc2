"""What was read in a picture, in plain types: numbers, strings and tuples, which dataclasses.asdict makes JSON of."""

from dataclasses import dataclass, field

from ocr.errors import InputError

Point = tuple[float, float]


@dataclass(frozen=True)
class CharPosition:
    """Where a character was read, in pixels of the upright picture.

    Attributes:
        peak: (x, y) that the model looked at most.
        box: four corners around it, clockwise from the text's own top left.
    """

    peak: Point
    box: tuple[Point, ...]


@dataclass(frozen=True)
class RegionText:
    """What was read in a region of a picture.

    Attributes:
        text: what was read; U+FFFD stands for a character that the model has no name for.
        confidence: 0..1, the probability of the whole text.
        char_confidences: 0..1, that of each character.
        polygon: ((x, y), ...) around the region, in pixels of the upright picture.
        char_positions: CharPosition of each character; None if the model does not give them.
        found_confidence: 0..1, how sure the detector is that there is text; None if nothing was detected.
        n_best: (text, probability) of the most probable texts, the best first; None unless asked for.
        in_lexicon: 'exactly', 'nearly' or 'no'; None without a lexicon.
        read: what was read before `text` was replaced by the nearest word of the lexicon; else None.
    """

    text: str
    confidence: float
    char_confidences: tuple[float, ...]
    polygon: tuple[Point, ...]
    char_positions: tuple[CharPosition, ...] | None = None
    found_confidence: float | None = None
    n_best: tuple[tuple[str, float], ...] | None = None
    in_lexicon: str | None = None
    read: str | None = None

    @classmethod
    def of(cls, reading, polygon, found_confidence=None):
        """RegionText of a ReadText and the polygon float32 (K, 2) of its region."""
        positions = None
        if reading.char_positions is not None:
            positions = tuple(
                CharPosition(tuple(one['peak']), tuple(map(tuple, one['box']))) for one in reading.char_positions
            )
        return cls(
            reading.text,
            reading.confidence,
            tuple(reading.char_confidences),
            _plain(polygon),
            positions,
            found_confidence,
            reading.n_best,
            reading.in_lexicon,
            reading.read,
        )


@dataclass(frozen=True)
class LineText:
    """A line of found words.

    Attributes:
        text: its words, with spaces between them.
        polygon: ((x, y), ...) around it.
        regions: positions of its words in ImageText.regions, in reading order.
    """

    text: str
    polygon: tuple[Point, ...]
    regions: tuple[int, ...]


@dataclass(frozen=True)
class ImageText:
    """What was read in a picture.

    Attributes:
        regions: RegionText of each region: as the polygons were given, or in reading order if a detector found
            them; one for the whole picture without either.
        lines: LineText of each line, from top to bottom; empty if nothing was detected.
        error: why the picture could not be read; None for all that was read.
        left_out: {reason: number} of what a detector found that is not in `regions`.
    """

    regions: tuple[RegionText, ...] = ()
    lines: tuple[LineText, ...] = ()
    error: str | None = None
    left_out: dict[str, int] = field(default_factory=dict)

    @property
    def text(self):
        """All of it: a line of text for each line or, if there are none, for each region.

        Raises:
            InputError: the picture could not be read.
        """
        if self.error is not None:
            raise InputError(self.error)
        return '\n'.join(one.text for one in self.lines or self.regions)


def to_line(line, regions):
    """LineText of a lines.Line and the RegionText of all regions."""
    text = ' '.join(filter(None, (regions[member].text for member in line.members)))
    return LineText(text, _plain(line.polygon), tuple(map(int, line.members)))


def _plain(polygon):
    return tuple((float(x), float(y)) for x, y in polygon)
