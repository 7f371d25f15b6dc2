"""Read very many pictures with Ray Data, on this machine or a Ray cluster.

    python recognize_ray.py --input pictures --output_path results --actors 2
    python recognize_ray.py --input crops.parquet --address auto --actors 64 --resume

--input is a folder, a .txt with one path per line, a .parquet with image files in the column `bytes`, or an LMDB of
crops. It also takes the reading settings of test.py. While it reads it writes parts/, a .jsonl and a .parquet for each
block, and at the end results.jsonl, as test.py does. docs/scale.md says more.
"""

import argparse
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass

from ocr.config import parse_config, run_script, shown
from ocr.errors import InputError
from ocr.optional_package import import_package


def find_inputs(path, polygons_path):
    """([TextRegion], [place of each]) of --input.

    Raises:
        InputError: there is nothing to read.
    """
    from ocr.annotations import lmdb_database
    from ocr.annotations.place import Place
    from ocr.reading.folder import find_regions
    from ocr.reading.table_images import ENDING, table_regions
    from ocr.region import TextRegion

    if polygons_path or (os.path.isdir(path) and not lmdb_database.recognises(Place(path))):
        regions = find_regions(path, polygons_path)
        return regions, [_place(region, path) for region in regions]
    if not os.path.exists(path):
        raise InputError(f'--input {path}: no such file or folder')
    if path.endswith(ENDING):
        return table_regions(path)
    if path.endswith('.txt'):
        with open(path, encoding='utf-8') as lines:
            paths = [line.rstrip('\n') for line in lines if line.strip()]
    elif lmdb_database.recognises(Place(path)):
        paths = [region.image_path for region in lmdb_database.read(path, 'input')]
    else:
        paths = [path]
    return [TextRegion(one, None, '', '') for one in paths], [{'image': one} for one in paths]


def _place(region, folder):
    path = os.path.relpath(region.image_path, folder)
    of_image = {'image': region.image_path if path.startswith('..') else path}
    return of_image if region.polygon is None else {**of_image, 'polygon': region.polygon.tolist()}


@dataclass
class OpenReader:
    """What an actor calls once: the model of the settings as a function (regions, places) -> records."""

    cfg: object

    def __call__(self) -> Callable:
        from ocr.reading.local_reader import LocalReader
        from ocr.reading.open_model import choose_model, open_model, read_model
        from ocr.reading.results_file import to_record
        from ocr.reading.table_images import TableImages

        cfg = self.cfg
        stored = read_model(choose_model(**cfg.model_choice), cfg.gpus, cfg.trust_model)
        predictor = open_model(stored, **cfg.over(shown(stored.settings)).reading)
        settings = {**cfg.reading_regions, 'read_image': TableImages().read}
        reader = LocalReader(predictor, with_positions=True, **settings)

        def read(regions, places):
            results = reader.read(regions)
            return [to_record(place, result) for place, (_, result) in zip(places, results, strict=True)]

        return read


def parse(argv):
    """(flags of this script, Config of the others)."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--input', required=True, help='what to read')
    parser.add_argument('--actors', type=int, default=1, help='processes that hold the model (default: 1)')
    parser.add_argument('--actor_gpus', type=float, default=0, help='GPUs for each of them (default: 0)')
    parser.add_argument('--block_size', type=int, default=500, help='pictures that are read at a time (default: 500)')
    parser.add_argument('--address', default='local', help='of the cluster: auto after `ray start`, or local')
    own, others = parser.parse_known_args(argv)
    if own.actors < 1 or own.block_size < 1:
        raise InputError('--actors and --block_size: give a number of at least 1')
    cfg = parse_config(others, 'test')
    if taken := [name for name in ('img_folder', 'server', 'picture_dir', 'detect', 'shard') if name in cfg.typed]:
        raise InputError(f'--{taken[0]}: is for test.py; here --input says what to read')
    return own, cfg


def main(argv=None):
    own, cfg = parse(sys.argv[1:] if argv is None else argv)
    import_package('ray', 'recognize_ray.py', 'requirements-ray.txt')
    from ocr.reading.blocks import BlockFolder, file_digest
    from ocr.reading.open_model import choose_model
    from ocr.reading.ray_reading import read_blocks
    from ocr.reading.results_file import result_table

    regions, places = find_inputs(own.input, cfg.polygons_path)
    if not regions:
        raise InputError(f'--input {own.input}: nothing to read in it')
    run = {
        'model': file_digest(choose_model(**cfg.model_choice)),
        'block_size': own.block_size,
        'reading': repr(cfg.reading),
        'long_text': cfg.long_text,
    }
    folder = BlockFolder(os.path.abspath(cfg.output_path))
    folder.begin(run, places, cfg.resume)
    num_blocks = read_blocks(
        OpenReader(cfg),
        regions,
        places,
        folder,
        block_size=own.block_size,
        num_actors=own.actors,
        actor_gpus=own.actor_gpus,
        address=own.address,
    )
    print(result_table(folder.merge(num_blocks), 60))


if __name__ == '__main__':
    run_script(main)
