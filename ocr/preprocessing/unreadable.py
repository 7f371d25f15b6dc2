"""How it is said that an image cannot be read: code that opens files raises this, whoever asked for them catches it."""

from contextlib import contextmanager

from PIL import UnidentifiedImageError

from ocr.region import DropReason


class UnreadableImage(Exception):
    """A file that is missing or that no decoder understands; the message says which and why.

    Attributes:
        path: of the image.
        reason: a DropReason.
    """

    def __init__(self, path, reason, detail=''):
        super().__init__(f'{path}: {reason}{detail and f" ({detail})"}')
        self.path = path
        self.reason = reason


@contextmanager
def opening(path):
    """What goes wrong in a block that opens or decodes an image is raised as an UnreadableImage."""
    try:
        yield
    except (FileNotFoundError, NotADirectoryError):
        raise UnreadableImage(path, DropReason.MISSING) from None
    except UnidentifiedImageError as error:
        raise UnreadableImage(path, DropReason.UNREADABLE, str(error)) from None
    except Exception as error:  # decoders raise anything for a damaged file
        raise UnreadableImage(path, DropReason.UNREADABLE, ' '.join(str(error).split()) or repr(error)) from error
