"""Datasets with planted faults of every kind, one for training and one for evaluation, and what is planted."""

from types import SimpleNamespace

import tiny
from PIL import Image

from ocr.datasets.check.scan import DAMAGED
from ocr.datasets.check.suspect_labels import (
    FILE_NAME,
    INVISIBLE,
    LOOK_ALIKES,
    STRAY_SPACE,
    TOO_FEW_PIXELS,
    TOO_MUCH_TEXT,
    UNDECODED,
)
from ocr.datasets.counts import KEPT
from ocr.region import DropReason

SEQ_LEN = 12
CHARSET = 'ascii'
GOOD = ('Bakery', 'EXIT 24', 'left', 'Tea & <Coffee>', '"quoted"')  # the last but one is too long
SUSPICIOUS = {  # file: text, kind
    'crowded.png': ('abcdefghijkl', TOO_MUCH_TEXT),
    'narrow.png': ('abcdefghij', TOO_FEW_PIXELS),
    'img_12.png': ('img_12', FILE_NAME),
    'mixed.png': ('EXІT', LOOK_ALIKES),  # its third letter is Ukrainian
    'spaces.png': ('two  words', STRAY_SPACE),
    'hidden.png': ('a\u200bb', INVISIBLE),
    'entity.png': ('A&amp;B', UNDECODED),
}
SIZES = {'crowded.png': (40, 40), 'narrow.png': (29, 9)}
LEFT_OUT = (  # label line, reason
    ('photo.png\t###', DropReason.ILLEGIBLE),
    ('photo.png\tEX###', DropReason.PARTLY),
    ('photo.png\t ', DropReason.EMPTY),
    ('photo.png\tsmall\t0,0,30,0,30,7,0,7', DropReason.TOO_SMALL),
    ('photo.png\tflat\t0,0,30,0,15,0', DropReason.DEGENERATE),
    ('away.png\tgone', DropReason.MISSING),
    ('away.png\tgone too', DropReason.MISSING),
    ('garbage.png\tnoise', DropReason.UNREADABLE),
)
COUNTS = {  # what dataset.py should count
    'mine': {
        DropReason.ILLEGIBLE: 1,
        DropReason.PARTLY: 1,
        DropReason.EMPTY: 1,
        DropReason.TOO_SMALL: 1,
        DropReason.DEGENERATE: 1,
        DropReason.MISSING: 2,
        DropReason.UNREADABLE: 1,
        DropReason.TOO_LONG: 1,
        DropReason.UNKNOWN_CHARACTER: 4,  # Café, über, EXІT, a\u200bb
        KEPT: 4 + 5 + 3 + 1,  # of GOOD, SUSPICIOUS, in damaged images, 'Café' without its accent
    },
    'scored': {KEPT: 3, DropReason.UNKNOWN_CHARACTER: 1},
}
LOST = {**COUNTS['mine'], DAMAGED: 3, DropReason.UNKNOWN_CHARACTER: 5}
del LOST[KEPT]


def save(folder, name, text, size=None):
    """A picture of a text, of its own size or another."""
    picture = tiny.draw_word(text)
    (picture if size is None else picture.resize(size, Image.Resampling.LANCZOS)).save(folder / name)


def in_rows(path, *texts):
    """Label lines of three texts below each other in one picture."""
    with Image.open(path) as picture:
        width, height = picture.width, picture.height // 3
    for number, text in enumerate(texts):
        top, bottom = number * height, (number + 1) * height
        yield f'{path.name}\t{text}\t0,{top},{width},{top},{width},{bottom},0,{bottom}'


def write_labels(folder, lines):
    (folder / 'labels.tsv').write_text(''.join(f'{line}\n' for line in lines), encoding='utf-8')


def write_datasets(folder):
    """Write both; returns .mine, for training, and .scored, for evaluation: their folders."""
    datasets = SimpleNamespace(mine=folder / 'mine', scored=folder / 'scored')
    datasets.mine.mkdir()
    datasets.scored.mkdir()
    write_training(datasets.mine)
    write_evaluation(datasets.mine, datasets.scored)
    return datasets


def write_training(folder):
    lines = []
    for number, text in enumerate(GOOD):
        save(folder, f'{number} <i>&"good".png', text)
        lines.append(f'{number} <i>&"good".png\t{text}')
    for name, (text, _) in SUSPICIOUS.items():
        save(folder, name, text, SIZES.get(name))
        lines.append(f'{name}\t{text}')
    save(folder, 'photo.png', 'Café über')
    lines += in_rows(folder / 'photo.png', 'Café', 'über', 'Cafe')
    save(folder, 'damaged.png', 'one two')
    first, *others = in_rows(folder / 'damaged.png', 'one two', 'one', 'two')
    tiny.cut_off(folder / 'damaged.png')
    lines += others
    lines.insert(0, first)  # apart from the other two of the image
    (folder / 'garbage.png').write_bytes(b'no image')
    write_labels(folder, lines + [line for line, _ in LEFT_OUT])


def write_evaluation(training, folder):
    """Two pictures of training, one recompressed and one shrunk, and two of its own."""
    with Image.open(training / '0 <i>&"good".png') as picture:
        picture.save(folder / 'bakery.jpg', quality=60)
    with Image.open(training / 'photo.png') as picture:
        picture.resize([round(0.8 * side) for side in picture.size], Image.Resampling.LANCZOS).save(folder / 'b.png')
    save(folder, 'own.png', 'Museum')
    save(folder, 'other.png', 'Zürich')
    write_labels(folder, ['bakery.jpg\tBakery', 'b.png\tCafe', 'own.png\tMuseum', 'other.png\tZürich'])
