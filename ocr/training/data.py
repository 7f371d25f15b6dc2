"""What a training run sees: the regions of its datasets, drawn text, and what is held out to validate on."""

import dataclasses
import logging

import numpy as np

from ocr.charset import Charset
from ocr.datasets.counts import count_table
from ocr.datasets.crop_cache import find_crops, needed_crops
from ocr.datasets.crop_making import ensure_caches
from ocr.datasets.index import RegionIndex
from ocr.datasets.selection import split_by_image
from ocr.datasets.sources import not_drawn, open_index, recipe_name, select_regions
from ocr.drawing import Recipe, scan_fonts
from ocr.drawing.held_out import draw_held_out
from ocr.drawing.material import prepare_recipe
from ocr.drawing.scenes.recipe import SceneRecipe
from ocr.errors import InputError
from ocr.preprocessing.augment import AugmentSettings
from ocr.preprocessing.decode import read_image
from ocr.preprocessing.prepare import InferencePreparer
from ocr.reading.regions import canvas_batches
from ocr.training.dataflow import drawn_source, region_source, training_dataflow
from ocr.training.samples import SamplePreparer

HELD_OUT_SHARE = 0.05  # of the photographs at most: what is held out teaches nothing

logger = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True)
class TrainingData:
    """The datasets of a training run, in the order of --train_datasets.

    Attributes:
        charset: Charset.
        index: RegionIndex of the datasets that are not drawn, or None.
        datasets: list of int64 (n,), the positions in `index` to train on, or Recipe.
        fonts: tuple of Font to draw with.
        held_out: list of TextRegion to validate on.
        pictures: {image_path: uint8 (H, W, 3)} of those among them that are drawn.
    """

    charset: Charset
    index: RegionIndex | None
    datasets: list
    fonts: tuple = ()
    held_out: list = dataclasses.field(default_factory=list)
    pictures: dict = dataclasses.field(default_factory=dict)


def load_data(settings, choose_charset):
    """TrainingData of the settings; prints what is kept and left out.

    Args:
        settings: DataSettings.
        choose_charset: function RegionIndex or None -> Charset.
    """
    specs = not_drawn(settings.train_datasets)
    index, counts = _open(settings, specs) if specs or not settings.train_datasets else (None, {})
    charset = choose_charset(index)
    regions = iter(_select(settings, index, counts, charset) if index else ())
    fonts = scan_fonts(settings.font_dir) if len(specs) < len(settings.train_datasets) else ()
    datasets = [
        prepare_recipe(
            name,
            fonts,
            charset=charset,
            text_path=settings.text_path,
            photo_dir=settings.photo_dir,
            seq_len=settings.seq_len,
        )
        if (name := recipe_name(spec))
        else next(regions)
        for spec in settings.train_datasets
    ]
    for spec, dataset in zip(settings.train_datasets, datasets, strict=True):
        if isinstance(dataset, SceneRecipe):
            raise InputError(
                f'{spec}: draws whole pictures, to find text in; a recogniser is trained on synthetic:scene or the like'
            )
    data = TrainingData(charset, index, datasets, fonts)
    shares(settings, data)  # says what is wrong with them before anything is drawn
    return _hold_out(settings, data) if settings.val_epochs and settings.val_regions else data


def make_crops(settings, data, num_samples):
    """Make the crop caches that a training run of so many samples gains by."""
    if not isinstance(data, TrainingData) or data.index is None:
        return
    shares = settings.train_shares or list(map(len, data.datasets))
    draws = [
        num_samples * share / sum(shares)
        for share, dataset in zip(shares, data.datasets, strict=True)
        if not isinstance(dataset, Recipe)
    ]
    wanted = needed_crops(settings.canvases, AugmentSettings(**settings.augmentation))
    ensure_caches(data.index, draws, **wanted, num_workers=settings.num_workers)


def build_dataflow(settings, data, samples_per_step, start, part=(0, 1)):
    """Endless batches from a DataPosition on, and the stage that counts what could not be read.

    `part` of a cluster as of training_dataflow; the samples of a step are those of all machines.
    """
    augmentation = AugmentSettings(**settings.augmentation)
    prepare = SamplePreparer(
        data.charset,
        canvas=settings.canvases,
        seq_len=settings.seq_len,
        augment_settings=augmentation,
        seed=settings.seed,
    )
    crops = find_crops(data.index, **needed_crops(settings.canvases, augmentation)) if data.index else None
    sources = make_sources(
        settings,
        data,
        samples_per_step,
        draw=lambda recipe, **drawing: drawn_source(recipe, data.fonts, prepare, **drawing),
        read=lambda positions: region_source(data.index, positions, prepare, settings.seed, crops),
    )
    return training_dataflow(
        sources,
        batch_size=settings.batch_size,
        with_bbox=settings.with_bbox,
        seed=settings.seed,
        echo=settings.drawn_echo if data.fonts else 1,
        start=start,
        part=part,
        num_workers=settings.num_workers,
    )


