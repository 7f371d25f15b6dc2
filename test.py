"""Read a folder of images with a frozen graph.

    python test.py --pb_path ./checkpoint/text_recognition.pb --img_folder ./imgs

Prints a table and writes results.jsonl to --output_path: one line an image, in natural order, sub-folders included.
--attention_dir saves a picture of each image with what was looked at for every character. --polygons_path reads
regions inside photographs instead of whole images. (The project's test suite is `make test`.)
"""

import json
import os
import re
from pathlib import Path

from config import parse_config, run_script
from ocr.errors import InputError
from ocr.tensorflow_start import start_tensorflow

PB_PATH = './checkpoint/text_recognition.pb'
OUTPUT_PATH = './results'
RESULTS_FILE = 'results.jsonl'
TABLE_ROWS = 60  # rows that the printed table has at most
IMAGE_ENDINGS = frozenset(
    ('.jpg', '.jpeg', '.jpe', '.jfif', '.png', '.bmp', '.gif', '.tif', '.tiff', '.webp', '.ppm', '.pgm', '.pbm', '.jp2')
)


def find_images(folder):
    """Paths of all images below a folder in natural order: img2 before img10.

    Raises:
        InputError: there is no such folder, or no image in it.
    """
    from natsort import natsorted, ns

    if not os.path.isdir(folder):
        raise InputError(f'--img_folder {folder}: no such folder')
    paths = [
        str(path)
        for path in Path(folder).rglob('*')
        if path.suffix.lower() in IMAGE_ENDINGS and path.is_file() and not path.name.startswith('.')
    ]
    if not paths:
        raise InputError(f'--img_folder {folder}: no image in it; wanted are {" ".join(sorted(IMAGE_ENDINGS))}')
    return natsorted(paths, alg=ns.PATH)


def find_regions(cfg):
    """What to read, as TextRegion: whole images of --img_folder, or the regions of --polygons_path."""
    from ocr.annotations.region import TextRegion

    if not cfg.polygons_path:
        return [TextRegion(path, None, '', '') for path in find_images(cfg.img_folder)]
    from ocr.annotations.own import read_polygons

    if not os.path.isdir(cfg.img_folder):
        raise InputError(f'--img_folder {cfg.img_folder}: no such folder; {cfg.polygons_path} names images in it')
    regions = list(read_polygons(cfg.polygons_path, cfg.img_folder))
    if not regions:
        raise InputError(f'--polygons_path {cfg.polygons_path}: no region in it; a line is image<TAB>polygon')
    return regions


def to_record(region, result, folder):
    """One line of results.jsonl as a dict; paths are relative to the image folder where they lie below it."""
    from ocr.prepare import Broken

    path = os.path.relpath(region.image_path, folder)
    record = {'image': region.image_path if path.startswith('..') else path}
    if region.polygon is not None:
        record['polygon'] = region.polygon.tolist()
    if isinstance(result, Broken):
        return {**record, 'error': result.message}
    return {
        **record,
        'text': result.text,
        'confidence': round(result.confidence, 4),
        'char_confidences': [round(confidence, 4) for confidence in result.char_confidences],
    }


def save_picture(folder, number, region, canvas, result):
    """Save the attention picture of one region under the region's number and file name."""
    from PIL import Image

    from ocr.overlay import attention_picture

    stem = re.sub(r'[^\w.-]', '_', Path(region.image_path).stem)
    picture = attention_picture(canvas, result.text, result.alpha, result.char_confidences)
    Image.fromarray(picture).save(os.path.join(folder, f'{number:06d}_{stem}.png'))


def read_all(predictor, regions, cfg):
    """Yield a record for each region, saving attention pictures on the way."""
    from tqdm import tqdm

    from ocr.reading import read_regions

    with_alpha = bool(cfg.attention_dir)
    results = read_regions(
        predictor,
        regions,
        batch_size=cfg.batch_size,
        num_workers=cfg.num_workers,
        with_alpha=with_alpha,
        full_length=cfg.full_length,
    )
    for number, (region, canvas, result) in enumerate(
        tqdm(results, total=len(regions), desc='reading', unit=' images', mininterval=0.5)
    ):
        if with_alpha and canvas is not None:
            save_picture(cfg.attention_dir, number, region, canvas, result)
        yield to_record(region, result, cfg.img_folder)


def print_table(records, num_more):
    """Records as one aligned table."""
    from tabulate import tabulate

    rows = [
        (record['image'], record.get('text', record.get('error')), record.get('confidence', '')) for record in records
    ]
    print(tabulate(rows, ('image', 'text', 'confidence'), disable_numparse=[0, 1], floatfmt='.3f'))
    if num_more:
        print(f'... and {num_more} more')


def main(argv=None):
    cfg = parse_config(argv, __doc__)
    from ocr.atomic import replacing
    from ocr.charset import Charset

    charset = Charset.resolve(cfg.charset_path) if cfg.charset_path else None
    regions = find_regions(cfg)
    start_tensorflow(cfg.gpus)
    from ocr.predictor import Predictor

    pb_path = cfg.pb_path or PB_PATH
    predictor = Predictor.from_pb(pb_path, charset, cfg.image_size)
    if cfg.attention_dir:
        if not predictor.has_attention:
            raise InputError(f'--attention_dir: {pb_path} does not give its attention; export it anew with export.py')
        try:
            os.makedirs(cfg.attention_dir, exist_ok=True)
        except OSError as error:
            raise InputError(f'--attention_dir {cfg.attention_dir}: {error.strerror}; give another folder') from None
    path = os.path.join(cfg.output_path or OUTPUT_PATH, RESULTS_FILE)
    shown, num_broken = [], 0
    with replacing(path) as file:
        for record in read_all(predictor, regions, cfg):
            file.write(json.dumps(record, ensure_ascii=False) + '\n')
            num_broken += 'error' in record
            if len(shown) < TABLE_ROWS:
                shown.append(record)
    print_table(shown, len(regions) - len(shown))
    print(f'{path}: {len(regions) - num_broken} read, {num_broken} unreadable')


if __name__ == '__main__':
    run_script(main)
