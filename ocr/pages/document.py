"""What a page is made of: sections of paragraphs, tables, charts, pictures; as text here, as HTML by `page`."""

import textwrap
import unicodedata
from dataclasses import dataclass

from tabulate import tabulate

from ocr.terminal.visible import visible

WIDTH = 100  # columns of text

GOOD, BAD = 'good', 'bad'
TOTAL = 'total'  # first cell of a row that sums up the others


@dataclass(frozen=True)
class Paragraph:
    """A few sentences; `tone` is GOOD, BAD or empty."""

    text: str
    tone: str = ''


@dataclass(frozen=True)
class Command:
    """What may be typed, in one line."""

    text: str


@dataclass(frozen=True)
class Finding:
    """What was found, what it suggests, and the title of the section that shows it; `tone` is GOOD, BAD or empty."""

    text: str
    advice: str
    section: str
    tone: str = BAD


@dataclass(frozen=True)
class Cell:
    """A cell that is a number to sort by, in words; `value` None is sorted behind all others."""

    text: str
    value: float | None

    def __str__(self):
        return self.text


@dataclass(frozen=True)
class Table:
    """Rows under headers; whole numbers and Cells stand to the right.

    Attributes:
        headers, rows: lists of strings, whole numbers and Cells.
        title: above it.
        plot: an SVG of the same numbers, for the page.
        is_sortable: a browser that runs the page's script can sort its rows and filter them.
    """

    headers: list
    rows: list
    title: str = ''
    plot: str = ''
    is_sortable: bool = False


@dataclass(frozen=True)
class Chart:
    """A plot, SVG, under a title, with a caption and Findings beside, and its Table for those who do not see it."""

    title: str
    svg: str
    caption: str
    table: Table
    findings: tuple = ()


@dataclass(frozen=True)
class Card:
    """One example: its pictures, each JPEG as bytes or None if there is none, a label or None, lines about it."""

    pictures: tuple
    label: str | None
    lines: tuple


@dataclass(frozen=True)
class Gallery:
    """Examples under a title and a note; as text they are listed unless they are but pictures of what is well."""

    title: str
    cards: list
    note: str = ''
    is_listed: bool = True


@dataclass(frozen=True)
class Line:
    """One line about a example: what it is called, a text, and the positions in it that are wrong."""

    name: str
    text: str
    wrong: frozenset = frozenset()


@dataclass(frozen=True)
class Tile:
    """One of a row of small pictures: JPEG as bytes, what is seen on it, a label below and a smaller one.

    A picture that is tall, much higher than wide, takes more room.
    """

    picture: bytes
    alt: str
    label: str
    note: str = ''
    is_tall: bool = False


@dataclass(frozen=True)
class RegionExample:
    """A region looked at closely: its picture, JPEG as bytes or None, Lines about it, Tiles, and a note."""

    picture: bytes | None
    alt: str
    lines: tuple
    tiles: tuple = ()
    note: str = ''


@dataclass(frozen=True)
class RegionExamples:
    """RegionExamples under a title and a note."""

    title: str
    examples: list
    note: str = ''


@dataclass(frozen=True)
class Section:
    """Blocks of the above under a title."""

    title: str
    blocks: list


def visible_character(character):
    """A character, or its code if it prints as nothing or on top of another."""
    stands_alone = character.isprintable() and unicodedata.category(character) not in ('Zs', 'Mn', 'Me', 'Mc')
    return character if stands_alone else f'U+{ord(character):04X}'


def of_which(shown, number):
    """', of which 40 are shown', or nothing if all are."""
    return '' if shown == number else f', of which {shown} are shown'


def to_text(sections):
    """Sections as text for the screen."""
    return '\n\n'.join(f'{one.title}\n{"=" * len(one.title)}\n{_blocks_text(one.blocks)}' for one in sections)


def _blocks_text(blocks):
    return '\n\n'.join(filter(None, (_TEXT_OF[type(block)](block) for block in blocks)))


def _paragraph_text(paragraph):
    return textwrap.fill(paragraph.text, WIDTH, break_long_words=False, break_on_hyphens=False)


def _table_text(table):
    rows = [[visible(str(cell)) for cell in row] for row in table.rows]
    align = ['right' if is_number else 'left' for is_number in number_columns(table)]
    text = tabulate(rows, headers=list(map(visible, table.headers)), disable_numparse=True, colalign=align)
    return f'{table.title}\n\n{text}' if table.title else text


def number_columns(table):
    """For each column of a table whether it holds whole numbers and Cells only."""
    return [all(isinstance(row[i], (int, Cell)) for row in table.rows) for i in range(len(table.headers))]


def _gallery_text(gallery):
    if not gallery.is_listed:
        return ''
    lines = [f'  {"  ".join(filter(None, (_quoted(card.label), *map(visible, card.lines))))}' for card in gallery.cards]
    return '\n'.join([gallery.title + f' ({gallery.note})' * bool(gallery.note), *lines])


def _quoted(label):
    return None if label is None else f'"{visible(label)}"'


def _command_text(command):
    return f'    {command.text}'


def _finding_text(finding):
    return _paragraph_text(Paragraph(f'{finding.text} {finding.advice}'.strip()))


def _chart_text(chart):
    return '\n\n'.join([chart.title, _table_text(chart.table), *map(_finding_text, chart.findings)])


def _examples_text(examples):
    lines = [
        '  ' + '  '.join(f'{line.name} {_quoted(line.text)}' for line in example.lines) for example in examples.examples
    ]
    return '\n'.join([examples.title + f' ({examples.note})' * bool(examples.note), *lines])


_TEXT_OF = {
    Paragraph: _paragraph_text,
    Finding: _finding_text,
    Command: _command_text,
    Table: _table_text,
    Chart: _chart_text,
    Gallery: _gallery_text,
    RegionExamples: _examples_text,
}
