"""Of the regions that a detector found, those that hold text which a recogniser can make out."""

from ocr.reading.read_text import ReadText

# A detector also finds what only looks like text; what is read there has a far lower confidence than text has.
MIN_CONFIDENCE = 0.02
ILLEGIBLE = 'no text was read'  # why a region is left out


def legible(readings):
    """Positions of the regions to keep: of those that were read, the ones with a text.

    Args:
        readings: list of ReadText, or of what says why a region could not be read; that stays.
    """
    return [number for number, reading in enumerate(readings) if not _is_illegible(reading)]


def _is_illegible(reading):
    return isinstance(reading, ReadText) and (not reading.text or reading.confidence < MIN_CONFIDENCE)
