"""Packages that only some formats need, and that are not installed with the rest."""

import importlib

from ocr.errors import InputError


def import_package(name, wanted_for, requirements):
    """An installed package or a module of one.

    Args:
        name: what to import.
        wanted_for: what needs it, for the message.
        requirements: the requirements file that installs it.

    Raises:
        InputError: it is not installed.
    """
    package = name.partition('.')[0]
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != package:  # it is there, and lacks something itself
            raise
        raise InputError(f'{wanted_for} needs the package {package}: pip install -r {requirements}') from None
