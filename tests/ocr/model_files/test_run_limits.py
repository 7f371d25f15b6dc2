"""Limits on what a graph may take."""

import subprocess
import sys
import time

import pytest
import tiny

from ocr.model_files import run_limits
from ocr.model_files.run_limits import RunLimits


@pytest.fixture
def quick(monkeypatch):
    """Limits that are reached within the test."""
    monkeypatch.setattr(run_limits, '_TICK', 0.01)
    monkeypatch.setattr(run_limits, '_SECONDS', 0.1)
    monkeypatch.setattr(run_limits, '_SECONDS_A_ROW', 0)


def wait_until(condition):
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_run_that_takes_too_long_is_ended(quick):
    ended = []
    with RunLimits('m.pb', ended.append).watch():
        wait_until(lambda: ended)
    assert ended == ['m.pb: a run does not end; --trust_model lifts the limit, a smaller --batch_size needs less']


def test_runs_within_the_limit_are_not(quick, monkeypatch):
    """Each has its looks to itself, however many others there were."""
    monkeypatch.setattr(run_limits, '_SECONDS', 100)
    ended, left = [], []
    limits = RunLimits('m.pb', ended.append)
    for _ in range(3):
        with limits.watch():
            (run,) = limits._runs
            wait_until(lambda run=run: run.looks_left < 10_000 - 10)
            left.append(run.looks_left)
    assert not ended and min(left) > 10_000 - 1000


def test_a_run_that_takes_much_memory_is_ended(quick, monkeypatch):
    monkeypatch.setattr(run_limits, '_SECONDS', 100)
    monkeypatch.setattr(run_limits, '_BYTES', 50 << 20)
    ended = []
    with RunLimits('m.pb', ended.append).watch():
        held = b'\1' * (200 << 20)
        wait_until(lambda: ended)
    assert len(held) and 'm.pb: a run takes more than' in ended[0]


IN_TENSORFLOW = """
import sys
from ocr.network.tensorflow_start import start_tensorflow
start_tensorflow()
import tensorflow.compat.v1 as tf
from ocr.model_files import run_limits
from ocr.reading.open_detector import open_detector
from ocr.reading.graph_predictor import GraphPredictor
from ocr.charset import Charset
import numpy as np
run_limits._SECONDS, run_limits._SECONDS_A_ROW = 1, 0
with tf.Graph().as_default() as graph:
    tf.placeholder(tf.float32, (None, 32, 32, 3), 'image')
    number = tf.while_loop(lambda n: n >= 0, lambda n: tf.abs(n - n), [tf.constant(0)])
    tf.fill([1, 1], tf.cast(number, tf.int64), name='sequence_preds')
    tf.fill([1, 1], 1.0, name='sequence_probs')
    tf.fill([1, 32, 32], tf.cast(number, tf.float32), name='text_probability')
open(sys.argv[1], 'wb').write(graph.as_graph_def().SerializeToString())
canvases = np.zeros((1, 32, 32, 3), np.uint8)
"""
READS = IN_TENSORFLOW + "GraphPredictor.from_pb(sys.argv[1], Charset.preset('digits')).read(canvases)"
FINDS = IN_TENSORFLOW + 'open_detector(sys.argv[1]).run(canvases)'
FINDS_IN_ONNX_RUNTIME = """
import sys
import numpy as np
from onnx import TensorProto, helper
from ocr.model_files import run_limits
from ocr.reading.open_detector import open_detector
run_limits._SECONDS, run_limits._SECONDS_A_ROW = 1, 0
def value(name, kind=TensorProto.BOOL, shape=()):
    return helper.make_tensor_value_info(name, kind, shape)
same = [helper.make_node('Identity', ['go'], ['on']), helper.make_node('Identity', ['a'], ['b'])]
inputs = [value('n', TensorProto.INT64), value('go'), value('a')]
body = helper.make_graph(same, 'body', inputs, [value('on'), value('b')])
nodes = [
    helper.make_node('Constant', [], ['true'], value=helper.make_tensor('t', TensorProto.BOOL, [], [1])),
    helper.make_node('Loop', ['', 'true', 'true'], ['end'], body=body),
    helper.make_node('Cast', ['end'], ['text_probability'], to=TensorProto.FLOAT),
]
inputs = [value('image', TensorProto.FLOAT, ['n', 'h', 'w', 3])]
graph = helper.make_graph(nodes, 'g', inputs, [value('text_probability', TensorProto.FLOAT)])
model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', 17)], ir_version=8)
model.metadata_props.add(key='attention_ocr/config', value='{"image_size": 32, "seq_len": 1}')
open(sys.argv[1], 'wb').write(model.SerializeToString())
open_detector(sys.argv[1]).run(np.zeros((1, 32, 32, 3), np.uint8))
"""


@pytest.mark.parametrize(('script', 'name'), [(READS, 'm.pb'), (FINDS, 'm.pb'), (FINDS_IN_ONNX_RUNTIME, 'm.onnx')])
def test_an_endless_loop_ends_with_one_line(tmp_path, script, name):
    path = tmp_path / name
    process = subprocess.run(
        [sys.executable, '-c', script, path], cwd=tiny.ROOT, capture_output=True, text=True, timeout=600, check=False
    )
    assert process.returncode == 2, process.stderr
    assert process.stderr.strip().splitlines()[-1] == (
        f'-c: {path}: a run does not end; --trust_model lifts the limit, a smaller --batch_size needs less'
    )
