"""The table of a folder of fonts: what each face is, so that a thousand faces are known without opening them.

`fonts.tsv` lies in the folder: tab-separated with a header, unquoted. Columns that are read: file, index (of the face
in a collection), class (as in CLASS_SHARES), package, missing (the ASCII punctuation that the face lacks, or none). A
face in the table has every ASCII letter and digit.
"""

import csv
from collections import Counter
from pathlib import Path

from ocr.errors import InputError

TABLE_FILE = 'fonts.tsv'
# How often faces of a class are drawn with, regardless of their number: as often as on signs and goods, or nearly so.
CLASS_SHARES = {
    'sans': 0.38,
    'serif': 0.2,
    'display': 0.14,
    'slab': 0.06,
    'hand': 0.06,
    'script': 0.06,
    'mono': 0.05,
    'blackletter': 0.01,
}
_OTHER_SHARE = 0.04  # of a class that is not listed, and of one source's display faces if they are very many
_MANY = 100  # faces of a class that come from one package: they look alike, and become a class of their own


def read_table(folder):
    """What a folder's table says, {(file, index): {'missing': str, 'weight': float}}; None if there is no table.

    Raises:
        InputError: the table lacks a column or cannot be read.
    """
    path = Path(folder) / TABLE_FILE
    if not path.is_file():
        return None
    try:
        with open(path, encoding='utf-8', newline='') as file:
            rows = list(csv.DictReader(file, delimiter='\t', quoting=csv.QUOTE_NONE))
        kinds = _kinds(rows)
        sizes = Counter(kinds)
        return {
            (row['file'], int(row['index'])): {
                'missing': '' if row['missing'] == 'none' else row['missing'],
                'weight': CLASS_SHARES.get(kind, _OTHER_SHARE) / sizes[kind],
            }
            for row, kind in zip(rows, kinds, strict=True)
        }
    except (OSError, UnicodeDecodeError, KeyError, TypeError, ValueError) as error:
        raise InputError(f'{path}: not a table of fonts ({error!r}); repair it, or take it out of the folder') from None


def _kinds(rows):
    """For each row its class, or that and its package if one package has very many of a class but not all."""
    kinds = [row['class'] for row in rows]
    sources = [(row['class'], row.get('package')) for row in rows]
    of_kind, of_source = Counter(kinds), Counter(sources)
    crowds = {source for source, number in of_source.items() if _MANY < number < of_kind[source[0]]}
    crowds = {source for source in crowds if of_source[source] > of_kind[source[0]] / 2}
    return [source if source in crowds else kind for kind, source in zip(kinds, sources, strict=True)]
