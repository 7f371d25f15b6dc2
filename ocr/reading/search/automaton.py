"""Which texts may be written: a deterministic automaton over class ids. A pattern and a word list are both one.

It is kept as its edges, state after state, so that 100,000 words over a charset of 7,000 take a few megabytes.
"""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from ocr.charset import SPECIALS

_NEVER = np.iinfo(np.int32).max // 2  # distance of a state from which no text can be ended


@dataclass(frozen=True, eq=False)
class Automaton:
    """States 0..S-1, reading starts in 0; every edge is one character and leads towards an end.

    Attributes:
        first: int32 (S + 1,), the edges of state s are first[s]..first[s + 1] - 1.
        classes: int32 (E,), class id of each edge; neither UNK nor EOS, and no two alike in one state.
        targets: int32 (E,), state that each edge leads to.
        distance: int32 (S,), fewest characters from a state to where a text may end; 0 if it may end there.
    """

    first: np.ndarray
    classes: np.ndarray
    targets: np.ndarray
    distance: np.ndarray

    @property
    def shortest(self):
        """Characters of the shortest text, or None if there is none at all."""
        return None if self.distance[0] >= _NEVER else int(self.distance[0])

    def accepts(self, ids):
        """Whether a text may be written, given as the class ids of its characters without EOS."""
        state = 0
        for class_id in ids:
            edges = slice(self.first[state], self.first[state + 1])
            (found,) = np.nonzero(self.classes[edges] == class_id)
            if not len(found):
                return False
            state = self.targets[edges][found[0]]
        return bool(self.distance[state] == 0)


def from_edges(num_states, sources, classes, targets, ends):
    """Automaton of its edges in any order.

    Args:
        num_states: S.
        sources, classes, targets: int (E,) each.
        ends: bool (S,), states in which a text may end.
    """
    distance = _distances(num_states, sources, targets, ends)
    useful = distance[targets] < _NEVER
    sources, classes, targets = sources[useful], classes[useful], targets[useful]
    order = np.argsort(sources, kind='stable')
    first = np.zeros(num_states + 1, np.int32)
    np.cumsum(np.bincount(sources, minlength=num_states), out=first[1:])
    return Automaton(first, classes[order].astype(np.int32), targets[order].astype(np.int32), distance)


def from_words(words, classes_of):
    """Automaton that writes exactly these words: a trie.

    Args:
        words: sorted list of different texts, at least one, each of at least one character.
        classes_of: {character: class ids that write it}; has every character of the words.
    """
    symbols = {character: symbol for symbol, character in enumerate(sorted(set(''.join(words))), 1)}
    table = np.zeros((len(words), max(map(len, words))), np.int32)  # 0 behind a word's end
    for row, word in zip(table, words, strict=True):
        row[: len(word)] = [symbols[character] for character in word]
    lengths = np.array([len(word) for word in words])
    sources, letters, targets, last = [], [], [], np.zeros(len(words), np.int64)
    num_states, is_new = 1, np.zeros(len(words), bool)
    is_new[:1] = True
    for depth, column in enumerate(table.T):
        inside = lengths > depth
        is_new[1:] |= column[1:] != column[:-1]  # no longer the prefix of the word before
        starts = is_new & inside
        state = np.cumsum(starts) - 1 + num_states
        sources.append(last[starts])
        letters.append(column[starts])
        targets.append(state[starts])
        last = np.where(inside, state, last)
        num_states += int(starts.sum())
    ends = np.zeros(num_states, bool)
    ends[last] = True
    sources, letters, targets = (np.concatenate(parts) for parts in (sources, letters, targets))
    spellings = [[], *(classes_of[character] for character in symbols)]
    count = np.array([len(ids) for ids in spellings])
    flat, start = np.concatenate([np.array(ids, np.int64) for ids in spellings]), np.cumsum(count) - count
    repeats = count[letters]
    within = np.arange(repeats.sum()) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    classes = flat[np.repeat(start[letters], repeats) + within]
    return from_edges(num_states, np.repeat(sources, repeats), classes, np.repeat(targets, repeats), ends)


def classes_by_character(charset, fold=str):
    """{character: ids of the classes that write it}, the characters folded by a function str -> str."""
    classes = defaultdict(list)
    for class_id in range(len(SPECIALS), charset.num_classes):
        classes[fold(charset.decode([class_id]))].append(class_id)
    return dict(classes)


def _distances(num_states, sources, targets, ends):
    """int32 (S,): see Automaton.distance."""
    distance = np.where(ends, 0, _NEVER).astype(np.int32)
    pairs = np.unique(np.asarray(sources, np.int64) * num_states + targets)
    sources, targets = pairs // num_states, pairs % num_states
    while len(sources):
        closer = distance.copy()
        np.minimum.at(closer, sources, distance[targets] + 1)
        if (closer == distance).all():
            break
        distance = np.minimum(closer, _NEVER)
    return distance
