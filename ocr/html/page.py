"""The doctor's page: one HTML file that needs no network and no script, on any screen, light or dark."""

import base64
from html import escape
from pathlib import Path

from ocr.html.document import TOTAL, Command, Gallery, Paragraph, Table, number_columns, visible

_SUM = ' class="sum"'  # of a row


def to_html(title, sections):
    """Sections as an HTML document, a string.

    Args:
        title: of the page.
        sections: list of document.Section.
    """
    style = Path(__file__).with_name('page.css').read_text('utf-8')
    links = ''.join(f'<li><a href="#{_anchor(one.title)}">{escape(one.title)}</a></li>\n' for one in sections)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<title>{escape(visible(title))}</title>\n<style>\n{style}</style>\n</head>\n<body>\n'
        f'<header>\n<h1>{escape(visible(title))}</h1>\n</header>\n<nav>\n<ul>\n{links}</ul>\n</nav>\n<main>\n'
        f'{"".join(map(_section, sections))}</main>\n</body>\n</html>\n'
    )


def _anchor(title):
    return ''.join(one if one.isalnum() else '-' for one in title.lower())


def _section(section):
    blocks = ''.join(_HTML_OF[type(block)](block) for block in section.blocks)
    return f'<section id="{_anchor(section.title)}">\n<h2>{escape(section.title)}</h2>\n{blocks}</section>\n'


def _paragraph(paragraph):
    tone = f' class="{paragraph.tone}"' if paragraph.tone else ''
    return f'<p{tone}>{escape(paragraph.text)}</p>\n'


def _command(command):
    return f'<pre><code>{escape(command.text)}</code></pre>\n'


def _table(table):
    numbers = [' class="number"' if is_number else '' for is_number in number_columns(table)]
    head = ''.join(f'<th{of}>{escape(visible(cell))}</th>' for cell, of in zip(table.headers, numbers, strict=True))
    rows = ''.join(f'<tr{_SUM * (row[0] == TOTAL)}>{_row(row, numbers)}</tr>\n' for row in table.rows)
    title = f'<h3>{escape(table.title)}</h3>\n' if table.title else ''
    plot = f'<div class="plot">{table.plot}</div>\n' if table.plot else ''
    body = f'<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody>'
    return f'{title}<div class="beside">\n{plot}<div class="table"><table>\n{body}\n</table></div>\n</div>\n'


def _row(row, numbers):
    return ''.join(f'<td{of}>{escape(visible(str(cell)))}</td>' for cell, of in zip(row, numbers, strict=True))


def _gallery(gallery):
    cards = ''.join(map(_card, gallery.cards))
    note = f'<p class="note">{escape(gallery.note)}</p>\n' if gallery.note else ''
    return f'<h3>{escape(gallery.title)}</h3>\n{note}<div class="gallery">\n{cards}</div>\n'


def _card(card):
    pictures = ''.join(map(_picture, card.pictures)) or '<span class="absent">no picture</span>'
    label = '' if card.label is None else f'<bdi class="label">{escape(visible(card.label)) or "&nbsp;"}</bdi>'
    lines = ''.join(f'<span>{escape(visible(line))}</span>' for line in card.lines)
    return f'<figure><div class="pictures">{pictures}</div><figcaption>{label}{lines}</figcaption></figure>\n'


def _picture(jpeg):
    if jpeg is None:
        return '<span class="absent">no picture</span>'
    return f'<img alt="" src="data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}">'


_HTML_OF = {Paragraph: _paragraph, Command: _command, Table: _table, Gallery: _gallery}
