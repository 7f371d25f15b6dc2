"""Regular expression -> Automaton: what `--allow` says may be written.

Syntax and meaning are those of Python's `re.fullmatch` over the characters of the charset, so `\\w` is also a hanzi.
Left out is what looks around or back: \\b, look-ahead, back-references, possessive quantifiers; flags but `(?i)`.
"""

import re
import warnings

import numpy as np

from ocr.errors import InputError
from ocr.reading.search.automaton import classes_by_character, from_edges

_SPECIAL = frozenset('\\.^$*+?{}[]()|-&~#')
_CATEGORIES = frozenset('dDwWsS')
_CODES = {'x': 2, 'u': 4, 'U': 8}  # digits of an escape that names a code point
_GROUPS = re.compile(r'\((?!\?)|\(\?:|\(\?i:|\(\?i\)|\(\?P<\w+>')
_NOWHERE = '\0'  # stands for a class of which the charset has no character
_MAX_EDGES = 30_000_000


def compile_pattern(pattern, charset):
    """Automaton of the texts that match a pattern from end to end.

    Args:
        pattern: str, as of --allow.
        charset: Charset; its classes become the edges.

    Raises:
        InputError: not a regular expression, beyond the supported syntax, or no text of the charset matches.
    """
    from interegular import parse_pattern
    from interegular.patterns import InvalidSyntax, Unsupported

    try:
        with warnings.catch_warnings():
            warnings.simplefilter('ignore', FutureWarning)  # `[a&&b]` may mean something else one day
            re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise InputError(f'--allow {pattern!r}: not a regular expression ({error})') from None
    classes_of = classes_by_character(charset)
    plain = _Rewriter(pattern, list(classes_of)).rewrite()
    try:
        machine = parse_pattern(plain).to_fsm()
    except (InvalidSyntax, Unsupported) as error:
        raise InputError(f'--allow {pattern!r}: beyond the supported syntax ({error}); write it differently') from None
    automaton = _of_machine(machine, classes_of, pattern)
    if automaton.shortest is None:
        raise InputError(f'--allow {pattern!r}: no text of the characters of {charset.name} matches it')
    return automaton


def _of_machine(machine, classes_of, pattern):
    """Automaton of interegular's machine, whose alphabet groups the characters that it treats alike."""
    states = {state: number for number, state in enumerate(sorted(machine.states, key=lambda s: s != machine.initial))}
    groups = {}
    for character, class_ids in classes_of.items():
        groups.setdefault(machine.alphabet[character], []).extend(class_ids)
    groups = {key: np.array(class_ids) for key, class_ids in groups.items()}
    edges = [
        (states[state], groups[key], states[target])
        for state, moves in machine.map.items()
        for key, target in moves.items()
        if key in groups
    ]
    count = np.array([len(class_ids) for _, class_ids, _ in edges], np.int64)
    if count.sum() > _MAX_EDGES:
        raise InputError(f'--allow {pattern!r}: too large for a charset of this size; write it more simply')
    sources, targets = (np.repeat(np.array([edge[n] for edge in edges], np.int64), count) for n in (0, 2))
    classes = np.concatenate([np.zeros(0, np.int64), *(class_ids for _, class_ids, _ in edges)])
    ends = np.zeros(len(states), bool)
    ends[[states[state] for state in machine.finals]] = True
    return from_edges(len(states), sources, classes, targets, ends)


def _escaped(characters):
    return ''.join(f'\\{character}' if character in _SPECIAL else character for character in characters)


class _Rewriter:
    """Python's syntax in what interegular understands: `\\d` spelt out over the charset, `\\u4e00` as itself."""

    def __init__(self, pattern, characters):
        self.pattern = pattern
        self.characters = characters
        self.at = 0
        self.parts = []

    def rewrite(self):
        in_class = False
        while self.at < len(self.pattern):
            character = self.pattern[self.at]
            if character == '\\':
                self._escape(in_class)
            elif in_class:
                in_class = character != ']'
                self._take('\\[' if character == '[' else character)
            elif character == '[':
                self._open_class()
                in_class = True
            else:
                self._outside(character)
        return ''.join(self.parts)

    def _take(self, text, length=1):
        self.parts.append(text)
        self.at += length

    def _refuse(self, what):
        raise InputError(f'--allow {self.pattern!r}: {what}; write it differently')

    def _open_class(self):
        opening = re.compile(r'\[(\^?)(\]?)').match(self.pattern, self.at)
        self._take(f'[{opening[1]}' + '\\]' * bool(opening[2]), len(opening[0]))

    def _escape(self, in_class):
        kind = self.pattern[self.at + 1]
        if kind in _CATEGORIES:
            matches = re.compile(f'\\{kind}').fullmatch
            members = _escaped(filter(matches, self.characters)) or _NOWHERE
            self._take(members if in_class else f'[{members}]', 2)
        elif kind in _CODES:
            end = self.at + 2 + _CODES[kind]
            self._take(_escaped(chr(int(self.pattern[self.at + 2 : end], 16))), end - self.at)
        elif kind in 'tnrfva' or not kind.isalnum():
            self._take(_escaped(kind) if not kind.isalnum() else f'\\{kind}', 2)
        else:
            self._refuse(f'\\{kind} is not supported')

    def _outside(self, character):
        if character == '(':
            self._open_group()
        elif character in '^$':
            if self.at != (0 if character == '^' else len(self.pattern) - 1):
                self._refuse(f'{character} inside a pattern, which always matches the whole text, is not supported')
            self.at += 1
        elif quantifier := re.compile(r'([*+?]|\{\d*,?\d*\})([?+]?)').match(self.pattern, self.at):
            if quantifier[2] == '+':
                self._refuse(f'the possessive {quantifier[0]} is not supported')
            self._take(quantifier[1], len(quantifier[0]))  # a lazy one allows the same texts
        else:
            self._take(_escaped(character) if character in '-&~#]}' else character)

    def _open_group(self):
        if self.pattern.startswith('(?#', self.at):
            self.at = self.pattern.index(')', self.at) + 1
            return
        opening = _GROUPS.match(self.pattern, self.at)
        if not opening:
            self._refuse(f'{self.pattern[self.at : self.at + 4]}... is not supported')
        self._take('(?:' if opening[0].startswith('(?P') else opening[0], len(opening[0]))
