"""Tensorpack pipeline of a detector's training, as `dataflow` is a recogniser's: crops of photographs and scenes."""

from functools import partial

from ocr.training.data_position import BEGINNING
from ocr.training.dataflow import RegionStream, Source, batched_samples
from ocr.training.drawn_samples import drawn_stream
from ocr.training.photograph_samples import CROPS, PhotographPreparer
from ocr.training.scene_samples import ScenePreparer


class CropStream:
    """Endless (position, draw): as RegionStream, each photograph CROPS times running."""

    def __init__(self, positions, seed, start=0):
        self.positions = positions
        self.seed = seed
        self.start = start

    def __iter__(self):
        draw, skipped = self.start, self.start % CROPS
        for position, _ in RegionStream(self.positions, self.seed, self.start // CROPS):
            for _ in range(skipped, CROPS):
                yield position, draw
                draw += 1
            skipped = 0


def photograph_source(index, positions, prepare, seed):
    """A dataflow.Source of photographs: `positions` int64 (n,) of a PhotographIndex, `prepare` a CropPreparer."""
    return Source(partial(CropStream, positions, seed), PhotographPreparer(index, prepare), CROPS * len(positions))


def scene_source(recipe, fonts, prepare, *, seed, echo=1, growth):
    """A dataflow.Source of drawn scenes, each cut into CROPS * `echo` crops; other arguments as of DrawnPreparer."""
    crops = CROPS * echo
    preparer = ScenePreparer(recipe, fonts, prepare, seed=seed, echo=crops, growth=growth)
    return Source(partial(drawn_stream, crops), preparer)


def crop_dataflow(sources, *, batch_size, seed, echo=1, start=BEGINNING, part=(0, 1), num_workers=0):
    """Endless batches of crops, the same for one seed with any number of workers.

    Args:
        sources: list of Source.
        batch_size: N.
        seed: int, of the mixing.
        echo: as of scene_source.
        start: DataPosition.
        part: see dataflow.training_dataflow.
        num_workers: processes; 0 is one for each core.

    Returns:
        A DataFlow of [image float32 (N, S, S, 3) in 0..1, maps uint8 (N, S, S, 4)], and its SkipBroken stage.
    """
    return batched_samples(
        sources,
        batch_size=batch_size,
        seed=seed,
        num_fields=2,
        running=CROPS * echo,
        start=start,
        part=part,
        num_workers=num_workers,
    )
