"""Bytes of .onnx files: the checksum behind them, and damage that is noticed."""

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper

from ocr.errors import InputError
from ocr.model_files.onnx_content import check_whole, parse_onnx, with_checksum
from ocr.network import tensor_names as names


@pytest.fixture(scope='module')
def plain():
    """Bytes of a model without a checksum."""
    weights = np.random.default_rng(0).normal(size=(50, 60)).astype(np.float32)
    graph = helper.make_graph([], 'g', [], [], [numpy_helper.from_array(weights, 'w')])
    model = helper.make_model(graph)
    model.metadata_props.add(key=names.CHARSET, value='京\n')
    return model.SerializeToString()


def load(content):
    model = parse_onnx(content, 'm.onnx')
    check_whole(model, content, 'm.onnx')
    return model


def test_the_checksum_is_one_more_entry_of_the_metadata(plain):
    content = with_checksum(plain)
    assert content.startswith(plain) and len(content) < len(plain) + 200
    before, after = onnx.load_from_string(plain), onnx.load_from_string(content)
    assert [entry.key for entry in after.metadata_props] == [names.CHARSET, names.CHECKSUM]
    del after.metadata_props[1]
    assert after == before


def test_files_with_and_without_a_checksum_are_taken(plain):
    for content in (plain, with_checksum(plain)):
        (tensor,) = load(content).graph.initializer
        assert (tensor.name, list(tensor.dims), len(tensor.raw_data)) == (b'w', [50, 60], 12000)


def test_bit_flips_are_noticed(plain):
    content = with_checksum(plain)
    for place in np.random.default_rng(0).integers(0, 8 * len(content), 60):
        flipped = bytearray(content)
        flipped[place // 8] ^= 1 << place % 8
        with pytest.raises(InputError, match=r'^m\.onnx: (damaged|not an ONNX model)') as caught:
            load(bytes(flipped))
        assert '\n' not in str(caught.value)


@pytest.mark.parametrize(
    'change', [lambda c: c[:-5], lambda c: c + c[-9:], lambda c: c + c, lambda c: c[:400], lambda c: c[:4] + c[5:]]
)
def test_files_that_were_cut_or_lengthened_are_noticed(plain, change):
    with pytest.raises(InputError, match=r'^m\.onnx: (damaged|not an ONNX model)'):
        load(change(with_checksum(plain)))


def test_a_file_that_another_tool_changed_is_noticed(plain):
    model = onnx.load_from_string(with_checksum(plain))
    model.graph.initializer[0].name = 'v'
    with pytest.raises(
        InputError, match=r'm\.onnx: damaged, its content is not what its checksum .* give --trust_model'
    ):
        load(model.SerializeToString())


@pytest.mark.parametrize('content', [b'no model', b'\x89PNG\r\n\x1a\n', b'\x80\x00\x00\x00ORTM' + bytes(99)])
def test_what_is_no_model(content):
    with pytest.raises(InputError, match=r'^m\.onnx: not an ONNX model, or damaged; export it again$'):
        load(content)
