"""Read a folder of images with a frozen graph.

    python test.py --img_folder ./imgs/words                                     with the model shipped here
    python test.py --img_folder ./photos --pb_path ./checkpoint/text_recognition.pb

Writes results.jsonl to --output_path, one line an image in natural order, sub-folders included, as they are read, and
prints a table. A killed run goes on with --resume.
--server URL reads with an app.py elsewhere: no model and no TensorFlow are needed here.
--attention_dir saves a picture of each image with what was looked at for every character. --polygons_path reads
regions inside photographs instead of whole images. --views, --beam_width, --n_best, --allow, --lexicon and --long_text
read better with the same weights (docs/reading.md). (The project's test suite is `make test`.)
"""

import os
import re
from functools import lru_cache
from itertools import islice
from pathlib import Path

from config import SHIPPED_MODEL, Config, for_reading, given, parse_config, run_script
from ocr.errors import InputError
from ocr.reading.search.build import NOT_SERVED

OUTPUT_PATH = './results'
RESULTS_FILE = 'results.jsonl'
TABLE_ROWS = 60  # rows that the printed table has at most
# What is said at app.py's start, not by who asks it.
MODEL_SETTINGS = (
    'pb_path',
    'charset_path',
    'image_size',
    'canvas',
    'canvas_area',
    'turned',
    'views',
    'precision',
    'gpus',
)
LOCAL_SETTINGS = (*NOT_SERVED, 'window_aspect', 'attention_dir')  # of reading here alone


def place(region, folder):
    """What a line of results.jsonl says of a region; paths are relative to the image folder where they lie below it."""
    path = os.path.relpath(region.image_path, folder)
    of_image = {'image': region.image_path if path.startswith('..') else path}
    return of_image if region.polygon is None else {**of_image, 'polygon': region.polygon.tolist()}


@lru_cache(maxsize=1)
def read_photograph(path):
    """The upright photograph, uint8 (H, W, 3): read once for all regions that follow one another in it."""
    from ocr.preprocessing.decode import read_image

    return read_image(path)


def save_picture(folder, number, region, prepared, result):
    """Save the attention picture of one region under the region's number and file name."""
    from PIL import Image

    from ocr.reading.char_positions import char_positions
    from ocr.visualization.attention_sheet import attention_picture
    from ocr.visualization.region_view import region_view

    stem = re.sub(r'[^\w.-]', '_', Path(region.image_path).stem)
    photograph = None
    if region.polygon is not None:
        positions = char_positions(result.alpha[: len(result.text)], prepared)
        photograph = region_view(read_photograph(region.image_path), region.polygon, positions)
    picture = attention_picture(
        prepared.canvas, result.text, result.alpha, result.char_confidences, photograph=photograph
    )
    path = os.path.join(folder, f'{number:06d}_{stem}.png')
    try:
        Image.fromarray(picture).save(path)
    except OSError as error:
        raise InputError(f'{path}: cannot be written ({error.strerror}); free space and go on with --resume') from None


def read_all(predictor, regions, cfg, start):
    """Yield a record for each region from position `start` on, saving attention pictures on the way."""
    from ocr.progress import progress_bar
    from ocr.reading.char_positions import char_positions
    from ocr.reading.long_text.read_windows import read_as_told
    from ocr.reading.results_file import to_record

    with_positions = writes_positions(predictor, cfg)
    results = read_as_told(
        predictor,
        islice(regions, start, None),
        window_aspect=cfg.long_text and cfg.window_aspect,
        batch_size=cfg.batch_size,
        num_workers=cfg.num_workers,
        with_alpha=with_positions or bool(cfg.attention_dir),
        full_length=cfg.full_length,
    )
    bar = progress_bar(results, total=len(regions), initial=start, desc='reading', unit=' images')
    for number, (region, prepared, result) in enumerate(bar, start):
        positions = None
        if prepared is not None and cfg.attention_dir:
            save_picture(cfg.attention_dir, number, region, prepared, result)
        if prepared is not None and with_positions:
            positions = char_positions(result.alpha[: len(result.text)], prepared)
        yield to_record(place(region, cfg.img_folder), result, positions)


