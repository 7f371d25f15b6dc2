"""Blocks of pictures read by actors of Ray Data: each holds the model, and one that dies is replaced."""

import logging
import pickle

from ocr.terminal.progress import progress_bar

logger = logging.getLogger(__name__)


class BlockReader:
    """An actor of Ray Data: rows (number of a block; its regions and places, pickled) -> rows (number, counts).

    It writes each block itself: one that is read again after an actor died replaces the same part.
    """

    def __init__(self, open_reader, folder):
        """
        Args:
            open_reader: function without arguments -> function (regions, places) -> records.
            folder: BlockFolder that all actors see.
        """
        self._read = open_reader()
        self._folder = folder

    def __call__(self, row):
        number = int(row['number'])
        regions, places = pickle.loads(row['work'])
        records = [] if self._folder.is_done(number) else self._read(regions, places)
        if records:
            self._folder.write(number, records)
        return {'number': number, 'size': len(regions)}


def read_blocks(open_reader, regions, places, folder, *, block_size, num_actors, actor_gpus=0, address='local'):
    """Read what has not been read yet.

    Args:
        open_reader: see BlockReader.
        regions: list of TextRegion.
        places: what their lines begin with.
        folder: BlockFolder, begun.
        block_size: regions of a block.
        num_actors: processes that read.
        actor_gpus: GPUs of each.
        address: of a Ray cluster, 'auto' for the one of this machine; 'local' starts one that ends with this process.

    Returns:
        Number of blocks, those that had been read before included.
    """
    import ray

    starts = range(0, len(regions), block_size)
    todo = [number for number in range(len(starts)) if not folder.is_done(number)]
    work = []
    for number in todo:
        block = slice(starts[number], starts[number] + block_size)
        work.append({'number': number, 'work': pickle.dumps((regions[block], places[block]))})
    left = sum(len(regions[starts[number] : starts[number] + block_size]) for number in todo)
    bar = progress_bar(total=len(regions), initial=len(regions) - left, desc='reading', unit=' images')
    if work:
        ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR, include_dashboard=False)
        try:
            context = ray.data.DataContext.get_current()
            context.enable_progress_bars = False
            context.print_on_execution_start = False
            read = ray.data.from_items(work, override_num_blocks=len(work)).map(
                BlockReader,
                fn_constructor_args=(open_reader, folder),
                compute=ray.data.ActorPoolStrategy(size=num_actors),
                num_cpus=1,
                num_gpus=actor_gpus,
            )
            for row in read.iter_rows():
                bar.update(row['size'])
        finally:
            ray.shutdown()
    bar.close()
    return len(starts)
