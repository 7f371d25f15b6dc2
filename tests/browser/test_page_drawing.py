"""Regions drawn and changed on the picture, with a mouse, a finger, and without either."""

import numpy as np
import pytest
from shop_front import BOARD, BOARD_TEXT, PLATE, PLATE_TEXT


def middle(one, other):
    return tuple((np.array(one) + other) / 2)


@pytest.fixture
def person(visit, shop):
    return visit().upload(shop)


def test_a_point_is_moved_added_deleted_and_all_is_undone(person):
    person.draw_polygon(BOARD)
    drawn = person.regions[0]
    person.read()
    person.drag(BOARD[2], (900, 280))
    np.testing.assert_allclose(person.regions[0][2], (900, 280), atol=1)
    assert person.texts == ['not read yet']
    person.drag(middle(BOARD[0], BOARD[1]), (480, 40))  # the middle of an edge
    assert len(person.regions[0]) == 5
    np.testing.assert_allclose(person.regions[0][1], (480, 40), atol=1)
    person.page.click('[data-says="remove_point"]')
    assert len(person.regions[0]) == 4
    for _ in range(3):
        person.page.click('#undo')
    np.testing.assert_array_equal(person.regions[0], drawn)
    assert person.texts == [BOARD_TEXT]  # read before, and not forgotten
    person.press('Control+Shift+Z')
    np.testing.assert_allclose(person.regions[0][2], (900, 280), atol=1)
    person.press('Control+Z', 'Control+Z')
    assert person.regions == [] and person.page.locator('#undo').is_disabled()
    person.page.click('#redo')
    assert len(person.regions) == 1


def test_points_are_taken_back_while_a_polygon_is_drawn(person):
    person.use('polygon')
    person.click(*BOARD[:3])
    person.page.click('#undo')
    person.page.click('#undo')
    assert person.page.locator('#handles .dot').count() == 1
    person.page.click('#redo')
    person.click(*BOARD[2:])
    person.page.click('[data-says="finish"]')
    np.testing.assert_allclose(person.regions[0], BOARD, atol=1)


def test_a_polygon_is_closed_by_a_double_click_or_given_up(person):
    person.use('polygon')
    person.click(*BOARD, BOARD[3])
    assert [len(region) for region in person.regions] == [4]
    person.click(*PLATE[:3])
    person.press('Escape')
    assert len(person.regions) == 1 and person.page.locator('#handles .first').count() == 0


def test_a_second_finger_takes_back_one_point_alone(person):
    person.use('polygon')
    person.click(*BOARD[:3])
    person.page.mouse.move(*person.at(BOARD[3]))
    person.page.mouse.down()
    assert person.page.locator('#handles .dot').count() == 4
    person.page.dispatch_event('#overlay', 'pointercancel')  # what a browser sends when it begins to pinch
    person.page.mouse.up()
    assert person.page.locator('#handles .dot').count() == 3


def test_a_polygon_begins_on_the_corner_of_another(person):
    person.draw_polygon(BOARD)
    person.click(BOARD[3], (94, 360), (300, 360), BOARD[3])
    assert [len(region) for region in person.regions] == [4, 3]


def test_reading_closes_the_polygon_that_is_being_drawn(person):
    person.draw_rectangle(PLATE)
    person.use('polygon')
    person.click(*BOARD)
    person.page.click('#read')
    person.see('.text:has-text("CHOCOLATE")')
    assert person.texts == [PLATE_TEXT, BOARD_TEXT]


def test_regions_are_selected_moved_and_deleted(person):
    person.draw_polygon(BOARD)
    person.draw_rectangle(PLATE)
    person.use('select')
    person.click((480, 160))
    assert 'selected' in person.page.locator('[data-region]').first.get_attribute('class')
    person.drag((480, 160), (500, 220))
    np.testing.assert_allclose(person.regions[0], np.add(BOARD, (20, 60)), atol=1.2)
    person.drag((500, 220), (2000, 220))  # not over the edge
    assert person.regions[0][:, 0].max() == pytest.approx(960)
    person.page.click('[data-says="remove_region"]')
    assert len(person.regions) == 1
    assert person.read().texts == [PLATE_TEXT]
    person.page.click('[data-says="remove_region"]')
    assert len(person.texts) == 1 and person.regions == []  # the whole picture again, as it was read


