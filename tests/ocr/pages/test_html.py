"""Sections as text and as HTML."""

import re

import pytest
from parsed_page import Page

from ocr.pages.document import (
    Card,
    Cell,
    Chart,
    Command,
    Finding,
    Gallery,
    Line,
    Paragraph,
    RegionExample,
    RegionExamples,
    Section,
    Table,
    Tile,
    to_text,
    visible,
    visible_character,
)
from ocr.pages.html import to_html
from ocr.pages.plots import stacked_bars, to_svg

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
        Section('One', [Paragraph('Said.'), Command('--allow_lost x')]),
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
        '    --allow_lost x',
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


def chart(description='a: 3', number=3):
    svg = to_svg(lambda figure: figure.subplots().plot([0, number], [0, 1], marker='o'), (2, 2), description)
    findings = (Finding('Worse: <i>.', 'Raise --seq_len & wait.', ''),)
    return Chart('By <length>', svg, 'Falls.', Table(['length', 'right'], [['1', Cell('30.0 [1, 2]', 0.3)]]), findings)


def test_a_chart_has_caption_description_and_its_numbers_as_a_table():
    html = to_html('page', [Section('s', [chart('"a" & <b>')])])
    page = Page(html)
    assert page.described == ['"a" & <b>']
    assert page.captions == ['By <length>'] and page.tables == [[['length', 'right'], ['1', '30.0 [1, 2]']]]
    assert 'Falls.' in page.texts and '<code>--seq_len</code> &amp; wait.' in html
    assert '<td class="number" data-value="0.3">30.0 [1, 2]</td>' in html


def test_no_two_charts_of_a_page_share_an_id():
    svgs = [chart(number=number).svg for number in (3, 4)]
    page = Page(to_html('page', [Section('s', [Table(['a'], [['b']], plot=svg) for svg in svgs])]))
    assert len(page.ids) == len(set(page.ids)) > 1
    references = {reference for svg in svgs for reference in re.findall(r'(?:url\(#|href="#)([^")]+)', svg)}
    assert references and references <= set(page.ids)


def test_examples_mark_what_is_wrong_and_describe_what_is_seen():
    tiles = (Tile(JPEG, 'Attention for <a>', '<a>', '90 %'), Tile(JPEG, 'Attention at the end', 'end', is_tall=True))
    lines = (Line('truth', 'a<b>', frozenset({1, 3})), Line('read', ''))
    examples = RegionExamples(
        'some: 1', [RegionExample(None, 'gone', lines), RegionExample(JPEG, 'Region "x"', lines, tiles, 'so')]
    )
    html = to_html('page', [Section('s', [examples])])
    page = Page(html)
    assert html.count('<bdi>a<mark>&lt;</mark>b<mark>&gt;</mark></bdi>') == 2
    assert page.described == ['Region "x"', 'Attention for <a>', 'Attention at the end']
    assert html.count('<figure class="tall">') == 1
    assert page.texts.count('nothing') == 2 and page.texts.count('no picture') == 1
    assert to_text([Section('s', [examples])]).splitlines()[3:] == ['  truth "a<b>"  read ""'] * 2


def test_findings_lead_to_their_sections_and_flags_are_code():
    sections = [Section('All', [Finding('Bad.', 'Raise --seq_len.', 'Errors')]), Section('Errors', [])]
    html = to_html('page', sections)
    assert '<p class="finding bad">Bad. <strong>Raise <code>--seq_len</code>.</strong> <a href="#errors">' in html
    assert to_text(sections).splitlines()[2] == 'Bad. Raise --seq_len.'


def test_only_a_sortable_page_has_a_script():
    sections = [Section('s', [Table(['a', 'b'], [['x', 1]] * 20, 'All', is_sortable=True)])]
    still, sortable = to_html('page', sections), to_html('page', sections, is_sortable=True)
    assert '<script' not in still and 'script-src' not in still
    assert sortable.count('<script>') == 1 and "script-src 'unsafe-inline'" in sortable
    for html in (still, sortable):
        assert '<table class="sortable">\n<caption>All</caption>' in html
        assert '<div class="table long" role="group" aria-label="All" tabindex="0">' in html
        assert Page(html).tables[0][1] == ['x', '1']


@pytest.mark.parametrize(('one', 'shown'), [('a', 'a'), (' ', 'U+0020'), ('\u0301', 'U+0301'), ('\t', 'U+0009')])
def test_visible_characters(one, shown):
    assert visible_character(one) == shown
