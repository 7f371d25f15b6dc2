"""Text of any shape in photographs. Read from Python with `from ocr import Reader`; the rest is behind the scripts.

Importing this starts nothing; what is exported here loads when it is asked for.
"""

from importlib import import_module

TYPE_CHECKING = False  # which type checkers take for true, as that of `typing`: importing it would take longest here
if TYPE_CHECKING:
    from ocr.errors import InputError
    from ocr.reader import Reader
    from ocr.reading.image_text import CharPosition, ImageText, LineText, RegionText

_WHERE = {
    'Reader': 'ocr.reader',
    'InputError': 'ocr.errors',
    **dict.fromkeys(('ImageText', 'RegionText', 'LineText', 'CharPosition'), 'ocr.reading.image_text'),
}
__all__ = ['CharPosition', 'ImageText', 'InputError', 'LineText', 'Reader', 'RegionText']


def __getattr__(name):
    if name not in _WHERE:
        raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
    value = globals()[name] = getattr(import_module(_WHERE[name]), name)
    return value


def __dir__():
    return sorted({*globals(), *__all__})
