"""Freeze a checkpoint into one file with weights, charset and settings.

    python export.py --checkpoint_path ./checkpoint --pb_path ./checkpoint/text_recognition.pb

Of a folder, the checkpoint with the best validation is taken. The file is written only if it reads the same text as the
checkpoint does. --weights float16 halves its size; --format saved_model writes a folder for TensorFlow Serving.

    python export.py --format onnx --checkpoint_path pretrain/latin.pb --pb_path latin.onnx

writes a model for ONNX Runtime from a checkpoint or a frozen graph, if it reads the same.

    python export.py --format openvino --checkpoint_path pretrain/latin.pb --pb_path latin_openvino

writes a folder whose encoder runs in int8 in OpenVINO, from a checkpoint or a frozen graph, if it reads as well.
"""

import dataclasses
import json
import logging
import os
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from ocr.config import SHOWN, Config, parse_config, renamed, run_script, shown
from ocr.errors import InputError
from ocr.network.tensorflow_start import start_tensorflow

RECOGNISER_FILE, DETECTOR_FILE = 'text_recognition.pb', 'text_detection.pb'  # what is written beside a checkpoint

logger = logging.getLogger(__name__)


class Source(NamedTuple):
    """What --checkpoint_path names, a checkpoint or a frozen graph.

    Attributes:
        path: its own.
        graph_def: GraphDef, frozen.
        cfg: Config with the settings that belong to it.
        charset: Charset; None of a detector.
        answer: function (canvases, bboxes) -> its texts, or a detector's map; a checkpoint answers without freezing.
    """

    path: str
    graph_def: Any
    cfg: Config
    charset: Any
    answer: Callable

    @classmethod
    def open(cls, cfg):
        """Source of the settings; InputError if there is none, or it is not written in that --format."""
        from ocr.evaluation.same_text import answer_of_graph
        from ocr.model_files.frozen_graph import PB_ENDING

        source = (cls.from_pb if cfg.checkpoint_path.endswith(PB_ENDING) else cls.from_checkpoint)(cfg)
        if source.cfg.detects and cfg.format not in ('pb', 'onnx'):
            raise InputError(f'--format {cfg.format}: a detector is written as pb or onnx')
        if cfg.format in ('onnx', 'openvino') and not source.is_pb:  # what is converted was only just frozen
            source.check_same(answer_of_graph(source.graph_def))
        return source

    @classmethod
    def from_checkpoint(cls, cfg):
        from ocr.model import answer_of_checkpoint, freeze_checkpoint, open_checkpoint

        checkpoint, cfg, charset = open_checkpoint(cfg)
        logger.info('freezing %s', checkpoint)
        answer = partial(answer_of_checkpoint, checkpoint, cfg, charset)
        return cls(checkpoint, freeze_checkpoint(checkpoint, cfg, charset), cfg, charset, answer)

    @classmethod
    def from_pb(cls, cfg):
        from ocr.charset import Charset
        from ocr.evaluation.same_text import answer_of_graph
        from ocr.model_files.frozen_graph import is_detector, load_graph, read_charset, require_nodes, with_text
        from ocr.network import tensor_names as names

        path = cfg.checkpoint_path
        graph_def = load_graph(path, 'checkpoint_path', wanted=(), trusted=cfg.trust_model)
        if is_detector(graph_def):
            cfg = dataclasses.replace(cfg, model_name='detector')
            return cls(path, graph_def, cfg, None, answer_of_graph(graph_def, path, cfg.trust_model))
        require_nodes(graph_def, f'--checkpoint_path {path}')
        graph_def = shown_as_told(graph_def, path, cfg)
        charset = Charset.agreed(Charset.resolve(cfg.charset_path), read_charset(graph_def, path), path)
        graph_def = with_text(graph_def, {names.CHARSET: charset.to_text()})
        return cls(path, graph_def, cfg, charset, answer_of_graph(graph_def, path, cfg.trust_model))

    @property
    def is_pb(self):
        """Whether it is a frozen graph."""
        return self.path.endswith('.pb')

    @property
    def trusted(self):
        """Whether its graph is run without limits: it was frozen here, or --trust_model says so."""
        return self.cfg.trust_model or not self.is_pb

    @property
    def folder(self):
        """Where a model made of it is written unless another path is given."""
        return self.cfg.checkpoint_path if os.path.isdir(self.cfg.checkpoint_path) else os.path.dirname(self.path)

    def check_same(self, answer):
        """What a model, by its `answer`, does as the source does, in words; InputError if it does otherwise."""
        from ocr.evaluation import same_text
        from ocr.model_files.frozen_graph import read_settings

        side = read_settings(self.graph_def).get('image_size', self.cfg.image_size)
        pictures = same_text.check_pictures(side, with_text=self.cfg.detects), same_text.check_bboxes()
        expected, found = self.answer(*pictures), answer(*pictures)
        who = self.path if self.is_pb else 'the checkpoint'
        if self.cfg.detects:
            same_text.check_same_map(expected, found, self.cfg.weights)
            return f'finds in {len(found)} of {len(found)} pictures what {who} does'
        same_text.check_equal(expected, found, self.cfg.weights, 'the frozen graph')
        return f'{self.charset.num_classes} classes; reads {len(found)} of {len(found)} pictures as {who} does'


