"""Where the files are that come with the project besides its code: models, fonts, example pictures."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]


def shipped(*parts):
    """Path of a file or folder that comes with the project, as shipped('pretrain', 'latin.pb').

    An installed package has them inside; in a checkout they lie beside it.
    """
    installed = _PACKAGE.joinpath(*parts)
    return installed if installed.exists() else _PACKAGE.parent.joinpath(*parts)


SHIPPED_MODEL = str(shipped('pretrain', 'latin.pb'))  # reads printable ASCII
