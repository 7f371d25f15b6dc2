"""What is in the bytes of an .onnx file, without the package onnx, which reading does without."""

from functools import cache

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import DecodeError

from ocr.errors import InputError
from ocr.model_files.checksum import checksum, require_whole
from ocr.network import tensor_names as names

# The part of onnx.proto (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto) that is looked at: for each message
# its fields' names, numbers and kinds; * says repeated. Other fields are passed over. Texts are taken as bytes, so that
# none is refused for its encoding.
_MESSAGES = {
    'Model': 'graph 7 Graph; metadata_props 14 Entry*; functions 25 Function*',
    'Entry': 'key 1 bytes; value 2 bytes',
    'Function': 'name 1 bytes; node 7 Node*; domain 10 bytes',
    'Graph': 'node 1 Node*; name 2 bytes; initializer 5 Tensor*; sparse_initializer 15 Sparse*',
    'Node': 'input 1 bytes*; output 2 bytes*; name 3 bytes; op_type 4 bytes; domain 7 bytes; attribute 5 Attribute*',
    'Attribute': (
        'name 1 bytes; i 3 int64; t 5 Tensor; g 6 Graph; ints 8 int64*; tensors 10 Tensor*; graphs 11 Graph*; '
        'sparse_tensor 22 Sparse; sparse_tensors 23 Sparse*'
    ),
    'Tensor': (
        'dims 1 int64*; data_type 2 int32; int32_data 5 int32*; int64_data 7 int64*; name 8 bytes; raw_data 9 bytes; '
        'external_data 13 Entry*; data_location 14 int32'
    ),
    'Sparse': 'dims 3 int64*',
}
_PACKAGE = 'ocr.model_files'


def parse_onnx(content, where):
    """The messages of _MESSAGES in a file: its Model; InputError if it is damaged or no ONNX."""
    model = _model_class()()
    try:
        model.ParseFromString(content)
    except DecodeError:
        raise InputError(f'{where}: not an ONNX model, or damaged; export it again') from None
    return model


def with_checksum(content):
    """Bytes of an .onnx file, and behind them their checksum as one more entry of its metadata."""
    return content + _behind(checksum(content).encode())


def check_whole(model, content, where):
    """InputError if a file, parsed as `model`, is not what the checksum in it says; one without is as good."""
    found = [entry.value for entry in model.metadata_props if entry.key == names.CHECKSUM.encode()]
    if found:
        require_whole(content, found[-1].decode(errors='replace'), len(_behind(found[-1])), where)


def _behind(text):
    """Bytes of a model that has a checksum alone: what is put behind another's adds it to that."""
    model = _model_class()()
    model.metadata_props.add(key=names.CHECKSUM.encode(), value=text)
    return model.SerializeToString()


@cache
def _model_class():
    """Class of the message Model."""
    file = descriptor_pb2.FileDescriptorProto(name=f'{_PACKAGE}/onnx_content.proto', package=_PACKAGE, syntax='proto2')
    kinds = descriptor_pb2.FieldDescriptorProto
    for message, fields in _MESSAGES.items():
        described = file.message_type.add(name=message)
        for name, number, kind in (field.split() for field in fields.split('; ')):
            label = kinds.LABEL_REPEATED if kind.endswith('*') else kinds.LABEL_OPTIONAL
            field = described.field.add(name=name, number=int(number), label=label)
            kind = kind.rstrip('*')
            if kind in _MESSAGES:
                field.type, field.type_name = kinds.TYPE_MESSAGE, f'.{_PACKAGE}.{kind}'
            else:
                field.type = getattr(kinds, f'TYPE_{kind.upper()}')
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(f'{_PACKAGE}.Model'))