def shown_as_told(graph_def, path, cfg):
    """A frozen graph whose settings of how a region is shown are changed as the command line says.

    Raises:
        InputError: for another canvas, or if no settings are inside.
    """
    from ocr.model_files.frozen_graph import read_settings, with_text
    from ocr.network import tensor_names as names

    inside = renamed(read_settings(graph_def))
    told = cfg.over(shown(inside))
    before = {name: inside.get(name, getattr(Config(), name)) for name in SHOWN}
    changed = {name: getattr(told, name) for name in SHOWN if getattr(told, name) != before[name]}
    if changed and ('canvas' in changed or not inside):
        name = next(iter(changed))
        raise InputError(
            f'--{name} {changed[name]}: {path} was frozen without it; give --checkpoint_path its checkpoint'
        )
    return with_text(graph_def, {names.CONFIG: json.dumps({**inside, **changed})}) if changed else graph_def


def export_graph(cfg):
    """Write a frozen graph or a SavedModel, if it does what its source does."""
    from ocr.evaluation.same_text import answer_of_graph
    from ocr.model_files.frozen_graph import halve_weights
    from ocr.model_files.saved_model import write_pb, write_saved_model

    source = Source.open(cfg)
    name = 'saved_model' if cfg.format == 'saved_model' else DETECTOR_FILE if source.cfg.detects else RECOGNISER_FILE
    path = cfg.pb_path or os.path.join(source.folder, name)
    if source.is_pb and os.path.exists(path) and os.path.samefile(path, source.path):
        raise InputError(f'--pb_path {path}: is what --checkpoint_path names; give another path')
    graph_def = halve_weights(source.graph_def) if cfg.weights == 'float16' else source.graph_def
    compared = source.check_same(answer_of_graph(graph_def, source.path, source.trusted))
    if cfg.format == 'saved_model':
        write_saved_model(path, graph_def, source.charset)
    else:
        write_pb(path, graph_def)
    print(f'{path}: {graph_def.ByteSize() / 1e6:.1f} MB, {cfg.weights} weights, {compared}')
    return 0


def export_onnx(cfg):
    """Write what ONNX Runtime reads, if it does what its source does."""
    from ocr.evaluation import conversion
    from ocr.evaluation.int8_loss import LabelledData

    conversion.check_onnx(cfg.pb_path)
    source, where = Source.open(cfg), cfg.checkpoint_path
    path = cfg.pb_path or os.path.join(os.path.dirname(source.path), conversion.onnx_file(source.cfg.detects))
    if source.cfg.detects:
        return conversion.write_onnx_detector(path, source.graph_def, cfg.weights, source.check_same, where)
    how = cfg.weights, cfg.part(LabelledData), where, source.trusted
    return conversion.write_onnx(path, source.graph_def, source.charset, *how)


def export_openvino(cfg):
    """Write a folder whose encoder runs in int8, if it reads as well as its source does."""
    from ocr.evaluation import conversion
    from ocr.evaluation.int8_loss import LabelledData

    source = Source.open(cfg)
    path = cfg.pb_path or os.path.join(os.path.dirname(source.path), conversion.OPENVINO_FOLDER)
    how = cfg.part(LabelledData), cfg.checkpoint_path, source.trusted
    return conversion.write_openvino(path, source.graph_def, *how)


def main(argv=None):
    cfg = parse_config(argv, 'export', __doc__)
    if cfg.weights == 'int8' and cfg.format != 'onnx':
        raise InputError(f'--weights int8 is of --format onnx; --format {cfg.format} does without it')
    start_tensorflow(cfg.gpus)
    return {'onnx': export_onnx, 'openvino': export_openvino}.get(cfg.format, export_graph)(cfg)


if __name__ == '__main__':
    run_script(main)
