"""One HTML file that needs no network and no script, on any screen, light or dark."""

import base64
import re
from html import escape
from pathlib import Path

from ocr.pages.document import (
    TOTAL,
    Cell,
    Chart,
    Command,
    Finding,
    Gallery,
    Paragraph,
    RegionExamples,
    Table,
    number_columns,
    visible,
)

_SUM = ' class="sum"'  # of a row
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"  # what a browser lets the page do
_SCRIPT_POLICY = "; script-src 'unsafe-inline'"
_FLAG, _CODE = re.compile(r'--\w+'), r'<code>\g<0></code>'  # of a script, in advice
_LONG = 15  # rows that a sortable table shows at a time; the others are scrolled to
_NO_PICTURE = '<span class="absent">no picture</span>'


def to_html(title, sections, is_sortable=False):
    """Sections as an HTML document, a string.

    Args:
        title: of the page.
        sections: list of document.Section, no two of one title.
        is_sortable: put in the script that sorts and filters sortable tables; without it they stay as they are.
    """
    style = Path(__file__).with_name('page.css').read_text('utf-8')
    script = f'<script>\n{Path(__file__).with_name("page.js").read_text("utf-8")}</script>\n' if is_sortable else ''
    links = ''.join(f'<li><a href="#{_anchor(one.title)}">{escape(one.title)}</a></li>\n' for one in sections)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}{_SCRIPT_POLICY * is_sortable}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<title>{escape(visible(title))}</title>\n<style>\n{style}</style>\n</head>\n<body>\n'
        f'<header>\n<h1>{escape(visible(title))}</h1>\n</header>\n<nav aria-label="Sections">\n<ul>\n{links}</ul>\n'
        f'</nav>\n<main>\n{"".join(map(_section, sections))}</main>\n{script}</body>\n</html>\n'
    )


def _anchor(title):
    return ''.join(one if one.isalnum() else '-' for one in title.lower())


def _section(section):
    blocks = ''.join(_HTML_OF[type(block)](block) for block in section.blocks)
    return f'<section id="{_anchor(section.title)}">\n<h2>{escape(section.title)}</h2>\n{blocks}</section>\n'


def _paragraph(paragraph):
    tone = f' class="{paragraph.tone}"' if paragraph.tone else ''
    return f'<p{tone}>{escape(paragraph.text)}</p>\n'


def _finding(finding):
    advice = f' <strong>{_FLAG.sub(_CODE, escape(visible(finding.advice)))}</strong>' if finding.advice else ''
    link = f' <a href="#{_anchor(finding.section)}">{escape(finding.section)}</a>' if finding.section else ''
    return f'<p class="{f"finding {finding.tone}".strip()}">{escape(visible(finding.text))}{advice}{link}</p>\n'


def _command(command):
    return f'<pre><code>{escape(command.text)}</code></pre>\n'


def _table(table):
    if table.is_sortable:
        return _scrolled(table, table.title)
    title = f'<h3>{escape(table.title)}</h3>\n' if table.title else ''
    plot = f'<div class="plot">{table.plot}</div>\n' if table.plot else ''
    return f'{title}<div class="beside">\n{plot}<div class="table">{_bare_table(table)}</div>\n</div>\n'


def _scrolled(table, caption):
    """A sortable table that scrolls by itself if it is wide or long, with the keyboard too."""
    kind = 'table long' if len(table.rows) > _LONG else 'table'
    group = f'<div class="{kind}" role="group" aria-label="{escape(visible(caption))}" tabindex="0">'
    return f'{group}{_bare_table(table, caption)}</div>\n'


