"""Draw labelled pictures of text for training.

    python synthesize.py --recipe digits --num_samples 3000 --output_path demo/train --seed 1

Writes a folder in the project's own format: images/000000.jpg ..., labels.jsonl with a line of image, text, polygon,
shape and font for each, recipe.json with how it was made, and contact_sheet.png with the first 64 and their texts.
The text is the recipe's, random strings in it over --charset_path, or words and passages of --text_path. The fonts
shipped in ./fonts are Latin; for Chinese give --font_dir a folder with fonts of Debian's fonts-noto-cjk or
fonts-wqy-microhei.

Recipe street draws whole pictures with many texts: labels.jsonl has a line for each word, with the number of its line
in the picture, and ### for its text if it is not to be found; the contact sheet shows the polygons of the first 12.
"""

import dataclasses
import json
import logging
import multiprocessing
import pickle
from collections import Counter
from functools import lru_cache
from pathlib import Path

import cv2

from ocr.annotations.regions import ILLEGIBLE_MARK
from ocr.charset import Charset
from ocr.config import parse_config, run_script
from ocr.drawing import draw_sample, scan_fonts
from ocr.drawing.material import prepare_recipe
from ocr.drawing.scenes.recipe import SceneRecipe
from ocr.drawing.scenes.scene import draw_scene
from ocr.drawing.scenes.sheet import draw_scene_sheet
from ocr.drawing.sheet import draw_sheet
from ocr.errors import InputError
from ocr.files.replaced_folder import replaced_folder
from ocr.parallel import map_in_order, num_cores, process_pool
from ocr.terminal.progress import progress_bar

JPEG_QUALITY = 95
BLOCK = 32  # samples that a worker draws at a time
NUM_ON_SHEET = 64
SCENES_ON_SHEET = 12
OWN_FILES = {'images', 'labels.jsonl', 'contact_sheet.png', 'recipe.json', 'materials.pickle'}

logger = logging.getLogger('synthesize')


def main(argv=None):
    config = parse_config(argv, 'synthesize', __doc__)
    fonts = scan_fonts(config.font_dir)
    recipe = prepare_recipe(
        config.recipe,
        fonts,
        charset=Charset.resolve(config.charset_path),
        text_path=config.text_path,
        photo_dir=config.photo_dir,
        seq_len=config.seq_len,
    )
    output = Path(config.output_path)
    try:
        with replaced_folder(output, OWN_FILES, 'recipe.json') as folder:
            shapes, failures = draw_set(folder, config, recipe, fonts)
    except OSError as error:
        raise InputError(f'{output}: cannot be written ({error.strerror}); nothing was kept there') from error
    counts = ', '.join(f'{shape} {count}' for shape, count in shapes.most_common())
    logger.info('%s: %d pictures (%s), labels.jsonl, contact_sheet.png', output, config.num_samples, counts)
    if failures:
        logger.warning(
            '%d pictures could not be drawn, others stand in their place; what failed is named above', failures
        )


def draw_set(folder, config, recipe, fonts):
    """Draws all samples into an existing folder; returns a Counter of their shapes and how many had to be replaced."""
    (folder / 'recipe.json').write_text(_describe(config, recipe, fonts), encoding='utf-8')
    (folder / 'images').mkdir()
    materials = folder / 'materials.pickle'  # read once by each worker, not sent along with each block
    materials.write_bytes(pickle.dumps((recipe, fonts, config.seed)))
    blocks = [
        (str(folder), start, min(start + BLOCK, config.num_samples)) for start in range(0, config.num_samples, BLOCK)
    ]
    shapes, failures = Counter(), 0
    with (folder / 'labels.jsonl').open('w', encoding='utf-8') as labels, progress_bar(total=config.num_samples) as bar:
        for num_pictures, records, replaced in _run(blocks, config.num_workers or num_cores()):
            labels.writelines(json.dumps(record, ensure_ascii=False) + '\n' for record in records)
            shapes.update(record['shape'] for record in records)
            failures += replaced
            bar.update(num_pictures)
    _write_image(folder / 'contact_sheet.png', _draw_sheet(recipe, fonts, config))
    materials.unlink()
    return shapes, failures


