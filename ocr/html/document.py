"""What the doctor says: sections of paragraphs, tables and pictures, shown as text here and as HTML by `page`."""

import textwrap
from dataclasses import dataclass

from tabulate import tabulate

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
class Table:
    """Rows under headers; whole numbers stand to the right. `plot` is an SVG of the same numbers, for the page."""

    headers: list
    rows: list
    title: str = ''
    plot: str = ''


@dataclass(frozen=True)
class Card:
    """One example: its pictures, each JPEG as bytes or None where there is none, a label or None, lines about it."""

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
class Section:
    """Blocks of the above under a title."""

    title: str
    blocks: list


def visible(text):
    """Text in one line in which nothing is hidden: characters that print as nothing, or other spaces, as escapes."""
    return ''.join(one if one.isprintable() else one.encode('unicode_escape').decode() for one in text)


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
    """For each column of a table whether it holds whole numbers only."""
    return [all(isinstance(row[i], int) for row in table.rows) for i in range(len(table.headers))]


def _gallery_text(gallery):
    if not gallery.is_listed:
        return ''
    lines = [f'  {"  ".join(filter(None, (_quoted(card.label), *map(visible, card.lines))))}' for card in gallery.cards]
    return '\n'.join([gallery.title + f' ({gallery.note})' * bool(gallery.note), *lines])


def _quoted(label):
    return None if label is None else f'"{visible(label)}"'


def _command_text(command):
    return f'    {command.text}'


_TEXT_OF = {Paragraph: _paragraph_text, Command: _command_text, Table: _table_text, Gallery: _gallery_text}
