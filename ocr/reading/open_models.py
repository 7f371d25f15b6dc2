"""What reads with several model files, one beside the other."""

import logging
import os

from ocr.errors import InputError
from ocr.files.shipped import SHIPPED_MODELS
from ocr.reading.open_model import beyond_onnx_reading, choose_model, open_model, read_model, shipped_file
from ocr.reading.search.build import GREEDY

logger = logging.getLogger(__name__)


def choose_models(named=None, *, gpus, precision, decoding):
    """Paths of the models to read with: those that are named, as they are, or those that come with the project.

    Args:
        named: paths, or None for those that come with the project, as far as they are there.
        gpus, precision, decoding: as of open_model.choose_model.

    Raises:
        InputError: no path is named.
    """
    if named is None:
        beyond = beyond_onnx_reading(gpus, precision, decoding)
        others = [shipped_file(frozen, beyond) for frozen in SHIPPED_MODELS[1:]]
        return [choose_model(gpus=gpus, precision=precision, decoding=decoding), *filter(os.path.isfile, others)]
    if not named:
        raise InputError('--pb_path: no model is named; name one, or leave the flag out')
    return list(named)


def open_models(paths, settings_of, *, gpus=(), trusted=False, optional=False):
    """[(path, predictor)] of model files, in their order.

    A model that cannot search as it is told (a lexicon or pattern of characters that it does not know, a search by
    ONNX Runtime) reads greedily if another can; this is logged.

    Args:
        paths: of the files.
        settings_of: function of the settings inside a model -> keyword arguments of open_model.open_model.
        gpus, trusted: as of open_model.read_model.
        optional: whether all but the first may be left out, which is logged, where they cannot be opened.

    Raises:
        InputError: a model cannot be opened.
    """
    models = [model for path in paths if (model := _read(path, gpus, trusted, optional and path != paths[0]))]
    opened = [_opened(model, settings_of(model.settings)) for model in models]
    if all(isinstance(one, InputError) for one in opened):
        raise opened[0]
    for number, (model, error) in enumerate(zip(models, opened, strict=True)):
        if isinstance(error, InputError):
            opened[number] = _opened(model, {**settings_of(model.settings), 'decoding': GREEDY})
            if not isinstance(opened[number], InputError):
                logger.warning('%s reads greedily: %s', model.path, error)
            elif number and optional:
                logger.warning('%s is left out: %s', model.path, error)
            else:
                raise error
    pairs = zip(models, opened, strict=True)
    return [(model.path, predictor) for model, predictor in pairs if not isinstance(predictor, InputError)]


def _read(path, gpus, trusted, optional):
    """StoredModel of a path, or None."""
    try:
        return read_model(path, gpus, trusted)
    except InputError as error:
        if not optional:
            raise
        logger.warning('%s is left out: %s', path, error)
        return None


def _opened(model, settings):
    """What reads with a StoredModel, or the InputError that says why nothing does."""
    try:
        return open_model(model, **settings)
    except InputError as error:
        return error
