"""The page for people with other languages, eyes, hands and screens."""

import json
import re

import pytest
from shop_front import BOARD, PLATE, PLATE_TEXT

from ocr.serving.files import PAGE

COLOURS = ('light', 'dark')
SIZES = (1280, 390)


def violations(page):
    """What axe-core objects to, WCAG 2.2's targets included; the empty list is well."""
    from axe_playwright_python.sync_playwright import Axe

    options = {'resultTypes': ['violations'], 'rules': {'target-size': {'enabled': True}}}
    found = Axe().run(page, options=options).response['violations']
    return [(one['id'], one['help'], [node['html'] for node in one['nodes']]) for one in found]


@pytest.mark.parametrize('width', SIZES)
@pytest.mark.parametrize('colours', COLOURS)
def test_axe_finds_nothing(visit, shop, tmp_path, width, colours):
    person = visit(width=width, color_scheme=colours, reduced_motion='reduce')
    person.see('[data-sample]')
    (tmp_path / 'no.png').write_text('no picture')
    person.page.set_input_files('#file', tmp_path / 'no.png')
    person.see('#problem p')
    assert violations(person.page) == []
    person.upload(shop)
    person.draw_polygon(BOARD)
    person.draw_rectangle(PLATE)
    person.read()
    person.see('[data-focus="next"]').click()
    person.see('.looked-at')
    assert violations(person.page) == []
    assert person.overflow() == 0


def test_chinese_by_the_browsers_language_and_a_switch(visit, shop):
    person = visit(locale='zh-CN')
    assert person.see('#start-title').text_content() == '识别图片中的文字'
    assert person.page.get_attribute('html', 'lang') == 'zh-Hans'
    person.upload(shop)
    assert person.see('#read-title').text_content() == '识别结果'
    person.draw_rectangle(PLATE)
    assert person.texts == ['尚未识别'] and person.see('#read').text_content() == '识别 1 个区域'
    person.read()
    assert person.page.locator('.character').first.get_attribute('aria-label').startswith('c，把握 ')
    person.page.click('#language')
    assert person.see('#read-title').text_content() == 'What was read'
    assert person.texts == [PLATE_TEXT] and person.page.get_attribute('html', 'lang') == 'en'
    person.page.reload()  # the choice lasts
    assert person.see('#start-title').text_content() == 'Read the text in a picture'


def test_an_unknown_language_is_english(visit):
    person = visit(locale='fr-FR')
    assert person.see('#start-title').text_content() == 'Read the text in a picture'


def test_both_languages_have_all_texts(visit):
    """The same keys with the same {values}, and every key that the page names."""
    person = visit()
    english, chinese = person.page.evaluate(
        """async () => Promise.all(['en', 'zh'].map(async (one) => {
            const texts = (await import(`/text_${one}.js`)).default;
            return Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, String(text)]));
        }))"""
    )
    assert list(english) == list(chinese)
    plain = [key for key in english if '=>' not in english[key] + chinese[key]]
    assert len(plain) > 50
    for key in plain:
        assert set(re.findall(r'\{\w+\}', english[key])) == set(re.findall(r'\{\w+\}', chinese[key])), key
    named = re.findall(r'data-(?:text|label)="(\w+)"', (PAGE / 'index.html').read_text('utf-8'))
    for path in PAGE.glob('*.js'):
        named += re.findall(r"""\bsay\('(\w+)'""", path.read_text('utf-8'))
        named += [f'problem_{code}' for code in re.findall(r"Refusal\('(\w+)'", path.read_text('utf-8'))]
    assert set(named) - set(english) - {'problem_stopped'} == set()


def test_the_picture_stays_in_sight_on_a_phone(visit, shop):
    person = visit(width=390, height=700).upload(shop)
    person.page.locator('.characters').evaluate('(one) => one.scrollIntoView({ block: "end" })')
    person.page.locator('.character').first.tap()
    shown = person.page.locator('#viewport').bounding_box()
    character = person.page.locator('.character').first.bounding_box()
    assert shown['y'] >= 0 and shown['y'] + shown['height'] <= character['y'] + 1


def test_a_name_that_wraps_on_a_phone_stands_in_line_with_all_else(visit, shop, tmp_path):
    path = tmp_path / 'a-name-that-wraps-below-the-button.jpg'
    path.write_bytes(shop.read_bytes())
    person = visit(width=390).upload(path)
    button, name, size, title = (
        person.page.locator(one).bounding_box() for one in ('#other', '#file-name', '#file-size', '#read-title')
    )
    assert name['y'] >= button['y'] + button['height']
    assert name['x'] == size['x'] == title['x']


def test_long_names_and_texts_fit(visit, shop, tmp_path):
    person = visit(width=390)
    path = tmp_path / f'{"a-very-long-name" * 10}.jpg'
    path.write_bytes(shop.read_bytes())
    answer = {
        'image': {'width': 960, 'height': 640},
        'regions': [{'text': 'W' * 60, 'confidence': 0.5, 'char_confidences': [0.9] * 60, 'polygon': BOARD}],
        'timings': {'decode_ms': 1, 'queue_ms': 1, 'read_ms': 1, 'total_ms': 3},
    }
    person.page.route('**/v1/recognize', lambda route: route.fulfill(body=json.dumps(answer)))
    person.upload(path)
    assert person.texts == ['W' * 60] and person.overflow() == 0
    assert person.see('.said').text_content() == 'This model does not show where it read'


def test_hostile_text_stays_text(visit, shop):
    person = visit()
    text = '<img src=x onerror=alert(1)>'
    answer = {
        'image': {'width': 960, 'height': 640},
        'regions': [{'text': text, 'confidence': 0.5, 'char_confidences': [0.9] * len(text), 'polygon': BOARD}],
        'timings': {'decode_ms': 1, 'queue_ms': 1, 'read_ms': 1, 'total_ms': 3},
    }
    person.page.route('**/v1/recognize', lambda route: route.fulfill(body=json.dumps(answer)))
    person.upload(shop)
    assert person.texts == [text]
