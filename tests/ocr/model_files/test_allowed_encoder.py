"""Networks of OpenVINO folders that are not run."""

import pytest

from ocr.errors import InputError
from ocr.model_files.allowed_encoder import check_encoder

CONST = (
    '<layer id="0" name="weights" type="Const"><data element_type="f32" shape="4" offset="16" size="{size}"/>'
    '<output><port id="0"><dim>{side}</dim></port></output></layer>'
)
RELU = '<layer id="1" name="a/b" type="{kind}"><output><port id="0"><dim>-1</dim><dim>4</dim></port></output></layer>'


def network(kind='ReLU', size=16, side=4):
    layers = CONST.format(size=size, side=side) + RELU.format(kind=kind)
    return f'<?xml version="1.0"?><net name="encoder"><layers>{layers}</layers></net>'.encode()


def test_an_encoder_passes():
    check_encoder(network(), 32, 'm')


@pytest.mark.parametrize(
    ('content', 'message'),
    [
        (network('ReadValue'), r'm: holds the layer ReadValue \(a/b\), which no encoder needs; --trust_model runs it'),
        (network('TensorIterator'), 'holds the layer TensorIterator'),
        (network(size=17), r'the layer Const \(weights\) is larger than the file of the weights'),
        (network(side=10**11), r'the layer Const \(weights\) is larger'),
        (network(side='many'), 'damaged, the layer weights has no sizes; export it again'),
        (network(size=''), 'damaged, the layer weights has no sizes'),
        (network()[:-9], 'damaged, not an OpenVINO network'),
        (b'', 'damaged, not an OpenVINO network'),
        (b'<!DOCTYPE x [<!ENTITY a "b">]>' + network()[21:], 'it declares entities'),
        (b'\xff\xfe' + network(), 'damaged, not an OpenVINO network'),
    ],
)
def test_what_is_not_run(content, message):
    with pytest.raises(InputError, match=message) as caught:
        check_encoder(content, 32, 'm')
    assert '\n' not in str(caught.value)
