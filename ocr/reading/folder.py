"""What there is to read in a folder: its images, or regions inside them."""

import os

from natsort import natsorted, ns

from ocr.annotations.own import read_polygons
from ocr.errors import InputError
from ocr.preprocessing.image_file import IMAGE_SUFFIXES
from ocr.preprocessing.image_formats import page_paths
from ocr.reading.image_search import Search
from ocr.region import TextRegion


def find_images(folder):
    """Paths of all images below a folder in natural order, img2 before img10; of a TIFF those of its pages.

    A file stands for itself.

    Raises:
        InputError: there is no such folder, or no image in it.
    """
    if not os.path.exists(folder):
        raise InputError(f'--img_folder {folder}: no such folder')
    found = Search(folder)
    if not found.paths:
        others = found.in_words()
        raise InputError(
            f'--img_folder {folder}: no image in it{others and f" but {others}"}; '
            f'wanted are {" ".join(sorted(IMAGE_SUFFIXES))}'
        )
    return [page for path in natsorted(found.paths, alg=ns.PATH) for page in page_paths(path)]


def find_regions(img_folder, polygons_path):
    """What to read, as TextRegion: whole images of a folder, or the regions of a file if one is given."""
    if not polygons_path:
        return [TextRegion(path, None, '', '') for path in find_images(img_folder)]
    if not os.path.isdir(img_folder):
        raise InputError(f'--img_folder {img_folder}: no such folder; {polygons_path} names images in it')
    regions = list(read_polygons(polygons_path, img_folder))
    if not regions:
        raise InputError(f'--polygons_path {polygons_path}: no region in it; a line is image<TAB>polygon')
    return regions
