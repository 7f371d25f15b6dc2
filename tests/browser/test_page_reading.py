"""A person has pictures read in the browser, looks at what was read, and takes it along."""

import base64
import io

import numpy as np
import pytest
from PIL import Image
from shop_front import BOARD, BOARD_TEXT, PLATE, PLATE_TEXT

WIDTHS = (1280, 390)


@pytest.mark.parametrize('width', WIDTHS)
def test_a_picture_is_uploaded_two_regions_drawn_and_read(visit, shop, width):
    person = visit(width=width).upload(shop)
    assert len(person.texts) == 1  # the whole picture, at once
    person.draw_polygon(BOARD)
    person.draw_rectangle(PLATE)
    assert person.texts == ['not read yet'] * 2
    person.read()
    assert person.texts == [BOARD_TEXT, PLATE_TEXT]
    assert person.labels == [f'1  {BOARD_TEXT}', f'2  {PLATE_TEXT}']
    for outline, drawn in zip(person.regions, (BOARD, PLATE), strict=True):
        np.testing.assert_allclose(outline, drawn, atol=1.6)  # a screen pixel is up to 3.2 of the picture's
    assert person.overflow() == 0


@pytest.mark.parametrize('width', WIDTHS)
def test_pointing_at_a_character_shows_where_it_was_read(visit, shop, width):
    person = visit(width=width).upload(shop)
    person.draw_rectangle(PLATE)
    person.read()
    columns = []
    for index in (0, 5):
        character = person.page.locator('.character').nth(index)
        character.hover() if width > 500 else character.tap()
        assert person.looked_at == PLATE_TEXT[index]
        heat = person.heat()
        warm = heat[:, :, 0].astype(int) - heat[:, :, 2]
        columns.append(warm.argmax() % warm.shape[1] / warm.shape[1] * 960)
    assert PLATE[0][0] <= columns[0] < columns[1] <= PLATE[1][0]  # c left of e, both on the plate
    assert person.page.locator('#marks .place').count() == 1
    if width > 500:
        person.page.mouse.move(5, 5)
        assert person.looked_at is None and person.heat() is None


def test_a_doubtful_whole_picture_says_what_to_do(visit, shop):
    person = visit().upload(shop)  # two texts, read as if they were one
    assert person.see('.note').text_content().startswith('The model is not sure')
    person.draw_rectangle(PLATE)
    person.read()
    assert person.page.locator('.note').count() == 0


def test_keys_and_buttons_step_through_the_characters(visit, shop):
    person = visit().upload(shop)
    person.draw_rectangle(PLATE)
    person.read()
    next_one = person.see('[data-focus="next"]')
    next_one.click()
    next_one.click()
    assert person.looked_at == PLATE_TEXT[1] and person.heat() is not None
    person.page.focus('[data-focus="next"]')
    person.press('ArrowRight')
    assert person.looked_at == PLATE_TEXT[2]
    person.page.focus('.character[tabindex="0"]')
    person.press('ArrowLeft')
    assert person.looked_at == PLATE_TEXT[1]
    person.press('End')
    assert person.looked_at == 'end' and person.see('.said').text_content() == 'Where the text ends'
    person.press('Home')
    assert person.looked_at == PLATE_TEXT[0]
    person.press('Escape')
    assert person.looked_at is None and person.heat() is None


def test_confidences_are_told_by_number_line_and_word(visit, shop):
    person = visit().upload(shop)
    _, saved = person.saved_json()
    region = saved['regions'][0]
    shown = [int(100 * one + 0.5) for one in region['char_confidences']]  # per cent, as the page says them
    levels = ['high' if one >= 90 else 'middle' if one >= 50 else 'low' for one in shown]
    assert len(set(levels)) > 1
    characters = person.see('.character:not(.ending)')
    styles = {'high': 'solid', 'middle': 'dashed', 'low': 'dotted'}
    lines = 'all => all.map((one) => getComputedStyle(one.querySelector(".share")).borderTopStyle)'
    assert characters.evaluate_all(lines) == [styles[level] for level in levels]
    label = f'{region["text"][0]}, {100 * region["char_confidences"][0]:.0f} % sure, character 1 of {len(levels)}'
    assert characters.first.get_attribute('aria-label') == label


def test_texts_are_copied(visit, shop):
    person = visit().upload(shop)
    person.draw_polygon(BOARD)
    person.draw_rectangle(PLATE)
    person.read()
    person.page.click('#copy-all')
    person.see('#status:text-is("Copied")')
    assert person.clipboard == f'{BOARD_TEXT}\n{PLATE_TEXT}'
    person.page.click('.copy')
    person.page.wait_for_function(f'navigator.clipboard.readText().then((text) => text === "{PLATE_TEXT}")')


