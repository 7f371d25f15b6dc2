"""Packages that only some formats need, and that are not installed with the rest."""

import importlib
import os
from pathlib import Path

from ocr.errors import InputError

_TOP = Path(__file__).resolve().parents[1]  # of a checkout; there are no requirements files where it is installed

# Packages that report on their use to their makers unless a variable of the environment says no.
_REPORTING = {
    'onnxruntime': ('ORT_DISABLE_TELEMETRY', '1'),
    'ray': ('RAY_USAGE_STATS_ENABLED', '0'),
    'mlflow': ('MLFLOW_DISABLE_TELEMETRY', 'true'),
}
# Extras of the installed package, for what needs more than the one package that is missed first.
_EXTRAS = {
    'tensorflow': 'train',
    'fastapi': 'serve',
    'uvicorn': 'serve',
    'tf2onnx': 'onnx-export',
    'onnx': 'onnx-export',
    'openvino': 'openvino',
    'nncf': 'openvino',
    'ray': 'ray',
}


def import_package(name, wanted_for, requirements=None):
    """An installed package or a module of one. Its reports on its use are off, unless the environment turns them on.

    Args:
        name: what to import.
        wanted_for: what needs it, for the message.
        requirements: the requirements file of a checkout that installs it; None: there is none.

    Raises:
        InputError: it is not installed.
    """
    package = name.partition('.')[0]
    if package in _REPORTING:
        os.environ.setdefault(*_REPORTING[package])
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != package:  # it is there, and lacks something itself
            raise
        remedy = f'pip install {_what(package, requirements)}'
        raise InputError(f'{wanted_for} needs the package {package}: {remedy}') from None


def _what(package, requirements):
    """What installs a package and all that is needed with it, as pip takes it."""
    if requirements and (_TOP / requirements).is_file():
        return f'-r {requirements}'
    return f"'attention-ocr[{_EXTRAS[package]}]'" if requirements and package in _EXTRAS else package
