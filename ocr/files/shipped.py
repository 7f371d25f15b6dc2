"""Where the files are that come with the project besides its code: models, fonts, example pictures."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]


def shipped(*parts):
    """Path of a file or folder that comes with the project, as shipped('pretrain', 'latin.pb').

    An installed package has them inside; in a checkout they lie beside it.
    """
    installed = _PACKAGE.joinpath(*parts)
    return installed if installed.exists() else _PACKAGE.parent.joinpath(*parts)


# Frozen graphs that read, each with or without an .onnx file beside it; all but the first may be missing.
SHIPPED_MODELS = tuple(str(shipped('pretrain') / name) for name in ('latin.pb', 'chinese.pb'))
SHIPPED_MODEL = SHIPPED_MODELS[0]  # reads printable ASCII; the one to read with where nothing else is said
