"""Text from .onnx files: what the scripts take it for, what they refuse, and all of it without TensorFlow."""

import json
import os
import subprocess
import sys

import numpy as np
import onnx
import pytest
import requests
import tiny

from ocr.charset import Charset
from ocr.errors import InputError
from ocr.network import tensor_names as names
from ocr.reading.onnx_predictor import OnnxModel, OnnxPredictor
from ocr.reading.open_model import open_model, read_model

LATIN = tiny.ROOT / 'pretrain' / 'latin.pb'
NOT_NEEDED = ('tensorflow', 'tensorpack', 'tensorboard', 'onnx', 'tf2onnx')
# Runs a script, given with its arguments, where these packages are not installed.
WITHOUT = f"""
import runpy, sys
sys.modules.update(dict.fromkeys({NOT_NEEDED}))
sys.argv = sys.argv[1:]
sys.path[0] = {str(tiny.ROOT)!r}
runpy.run_path(sys.argv[0], run_name='__main__')
"""


@pytest.fixture(scope='module')
def latin(tmp_path_factory):
    """latin.pb as .onnx."""
    path = tmp_path_factory.mktemp('onnx') / 'latin.onnx'
    assert tiny.run_main('export', *tiny.flags(format='onnx', checkpoint_path=LATIN, pb_path=path)) == 0
    return path


def command(script, **settings):
    """Command line of a script in a Python that has no TensorFlow."""
    return [sys.executable, '-c', WITHOUT, str(tiny.ROOT / f'{script}.py'), *tiny.flags(**settings)]


def texts(folder):
    lines = (folder / 'results.jsonl').read_text().splitlines()
    return [record['text'] for record in map(json.loads, lines)]


def test_a_folder_is_read_without_tensorflow_and_the_texts_are_the_same(latin, tmp_path):
    words = {'img_folder': tiny.ROOT / 'imgs' / 'words'}
    done = subprocess.run(
        command('test', pb_path=latin, output_path=tmp_path / 'onnx', picture_dir=tmp_path / 'attention', **words),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert len(list((tmp_path / 'attention').iterdir())) == 24
    tiny.run_main('test', *tiny.flags(pb_path=LATIN, output_path=tmp_path / 'pb', precision='float32', **words))
    assert texts(tmp_path / 'onnx') == texts(tmp_path / 'pb')


def test_scores_are_counted_without_tensorflow(latin, learnt, tmp_path):
    settings = {'pb_path': latin, 'eval_datasets': f'words={learnt.words}', 'output_path': tmp_path / 'scores'}
    done = subprocess.run(
        command('eval', index_dir=tmp_path / 'index', report=tmp_path / 'report', **settings),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / 'scores' / 'scores.json').read_text())
    assert (tmp_path / 'report' / 'index.html').is_file()


def test_requests_are_answered_without_tensorflow(latin):
    server = subprocess.Popen(command('app', pb_path=latin, port=0), stderr=subprocess.PIPE, text=True)
    try:
        said = next(line for line in server.stderr if 'reads with' in line)
        url = f'{said.split()[0]}/v1/recognize'
        picture = (tiny.ROOT / 'imgs' / 'words' / '11.jpg').read_bytes()
        answer = requests.post(url, files={'image': picture}, timeout=60)
        assert answer.json()['regions'][0]['text'] == 'Bookshop'
    finally:
        server.terminate()
        server.communicate()


def test_onnx_runtime_reports_to_nobody(latin, tmp_path):
    unset = ('ORT_DISABLE_TELEMETRY', 'ORT_RUNNING_UNIT_TESTS', 'CI', 'GITHUB_ACTIONS', 'TF_BUILD', 'XDG_CACHE_HOME')
    environment = {name: value for name, value in os.environ.items() if name not in unset}
    (tmp_path / 'home').mkdir()
    subprocess.run(
        command('test', pb_path=latin, output_path=tmp_path / 'results', tta=1),
        env={**environment, 'HOME': str(tmp_path / 'home')},
        capture_output=True,
        check=True,
    )
    left = [path.name for path in (tmp_path / 'home').rglob('*')]
    assert 'deviceid' not in left and not [name for name in left if 'onnxruntime' in name]


def test_a_frozen_graph_without_tensorflow_ends_with_one_line(tmp_path):
    done = subprocess.run(
        command('test', pb_path=LATIN, output_path=tmp_path / 'results'), capture_output=True, text=True, check=False
    )
    line = 'test.py: all but reading .onnx files needs the package tensorflow: pip install -r requirements.txt\n'
    assert (done.returncode, done.stderr) == (2, line)
    assert not (tmp_path / 'results').exists()


