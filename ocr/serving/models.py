"""The models of a server: each has a name and batches of its own."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ocr.errors import InputError
from ocr.serving.batcher import Batcher
from ocr.serving.problem import Problem


@dataclass(frozen=True)
class ServedModel:
    """A model that requests can name.

    Attributes:
        name: what they call it.
        predictor: Predictor.
        batcher: Batcher.
    """

    name: str
    predictor: Any
    batcher: Batcher

    @property
    def canvas(self):
        """Canvas that regions are prepared for."""
        return self.predictor.canvas


class Models:
    """All models of a server, in their order.

    Args:
        predictors: {name: Predictor}; the first reads for requests that name none.
        batching: keyword arguments of Batcher.
    """

    def __init__(self, predictors, **batching):
        self._models = {name: ServedModel(name, one, Batcher(one, **batching)) for name, one in predictors.items()}

    def __iter__(self):
        return iter(self._models.values())

    def get(self, name=None):
        """The ServedModel of a name, None for the first; Problem 422 where there is none of that name."""
        if name is None:
            return next(iter(self))
        if name not in self._models:
            known = ', '.join(self._models)
            raise Problem(422, 'unknown_model', f'There is no model {name[:100]!r} here; known are {known}.')
        return self._models[name]

    @property
    def is_running(self):
        """Whether all of them read: not after close()."""
        return all(model.batcher.is_running for model in self)

    def close(self):
        """Read what waits, then end their threads."""
        for model in self:
            model.batcher.close()


def names_of(paths):
    """What requests call the models of files: file names without their endings, names of folders as they are.

    Raises:
        InputError: two have the same name.
    """
    names = {}
    for path in paths:
        name = Path(path).name if os.path.isdir(path) else Path(path).stem
        if name in names:
            raise InputError(f'--pb_path: {names[name]} and {path} would both be called {name}; rename one of them')
        names[name] = path
    return list(names)
