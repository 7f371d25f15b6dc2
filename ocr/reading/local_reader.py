"""Regions -> text on this machine, long ones in windows if that is wanted."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from ocr.preprocessing.decode import read_image
from ocr.preprocessing.prepare import Broken
from ocr.reading.char_positions import char_positions
from ocr.reading.long_text.read_windows import read_long_regions
from ocr.reading.long_text.windows import WINDOW_ASPECT
from ocr.reading.regions import read_regions


class LocalReader:
    """A predictor.Reader around a Predictor."""

    def __init__(
        self,
        predictor,
        *,
        batch_size,
        num_workers=0,
        long_text=False,
        with_positions=False,
        on_read=None,
        read_image=read_image,
    ):
        """
        Args:
            predictor: Predictor.
            batch_size: N.
            num_workers: threads that prepare images; 0 is one for each core.
            long_text: read long regions in windows.
            with_positions: give the characters' positions if the model has attention; texts that are joined of several
                windows have none.
            on_read: function (position, region, Prepared, ReadText with attention) called for each region that was
                read, in order; or None. Not with long_text.
            read_image: gives a photograph by its path, see InferencePreparer.
        """
        self.canvas = predictor.canvas
        self.identity = {**predictor.identity}
        if long_text:
            self.identity['window_aspect'] = WINDOW_ASPECT
        self.has_attention = with_positions and predictor.has_attention and not long_text
        self._predictor = predictor
        self._long_text = long_text
        self._on_read = on_read
        self._settings = {
            'batch_size': batch_size,
            'num_workers': num_workers,
            'read_image': read_image,
        }

    def read(self, regions, first=0, *, soon=False) -> Iterator:
        """Yield (region, ReadText or Broken), see predictor.Reader; `soon` as of read_regions."""
        results = self._read(islice(regions, first, None), soon)
        for position, (region, prepared, result) in enumerate(results, first):
            if isinstance(result, Broken):
                yield region, result
                continue
            if self._on_read:
                self._on_read(position, region, prepared, result)
            positions = char_positions(result.alpha[: len(result.text)], prepared) if self.has_attention else None
            yield region, replace(result, alpha=None, char_positions=positions)

    def _read(self, regions, soon):
        settings = {**self._settings, 'soon': soon}
        if self._long_text:
            return read_long_regions(self._predictor, regions, window_aspect=WINDOW_ASPECT, **settings)
        with_alpha = self.has_attention or self._on_read is not None
        return read_regions(self._predictor, regions, with_alpha=with_alpha, **settings)
