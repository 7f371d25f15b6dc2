"""A person chooses which of the server's models reads."""

import typing

import pytest
from shop_front import BOARD_TEXT, PLATE, PLATE_TEXT
from test_page_for_everyone import violations
from test_page_video import moments, upload

from ocr.preprocessing.canvas import Canvas

WIDTHS = (1280, 390)
SMALL, LARGE = [BOARD_TEXT, PLATE_TEXT], [BOARD_TEXT.upper(), PLATE_TEXT.upper()]


@pytest.fixture
def person_at(visit, choosing_server):
    def at(**options):
        person = visit(url=choosing_server, **options)
        person.see('#choice')
        return person

    return at


def choose(person, name):
    person.page.select_option('#model-choice', name)


def when_read_as(person, texts):
    """Wait until these texts are listed."""
    from playwright.sync_api import expect
    from visits import PATIENCE

    expect(person.page.locator('.head .text')).to_have_text(texts, timeout=PATIENCE)
    person.see('#work[aria-busy="false"]')


def asked(person):
    """A list that grows by one with each request to read a picture."""
    requests = []
    person.page.on('request', lambda request: request.url.endswith('/v1/recognize') and requests.append(request))
    return requests


def test_one_model_leaves_nothing_to_choose(visit):
    person = visit()
    person.see('#model-card dd')
    assert person.page.locator('#choice').is_hidden()


@pytest.mark.parametrize('width', WIDTHS)
def test_the_model_that_is_chosen_reads(person_at, shop, width):
    person = person_at(width=width)
    assert person.page.locator('#model-choice option').all_text_contents() == ['latin', 'capitals', 'long words']
    assert person.page.get_by_label('Model', exact=True).input_value() == 'latin'
    choose(person, 'capitals')
    person.upload(shop)
    assert person.texts == LARGE
    assert person.saved_json()[1]['model'] == 'capitals'
    assert person.overflow() == 0


@pytest.mark.parametrize('width', WIDTHS)
def test_a_choice_reads_the_picture_again_and_what_was_read_is_kept(person_at, shop, width):
    person = person_at(width=width)
    requests = asked(person)
    person.upload(shop)
    assert person.texts == SMALL and len(requests) == 1
    choose(person, 'capitals')
    when_read_as(person, LARGE)
    assert len(person.regions) == 2 and len(requests) == 2
    assert person.labels == [f'1  {LARGE[0]}', f'2  {LARGE[1]}']
    choose(person, 'latin')
    when_read_as(person, SMALL)
    assert len(requests) == 2  # it was read already
    assert person.page.locator('#read').is_hidden()


def test_each_model_keeps_the_text_that_it_can_read(person_at, shop):
    person = person_at()
    requests = asked(person)
    choose(person, 'long words')
    person.upload(shop)
    assert person.texts == SMALL[:1] and len(person.regions) == 1
    choose(person, 'latin')
    when_read_as(person, SMALL)  # text is looked for again: the other one left some out
    assert len(person.regions) == 2
    choose(person, 'long words')
    when_read_as(person, SMALL[:1])
    choose(person, 'latin')
    when_read_as(person, SMALL)
    assert len(requests) == 2
    person.page.click('#undo')
    assert person.regions == [] and person.page.locator('#undo').is_disabled()


def test_changed_regions_stay_where_another_model_reads(person_at, shop):
    person = person_at().upload(shop)
    person.page.focus('[data-region] >> nth=1')
    person.press('Enter', 'Delete')
    assert person.texts == SMALL[:1]
    choose(person, 'capitals')
    when_read_as(person, LARGE[:1])
    assert len(person.regions) == 1


def test_what_is_drawn_is_read_by_the_chosen_one(person_at, shop):
    person = person_at().upload(shop)
    person.page.click('#undo')
    person.draw_rectangle(PLATE)
    choose(person, 'capitals')
    when_read_as(person, LARGE[1:])
    person.page.click('#undo')
    person.page.click('#redo')
    assert person.texts == LARGE[1:]


def test_a_picture_that_was_read_as_one_text_stays_so(person_at, shop):
    person = person_at().upload(shop)
    person.page.click('#undo')
    person.see('#read-whole').click()
    person.see('#work[aria-busy="false"] .head .unseen:text-is("Whole picture: ")')
    (text,) = person.texts
    choose(person, 'capitals')
    when_read_as(person, [text.upper()])
    assert person.regions == []


def test_a_choice_while_it_is_read_takes_effect_at_once(person_at, shop, detector_gate):
    person = person_at()
    detector_gate.clear()
    person.page.set_input_files('#file', shop)
    person.see('#work[aria-busy="true"]')
    choose(person, 'capitals')
    detector_gate.set()
    when_read_as(person, LARGE)


def test_the_model_is_chosen_with_the_keyboard(person_at, shop):
    person = person_at().upload(shop)
    person.page.focus('#model-choice')
    person.press('ArrowDown')
    when_read_as(person, LARGE)
    assert person.page.evaluate('document.activeElement.id') == 'model-choice'


def test_the_card_is_that_of_the_chosen_model(person_at):
    person = person_at()
    assert 'in the shape of the text' in person.see('#model-card').text_content()
    choose(person, 'capitals')
    assert 'fitted to the text' in person.see('#model-card').text_content()


def test_a_video_that_was_read_is_read_again_on_demand(person_at, film):
    person = upload(person_at(), film)
    assert person.page.locator('#film-again').is_hidden()
    choose(person, 'capitals')
    assert [text for _, text in moments(person)] == SMALL
    person.see('#film-again').click()
    person.see('#film[aria-busy="false"] .moment .text:text-is("COFFEE")')
    assert person.page.locator('#film-again').is_hidden()
    choose(person, 'latin')
    person.see('#film-again')


def test_a_video_that_is_being_read_begins_anew(person_at, film, detector_gate):
    person = person_at()
    detector_gate.clear()
    person.page.set_input_files('#file', film)
    person.see('#film-status:has-text("Read up to 0:00.0")')
    choose(person, 'capitals')
    detector_gate.set()
    person.see('#film[aria-busy="false"] .moment .text:text-is("COFFEE")')
    assert [text for _, text in moments(person)] == LARGE


@pytest.mark.parametrize('width', WIDTHS)
@pytest.mark.parametrize('colours', ('light', 'dark'))
def test_axe_finds_nothing(person_at, shop, width, colours):
    person = person_at(width=width, color_scheme=colours, reduced_motion='reduce')
    assert violations(person.page) == [] and person.overflow() == 0
    person.upload(shop)
    choose(person, 'capitals')
    when_read_as(person, LARGE)
    assert violations(person.page) == [] and person.overflow() == 0


def test_it_speaks_chinese(person_at):
    person = person_at(locale='zh-CN')
    assert person.page.get_by_label('模型', exact=True).input_value() == 'latin'
    choose(person, 'capitals')
    assert '随文字形状调整' in person.see('#model-card').text_content()


def test_every_kind_of_canvas_has_its_words(visit):
    kinds = typing.get_args(typing.get_type_hints(Canvas)['kind'])
    said = visit().page.evaluate(
        """async (kinds) => Promise.all(['en', 'zh'].map(async (one) => {
            const texts = (await import(`/text_${one}.js`)).default;
            return kinds.map((kind) => `model_canvas_${kind}` in texts);
        }))""",
        list(kinds),
    )
    assert said == [[True] * len(kinds)] * 2
