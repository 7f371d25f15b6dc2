"""A video is dropped, read while the person waits, played with outlines over it, and taken along."""

import json

import pytest
from shop_front import BOARD_TEXT, PLATE_TEXT
from test_page_for_everyone import violations

WIDTHS = (1280, 390)


@pytest.fixture
def person_at(visit, finding_server):
    return lambda **options: visit(url=finding_server, **options)


def upload(person, path):
    """Choose a video; returns when it is read."""
    person.page.set_input_files('#file', path)
    person.see('#film[aria-busy="false"]')
    return person


def moments(person):
    """[(time, text)] of the list."""
    rows = person.page.locator('.moment').all()
    return [(row.locator('.time').text_content(), row.locator('.text').text_content()) for row in rows]


def time(person):
    return person.page.evaluate("document.getElementById('player').currentTime")


def wait_for_outlines(person, count):
    """Wait until so many outlines lie over the video."""
    from playwright.sync_api import expect
    from visits import PATIENCE

    expect(person.page.locator('#film-overlay polygon.region')).to_have_count(count, timeout=PATIENCE)


def shown(person):
    """Texts on the video."""
    return sorted(person.page.locator('#film-overlay text').all_text_contents())


@pytest.mark.parametrize('width', WIDTHS)
def test_a_video_is_read(person_at, film, width):
    person = upload(person_at(width=width), film)
    assert moments(person) == [('0:00.0', BOARD_TEXT), ('0:02.0', PLATE_TEXT)]
    assert person.see('#film-status').text_content() == '2 texts'
    assert person.page.locator('#film-stop').is_hidden() and person.page.locator('#film-progress').is_hidden()
    assert '960 × 640' in person.see('#film-size').text_content()
    assert person.overflow() == 0


@pytest.mark.parametrize('width', WIDTHS)
def test_a_text_jumps_the_player_and_outlines_lie_over_it(person_at, film, width):
    person = upload(person_at(width=width), film)
    wait_for_outlines(person, 1)
    assert shown(person) == [BOARD_TEXT]
    person.page.click('.moment >> nth=1')
    wait_for_outlines(person, 2)
    assert 2 <= time(person) < 2.2 and shown(person) == [BOARD_TEXT, PLATE_TEXT]
    assert person.page.locator('.moment[aria-current="true"]').count() == 2
    box = person.page.locator('#film-overlay polygon.region').nth(1).bounding_box()
    player = person.page.locator('#player').bounding_box()
    scale = player['width'] / 960
    assert abs((box['x'] - player['x']) / scale - 168) < 12 and abs((box['y'] - player['y']) / scale - 398) < 12
    person.page.click('.moment >> nth=0')
    wait_for_outlines(person, 1)


def test_outlines_follow_while_it_plays(person_at, film):
    person = upload(person_at(), film)
    person.page.evaluate("document.getElementById('player').play()")
    wait_for_outlines(person, 2)
    assert time(person) >= 2


def test_the_list_is_stepped_through_with_the_keyboard(person_at, film):
    person = upload(person_at(), film)
    person.page.focus('.moment >> nth=0')
    person.press('ArrowDown', 'Enter')
    wait_for_outlines(person, 2)
    assert time(person) >= 2
    person.press('ArrowUp')
    assert person.page.evaluate("document.activeElement.querySelector('.text').textContent") == BOARD_TEXT


def test_json_and_subtitles_are_saved(person_at, film):
    person = upload(person_at(), film)
    name, data = person.download('#film-json')
    record = json.loads(data)
    assert name == 'shop.json' and record['video'] == 'shop.webm' and record['complete']
    assert [text['text'] for text in record['texts']] == [BOARD_TEXT, PLATE_TEXT]
    assert {'width', 'height', 'seconds', 'fps', 'frames'} < set(record)
    name, data = person.download('#film-srt')
    assert name == 'shop.srt'
    assert data.decode().startswith(f'1\n00:00:00,000 --> 00:00:02,000\n{BOARD_TEXT}\n\n2\n00:00:02,000')


