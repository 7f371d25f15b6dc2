"""Read a folder of images.

    python test.py --img_folder ./imgs/words                 with the shipped model
    python test.py --img_folder ./photos --pb_path mine.pb

Writes results.jsonl to --output_path, a line per image in natural order, and
prints a table. docs/reading.md says how to read better with the same weights,
docs/photographs.md how --detect finds the text of whole photographs, --video
that of a video, docs/scale.md how several machines read one folder.
"""

import os
from functools import partial

from ocr.config import SETTINGS, parse_config, run_script, shown
from ocr.errors import InputError

RESULTS_FILE = 'results.jsonl'
TABLE_ROWS = 60  # rows that the printed table has at most


def location(region, folder):
    """What a line of results.jsonl says of a region; paths are relative to the image folder if they lie below it."""
    path = os.path.relpath(region.image_path, os.path.dirname(folder) if os.path.isfile(folder) else folder)
    of_image = {'image': region.image_path if path.startswith('..') else path}
    return of_image if region.polygon is None else {**of_image, 'polygon': region.polygon.tolist()}


def shard_of(cfg):
    """Shard of --shard, or None; and the file that results go to."""
    from ocr.reading.shard import Shard

    shard = Shard.parse(cfg.shard)
    return shard, os.path.join(cfg.output_path, f'results-{shard.name}.jsonl' if shard else RESULTS_FILE)


def read_all(reader, regions, folder, start=0):
    """Yield a record for each region from position `start` on, as a predictor.Reader reads them."""
    from ocr.reading.results_file import to_record
    from ocr.terminal.progress import progress_bar

    results = reader.read(regions, start)
    for region, result in progress_bar(results, total=len(regions), initial=start, desc='reading', unit=' images'):
        yield to_record(location(region, folder), result)


def open_remote(cfg):
    """RemoteReader of --server.

    Raises:
        InputError: nobody answers there, or a setting is given that the server does not take from here.
    """
    from ocr.serving.client import RemoteReader
    from ocr.serving.token import read_token

    for name in cfg.typed:
        belongs = SETTINGS[name].metadata
        if not belongs['remote'] and 'app' in belongs['scripts']:
            raise InputError(f'--{name} belongs to the start of app.py over there; leave it or --server out here')
        if not belongs['remote']:
            raise InputError(f'--{name} is of reading on this machine; leave it or --server out')
    return RemoteReader(cfg.server, read_token(cfg.token_path), num_workers=cfg.batch_size)


def open_predictor(cfg):
    """Predictor of --pb_path, or of the shipped model."""
    from ocr.reading.open_model import choose_model, open_model, read_model

    model = read_model(choose_model(**cfg.model_choice), cfg.gpus, cfg.trust_model)
    return open_model(model, **cfg.over(shown(model.settings)).reading)


def open_local(cfg):
    """LocalReader with --pb_path, which saves the pictures for --picture_dir."""
    from ocr.reading.local_reader import LocalReader
    from ocr.visualization.attention_folder import AttentionFolder

    predictor = open_predictor(cfg)
    if cfg.picture_dir and not predictor.has_attention:
        where = predictor.where
        raise InputError(f'--picture_dir: {where} has no attention output; export it again with export.py')
    shard, _ = shard_of(cfg)  # each has a folder of its own: pictures are numbered
    folder = os.path.join(cfg.picture_dir, shard.name if shard else '')
    pictures = AttentionFolder(folder) if cfg.picture_dir else None
    return LocalReader(predictor, with_positions=True, on_read=pictures and pictures.save, **cfg.reading_regions)


def open_detector(cfg, flag):
    """Detector of --detector_path, else the one that comes with the project, for what `flag` asks for."""
    from ocr.reading.open_detector import choose_detector, open_detector

    if not (path := choose_detector(**cfg.detector_choice)):
        raise InputError(f'--{flag}: name the detector with --detector_path; train one with --model_name detector')
    return open_detector(path, gpus=cfg.gpus, precision=cfg.precision, trusted=cfg.trust_model)


def detect(cfg):
    """Find and read the text of whole photographs."""
    for name in ('server', 'polygons_path'):
        if getattr(cfg, name):
            raise InputError(f'--{name}: not with --detect; leave one of them out')
    detector = open_detector(cfg, 'detect')
    from ocr.reading.local_reader import LocalReader
    from ocr.reading.photographs import line_table, read_folder
    from ocr.visualization.photograph_sheet import save_photograph

    shard, path = shard_of(cfg)
    reader = LocalReader(open_predictor(cfg), **cfg.reading_regions)
    picture_dir = os.path.join(cfg.picture_dir, shard.name if shard else '')
    save = partial(save_photograph, picture_dir) if cfg.picture_dir else None
    read_folder(detector, reader, cfg.img_folder, path, shard=shard, resume=cfg.resume, save=save)
    print(line_table(path, TABLE_ROWS))
    print_skipped(cfg.img_folder)


def read_video(cfg):
    """Find and read the text of a video."""
    for name in ('server', 'polygons_path', 'picture_dir', 'resume', 'img_folder', 'detect', 'shard'):
        if name in cfg.typed:
            raise InputError(f'--{name}: not with --video; leave one of them out')
    detector = open_detector(cfg, 'video')
    from ocr.reading.video.read_video import FrameReader, read_video_file, text_table

    reader = FrameReader(open_predictor(cfg), **cfg.reading_regions)
    record, path = read_video_file(detector, reader, cfg.video, cfg.output_path, fps=cfg.fps)
    print(text_table(record, path, TABLE_ROWS))


def print_skipped(folder):
    """Name the files in an image folder that are neither images nor labels, if there are any."""
    from ocr.reading.image_search import LABEL_SUFFIXES, Search
    from ocr.terminal.visible import visible

    if others := Search(folder).in_words(LABEL_SUFFIXES):
        print(f'skipped, because their format is not supported: {visible(others)}')


def main(argv=None):
    cfg = parse_config(argv, 'test', __doc__)
    if cfg.video or cfg.detect:
        return read_video(cfg) if cfg.video else detect(cfg)
    from ocr.reading.folder import find_regions
    from ocr.reading.results_file import open_results, result_table

    if cfg.long_text and cfg.picture_dir:
        raise InputError('--picture_dir shows one canvas for a text, --long_text reads several; leave one out')
    shard, path = shard_of(cfg)
    regions = find_regions(cfg.img_folder, cfg.polygons_path)
    if shard:
        regions = [region for region in regions if shard.holds(location(region, cfg.img_folder)['image'])]
    reader = open_remote(cfg) if cfg.server else open_local(cfg)
    run = {
        **reader.identity,
        'attention_pictures': bool(cfg.picture_dir),
        'char_positions': reader.has_attention,
    }
    places = (location(region, cfg.img_folder) for region in regions)
    with open_results(path, run, places, cfg.resume) as results:
        for record in read_all(reader, regions, cfg.img_folder, results.num_kept):
            results.append(record)
    print(result_table(path, TABLE_ROWS))
    if not cfg.polygons_path:
        print_skipped(cfg.img_folder)
    return None


if __name__ == '__main__':
    run_script(main)
