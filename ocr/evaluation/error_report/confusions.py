"""Which characters are taken for which: what an alignment of the texts read and the true ones shows."""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
from rapidfuzz.distance import Levenshtein

from ocr.charset import REPLACEMENT
from ocr.evaluation.scores import mean_score
from ocr.pages.document import visible_character

_NAMES = {' ': 'space', REPLACEMENT: 'unknown'}


@dataclass
class Confusions:
    """Counts over the edits that lead from true texts to those read, along one shortest chain for each.

    Attributes:
        occurrences: Counter of the true characters.
        substitutions: Counter of (true character, character read in its place).
        deletions: Counter of true characters for which none was read.
        insertions: Counter of characters read where there is none.
        examples: {edit: (truth, text)} of the first region with it; an edit is (true, read), either of them ''.
    """

    occurrences: Counter = field(default_factory=Counter)
    substitutions: Counter = field(default_factory=Counter)
    deletions: Counter = field(default_factory=Counter)
    insertions: Counter = field(default_factory=Counter)
    examples: dict = field(default_factory=dict)

    @property
    def num_edits(self):
        """All edits."""
        return sum(counter.total() for counter in (self.substitutions, self.deletions, self.insertions))

    def add(self, truth, text):
        """Counts one region."""
        self.occurrences.update(truth)
        for edit in Levenshtein.editops(truth, text):
            true = truth[edit.src_pos] if edit.tag != 'insert' else ''
            read = text[edit.dest_pos] if edit.tag != 'delete' else ''
            if edit.tag == 'replace':
                self.substitutions[true, read] += 1
            else:
                (self.deletions if true else self.insertions)[true or read] += 1
            self.examples.setdefault((true, read), (truth, text))

    def most_common(self, number):
        """The most frequent edits of all three kinds: [((true, read), count)], equals in the order of characters."""
        edits = {
            **self.substitutions,
            **{(true, ''): count for true, count in self.deletions.items()},
            **{('', read): count for read, count in self.insertions.items()},
        }
        return sorted(edits.items(), key=lambda item: (-item[1], item[0]))[:number]

    def share(self, true, count):
        """Score: the share of a true character's occurrences that `count` of them are."""
        occurrences = np.zeros(self.occurrences[true], bool)
        occurrences[:count] = True
        return mean_score(occurrences)

    def substitutions_of(self, true):
        """{character read: count} in place of a true one."""
        return {read: count for (one, read), count in self.substitutions.items() if one == true}

    def most_lost(self, number):
        """The true characters that were lost most often: [(character, count)]."""
        lost = Counter(self.deletions)
        for (true, _), count in self.substitutions.items():
            lost[true] += count
        return sorted(lost.items(), key=lambda item: (-item[1], item[0]))[:number]


def find_confusions(readings):
    """Confusions of an iterable of report.Reading."""
    confusions = Confusions()
    for one in readings:
        confusions.add(one.truth, one.text)
    return confusions


def is_letter_case(true, read):
    """Whether a character was taken for the same one in another case."""
    return true != read and true.lower() == read.lower()


def name_of(character):
    """A character as a sentence or a table shows it."""
    return _NAMES.get(character) or visible_character(character)


def in_words(true, read):
    """An edit: 'O read as 0', 'l not read', 'i read where there is none'."""
    if not true:
        return f'{name_of(read)} read where there is none'
    return f'{name_of(true)} read as {name_of(read)}' if read else f'{name_of(true)} not read'
