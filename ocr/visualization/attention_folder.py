"""A folder of pictures of where the model looked, one for each region."""

import os
from functools import lru_cache

from PIL import Image

from ocr.errors import InputError
from ocr.files.file_names import safe_stem
from ocr.preprocessing.decode import read_image
from ocr.reading.char_positions import char_positions
from ocr.visualization.attention_sheet import attention_picture
from ocr.visualization.region_view import region_view


class AttentionFolder:
    """The folder, made if need be; InputError if it cannot be made."""

    def __init__(self, path):
        try:
            os.makedirs(path, exist_ok=True)
        except OSError as error:
            raise InputError(f'--picture_dir {path}: {error.strerror}; give another folder') from None
        self.path = path

    def save(self, number, region, prepared, result):
        """Save the attention picture of one region under its number and its image's name.

        Args:
            number: of the region.
            region: TextRegion.
            prepared: Prepared.
            result: ReadText with its attention.

        Raises:
            InputError: the picture cannot be written.
        """
        stem = safe_stem(region.image_path)
        photograph = None
        if region.polygon is not None:
            positions = char_positions(result.alpha[: len(result.text)], prepared)
            photograph = region_view(_read_photograph(region.image_path), region.polygon, positions)
        picture = attention_picture(
            prepared.canvas, result.text, result.alpha, result.char_confidences, photograph=photograph
        )
        path = os.path.join(self.path, f'{number:06d}_{stem}.png')
        try:
            Image.fromarray(picture).save(path)
        except OSError as error:
            raise InputError(
                f'{path}: cannot be written ({error.strerror}); free space and go on with --resume'
            ) from None


@lru_cache(maxsize=1)
def _read_photograph(path):
    """The upright photograph, uint8 (H, W, 3): read once for all regions that follow one another in it."""
    return read_image(path)
