"""Where the images of a label file are: most programs are told by a flag, here it is found by looking."""

import logging
import os
import re

from ocr.annotations.files import locate_image
from ocr.annotations.place import LABELS
from ocr.errors import InputError
from ocr.files.regular_file import is_folder

_SPLITS = {
    **dict.fromkeys(('train', 'training'), 'train'),
    **dict.fromkeys(('val', 'valid', 'validation', 'dev'), 'val'),
    **dict.fromkeys(('test', 'testing', 'eval'), 'test'),
}
MOST_FOLDERS = 200  # that are looked into for images outside a dataset's own

logger = logging.getLogger(__name__)


def _find(folder, name):
    return os.path.exists(locate_image(folder, name))


def image_root(labels, images, dataset, top=None, find=_find):
    """The folder that images are in, whose labels lie in another or the same.

    It is the one of the dataset's own folders, or the one above the labels', that has most of the images; else one
    beside the labels', beside the folder above or two or three above that has all of them, and that is logged: other
    datasets may have images of the same names. A folder two or three above counts as the dataset's own if the
    images' paths begin with the folder of it that the labels are in, as in PaddleOCR's train_data/rec/train/1.jpg.
    Never is it a folder of another split (labels of training, images of validation), of another dataset (with labels
    of its own), or another of a series (fold1, fold2).

    Args:
        labels: file or folder of the labels.
        images: a few images, each a list of the names that it may have in the folder that is looked for.
        dataset: name of the dataset.
        top: the folder that the dataset was given as, if that may be above the labels'.
        find: function (folder, name) -> whether an image is there; for names that are no paths below the folder.

    Raises:
        InputError: there is no such folder, or two are as near and have as many.
    """
    folder = labels if os.path.isdir(labels) else os.path.dirname(labels)
    if not images:
        return folder
    others = []
    all_there = len(images)
    for nearby, least in ((_itself, all_there), (_own, 1), (_beside, all_there), (_farther, all_there)):
        roots = nearby(folder, top or folder, images)
        scores = {root: _num_images(root, images, find) for root in roots}
        for root in [root for root in roots if scores[root] >= least and _is_of_others(labels, folder, root, nearby)]:
            others.append(root)
            del scores[root]
        score = max(scores.values(), default=0)
        best = [root for root in scores if scores[root] == score]
        if score >= least:
            break
    else:
        if others:
            raise InputError(
                f'{dataset}: the images of the labels in {folder} are not there, such as {images[0][-1]}; '
                f'{others[0]} has images of these names, but belongs to another split or dataset; '
                f'copy or link the right ones into {os.path.join(folder, "images")}'
            )
        raise InputError(
            f'{dataset}: the images of the labels in {folder} are not there, such as {images[0][-1]}; '
            f'they should be in {folder}, in a folder below it, beside it or above it'
        )
    if len(best) > 1 and best[0] != folder:
        raise InputError(
            f'{dataset}: the images of the labels in {folder} may be those in {" or ".join(best[:4])}; '
            f'copy or link the right ones into {os.path.join(folder, "images")}'
        )
    if nearby in (_beside, _farther):
        logger.warning(
            '%s: the images of the labels in %s are those in %s, as their names suggest', dataset, folder, best[0]
        )
    return best[0]


def _is_of_others(labels, folder, root, nearby):
    """Whether a folder with images of the right names is likely to be that of another split or another dataset."""
    labels, folder, root = (os.path.abspath(path) for path in (labels, folder, root))
    if root == folder or folder.startswith(os.path.join(root, '')):
        return False
    common = os.path.commonpath([labels, root])
    own, other = (_splits(os.path.relpath(path, common)) for path in (labels, root))
    if own and other and not own & other:
        return True
    if os.path.dirname(root) == os.path.dirname(folder) and _series(root) == _series(folder):
        return True
    return nearby in (_beside, _farther) and _has_labels(root)


def _splits(path):
    """The splits that words in a path name: {'train'} of 'rec_gt_train.txt'."""
    return {_SPLITS[word] for word in re.findall('[a-z]+', path.lower()) if word in _SPLITS}


def _series(path):
    """A folder's name without its numbers."""
    return re.sub(r'\d+', '0', os.path.basename(path))


def _has_labels(folder):
    with os.scandir(folder) as entries:
        return any(entry.name.lower().endswith((*LABELS, '.xml', '.mdb')) for entry in entries)


def _itself(folder, *_):
    """The folder alone: if it has all images, no other is looked into."""
    return [folder]


def _own(folder, top, images):
    """The folder, the dataset's, those up to two levels below them, the one above and those that paths begin at."""
    above = os.path.dirname(os.path.abspath(folder))
    roots = [folder, *_two_levels(folder), top, *_two_levels(top), above, *_begins(above, images)]
    return list({os.path.abspath(root): root for root in reversed(roots)}.values())[::-1]


def _begins(folder, images):
    """The folders one and two above from which a path of the images leads towards a folder."""
    heads = {os.path.normpath(name.replace('\\', '/')).split('/')[0] for names in images for name in names}
    return [os.path.dirname(way) for way in (folder, os.path.dirname(folder)) if os.path.basename(way) in heads]


def _beside(folder, *_):
    """The folders in the one above."""
    return _folders(os.path.dirname(os.path.abspath(folder)))[:MOST_FOLDERS]


def _farther(folder, *_):
    """The folders two and three above, and those up to two levels below the former."""
    above = os.path.dirname(os.path.dirname(os.path.abspath(folder)))
    return list(dict.fromkeys([above, os.path.dirname(above), *_two_levels(above)]))[:MOST_FOLDERS]


def _two_levels(folder):
    return [below for child in _folders(folder) for below in (child, *_folders(child))]


def _num_images(root, images, find):
    return sum(any(find(root, name) for name in names) for names in images)


def _folders(folder):
    """Folders in a folder that are not hidden, alphabetical; [] if it cannot be read."""
    try:
        with os.scandir(folder) as entries:
            return sorted(entry.path for entry in entries if is_folder(entry) and not entry.name.startswith('.'))
    except OSError:
        return []
