"""What the encoder of an OpenVINO folder may hold: layers of a convolutional network, no larger than its weights."""

import math
from xml.etree import ElementTree

from ocr.errors import InputError

_LAYERS = """
    Add AvgPool BatchNormInference Clamp Concat Const Convert Convolution Divide FakeConvert FakeQuantize
    GroupConvolution MatMul MaxPool Maximum Minimum Multiply Pad Parameter Power PReLU ReduceMean Relu ReLU Reshape
    Result Sigmoid Sqrt Squeeze Subtract Transpose Unsqueeze
"""
ALLOWED = frozenset(_LAYERS.split())
_MAX_ELEMENTS = 1 << 28  # of what one layer gives, its free sides aside
_REMEDY = '--trust_model runs it all the same'


def check_encoder(content, num_bytes, where):
    """Refuse a network with layers that an encoder has no use for, or with sizes that its weights do not have.

    Args:
        content: bytes of the XML.
        num_bytes: size of the file of its weights.
        where: what messages call it.

    Raises:
        InputError: names the layer and the remedy.
    """
    try:
        if b'<!DOCTYPE' in content or b'<!ENTITY' in content:
            raise ElementTree.ParseError('it declares entities')
        layers = list(ElementTree.fromstring(content).iter('layer'))
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise InputError(f'{where}: damaged, not an OpenVINO network ({error}); export it again') from None
    for layer in layers:
        kind, name = (str(layer.get(key))[:60] for key in ('type', 'name'))
        if kind not in ALLOWED:
            raise InputError(f'{where}: holds the layer {kind} ({name}), which no encoder needs; {_REMEDY}')
        try:
            sides = [[int(side.text) for side in port.iter('dim')] for port in layer.iter('port')]
            data = layer.find('data') if kind == 'Const' else None
            end = 0 if data is None else int(data.get('offset')) + int(data.get('size'))
        except (TypeError, ValueError):
            raise InputError(f'{where}: damaged, the layer {name} has no sizes; export it again') from None
        if end > num_bytes or any(math.prod(max(side, 1) for side in port) > _MAX_ELEMENTS for port in sides):
            raise InputError(f'{where}: the layer {kind} ({name}) is larger than the file of the weights; {_REMEDY}')
