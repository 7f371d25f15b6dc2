"""Scenes are exact: all ink in the polygons, the same in every process, and what nobody can find is said to be so."""

import dataclasses
import pickle
import subprocess
import sys
import zlib
from collections import Counter
from pathlib import Path

import cv2
import numpy as np
import pytest
from ink import any_outside

from ocr.drawing import named_recipe, scan_fonts, stage
from ocr.drawing.layout import SHAPES
from ocr.drawing.recipe import Effect
from ocr.drawing.scenes import ground, typeset
from ocr.drawing.scenes import scene as scene_module
from ocr.drawing.scenes.kinds import KINDS
from ocr.drawing.scenes.scene import DrawnScene, draw_scene, draw_scene_with_ink
from ocr.drawing.words import WordList
from ocr.errors import InputError
from ocr.geometry import crosses_itself
from ocr.region import DropReason

ROOT = Path(__file__).resolve().parents[4]
FONTS = scan_fonts(ROOT / 'fonts')
STREET = dataclasses.replace(named_recipe('street'), sizes=((480, 360), (360, 480)))
CALM = dataclasses.replace(STREET, effects={}, tilt=0.0, cut=0.0, covered=0.0, glare=0.0, things=(0, 0), plain=1.0)


def only(kind, **changes):
    """A recipe of surfaces of one kind."""
    return dataclasses.replace(STREET, surfaces={kind: 1.0}, **changes)


def rim(corner, ink):
    """Points (N, 2) of the picture: centres of the inked pixels that have one without ink beside them."""
    inked = (ink > 0).astype(np.uint8)
    edge = inked - cv2.erode(inked, np.ones((3, 3), np.uint8), borderValue=0)
    return np.argwhere(edge)[:, ::-1] + 0.5 + corner


def check_exact(scene, ink):
    """All ink of a line lies in the polygon of one of its words, and in its own; polygons are as they should be."""
    assert len(ink) == len(scene.lines)
    for number, (corner, mask) in enumerate(ink):
        words = [region for region in scene.regions if region.line == number]
        points = rim(corner, mask)
        assert not any_outside(points, scene.lines[number].polygon)
        lost = [p for p in points.tolist() if all(cv2.pointPolygonTest(w.polygon, p, False) <= 0 for w in words)]
        assert not lost, (scene.lines[number].text, words[0].shape)
    for region in (*scene.regions, *scene.lines):
        polygon = region.polygon
        assert polygon.dtype == np.float32 and len(polygon) % 2 == 0 and len(polygon) >= 4
        assert not crosses_itself(polygon)
        x, y = polygon.astype(np.float64).T
        assert np.dot(x, np.roll(y, -1)) > np.dot(y, np.roll(x, -1))  # clockwise, y down


@pytest.mark.parametrize('kind', KINDS)
def test_all_ink_is_in_the_polygons_of_every_kind(kind):
    shapes = Counter()
    for index in range(5):
        scene, ink = draw_scene_with_ink(only(kind), FONTS, 1, index)
        assert scene.image.dtype == np.uint8 and scene.image.shape[2] == 3
        check_exact(scene, ink)
        shapes.update(region.shape for region in scene.regions)
    assert shapes and set(shapes) <= set(SHAPES)
    bent = dict.fromkeys(('ring', 'bent', 'badge'), 'arc_up')
    assert {**bent, 'column': 'column'}.get(kind, 'straight') in shapes


def test_whole_scenes_are_exact_and_as_the_recipe_says():
    counts, shapes, reasons = [], Counter(), Counter()
    for index in range(25):
        scene, ink = draw_scene_with_ink(STREET, FONTS, 2, index)
        check_exact(scene, ink)
        assert scene.image.shape[1::-1] in STREET.sizes
        counts.append(len(scene.regions))
        shapes.update(region.shape for region in scene.regions)
        reasons.update(region.reason for region in scene.regions)
        for region in scene.regions:
            assert region.text and region.text.split() == [region.text]
            assert FONTS and any(font.name == region.font and font.covers(region.text) for font in FONTS)
    assert min(counts) >= 1 and 4 <= np.median(counts) <= 25 and max(counts) <= 60
    assert set(reasons) == {None, DropReason.ILLEGIBLE} and reasons[None] > reasons[DropReason.ILLEGIBLE]
    assert len(shapes) >= 5


def test_words_know_their_line():
    for index in range(5):
        scene = draw_scene(STREET, FONTS, 3, index)
        for number, line in enumerate(scene.lines):
            words = [region for region in scene.regions if region.line == number]
            assert line.text == ' '.join(word.text for word in words)
            assert (line.reason is None) == any(word.reason is None for word in words)
            for word in words:  # the line's polygon holds the words', but for the pixels that the mapping adds
                middle = (
                    word.polygon.mean(axis=0)
                    if len(word.polygon) == 4
                    else word.polygon[0] * 0.5 + word.polygon[-1] * 0.5
                )
                assert cv2.pointPolygonTest(line.polygon, middle.astype(float).tolist(), True) > -2