def writes_positions(reader, cfg):
    """Whether the results say where each character was read: neither the graphs of the published implementation do, nor
    texts joined of several windows."""
    return cfg.char_positions and reader.has_attention and not cfg.long_text


def read_remotely(reader, regions, cfg, start):
    """Yield a record for each region from position `start` on, as a server reads it."""
    from ocr.preprocessing.prepare import Broken
    from ocr.progress import progress_bar
    from ocr.reading.results_file import to_record

    results = reader.read_regions(islice(regions, start, None), num_workers=cfg.batch_size)
    bar = progress_bar(results, total=len(regions), initial=start, desc='reading', unit=' images')
    for region, result in bar:
        positions = None if isinstance(result, Broken) or not cfg.char_positions else result.char_positions
        yield to_record(place(region, cfg.img_folder), result, positions)


def open_remote(cfg, argv):
    """RemoteReader of --server.

    Raises:
        InputError: nobody answers there, or a setting is given that the server does not take from here.
    """
    from ocr.serving.client import RemoteReader
    from ocr.serving.token import read_token

    for name in (*LOCAL_SETTINGS, *MODEL_SETTINGS, *cfg.decoding):
        if given(argv, name) is None and getattr(cfg, name) == getattr(Config(), name):
            continue
        if name in LOCAL_SETTINGS:
            raise InputError(f'--{name} is of reading on this machine; leave it or --server out')
        raise InputError(f'--{name} belongs to the start of app.py over there; leave it or --server out here')
    return RemoteReader(cfg.server, read_token(cfg.token_path))


def open_local(cfg, argv):
    """Predictor of --pb_path, and the folder for --attention_dir."""
    from export import load_frozen

    pb_path = cfg.pb_path or SHIPPED_MODEL
    predictor = load_frozen(pb_path, cfg, argv, __doc__)
    if cfg.attention_dir:
        if not predictor.has_attention:
            raise InputError(f'--attention_dir: {pb_path} does not give its attention; export it anew with export.py')
        try:
            os.makedirs(cfg.attention_dir, exist_ok=True)
        except OSError as error:
            raise InputError(f'--attention_dir {cfg.attention_dir}: {error.strerror}; give another folder') from None
    return predictor


def print_table(path):
    """The first results of a file as one aligned table, and how many there are."""
    from tabulate import tabulate

    from ocr.reading.results_file import read_results

    shown, num_results, num_broken = [], 0, 0
    for num_results, record in enumerate(read_results(path), 1):
        num_broken += 'error' in record
        if num_results <= TABLE_ROWS:
            more = {name: record[name] for name in ('in_lexicon', 'read') if name in record}
            text = record.get('text', record.get('error'))
            shown.append({'image': record['image'], 'text': text, 'confidence': record.get('confidence', ''), **more})
    print(tabulate(shown, 'keys', disable_numparse=[0, 1], floatfmt='.3f'))
    if num_results > len(shown):
        print(f'... and {num_results - len(shown)} more')
    print(f'{path}: {num_results - num_broken} read, {num_broken} unreadable')


def main(argv=None):
    cfg = parse_config(argv, __doc__)
    from ocr.reading.folder import find_regions
    from ocr.reading.results_file import open_results

    if cfg.long_text and cfg.attention_dir:
        raise InputError('--attention_dir shows one canvas for a text, --long_text reads several; leave one out')
    regions = find_regions(cfg.img_folder, cfg.polygons_path)
    if cfg.server:
        reader, read = open_remote(cfg, argv), read_remotely
    else:
        cfg = for_reading(cfg, argv)
        reader, read = open_local(cfg, argv), read_all
    path = os.path.join(cfg.output_path or OUTPUT_PATH, RESULTS_FILE)
    run = {
        **reader.identity,
        'full_length': cfg.full_length,
        'attention_pictures': bool(cfg.attention_dir),
        'char_positions': writes_positions(reader, cfg),
    }
    if cfg.long_text:
        run['window_aspect'] = cfg.window_aspect
    places = (place(region, cfg.img_folder) for region in regions)
    with open_results(path, run, places, cfg.resume) as results:
        for record in read(reader, regions, cfg, results.num_kept):
            results.append(record)
    print_table(path)


if __name__ == '__main__':
    run_script(main)