def _bare_table(table, caption=''):
    numbers = [' class="number"' if is_number else '' for is_number in number_columns(table)]
    head = ''.join(f'<th{of}>{escape(visible(cell))}</th>' for cell, of in zip(table.headers, numbers, strict=True))
    rows = ''.join(f'<tr{_SUM * (row[0] == TOTAL)}>{_row(row, numbers)}</tr>\n' for row in table.rows)
    caption = f'<caption>{escape(visible(caption))}</caption>\n' if caption else ''
    kind = ' class="sortable"' * table.is_sortable
    return f'<table{kind}>\n{caption}<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>'


def _row(row, numbers):
    return ''.join(
        f'<td{of}{_sort_key(cell)}>{escape(visible(str(cell)))}</td>' for cell, of in zip(row, numbers, strict=True)
    )


def _sort_key(cell):
    if not isinstance(cell, Cell):
        return ''
    return f' data-value="{"" if cell.value is None else f"{cell.value:.6g}"}"'


def _chart(chart):
    return (
        f'<h3>{escape(visible(chart.title))}</h3>\n<figure class="chart">\n<div class="plot">{chart.svg}</div>\n'
        f'<figcaption>\n<p>{escape(visible(chart.caption))}</p>\n{"".join(map(_finding, chart.findings))}'
        f'<details><summary>The numbers as a table</summary>\n{_scrolled(chart.table, chart.title)}</details>\n'
        '</figcaption>\n</figure>\n'
    )


def _gallery(gallery):
    cards = ''.join(map(_card, gallery.cards))
    note = f'<p class="note">{escape(gallery.note)}</p>\n' if gallery.note else ''
    return f'<h3>{escape(gallery.title)}</h3>\n{note}<div class="gallery">\n{cards}</div>\n'


def _card(card):
    pictures = ''.join(map(_picture, card.pictures)) or _NO_PICTURE
    label = '' if card.label is None else f'<bdi class="label">{escape(visible(card.label)) or "&nbsp;"}</bdi>'
    lines = ''.join(f'<span>{escape(visible(line))}</span>' for line in card.lines)
    return f'<figure><div class="pictures">{pictures}</div><figcaption>{label}{lines}</figcaption></figure>\n'


def _picture(jpeg, alt=''):
    if jpeg is None:
        return _NO_PICTURE
    return f'<img alt="{escape(visible(alt))}" src="data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}">'


def _examples(examples):
    note = f'<p class="note">{escape(examples.note)}</p>\n' if examples.note else ''
    shown = ''.join(map(_example, examples.examples))
    return f'<h3>{escape(examples.title)}</h3>\n{note}<div class="examples">\n{shown}</div>\n'


def _example(example):
    lines = ''.join(f'<dt>{escape(line.name)}</dt><dd>{_marked(line)}</dd>\n' for line in example.lines)
    tiles = ''.join(map(_tile, example.tiles))
    tiles = f'<div class="tiles">\n{tiles}</div>\n' if tiles else ''
    note = f'<p class="note">{escape(visible(example.note))}</p>\n' if example.note else ''
    picture = _picture(example.picture, example.alt)
    return f'<article><div class="pictures">{picture}</div>\n<dl>\n{lines}</dl>\n{tiles}{note}</article>\n'


def _marked(line):
    """A line's text with its wrong characters marked."""
    shown = [escape(visible(one)) for one in line.text]
    marked = ''.join(f'<mark>{one}</mark>' if i in line.wrong else one for i, one in enumerate(shown))
    return f'<bdi>{marked}</bdi>' if marked else '<span class="absent">nothing</span>'


def _tile(tile):
    note = f'<span>{escape(tile.note)}</span>' if tile.note else ''
    kind = ' class="tall"' * tile.is_tall
    return (
        f'<figure{kind}>{_picture(tile.picture, tile.alt)}<figcaption><bdi>{escape(visible(tile.label))}</bdi>{note}'
        '</figcaption></figure>\n'
    )


_HTML_OF = {
    Paragraph: _paragraph,
    Finding: _finding,
    Command: _command,
    Table: _table,
    Chart: _chart,
    Gallery: _gallery,
    RegionExamples: _examples,
}
