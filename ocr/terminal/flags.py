"""Flags made of the fields of a dataclass: lists, switches, titled groups in --help, and errors of one line.

A field's flag is its name, with - or _ between the words; its help is the docstring below the field. The parser is
argparse's.
"""

import argparse
import ast
import dataclasses
import difflib
import inspect
import itertools
import os
import shutil
import sys
import textwrap
import typing

from ocr.errors import InputError
from ocr.terminal.name_lists import split_names, typed_names

Names = tuple[str, ...]
Numbers = tuple[int, ...]
Shares = tuple[float, ...]
Switch = bool
_WORDS = {'true': True, 'false': False, '1': True, '0': False, 'yes': True, 'no': False}
_VALUES = {str: 'TEXT', int: 'INT', float: 'NUMBER', Names: 'NAME ...', Numbers: 'INT ...', Shares: 'NUMBER ...'}
_MAX_WIDTH = 120  # columns of --help


def meanings(cls):
    """{field name: docstring below it} of a dataclass."""
    body = ast.parse(textwrap.dedent(inspect.getsource(cls))).body[0].body
    return {
        field.target.id: ' '.join(ast.literal_eval(text.value).split())
        for field, text in itertools.pairwise(body)
        if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant)
    }


def parse(cls, argv=None, description=None):
    """An object of a dataclass whose fields are the flags; a mistake ends the process with one line and exit code 2."""
    texts, groups, needed = meanings(cls), {'needed': [], 'options': []}, set()
    for field in dataclasses.fields(cls):
        if field.default is dataclasses.MISSING:
            needed.add(field.name)
            groups['needed'].append((field, texts.get(field.name, ''), ''))
        else:
            groups['options'].append((field, texts.get(field.name, ''), as_text(field.default)))
    try:
        given = parse_flags({title: flags for title, flags in groups.items() if flags}, argv, description)
        if missing := sorted(needed - given.keys()):
            raise InputError(f'--{missing[0]} is needed; --help lists all flags')
    except InputError as error:
        print(f'{os.path.basename(sys.argv[0])}: {error}', file=sys.stderr)
        sys.exit(2)
    return cls(**given)


def parse_flags(groups, argv=None, description=None):
    """{name: value} of the flags that are given, and of no others.

    Args:
        groups: {title: [(field, meaning, what --help shows as its default, '' for nothing)]}.
        argv: arguments, or None for those of the process.
        description: what --help says first.

    Raises:
        InputError: an unknown flag, or a value of the wrong type.
    """
    parser = _Parser(description=description, formatter_class=_Formatter, allow_abbrev=False, add_help=False)
    fields = {}
    for title, flags in groups.items():
        group = parser.add_argument_group(title)
        for field, meaning, default in flags:
            fields[field.name] = field
            text = (f'{meaning} (default: {default})' if default else meaning).replace('%', '%%')
            group.add_argument(f'--{field.name}', help=text, default=argparse.SUPPRESS, **_shape(field.type))
    parser.add_argument_group('help').add_argument('--help', '-h', action='help', help='Show this text and end.')
    given, rest = parser.parse_known_args([_underscored(part) for part in (sys.argv[1:] if argv is None else argv)])
    if rest:
        raise InputError(_unknown(rest[0], list(fields)))
    return {name: _value(fields[name], given) for name, given in vars(given).items()}


def given_names(argv=None):
    """Names of the flags on a command line, known or not, in their order."""
    parts = [_underscored(part) for part in (sys.argv[1:] if argv is None else argv)]
    return [part[2:].partition('=')[0] for part in parts if part.startswith('--')]


def as_text(value):
    """A value as it is typed; '' for what is empty or not set."""
    if isinstance(value, tuple):
        return typed_names(value)
    return 'true' * value if isinstance(value, bool) else str(value)


class _Parser(argparse.ArgumentParser):
    def error(self, message):
        raise InputError(f'{message.removeprefix("argument ")}; --help lists all flags')


class _Formatter(argparse.RawDescriptionHelpFormatter):
    """Flags and what they take on the left, wrapped texts on the right, no list of all flags in the first line."""

    def __init__(self, prog):
        super().__init__(prog, max_help_position=25, width=min(shutil.get_terminal_size().columns, _MAX_WIDTH))

    def _format_args(self, action, default_metavar):
        return '' if action.nargs == '?' else super()._format_args(action, default_metavar)  # switches stand alone

    def add_usage(self, usage, actions, groups, prefix=None):
        super().add_usage(f'{self._prog} [--flag value ...]', actions, groups, prefix)


def _underscored(part):
    """'--batch-size=2' -> '--batch_size=2'; anything but a flag as it is."""
    name, equals, value = part.partition('=')
    return f'{name[:2]}{name[2:].replace("-", "_")}{equals}{value}' if part.startswith('--') else part


def _choices(kind):
    """The values of a Literal, or none."""
    return typing.get_args(kind) if typing.get_origin(kind) is typing.Literal else ()


def _shape(kind):
    """How many values argparse takes for a type, and what --help calls them."""
    if kind is bool:
        return {'nargs': '?', 'const': 'true'}
    if typing.get_origin(kind) is tuple:
        return {'nargs': '*', 'metavar': _VALUES[kind].split()[0]}
    return {'metavar': '{' + ','.join(map(str, _choices(kind))) + '}' if _choices(kind) else _VALUES[kind]}


def _value(field, given):
    """The value of a field out of its text, or texts; choices are left to check_value."""
    kind = field.type
    if typing.get_origin(kind) is tuple:
        if kind == Names:
            return split_names(given)
        parts = [part for text in given for part in text.split(',') if part]
        return tuple(_number(field.name, part, typing.get_args(kind)[0]) for part in parts)
    if kind is bool:
        if given.lower() not in _WORDS:
            raise InputError(f'--{field.name}: {given!r} is neither true nor false')
        return _WORDS[given.lower()]
    return _number(field.name, given, type(_choices(kind)[0]) if _choices(kind) else kind)


def _number(name, text, kind):
    try:
        return kind(text)
    except ValueError:
        raise InputError(f'--{name}: {text!r} is not {_KINDS[kind]}') from None


def _unknown(part, names):
    """What to say of an argument that no flag takes."""
    if not part.startswith('--'):
        return f'{part!r} belongs to no flag; --help lists all flags'
    name = part[2:].partition('=')[0]
    near = difflib.get_close_matches(name, names, 1)
    hint = f'did you mean --{near[0]}?' if near else '--help lists all flags'
    return f'--{name}: there is no such flag; {hint}'


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
    if (choices := _choices(field.type)) and value not in choices:
        raise InputError(f'--{field.name} {value}: must be one of {", ".join(choices)}')
