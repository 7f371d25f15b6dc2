"""Packages that only some formats need, and that are not installed with the rest."""

import importlib
from pathlib import Path

from ocr.errors import InputError

_TOP = Path(__file__).resolve().parents[1]  # of a checkout; there are no requirements files where it is installed


def import_package(name, wanted_for, requirements=None):
    """An installed package or a module of one.

    Args:
        name: what to import.
        wanted_for: what needs it, for the message.
        requirements: the requirements file of a checkout that installs it; None: there is none.

    Raises:
        InputError: it is not installed.
    """
    package = name.partition('.')[0]
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != package:  # it is there, and lacks something itself
            raise
        what = f'-r {requirements}' if requirements and (_TOP / requirements).is_file() else package
        raise InputError(f'{wanted_for} needs the package {package}: pip install {what}') from None
