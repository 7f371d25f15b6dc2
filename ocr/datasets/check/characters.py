"""The section about characters: which are frequent, rare, never shown in training, or outside the charset."""

import unicodedata
from collections import Counter
from itertools import groupby

from ocr.datasets.check.scan import EVALUATION, TRAINING
from ocr.datasets.check.tables import clipped, without_empty_ends
from ocr.pages.bins import OCCURRENCES, binned
from ocr.pages.document import GOOD, Paragraph, Section, Table, of_which, visible_character
from ocr.pages.plots import stacked_bars

FREQUENT = 20  # characters that are listed as the most frequent
LISTED = 40  # other characters in a table or a row
RARE = 5  # occurrences; characters with fewer are listed as rare


def characters(datasets, charset):
    """The characters of the legible regions, {name: Findings}, held against a Charset.

    Args:
    """
    trained, evaluated = _occurrences(datasets, TRAINING), _occurrences(datasets, EVALUATION)
    total = sum((findings.statistics.characters for findings in datasets.values()), Counter())
    about = f'{len(total)} different ones: {len(trained)} in training, {len(evaluated)} in evaluation.'
    blocks = [Paragraph(about), _frequent(total, trained, evaluated)]
    if trained:
        blocks += [_frequencies(trained), _rare(trained, RARE), _unseen(trained, evaluated)]
    return Section('Characters', [*blocks, _outside(datasets, charset)])


def _occurrences(datasets, role):
    """Counter of the characters of all datasets of a role."""
    return sum((of.statistics.characters for of in datasets.values() if role in of.roles), Counter())


def _frequent(total, trained, evaluated):
    listed = sorted(total, key=lambda one: (-total[one], one))[:FREQUENT]
    rows = [[trained[one], evaluated[one], *_identity(one)] for one in listed]
    headers = ['training', 'evaluation', 'code', 'name', 'character']
    return Table(headers, rows, f'The {len(listed)} most frequent')


def _frequencies(trained):
    counts = binned(Counter(trained.values()), OCCURRENCES)
    names = without_empty_ends(OCCURRENCES.names, [counts])
    rows = [[name, counts[name]] for name in names]
    plot = stacked_bars(names, {'training': [counts[name] for name in names]}, 'characters')
    return Table(['occurrences', 'characters'], rows, 'How many occur how often in training', plot)


def _rare(trained, below):
    return _list(f'Fewer than {below} times in training', [one for one in trained if trained[one] < below], trained)


def _unseen(trained, evaluated):
    return _list('In evaluation, but never in training', set(evaluated) - set(trained), evaluated)


def _outside(datasets, charset):
    """The characters that the charset lacks and what each of them costs."""
    outside, lost, alone, texts = Counter(), Counter(), Counter(), {}
    for statistics in (findings.statistics for findings in datasets.values()):
        outside += statistics.outside
        lost += statistics.outside_regions
        alone += statistics.outside_alone
        texts = {**statistics.outside_text, **texts}
    title = f'Outside charset {charset.name}'
    if not outside:
        return Paragraph(f'{title}: none.', GOOD)
    listed = sorted(outside, key=lambda one: (-lost[one], -outside[one], one))[:LISTED]
    rows = [[outside[one], lost[one], alone[one], *_identity(one), clipped(texts[one])] for one in listed]
    headers = ['occurrences', 'regions lost', 'for it alone', 'code', 'name', 'character', 'as in']
    return Table(headers, rows, f'{title}: {len(outside)}{of_which(len(listed), len(outside))}')


def _list(title, found, counts):
    """Characters by their counts; a sentence if there is none."""
    if not found:
        return Paragraph(f'{title}: none.', GOOD)
    ordered = sorted(found, key=lambda one: (counts[one], one))
    groups = [(number, list(group)) for number, group in groupby(ordered, lambda one: counts[one])]
    rows = [
        [number, len(group), ' '.join(map(visible_character, group[:LISTED])) + ' …' * (len(group) > LISTED)]
        for number, group in groups
    ]
    return Table(['occurrences', 'characters', 'which'], rows, f'{title}: {len(found)}')


def _identity(character):
    """Code, Unicode name and the character itself."""
    return f'U+{ord(character):04X}', unicodedata.name(character, 'no name').lower(), visible_character(character)