def draw_block(task):
    """Draws and writes the samples of one block (folder, first, end). Runs in any process.

    Returns:
        number of pictures, list of their labels, number of samples that had to be replaced.
    """
    folder, start, end = task
    if multiprocessing.parent_process():
        cv2.setNumThreads(1)  # one core for each worker
    recipe, fonts, seed = _read_materials(f'{folder}/materials.pickle')
    draw = _draw_scene if isinstance(recipe, SceneRecipe) else _draw_word
    records, failures = [], 0
    for index in range(start, end):
        name = f'images/{index:06d}.jpg'
        image, labels, replaced = draw(recipe, fonts, seed, index)
        _write_image(Path(folder) / name, image)
        records += [{'image': name, **label} for label in labels]
        failures += replaced
    return end - start, records, failures


def _draw_word(recipe, fonts, seed, index):
    """(image, [its label], number of samples in the place of which it stands)."""
    sample = draw_sample(recipe, fonts, seed, index)
    label = {'text': sample.text, 'polygon': _rounded(sample.polygon), 'shape': sample.shape, 'font': sample.font}
    return sample.image, [label], 0


def _draw_scene(recipe, fonts, seed, index):
    """(image, a label for each of its words, number of scenes in the place of which it stands)."""
    scene = draw_scene(recipe, fonts, seed, index)
    labels = [
        {
            'text': ILLEGIBLE_MARK if region.reason else region.text,
            'polygon': _rounded(region.polygon),
            'line': region.line,
            'shape': region.shape,
            'font': region.font,
        }
        for region in scene.regions
    ]
    return scene.image, labels, scene.num_failures


def _rounded(polygon):
    return [[round(float(x), 2), round(float(y), 2)] for x, y in polygon]


def _draw_sheet(recipe, fonts, config):
    """uint8 (H, W, 3): the contact sheet of the first samples."""
    if isinstance(recipe, SceneRecipe):
        number = min(config.num_samples, SCENES_ON_SHEET)
        return draw_scene_sheet([draw_scene(recipe, fonts, config.seed, i) for i in range(number)])
    number = min(config.num_samples, NUM_ON_SHEET)
    return draw_sheet([draw_sample(recipe, fonts, config.seed, i) for i in range(number)], fonts)


def _run(blocks, num_workers):
    """Yields what `draw_block` returns of each block, in order."""
    num_workers = min(num_workers, len(blocks))
    if num_workers == 1:
        yield from map(draw_block, blocks)
        return
    with process_pool(num_workers) as pool:
        yield from map_in_order(draw_block, blocks, pool, 2 * num_workers)


@lru_cache(maxsize=1)
def _read_materials(path):
    return pickle.loads(Path(path).read_bytes())


def _describe(config, recipe, fonts):
    """JSON text: how the set was made."""
    settings = {
        field.name: getattr(recipe, field.name)
        for field in dataclasses.fields(recipe)
        if field.name not in ('texts', 'characters', 'effects', 'chinese_texts', 'chinese_fonts')
    }
    settings['effects'] = {name: dataclasses.asdict(effect) for name, effect in recipe.effects.items()}
    flags = {
        name: getattr(config, name)
        for name in ('seed', 'num_samples', 'seq_len', 'charset_path', 'text_path', 'photo_dir')
    }
    if isinstance(recipe, SceneRecipe):
        settings['chinese_fonts'] = [font.name for font in recipe.chinese_fonts]
    made = {**flags, 'recipe': settings, 'fonts': [font.name for font in recipe.choose_fonts(fonts)]}
    return json.dumps(made, ensure_ascii=False, indent=1) + '\n'


def _write_image(path, image):
    """Writes a uint8 (H, W, 3) RGB image in the format that the path's suffix says."""
    bgr = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    _, data = cv2.imencode(path.suffix, bgr, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY] if path.suffix == '.jpg' else [])
    path.write_bytes(data.tobytes())


if __name__ == '__main__':
    run_script(main)
