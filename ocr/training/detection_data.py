"""What a detector's training sees: photographs of its datasets, drawn scenes, and what is held out to validate on."""

import dataclasses

import numpy as np

from ocr.datasets.counts import count_table
from ocr.datasets.photographs import PhotographIndex
from ocr.datasets.sources import not_drawn, open_photographs, recipe_name
from ocr.drawing import Recipe, scan_fonts
from ocr.drawing.material import prepare_recipe
from ocr.errors import InputError
from ocr.network.architecture import DETECTOR_STRIDE
from ocr.preprocessing.augment import AugmentSettings
from ocr.preprocessing.decode import read_image
from ocr.training.data import count_read, make_sources, shares, without_held_out
from ocr.training.photograph_dataflow import crop_dataflow, photograph_source, scene_source
from ocr.training.photograph_samples import CropPreparer
from ocr.training.scene_samples import draw_held_out_scenes

MAX_DRAWN = 100  # scenes to validate on


@dataclasses.dataclass(frozen=True)
class DetectionData:
    """The datasets of a detector's training, in the order of --train_datasets.

    Attributes:
        index: PhotographIndex of the datasets that are not drawn, or None.
        datasets: list of int64 (n,), the positions in `index` to train on, or Recipe.
        fonts: tuple of Font to draw with.
        held_out: list of Photograph to validate on.
        pictures: {image_path: uint8 (H, W, 3)} of those among them that are drawn.
        charset: None: a detector knows no characters.
    """

    index: PhotographIndex | None
    datasets: list
    fonts: tuple = ()
    held_out: list = dataclasses.field(default_factory=list)
    pictures: dict = dataclasses.field(default_factory=dict)
    charset: None = None


def check_detector(*, profile, report, image_size, final_endpoint):
    """InputError for settings that a detector cannot have; all are as in Config."""
    for name, value in (('profile', profile), ('report', report)):
        if value:
            raise InputError(f'--{name}: not for a detector; leave it out')
    if image_size % DETECTOR_STRIDE:
        raise InputError(
            f"--image_size {image_size}: the side of a detector's crops is a multiple of {DETECTOR_STRIDE}"
        )
    if not final_endpoint.startswith('Mixed_6'):
        raise InputError(f'--final_endpoint {final_endpoint}: a detector ends at one of Mixed_6a to Mixed_6h')


def load_detection_data(settings):
    """DetectionData of DataSettings; prints what is kept and left out; InputError if there is nothing to find."""
    specs = not_drawn(settings.train_datasets)
    index, positions = _open(settings, specs) if specs or not settings.train_datasets else (None, [])
    positions = iter(positions)
    fonts = scan_fonts(settings.font_dir) if len(specs) < len(settings.train_datasets) else ()
    datasets = [
        _scenes(settings, name, fonts) if (name := recipe_name(spec)) else next(positions)
        for spec in settings.train_datasets
    ]
    data = DetectionData(index, datasets, fonts)
    shares(settings, data)  # says what is wrong with them before anything is drawn
    return _hold_out(settings, data) if settings.val_epochs and settings.val_regions else data


def detection_dataflow(settings, data, samples_per_step, start, part=(0, 1)):
    """Batches as of data.build_dataflow."""
    prepare = CropPreparer(
        side=settings.image_size,
        augment_settings=AugmentSettings(**settings.augmentation),
        seed=settings.seed,
    )
    sources = make_sources(
        settings,
        data,
        samples_per_step,
        draw=lambda recipe, **drawing: scene_source(recipe, data.fonts, prepare, **drawing),
        read=lambda positions: photograph_source(data.index, positions, prepare, settings.seed),
    )
    return crop_dataflow(
        sources,
        batch_size=settings.batch_size,
        seed=settings.seed,
        echo=settings.drawn_echo if data.fonts else 1,
        start=start,
        part=part,
        num_workers=settings.num_workers,
    )


def read_held_out(data, path):
    """Picture uint8 (H, W, 3) of a held-out photograph, drawn ones too; raises UnreadableImage."""
    return data.pictures[path] if path in data.pictures else read_image(path)


def _open(settings, specs):
    """PhotographIndex of datasets, and for each of them its positions; prints the table."""
    index, counts = open_photographs(settings.base_dir, settings.index_dir, specs)
    print(count_table(counts))
    return index, [np.arange(start, stop) for start, stop in index.spans]


def _scenes(settings, name, fonts):
    """Recipe of drawn scenes; InputError for one that draws single words."""
    from ocr.drawing.scenes.recipe import SceneRecipe

    recipe = prepare_recipe(name, fonts, charset=None, text_path=settings.text_path, photo_dir=settings.photo_dir)
    if not isinstance(recipe, SceneRecipe):
        raise InputError(
            f'synthetic:{name} draws single words: nothing to find; a detector learns from synthetic:street'
        )
    return recipe


def _hold_out(settings, data):
    """The data, and what it is validated on: --val_datasets, else a share of the photographs, else drawn scenes."""
    if settings.val_datasets:
        index, positions = _open(settings, settings.val_datasets)
        held_out = np.concatenate(positions)
    elif data.index is None:
        recipe = next(dataset for dataset in data.datasets if isinstance(dataset, Recipe))
        photographs, pictures = draw_held_out_scenes(
            recipe, data.fonts, settings.seed, min(settings.val_regions, MAX_DRAWN)
        )
        return dataclasses.replace(data, held_out=photographs, pictures=pictures)
    else:
        index = data.index
        datasets, held_out = without_held_out(index, data.datasets, settings.val_regions, settings.seed)
        data = dataclasses.replace(data, datasets=datasets)
        print(f'{count_read(datasets)} photographs to train on, {len(held_out)} held out for validation')
    some = np.linspace(0, len(held_out) - 1, min(len(held_out), settings.val_regions), dtype=int)
    return dataclasses.replace(data, held_out=[index[position] for position in held_out[some]])
