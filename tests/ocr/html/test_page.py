"""Sections as text and as HTML."""

import pytest

from ocr.html.document import Card, Command, Gallery, Paragraph, Section, Table, to_text, visible
from ocr.html.page import to_html
from ocr.html.plots import stacked_bars

JPEG = b'\xff\xd8\xff'


@pytest.mark.parametrize(
    ('text', 'shown'),
    [
        ('a b', 'a b'),
        ('中é', '中é'),
        ('a\tb', 'a\\tb'),
        ('\u200b\x1b[1m', '\\u200b\\x1b[1m'),
        ('\xa0', '\\xa0'),
        ('', ''),
    ],
)
def test_nothing_is_hidden(text, shown):
    assert visible(text) == shown


def test_text():
    sections = [
        Section('One', [Paragraph('Said.'), Command('--allow x')]),
        Section(
            'Two',
            [
                Table(['name', 'number'], [['a', 5], ['b\n', 10]], 'Title'),
                Gallery('good', [Card((JPEG,), 'x', ())], is_listed=False),
                Gallery(
                    'bad: 2', [Card((), 'a "b"', ('1.png', '')), Card((JPEG, None), None, ('2.png', '3.png'))], 'why'
                ),
            ],
        ),
    ]
    assert to_text(sections).splitlines() == [
        'One',
        '===',
        'Said.',
        '',
        '    --allow x',
        '',
        'Two',
        '===',
        'Title',
        '',
        'name      number',
        '------  --------',
        'a              5',
        'b\\n           10',
        '',
        'bad: 2 (why)',
        '  "a "b""  1.png',
        '  2.png  3.png',
    ]


def test_names_that_no_file_can_hold_are_shown_as_escapes():
    name = 'bad\udcff\x1b[1m'
    sections = [Section('One', [Table([name], [[name]]), Gallery('a', [Card((), name, (name,))])])]
    for text in (to_text(sections), to_html(name, sections)):
        assert text.encode('utf-8').count(b'bad\\udcff\\x1b[1m') >= 4
        assert '\x1b' not in text


def test_html_escapes_every_text():
    evil = '<b>&"\''
    sections = [
        Section(
            evil,
            [
                Paragraph(evil, 'bad'),
                Command(evil),
                Table([evil], [[evil]], evil),
                Gallery(evil, [Card((JPEG, None), evil, (evil,))], evil),
            ],
        )
    ]
    html = to_html(evil, sections)
    assert '<b>' not in html and '&"' not in html
    assert html.count('&lt;b&gt;&amp;&quot;&#x27;') == 13
    assert 'data:image/jpeg;base64,/9j/' in html and 'no picture' in html
    assert '://' not in html


def test_numbers_stand_to_the_right_and_totals_out():
    html = to_html('page', [Section('s', [Table(['a', 'b'], [['x', 1], ['total', 1]])])])
    assert '<td>x</td><td class="number">1</td>' in html
    assert '<tr class="sum"><td>total</td>' in html


def test_a_plot_refers_to_nothing_outside_and_shows_all_names():
    svg = stacked_bars(['1', '2 & <3>'], {'mine': [3, 0], '<i>': [1, 5]}, 'regions')
    assert svg.startswith('<svg') and svg.rstrip().endswith('</svg>')
    assert 'http' not in svg and 'xmlns' not in svg and 'xlink' not in svg and '<!' not in svg.partition('<defs')[0]
    assert '<i>' not in svg and '<3>' not in svg
    for name in ('mine', '&lt;i&gt;', '2 &amp; &lt;3&gt;', 'regions'):
        assert name in svg
    assert 'currentColor' in svg and '#010203' not in svg
    assert svg == stacked_bars(['1', '2 & <3>'], {'mine': [3, 0], '<i>': [1, 5]}, 'regions')


@pytest.mark.filterwarnings('error:Glyph')
@pytest.mark.parametrize('name', ['$x$', '$', '_private', '100%', '中文', 'a\tb'])
def test_plots_take_any_name_of_a_dataset(name):
    assert f'>{visible(name)}<' in stacked_bars(['a'], {name: [1], 'other': [2]}, 'regions')
