"""What flags are made of: types of settings that tyro does not know, ranges and choices, and errors of one line."""

import itertools
import sys
from typing import Annotated

import tyro
from tyro.constructors import PrimitiveConstructorSpec

from ocr.errors import InputError
from ocr.name_lists import joined_names, split_names


def _values(arguments):
    """['a,b', 'c'] -> ('a', 'b', 'c')."""
    return tuple(value for argument in arguments for value in argument.split(',') if value)


def _boolean(arguments):
    """[] -> True, ['false'] -> False."""
    words = {'true': True, 'false': False, '1': True, '0': False, 'yes': True, 'no': False}
    word = ' '.join(arguments).lower() if arguments else 'true'
    if word not in words:
        raise ValueError(f'{word!r} is neither true nor false')
    return words[word]


def _tuple_of(kind, metavar, split=_values):
    return PrimitiveConstructorSpec(
        nargs='*',
        metavar=metavar,
        instance_from_str=lambda arguments: tuple(kind(value) for value in split(arguments)),
        is_instance=lambda value: isinstance(value, tuple),
        str_from_instance=lambda value: [joined_names(value)],
    )


Names = Annotated[tuple[str, ...], _tuple_of(str, 'NAME ...', split_names)]
Numbers = Annotated[tuple[int, ...], _tuple_of(int, 'INT ...')]
Shares = Annotated[tuple[float, ...], _tuple_of(float, 'SHARE ...')]
Switch = Annotated[
    bool,
    PrimitiveConstructorSpec(
        nargs='*',
        metavar='[true|false]',
        instance_from_str=_boolean,
        is_instance=lambda value: isinstance(value, bool),
        str_from_instance=lambda value: [str(value).lower()],
    ),
    tyro.conf.FlagConversionOff,
]


def one_line(boxed):
    """Tyro's error without frame, title and rules: what is wrong, and what was perhaps meant."""
    lines = [line.strip('│ ') for line in boxed.splitlines()[1:]]
    lines = itertools.takewhile(lambda line: not line.startswith('For full helptext'), lines)
    return ' '.join(' '.join(line for line in lines if line.strip('─-╰╯')).split()) + '; --help lists all flags'


_KINDS = {bool: 'true or false', int: 'a whole number', float: 'a number', str: 'text', tuple: 'a tuple'}


def check_value(field, value):
    """Raise InputError for a value outside the field's type, range or choices."""
    kind = type(field.default)
    if type(value) is not kind and not (kind is float and type(value) is int):
        raise InputError(f'--{field.name} {value!r}: must be {_KINDS[kind]}')
    low, high = field.metadata['low'], field.metadata['high']
    if low is not None and not low <= value <= (sys.float_info.max if high is None else high):
        limit = f'at least {low}{", and finite" * (kind is float)}' if high is None else f'from {low} to {high}'
        raise InputError(f'--{field.name} {value}: must be {limit}')
    choices = getattr(field.type, '__args__', None) if str(field.type).startswith('typing.Literal') else None
    if choices and value not in choices:
        raise InputError(f'--{field.name} {value}: must be one of {", ".join(choices)}')
