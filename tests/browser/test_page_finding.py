"""A photograph is dropped, and all its text is found, read, and can be changed like what a person drew."""

import numpy as np
import pytest
from PIL import Image
from shop_front import BOARD, BOARD_TEXT, PLATE, PLATE_TEXT
from test_page_for_everyone import violations

WIDTHS = (1280, 390)


@pytest.fixture
def person_at(visit, finding_server):
    return lambda **options: visit(url=finding_server, **options)


@pytest.fixture
def empty(tmp_path):
    """A photograph in which nothing is found."""
    Image.new('RGB', (1000, 700), 'teal').save(tmp_path / 'wall.png')
    return tmp_path / 'wall.png'


@pytest.mark.parametrize('width', WIDTHS)
def test_all_text_is_found_and_read_at_once(person_at, shop, width):
    person = person_at(width=width)
    assert 'found and read' in person.see('#start-lead').text_content()
    person.upload(shop)
    assert person.texts == [BOARD_TEXT, PLATE_TEXT]
    assert person.labels == [f'1  {BOARD_TEXT}', f'2  {PLATE_TEXT}']
    for outline, polygon in zip(person.regions, (BOARD, PLATE), strict=True):
        np.testing.assert_allclose(outline, polygon, atol=4)
    assert person.see('#status').text_content().startswith('2 texts read in')
    assert person.page.locator('.result.open').count() == 0  # an overview
    assert person.page.locator('#read').is_hidden() and person.page.locator('#read-whole').is_hidden()
    assert person.overflow() == 0


def test_what_was_found_is_changed_like_what_was_drawn(person_at, shop):
    person = person_at().upload(shop)
    person.page.click('.head >> nth=1')
    person.drag(PLATE[2], (480, 500))
    assert person.texts == [BOARD_TEXT, 'not read yet']
    person.read()
    assert person.texts == [BOARD_TEXT, PLATE_TEXT]
    person.page.click('[data-says="remove_region"]')
    assert person.texts == [BOARD_TEXT]
    person.draw_rectangle(PLATE)
    assert person.texts == [BOARD_TEXT, PLATE_TEXT]  # an outline that was read before
    for _ in range(4):
        person.page.click('#undo')
    assert person.regions == [] and person.see('#read').text_content() == 'Find and read all text'
    person.read()
    assert person.texts == [BOARD_TEXT, PLATE_TEXT]


def test_the_picture_can_still_be_read_as_one_text(person_at, shop):
    person = person_at().upload(shop)
    person.page.click('#undo')
    person.see('#read-whole').click()
    person.see('#work[aria-busy="false"] .head .unseen:text-is("Whole picture: ")')
    assert len(person.texts) == 1 and person.regions == []


@pytest.mark.parametrize('width', WIDTHS)
def test_a_photograph_without_text_says_so(person_at, empty, width):
    person = person_at(width=width)
    person.page.set_input_files('#file', empty)
    person.see('#status:has-text("No text was found")')
    assert person.texts == [] and person.see('#read').text_content() == 'Find and read all text'
    assert violations(person.page) == []
    person.draw_rectangle([(100, 100), (400, 100), (400, 200), (100, 200)])
    assert person.texts == ['not read yet'] and person.see('#read').text_content() == 'Read 1 region'
    person.read()
    assert person.page.locator('#status').text_content().startswith('1 text read')


def test_a_word_is_read_whole(person_at):
    person = person_at()
    person.see('[data-sample="14"]').click()
    person.when_read()
    assert person.texts == ['HANDMADE'] and person.regions == []


def test_regions_are_stepped_through_with_the_keyboard(person_at, shop):
    person = person_at().upload(shop)
    person.page.focus('[data-region] >> nth=1')
    person.press('Enter', 'Delete')
    assert person.texts == [BOARD_TEXT]
    person.press('Control+Z')
    assert person.texts == [BOARD_TEXT, PLATE_TEXT]


@pytest.mark.parametrize('width', WIDTHS)
@pytest.mark.parametrize('colours', ('light', 'dark'))
def test_axe_finds_nothing(person_at, shop, width, colours):
    person = person_at(width=width, color_scheme=colours, reduced_motion='reduce').upload(shop)
    assert violations(person.page) == []


def test_it_speaks_chinese(person_at, shop, empty):
    person = person_at(locale='zh-CN')
    assert '自动找出' in person.see('#start-lead').text_content()
    person.upload(shop)
    assert person.texts == [BOARD_TEXT, PLATE_TEXT]
    person.page.set_input_files('#file', empty)
    person.see('#status:has-text("没有找到文字")')
    assert person.see('#read').text_content() == '查找并识别全部文字'


def test_the_words_of_a_line_are_copied_as_one_line(person_at):
    texts = person_at().page.evaluate(
        """async () => {
            const { Sheet } = await import('/sheet.js');
            const sheet = new Sheet();
            sheet.open({ name: 'a', width: 100, height: 100 });
            const reading = (text, x) => ({ text, polygon: [[x, 0], [x + 9, 0], [x + 9, 9]] });
            const lines = [{ regions: [0, 1] }, { regions: [2] }];
            sheet.adopt([reading('EXIT', 0), reading('24', 10), reading('Bar', 40)], lines, {});
            return sheet.texts;
        }"""
    )
    assert texts == ['EXIT 24', 'Bar']


def test_what_was_found_beyond_the_servers_limit_is_told(person_at):
    text = person_at().page.evaluate("import('/texts.js').then(({ say }) => say('done_more', { count: 3 }))")
    assert text == '; 3 more were found than this server reads at once'