def test_words_of_a_line_follow_its_reading_direction():
    recipe = only('page', effects={}, tilt=0.0, shapes={'straight': 1.0})
    for index in range(5):
        scene = draw_scene(recipe, FONTS, 4, index)
        for first, second in zip(scene.regions, scene.regions[1:], strict=False):
            assert (first.polygon[1] > first.polygon[0])[0]  # from the upper left to the right
            if first.line == second.line:
                assert second.polygon[0, 0] > first.polygon[0, 0]
            else:
                assert second.line == first.line + 1


def test_a_scene_depends_on_seed_and_index_alone():
    forwards = [draw_scene(STREET, FONTS, 5, index) for index in range(4)]
    recipe, fonts = pickle.loads(pickle.dumps((STREET, FONTS)))
    for index in reversed(range(4)):
        again = draw_scene(recipe, fonts, 5, index)
        np.testing.assert_array_equal(again.image, forwards[index].image)
        assert [r.text for r in again.regions] == [r.text for r in forwards[index].regions]
        for one, other in zip(again.regions, forwards[index].regions, strict=True):
            np.testing.assert_array_equal(one.polygon, other.polygon)
    assert not np.array_equal(draw_scene(STREET, FONTS, 6, 0).image, forwards[0].image)


def test_another_process_draws_the_same_and_loads_no_tensorflow(tmp_path):
    task = tmp_path / 'task.pickle'
    task.write_bytes(pickle.dumps((STREET, FONTS, 5, 1)))
    code = (
        'import pickle, sys, zlib\nfrom ocr.drawing.scenes.scene import draw_scene\n'
        'scene = draw_scene(*pickle.load(open(sys.argv[1], "rb")))\n'
        'print(zlib.crc32(scene.image.tobytes()), "tensorflow" in sys.modules)'
    )
    done = subprocess.run([sys.executable, '-c', code, task], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.split() == [str(zlib.crc32(draw_scene(STREET, FONTS, 5, 1).image.tobytes())), 'False']


def test_text_stands_out_from_what_surrounds_it():
    """What is to be found can be seen: the ink's luminance differs from that beside it, in nearly every word."""
    seen = []
    for index in range(30):
        scene, ink = draw_scene_with_ink(STREET, FONTS, 7, index)
        grey = cv2.cvtColor(scene.image, cv2.COLOR_RGB2GRAY).astype(float)
        for line, ((x, y), mask) in zip(scene.lines, ink, strict=True):
            window = grey[y : y + mask.shape[0], x : x + mask.shape[1]]
            beside = (cv2.dilate(mask, np.ones((7, 7))) > 0) & (mask == 0)
            if line.reason is None and beside.any() and (mask > 200).any():
                seen.append(abs(window[mask > 200].mean() - window[beside].mean()))
    assert np.percentile(seen, 5) > 6 and np.median(seen) > 30


@pytest.mark.parametrize(
    ('changes', 'share'),
    [
        ({}, 0.0),
        ({'legible': 60.0, 'text_size': (12, 0.05), 'nearness': (-1.0, -1.0)}, 1.0),  # all are smaller than that
        ({'effects': {'blur': Effect(1.0, 0.2, 0.2)}, 'text_size': (10, 0.04)}, 1.0),
        ({'effects': {'motion': Effect(1.0, 0.3, 0.3)}, 'text_size': (10, 0.03)}, 1.0),
    ],
)
def test_small_and_blurred_texts_are_not_to_be_found(changes, share):
    recipe = dataclasses.replace(
        CALM, surfaces={'sign': 1.0}, texts=WordList(('street', 'shop')), **({'text_size': (30, 0.2)} | changes)
    )
    reasons = [region.reason for index in range(8) for region in draw_scene(recipe, FONTS, 8, index).regions]
    ignored = sum(reason is not None for reason in reasons) / len(reasons)
    assert ignored == share if not share else ignored > 0.9


def test_texts_that_the_edge_cuts_are_not_to_be_found():
    recipe = dataclasses.replace(CALM, cut=1.0, surfaces={'sign': 1.0})
    outside = 0
    for index in range(15):
        scene = draw_scene(recipe, FONTS, 9, index)
        for region in scene.regions:
            inside = (region.polygon >= 0).all() and (region.polygon <= scene.image.shape[1::-1]).all()
            outside += not inside
            assert inside or region.reason == DropReason.ILLEGIBLE
    assert outside


def test_covered_texts_are_not_to_be_found(monkeypatch):
    monkeypatch.setattr(scene_module, '_cover', lambda image, recipe, rng: np.full(image.shape[:2], 255, np.uint8))
    scene = draw_scene(CALM, FONTS, 10, 0)
    assert scene.regions and all(region.reason for region in scene.regions)


def test_marks_without_a_letter_are_not_to_be_found():
    recipe = dataclasses.replace(CALM, texts=WordList(('--', '...')), lengths=(0, 1, 1), text_size=(40, 0.2))
    scene = draw_scene(recipe, FONTS, 11, 0)
    assert scene.regions and all(region.reason for region in scene.regions)


def test_letters_lost_on_their_ground_are_not_to_be_found(tmp_path):
    noise = np.random.default_rng(0).integers(0, 256, (150, 200, 3), np.uint8)
    cv2.imwrite(str(tmp_path / 'noise.png'), cv2.resize(noise, (1200, 900), interpolation=cv2.INTER_NEAREST))
    recipe = dataclasses.replace(
        CALM, surfaces={'wall': 1.0}, contrast=(0.05, 0.08), photo_dir=str(tmp_path), text_size=(30, 0.2)
    )
    reasons = [region.reason for index in range(8) for region in draw_scene(recipe, FONTS, 12, index).regions]
    assert sum(reason is not None for reason in reasons) > 0.4 * len(reasons)


def test_texts_do_not_cover_each_other():
    for index in range(10):
        scene = draw_scene(STREET, FONTS, 13, index)
        taken = np.zeros([2 * side for side in scene.image.shape[:2]], np.uint16)
        area = 0
        for line in scene.lines:
            one = np.zeros(taken.shape, np.uint8)
            cv2.fillPoly(one, [np.round(2 * line.polygon).astype(np.int32)], 1)
            taken += one
            area += int(one.sum())
        assert (taken > 1).sum() <= 0.05 * max(area, 1)


@pytest.mark.parametrize('progress', [0, 0.4, 1])
def test_every_stage_draws(progress):
    recipe = stage(STREET, progress)
    assert isinstance(recipe, type(STREET))
    assert isinstance(draw_scene(recipe, FONTS, 14, 0), DrawnScene)


def test_text_that_no_font_has_is_an_error():
    recipe = dataclasses.replace(STREET, texts=WordList(('\u6c38',)))
    with pytest.raises(InputError, match=r'recipe street: none of \d+ fonts has all characters of .*--font_dir'):
        draw_scene(recipe, FONTS, 0, 0)


def test_text_that_is_shaped_as_a_whole_is_one_word():
    word = '\u0627\u0644\u0633\u0644\u0627\u0645'
    fonts = tuple(font for font in FONTS if font.covers(word))
    if not fonts:
        pytest.skip('no font with Arabic')
    recipe = dataclasses.replace(STREET, texts=WordList((word,)), cases={'as is': 1.0})
    scene, ink = draw_scene_with_ink(recipe, fonts, 0, 0)
    check_exact(scene, ink)
    assert {region.text for region in scene.regions} == {word}


def test_a_scene_that_cannot_be_drawn_is_replaced_counted_and_named(monkeypatch, caplog):
    good = draw_scene(STREET, FONTS, 15, 0)
    lay_out, failed = typeset.lay_out_words, []

    def fail_once(text, font, *arguments):
        if not failed:
            failed.append((text, font))
            raise OSError('raster overflow')
        return lay_out(text, font, *arguments)

    monkeypatch.setattr(typeset, 'lay_out_words', fail_once)
    scene = draw_scene(STREET, FONTS, 15, 0)
    assert good.num_failures == 0 and scene.num_failures == 1 and scene.regions
    assert not np.array_equal(scene.image, good.image)
    ((text, font),) = failed
    assert f'{font.path}: not used for what it cannot draw, such as {text!r} (OSError: raster overflow)' in caplog.text


def test_a_photograph_that_cannot_be_read_is_named_and_another_taken(tmp_path, caplog):
    (tmp_path / 'broken.jpg').write_bytes(b'no picture')
    cv2.imwrite(str(tmp_path / 'good.jpg'), np.full((600, 700, 3), 90, np.uint8))
    recipe = dataclasses.replace(STREET, photo_dir=str(tmp_path))
    failures = sum(draw_scene(recipe, FONTS, 16, index).num_failures for index in range(12))
    assert failures and caplog.text.count('broken.jpg') == 1 and 'not a readable picture' in caplog.text


def test_nothing_but_failures_is_an_error(monkeypatch, tmp_path):
    (tmp_path / 'broken.jpg').write_bytes(b'no picture')
    monkeypatch.setattr(scene_module, 'draw_ground', lambda *_: ground.read_photo(str(tmp_path / 'broken.jpg')))
    with pytest.raises(InputError, match=r'samples in a row could not be drawn; the last: .*broken\.jpg'):
        draw_scene(STREET, FONTS, 17, 0)
