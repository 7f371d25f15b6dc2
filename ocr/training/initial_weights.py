"""The trained model that a training starts from: which of it is taken over, and for which characters."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ocr.charset import Charset
from ocr.model_files.checkpoint import CONFIG_FILE, charset_beside, file_beside, read_values
from ocr.model_files.frozen_graph import PB_ENDING, load_graph, read_charset, read_text, read_weights
from ocr.network import tensor_names as names

_SHOWN = 40  # new characters that are listed


class Settings(NamedTuple):
    """JSON text of the Config that a model was trained with, and the file that it was read from."""

    text: str
    path: str


@dataclass(frozen=True)
class Start:
    """A trained model that a training starts from.

    A checkpoint is gone on with: step, optimizer, schedule. A frozen graph gives its weights to a new training. So does
    a checkpoint that is given another charset: neither its optimizer nor its schedule has met the new characters.

    Attributes:
        path: a checkpoint's prefix or a frozen graph's file.
        charset: Charset to train with, which holds all of trained_charset in any order.
        trained_charset: Charset that the model was trained with.
        settings: Settings, or None where the model brings none.
    """

    path: str
    charset: Charset
    trained_charset: Charset
    settings: Settings | None

    @classmethod
    def from_checkpoint(cls, checkpoint, given):
        """Start from a checkpoint.

        Args:
            checkpoint: prefix.
            given: Charset of --charset_path, or None.

        Raises:
            InputError: `given` lacks characters of the model, or there is no charset at all.
        """
        settings = None
        if path := file_beside(checkpoint, CONFIG_FILE):
            with open(path, encoding='utf-8') as file:
                settings = Settings(file.read(), path)
        return cls._with_charset(checkpoint, given, charset_beside(checkpoint), settings)

    @classmethod
    def from_pb(cls, path, given):
        """Start from a frozen graph, likewise; InputError also where it is none."""
        graph_def = load_graph(path, 'restore_path')
        text = read_text(graph_def, names.CONFIG)
        return cls._with_charset(path, given, read_charset(graph_def, path), Settings(text, path) if text else None)

    @classmethod
    def _with_charset(cls, path, given, stored, settings):
        if given and stored:
            given.check_holds(stored, path)
            return cls(path, given, stored, settings)
        charset = Charset.agreed(given, stored, path)
        return cls(path, charset, charset, settings)

    @property
    def is_pb(self):
        """Whether it is a frozen graph."""
        return self.path.endswith(PB_ENDING)

    @property
    def goes_on(self):
        """Whether step and optimizer are taken over too."""
        return not self.is_pb and self.charset == self.trained_charset

    def describe_charset(self):
        """What the model knows of the charset, in words."""
        new = np.flatnonzero(self.charset.ids_in(self.trained_charset) < 0)
        shown = ''.join(self.charset.characters[class_id] for class_id in new[:_SHOWN]) + '...' * (len(new) > _SHOWN)
        kept = f'charset {self.charset.name}: {self.trained_charset.num_classes} classes keep their weights'
        return f'{kept}, {len(new)} are new: {shown}' if len(new) else f'{kept}, none is new'

    def read_weights(self, wanted):
        """{name: array} of those of the named variables that the model has."""
        if self.is_pb:
            return read_weights(load_graph(self.path, 'restore_path'), wanted)
        return read_values(self.path, wanted)