def test_text_does_not_depend_on_the_batch(latin):
    predictor = OnnxPredictor(OnnxModel.load(str(latin)))
    canvases = np.stack([np.asarray(tiny.draw_word(text).resize((160, 64))) for text in tiny.EIGHT_WORDS])
    together = predictor.read(canvases)
    alone = [predictor.read(canvases[n : n + 1])[0] for n in range(8)]
    assert [row.text for row in alone] == [row.text for row in together]
    assert [row.confidence for row in alone] == pytest.approx([row.confidence for row in together], rel=1e-4)
    assert together[0].alpha is None


def test_another_charset_is_refused(latin):
    with pytest.raises(InputError, match='charset'):
        OnnxPredictor(OnnxModel.load(str(latin)), Charset.preset('digits'))


@pytest.mark.parametrize(
    ('flags', 'message'),
    [
        ({'beam_width': 3}, r'only reads greedily; for --beam_width, .* give the \.pb'),
        ({'allow': '[a-z]*'}, r'only reads greedily'),
        ({'precision': 'bfloat16'}, r'--precision bfloat16: ONNX Runtime computes in float32'),
        ({'gpus': 0}, r'--gpus: .*latin\.onnx is read by ONNX Runtime on the CPU'),
    ],
)
def test_what_it_cannot_do_is_said(latin, tmp_path, flags, message):
    with pytest.raises(InputError, match=message):
        tiny.run_main('test', *tiny.flags(pb_path=latin, output_path=tmp_path / 'results', **flags))
    assert not (tmp_path / 'results').exists()


def test_settings_of_how_it_is_shown_stand_under_the_command_line(latin):
    from ocr.config import parse_config, shown

    model = read_model(str(latin))
    for flags, views in (((), 5), (('--tta', '2'), 2)):
        cfg = parse_config(flags, 'test').over(shown(model.settings))
        assert open_model(model, **cfg.reading).identity['tta'] == views


@pytest.mark.parametrize(
    ('content', 'message'),
    [
        (b'', r'ONNX Runtime cannot load this model \(.*\); export it again'),
        (b'no model', 'not an ONNX model, or damaged; export it again'),
        (lambda whole: whole[:-1000], 'not an ONNX model, or damaged; export it again'),
        (lambda whole: whole[: 10**6] + bytes([whole[10**6] ^ 1]) + whole[10**6 + 1 :], 'damaged, its content is not'),
    ],
)
def test_what_is_no_model_is_refused(latin, tmp_path, content, message):
    path = tmp_path / 'x.onnx'
    path.write_bytes(content(latin.read_bytes()) if callable(content) else content)
    with pytest.raises(InputError, match=rf'x\.onnx: {message}'):
        OnnxModel.load(str(path))


def test_files_without_a_checksum_are_read_and_changed_ones_need_trust(latin, tmp_path):
    model = onnx.load(latin)
    model.doc_string = 'mine'
    (tmp_path / 'x.onnx').write_bytes(model.SerializeToString())
    with pytest.raises(InputError, match=r'x\.onnx: damaged, its content is not what its checksum says'):
        OnnxModel.load(str(tmp_path / 'x.onnx'))
    OnnxModel.load(str(tmp_path / 'x.onnx'), trusted=True)
    entries = [entry for entry in model.metadata_props if entry.key != names.CHECKSUM]
    del model.metadata_props[:]
    model.metadata_props.extend(entries)
    (tmp_path / 'x.onnx').write_bytes(model.SerializeToString())
    OnnxModel.load(str(tmp_path / 'x.onnx'))


def test_an_operation_that_is_not_allowed_needs_trust(latin, tmp_path):
    model = onnx.load(latin)
    model.graph.node.add(op_type='RandomNormal', name='noise', output=['noise']).attribute.add(
        name='shape', type=onnx.AttributeProto.INTS, ints=[1]
    )
    del model.metadata_props[-1]
    (tmp_path / 'x.onnx').write_bytes(model.SerializeToString())
    with pytest.raises(InputError, match=r'x\.onnx: holds the operation RandomNormal \(node noise\)'):
        read_model(str(tmp_path / 'x.onnx'))
    assert read_model(str(tmp_path / 'x.onnx'), trusted=True).graph.charset


def test_models_of_others_are_refused(latin):
    model = onnx.load(latin)
    del model.metadata_props[:]
    with pytest.raises(InputError, match=r'theirs: not a model of this project: it has no attention_ocr/charset'):
        OnnxModel(model.SerializeToString(), 'theirs')


def test_a_file_that_is_missing_or_none_is_named(tmp_path):
    with pytest.raises(InputError, match=r'--pb_path .*x\.onnx: No such file'):
        OnnxModel.load(str(tmp_path / 'x.onnx'))
    with pytest.raises(InputError, match=r'--pb_path .*zero: not a regular file'):
        OnnxModel.load('/dev/zero')


def test_without_the_package_one_line_says_what_to_install(latin, monkeypatch):
    monkeypatch.setitem(sys.modules, 'onnxruntime', None)
    with pytest.raises(InputError, match=r'needs the package onnxruntime: pip install -r requirements-onnx\.txt'):
        OnnxModel.load(str(latin))