def test_only_what_is_new_is_read(person):
    person.draw_rectangle(PLATE)
    person.read()
    person.draw_polygon(BOARD)
    assert person.texts == [PLATE_TEXT, 'not read yet']
    assert person.see('#read').text_content() == 'Read 1 region'
    with person.page.expect_response('**/v1/recognize') as response:
        person.read()
    assert len(response.value.json()['regions']) == 1
    assert person.texts == [PLATE_TEXT, BOARD_TEXT]


def test_a_region_is_drawn_in_the_enlarged_picture(person):
    person.page.click('#zoom-in')
    person.page.click('#zoom-in')
    size = person.page.locator('#overlay').evaluate('(one) => [one.clientWidth, one.parentElement.offsetWidth]')
    assert size[0] > person.page.locator('#viewport').evaluate('(one) => one.clientWidth')
    person.page.evaluate('document.getElementById("viewport").scrollTo(180, 500)')
    person.draw_rectangle(PLATE)
    person.page.click('#zoom-fit')
    np.testing.assert_allclose(person.regions[0], PLATE, atol=1)


def test_labels_do_not_cover_each_other(person):
    person.use('rectangle')
    for left in range(200, 536, 56):
        person.drag((left, 410), (left + 30, 470))
    person.read()
    plates = person.page.locator('rect.label').evaluate_all(
        '(all) => all.map((one) => ["x", "y", "width", "height"].map((name) => Number(one.getAttribute(name))))'
    )
    assert len(plates) == 6
    for number, (x, y, width, height) in enumerate(plates):
        for other_x, other_y, other_width, other_height in plates[:number]:
            across = min(x + width, other_x + other_width) - max(x, other_x)
            down = min(y + height, other_y + other_height) - max(y, other_y)
            assert min(across, down) <= 1


def test_a_region_is_drawn_and_read_without_a_mouse(person):
    """Tools by Enter, the cross by arrows, points by arrows, Insert and Delete."""
    page = person.page
    page.focus('[data-tool="rectangle"]')
    person.press('Enter')
    assert page.evaluate('document.activeElement.id') == 'overlay'
    _move(person, (480, 320), PLATE[0])
    person.press('Enter')
    _move(person, PLATE[0], PLATE[2])
    person.press('Enter')
    np.testing.assert_allclose(person.regions[0], PLATE, atol=3)
    page.focus('#read')
    person.press('Enter')
    person.see('.character')
    assert person.texts == [PLATE_TEXT]
    page.focus('[data-point="1"]')
    person.press('ArrowRight', 'ArrowUp', 'Shift+ArrowUp')
    step = 2 / person.page.evaluate("document.getElementById('overlay').clientWidth / 960")
    np.testing.assert_allclose(person.regions[0][1], PLATE[1] + np.array([step, -11 * step]), atol=3)
    person.press('Insert')
    assert len(person.regions[0]) == 5 and page.evaluate('document.activeElement.dataset.point') == '2'
    person.press('Delete')
    assert len(person.regions[0]) == 4
    person.press('Control+Z', 'Control+Z', 'Control+Z')
    assert person.texts == [PLATE_TEXT]  # all moves of one point are undone at once
    page.focus('[data-region]')
    person.press('Delete')
    assert person.regions == []


def test_a_polygon_is_drawn_without_a_mouse(person):
    person.page.focus('[data-tool="polygon"]')
    person.press('Enter')
    at = (480, 320)
    for point in ((480, 320), (600, 320), (600, 400)):
        _move(person, at, point)
        person.press('Enter')
        at = point
    assert 'Point 3 set' in person.page.locator('#announce').text_content()
    person.press('Backspace')
    person.press('Enter')
    person.press('Enter')  # twice at one place: closed
    np.testing.assert_allclose(person.regions[0], [(480, 320), (600, 320), (600, 400)], atol=3)


def _move(person, start, end):
    """The keyboard's cross moved over the picture, by steps of 20 screen pixels and of 2."""
    scale = person.page.evaluate("document.getElementById('overlay').clientWidth / 960")
    for axis, (back, on) in enumerate((('ArrowLeft', 'ArrowRight'), ('ArrowUp', 'ArrowDown'))):
        steps = round((end[axis] - start[axis]) * scale / 2)
        key = on if steps > 0 else back
        person.press(*[f'Shift+{key}'] * (abs(steps) // 10), *[key] * (abs(steps) % 10))