def make_sources(settings, data, samples_per_step, *, draw, read):
    """Source of each dataset, with its share of the samples: a list.

    Args:
        settings: DataSettings.
        data: TrainingData or DetectionData.
        samples_per_step: of all machines.
        draw: function (Recipe, seed, echo, growth) -> Source of drawn samples.
        read: function (positions in the index) -> Source of samples of a dataset.
    """
    grown = settings.drawn_growth * settings.total_steps * samples_per_step
    sources = []
    for dataset, share in shares(settings, data):
        if isinstance(dataset, Recipe):
            source = draw(dataset, seed=settings.seed, echo=settings.drawn_echo, growth=round(grown * share))
        else:
            source = read(dataset)
        sources.append(dataclasses.replace(source, share=share))
    return sources


def held_out_reader(data):
    """Function as decode.read_image that knows drawn pictures too."""

    def read(path, scale=None):
        return data.pictures[path] if path in data.pictures else read_image(path, scale)

    return read


def held_out_batches(settings, data):
    """What is held out as `ocr.reading.regions.canvas_batches` gives it."""
    prepare = InferencePreparer(settings.canvases, read=held_out_reader(data))
    return canvas_batches(data.held_out, prepare, batch_size=settings.batch_size, num_workers=settings.num_workers)


def _open(settings, specs):
    return open_index(settings.base_dir, settings.index_dir, specs)


def _select(settings, index, counts, charset):
    """For each dataset of an index the positions that can be learnt from; prints the table."""
    positions, counts = select_regions(index, counts, charset, settings.seq_len)
    print(count_table(counts))
    return [positions[(positions >= start) & (positions < stop)] for start, stop in index.spans]


def shares(settings, data):
    """[(dataset, share of the samples)]; without --train_shares all regions are one dataset."""
    shares = settings.train_shares
    if shares:
        if len(shares) != len(data.datasets) or min(shares) < 0 or not sum(shares):
            raise InputError(
                f'--train_shares {",".join(map(str, shares))}: give each of the {len(data.datasets)} datasets a share'
            )
        for spec, dataset, share in zip(settings.train_datasets, data.datasets, shares, strict=True):
            if share and not isinstance(dataset, Recipe) and not len(dataset):
                raise InputError(f'--train_shares: {spec} has no region left to train on; leave it out')
        return [(dataset, share / sum(shares)) for dataset, share in zip(data.datasets, shares, strict=True) if share]
    drawn = [dataset for dataset in data.datasets if isinstance(dataset, Recipe)]
    if not drawn:
        return [(np.concatenate(data.datasets), 1.0)]
    if len(drawn) < len(data.datasets):
        raise InputError(
            'drawn text has no end: give its share of the samples with --train_shares, one for each of '
            f'{" ".join(settings.train_datasets)}'
        )
    return [(recipe, 1 / len(drawn)) for recipe in drawn]


def _hold_out(settings, data):
    """The data, and what it is validated on: --val_datasets, else a share of the photographs, else drawn text."""
    if settings.val_datasets:
        index, counts = _open(settings, settings.val_datasets)
        held_out = np.concatenate(_select(settings, index, counts, data.charset))
    elif data.index is None:
        recipe = next(dataset for dataset in data.datasets if isinstance(dataset, Recipe))
        regions, pictures = draw_held_out(recipe, data.fonts, settings.seed, settings.val_regions)
        return dataclasses.replace(data, held_out=regions, pictures=pictures)
    else:
        index = data.index
        datasets, held_out = without_held_out(index, data.datasets, settings.val_regions, settings.seed)
        data = dataclasses.replace(data, datasets=datasets)
        print(f'{count_read(datasets)} regions to train on, {len(held_out)} held out for validation')
    some = np.linspace(0, len(held_out) - 1, min(len(held_out), settings.val_regions), dtype=int)
    return dataclasses.replace(data, held_out=[index[position] for position in held_out[some]])


def without_held_out(index, datasets, most, seed):
    """What is left of datasets to train on, and what is held out of them: as much as is wanted, but a small share.

    Args:
        index: RegionIndex or PhotographIndex.
        datasets: positions in it, int64 (n,) each; recipes stay as they are.
        most: regions or photographs to hold out; about so many, unless HELD_OUT_SHARE of the photographs is less.
        seed: of selection.split_by_image.

    Returns:
        datasets: the positions to train on.
        held_out: int64 (n,), positions.
    """
    share, left, parts = min(HELD_OUT_SHARE, most / max(count_read(datasets), 1)), list(datasets), []
    for i, dataset in enumerate(datasets):
        if not isinstance(dataset, Recipe):
            left[i], part = split_by_image(index, dataset, share, seed)
            parts.append(part)
    return left, np.concatenate(parts)


def count_read(datasets):
    """How many regions or photographs are read, not drawn."""
    return sum(len(dataset) for dataset in datasets if not isinstance(dataset, Recipe))