def test_progress_is_shown_and_it_can_be_stopped_and_read_again(person_at, film, detector_gate):
    person = person_at()
    detector_gate.clear()
    person.page.set_input_files('#file', film)
    person.see('#film-stop')
    person.see('#film-status:has-text("Read up to 0:00.0")')
    assert person.page.locator('#film-progress').is_visible()
    person.page.click('#film-stop')
    person.see('#film[aria-busy="false"]')
    assert person.see('#film-status').text_content().startswith('Stopped at 0:00.0')
    detector_gate.set()
    person.page.click('#film-again')
    person.see('#film-status:text-is("2 texts")')


def test_what_is_no_video_is_told(person_at, tmp_path):
    (tmp_path / 'x.mp4').write_bytes(b'no video')
    person = person_at(may_refuse=True)
    person.page.set_input_files('#file', tmp_path / 'x.mp4')
    assert 'no video in a format that is read here' in person.problem
    person.see('#film-playable')
    assert person.page.locator('#player').is_hidden()


def test_a_video_over_the_limit_is_not_sent(person_at, film):
    from test_page_problems import limit

    person = person_at()
    sent = []
    person.page.on('request', lambda request: sent.append(request.method))
    limit(person, max_video_bytes=1000)
    person.page.set_input_files('#file', film)
    assert 'this server takes videos of up to 1 kB' in person.problem and 'POST' not in sent


def test_a_busy_server_is_asked_again(person_at, film):
    person = person_at(may_refuse=True)
    body = json.dumps({'error': {'code': 'queue_full', 'message': 'said: queue_full'}})
    headers = {'Content-Type': 'application/json', 'Retry-After': '1'}
    person.page.route('**/v1/video', lambda route: route.fulfill(status=429, body=body, headers=headers), times=1)
    person.page.set_input_files('#file', film)
    person.see('#film-status:has-text("Trying again in 1 second")')
    person.see('#film-status:text-is("2 texts")')


def test_a_server_without_a_detector_reads_no_video(visit, film):
    person = visit()
    assert person.see('#drop-here').text_content() == 'Drop a picture here, paste one, or'
    person.page.set_input_files('#file', film)
    assert person.problem == '“shop.webm” is a video. This server only reads pictures.'


def test_pictures_and_videos_follow_each_other(person_at, film, shop):
    person = upload(person_at(), film)
    person.page.click('#film-other')
    assert person.see('#back').text_content() == 'Back to shop.webm'
    person.page.click('#back')
    assert len(moments(person)) == 2
    person.page.click('#film-other')
    person.upload(shop)
    assert person.page.locator('#film').is_hidden() and person.texts == [BOARD_TEXT, PLATE_TEXT]
    person.page.click('#other')
    assert person.see('#back').text_content() == 'Back to shop.jpg'
    upload(person, film)
    assert person.page.locator('#work').is_hidden()


@pytest.mark.parametrize('width', WIDTHS)
@pytest.mark.parametrize('colours', ('light', 'dark'))
def test_axe_finds_nothing(person_at, film, width, colours):
    person = upload(person_at(width=width, color_scheme=colours, reduced_motion='reduce'), film)
    assert violations(person.page) == []


def test_it_speaks_chinese(person_at, film):
    person = upload(person_at(locale='zh-CN'), film)
    assert person.see('#film-status').text_content() == '2 段文字'
    assert person.see('#film-title').text_content() == '视频中的文字'
    person.page.click('#language')
    assert person.see('#film-status').text_content() == '2 texts'


def test_outlines_move_between_the_frames_that_were_looked_at(person_at):
    found = person_at().page.evaluate(
        """async () => {
            const { outlineAt } = await import('/film.js');
            const at = (time, x) => ({ time, polygon: [[x, 0], [x + 10, 0], [x + 10, 10]] });
            const outlines = [at(1, 0), at(3, 100)];
            return [0, 1, 2, 2.5, 2.75, 3, 9].map((time) => outlineAt(outlines, time, 0.5)[0][0]);
        }"""
    )
    assert found == [0, 0, 0, 0, 50, 100, 100]