def test_json_is_what_the_server_answered(visit, shop):
    person = visit().upload(shop)
    person.draw_rectangle(PLATE)
    with person.page.expect_response('**/v1/recognize') as response:
        person.read()
    answer = response.value.json()
    name, saved = person.saved_json()
    assert name == 'shop.json'
    assert (
        saved['image'] == {'name': 'shop.jpg', 'width': 960, 'height': 640} == {'name': 'shop.jpg', **answer['image']}
    )
    (region,) = answer['regions']
    assert region.pop('attention')['maps']
    assert saved['regions'] == [region] and saved['timings'] == answer['timings']
    assert {'text', 'confidence', 'char_confidences', 'char_positions', 'polygon'} == set(region)


def test_the_saved_picture_shows_outlines_and_texts(visit, shop):
    person = visit().upload(shop)
    person.draw_rectangle(PLATE)
    person.read()
    name, data = person.download('#save-png')
    picture = np.asarray(Image.open(io.BytesIO(data)).convert('RGB')).astype(int)
    original = np.asarray(Image.open(shop).convert('RGB')).astype(int)
    assert name == 'shop_read.png' and picture.shape == original.shape
    changed = np.abs(picture - original).max(axis=2) > 60
    rows, columns = np.nonzero(changed)
    (left, top), _, (right, bottom), _ = PLATE
    assert abs(columns.min() - left) < 6 and abs(columns.max() - right) < 6
    assert rows.min() < top - 20 and abs(rows.max() - bottom) < 6  # the text stands above the outline
    assert not changed[top + 10 : bottom - 10, left + 10 : right - 10].any()


def test_a_sample_is_read_and_another_picture_follows(visit):
    person = visit()
    person.see('[data-sample="14"]').click()
    person.when_read()
    assert person.texts == ['HANDMADE'] and person.see('#file-name').text_content() == '14.jpg'
    person.page.click('#other')
    person.see('#back').click()
    assert person.texts == ['HANDMADE']
    person.page.click('#other')
    person.see('[data-sample="19"]').click()
    person.see('.head:has-text("GO")')
    assert person.texts == ['GO'] and person.see('#file-name').text_content() == '19.jpg'


def test_a_picture_is_pasted(visit, shop):
    person = visit()
    stream = io.BytesIO()
    Image.open(shop).crop((168, 398, 452, 486)).save(stream, 'PNG')
    person.page.evaluate(
        """async (data) => {
            const bytes = Uint8Array.from(atob(data), (one) => one.charCodeAt(0));
            const blob = new Blob([bytes], { type: 'image/png' });
            await navigator.clipboard.write([new ClipboardItem({ 'image/png': blob })]);
        }""",
        base64.b64encode(stream.getvalue()).decode(),
    )
    person.press('Control+V')
    assert person.when_read().texts == [PLATE_TEXT]


def test_a_picture_is_dropped_anywhere(visit, shop):
    person = visit()
    transfer = person.page.evaluate_handle(
        """(data) => {
            const bytes = Uint8Array.from(atob(data), (one) => one.charCodeAt(0));
            const transfer = new DataTransfer();
            transfer.items.add(new File([bytes], 'dropped.jpg', { type: 'image/jpeg' }));
            return transfer;
        }""",
        base64.b64encode(shop.read_bytes()).decode(),
    )
    person.page.dispatch_event('body', 'dragenter', {'dataTransfer': transfer})
    assert person.page.locator('html.dropping').count() == 1
    person.page.dispatch_event('header', 'drop', {'dataTransfer': transfer})
    person.when_read()
    assert person.see('#file-name').text_content() == 'dropped.jpg'
    assert person.page.locator('html.dropping').count() == 0


def test_a_sideways_photograph_stands_upright(visit, shop, tmp_path):
    picture = Image.open(shop)
    exif = picture.getexif()
    exif[0x0112] = 6  # stored turned to the left
    picture.transpose(Image.Transpose.ROTATE_90).save(tmp_path / 'sideways.jpg', exif=exif, quality=92)
    person = visit().upload(tmp_path / 'sideways.jpg')
    assert person.see('#file-size').text_content() == '960 × 640 pixels'
    person.draw_rectangle(PLATE)
    assert person.read().texts == [PLATE_TEXT]


def test_the_card_tells_of_the_model_and_of_this_picture(visit, predictor):
    person = visit()
    card = person.see('#model-card')
    assert 'not read yet' in card.text_content()
    person.see('[data-sample="1"]').click()
    person.when_read()
    told = dict(zip(card.locator('dt').all_text_contents(), card.locator('dd').all_text_contents(), strict=True))
    assert told['Name'] == 'latin.pb' and told['Size'] == '7.4 MB' and told['Computes in'] == 'float32'
    assert told['Reads'] == '95 characters (ascii), up to 24 a text'
    assert told['This picture'].endswith(' ms')
    person.see('#model summary').click()
    shown = person.see('#model-characters').text_content().split(' ')
    assert ''.join(shown).replace('␣', ' ') == ''.join(predictor.charset.characters[2:])
