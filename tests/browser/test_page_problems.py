"""What goes wrong is told in plain words, beside what can be done."""

import json

import pytest
from shop_front import BOARD, PLATE, PLATE_TEXT
from visits import TOKEN


def refuse(person, status, code, times=1, **headers):
    """The server's next answers about pictures are refusals."""
    body = json.dumps({'error': {'code': code, 'message': f'said: {code}'}})
    person.page.route(
        '**/v1/recognize',
        lambda route: route.fulfill(status=status, body=body, headers={'Content-Type': 'application/json', **headers}),
        times=times,
    )


def limit(person, **limits):
    """The server takes no more than this from now on."""
    told = person.page.request.get(f'{person.page.url}v1/models').json()
    told['models'][0]['limits'].update(limits)
    person.page.route('**/v1/models', lambda route: route.fulfill(json=told))
    person.page.reload()
    person.see('#model-card dt')


@pytest.mark.parametrize(
    ('locale', 'said'), [('en-US', '“list.jpg” is not a picture'), ('zh-CN', '“list.jpg”不是可以显示的图片')]
)
def test_a_text_file_is_no_picture(visit, tmp_path, locale, said):
    path = tmp_path / 'list.jpg'
    path.write_text('milk, bread')
    person = visit(locale=locale)
    person.page.set_input_files('#file', path)
    assert person.problem.startswith(said)
    assert person.page.locator('#problem').get_attribute('role') == 'alert'
    person.see('[data-sample="14"]').click()
    person.when_read()
    assert person.page.locator('#problem p').count() == 0


def test_a_broken_picture_leaves_the_one_at_hand(visit, shop, tmp_path):
    person = visit().upload(shop)
    (tmp_path / 'cut.png').write_bytes(b'\x89PNG\r\n\x1a\n' + bytes(100))
    person.page.set_input_files('#file', tmp_path / 'cut.png')
    assert 'cut.png' in person.problem
    assert person.see('#file-name').text_content() == 'shop.jpg'
    person.page.click('#problem [aria-label="Close"]')
    assert person.page.locator('#problem').is_hidden() or person.page.locator('#problem p').count() == 0


def test_a_picture_over_the_limits_is_not_sent(visit, shop):
    person = visit()
    sent = []
    person.page.on('request', lambda request: sent.append(request.method))
    limit(person, max_bytes=1000)
    person.page.set_input_files('#file', shop)
    assert 'this server takes pictures of up to 1 kB' in person.problem
    limit(person, max_pixels=500_000)
    person.page.set_input_files('#file', shop)
    assert '0.6 million pixels; this server takes up to 0.5 million' in person.problem
    assert 'POST' not in sent


def test_a_busy_server_is_asked_again(visit, shop):
    person = visit(may_refuse=True)
    refuse(person, 429, 'queue_full', **{'Retry-After': '1'})
    person.page.set_input_files('#file', shop)
    person.see('#status:has-text("Trying again in 1 second")')
    person.when_read()


def test_a_failed_reading_can_be_tried_again(visit, shop):
    person = visit(may_refuse=True)
    refuse(person, 504, 'timeout')
    person.page.set_input_files('#file', shop)
    assert person.problem.startswith('Reading took too long')
    person.page.route('**/v1/recognize', lambda route: route.abort(), times=1)
    person.page.click('#problem button:has-text("Try again")')
    person.see('#problem:has-text("The server does not answer")')
    person.page.click('#problem button:has-text("Try again")')
    person.when_read()
    assert person.page.locator('#problem p').count() == 0


def test_an_unknown_refusal_is_told_in_the_servers_words(visit, shop):
    person = visit(may_refuse=True)
    refuse(person, 422, 'something_new')
    person.page.set_input_files('#file', shop)
    assert person.problem == 'said: something_new'
    assert person.see('#read').text_content() == 'Read the whole picture'


def test_more_regions_than_the_server_takes(visit, shop):
    person = visit()
    limit(person, max_regions=1)
    person.upload(shop)
    person.draw_polygon(BOARD)
    person.draw_rectangle(PLATE)
    person.page.click('#read')
    assert person.problem.startswith('A picture can have 1 region')


def test_a_reading_is_dropped_when_another_picture_comes(visit, shop):
    person = visit()
    held = []
    person.page.route('**/v1/recognize', lambda route: held.append(route), times=1)
    person.page.set_input_files('#file', shop)
    person.see('#work[aria-busy="true"]')
    person.page.click('#other')
    person.see('[data-sample="19"]').click()
    person.when_read()
    assert person.texts == ['GO'] and len(held) == 1


def test_pasting_text_is_told_to_be_no_picture(visit):
    person = visit()
    person.page.evaluate('navigator.clipboard.writeText("words")')
    person.press('Control+V')
    assert person.problem == 'There was no picture to paste. Copy a picture first.'


def test_a_server_that_wants_a_key_is_given_it(visit, locked_server, shop):
    person = visit(url=locked_server, may_refuse=True)
    for key, refused in (('wrong', True), (TOKEN, False)):
        person.see('dialog[open]')
        person.page.fill('#token-value', key)
        person.page.click('dialog [value="use"]')
        if refused:
            person.see('#token-wrong')
    person.see('[data-sample]')
    person.upload(shop)
    person.draw_rectangle(PLATE)
    assert person.read().texts == [PLATE_TEXT]
    stored = person.page.evaluate('JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])')
    assert TOKEN not in stored
    person.page.reload()
    person.see('dialog[open]')
    person.press('Escape')
    assert person.problem == 'Without the access key nothing can be read.'
