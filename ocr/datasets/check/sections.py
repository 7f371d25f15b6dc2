"""Findings -> sections to show: what is lost, what is probably wrong, what the data is made of."""

import os
from collections import Counter

from ocr.charset import describe
from ocr.datasets.check.allowed_losses import allow_flag, forbidden, losses
from ocr.datasets.check.characters import characters
from ocr.datasets.check.composition import lengths, scripts, shapes
from ocr.datasets.check.duplicates import MIN_CORRELATION
from ocr.datasets.check.examples import NUM_EXAMPLES
from ocr.datasets.check.scan import DAMAGED, EVALUATION, TRAINING
from ocr.datasets.check.suspect_labels import KINDS, LOOK_ALIKES
from ocr.datasets.check.tables import across, clipped, column_names
from ocr.datasets.counts import KEPT, count_rows
from ocr.pages.document import BAD, GOOD, TOTAL, Card, Command, Gallery, Paragraph, Section, Table, of_which
from ocr.pages.pictures import draw_pictures
from ocr.region import DropReason


def all_sections(examination, allowed):
    """The sections about an Examination, in order.

    Args:
        examination: Examination, done.
        allowed: reasons for which regions may be lost.
    """
    datasets, charset, seq_len = examination.datasets, examination.charset, examination.seq_len
    twins = examination.twins()
    shown = _first_of_each(twins)
    examples = [example for findings in datasets.values() for example in findings.examples]
    examples += [example for _, _, *pair in shown for example in pair]
    pictures = dict(zip(examples, draw_pictures(examples, examination.num_workers), strict=True))
    return [
        _summary(datasets, allowed),
        _regions(datasets, charset, seq_len, pictures),
        _damaged(datasets),
        _suspicious(datasets, pictures),
        _duplicates(datasets, twins, shown, pictures),
        lengths(datasets, seq_len),
        shapes(datasets),
        scripts(datasets),
        characters(datasets, charset),
    ]


def _summary(datasets, allowed):
    rows = [
        [
            name,
            ' and '.join(of.roles),
            of.num_annotated,
            of.num_annotated - of.losses.total(),
            of.num_images,
            str(of.source),
        ]
        for name, of in datasets.items()
    ]
    table = Table(['dataset', 'used for', 'regions', 'usable', 'images', 'read as'], rows)
    return Section('Summary', [*_losses_in_words(datasets, allowed), table])


def _losses_in_words(datasets, allowed):
    total = sum(findings.num_annotated for findings in datasets.values())
    lost, refused = losses(datasets), forbidden(datasets, allowed)
    if refused:
        said = f'{refused.total()} of {total} regions lost for reasons that are not allowed: {_in_words(refused)}.'
        return [Paragraph(f'{said} Fix them, or allow these reasons:', BAD), Command(allow_flag(datasets, allowed))]
    if lost:
        return [Paragraph(f'{lost.total()} of {total} regions lost, as allowed: {_in_words(lost)}.', GOOD)]
    return [Paragraph(f'None of {total} regions is lost.', GOOD)]


def _in_words(counts):
    """'3 too long, 1 missing image'."""
    return ', '.join(f'{number} {reason}' for reason, number in counts.items())


def _regions(datasets, charset, seq_len, pictures):
    headers, rows = count_rows({name: findings.counts for name, findings in datasets.items()})
    about = (
        f'For charset {charset.name} ({charset.num_classes} classes with UNK and EOS) and texts of at most {seq_len} '
        'characters.'
    )
    blamed = {DropReason.UNKNOWN_CHARACTER: charset.unknown}
    galleries = [
        _gallery(datasets, reason, pictures, blamed=blamed.get(reason), is_listed=reason != KEPT)
        for reason in headers[1:]
    ]
    return Section('Regions kept and left out', [Paragraph(about), Table(headers, rows), *galleries])


def _damaged(datasets):
    title = 'Damaged images'
    damaged = sum(findings.num_damaged for findings in datasets.values())
    images = sum(findings.num_images for findings in datasets.values())
    if not damaged:
        return Section(title, [Paragraph(f'None: each of the {images} images of legible regions was decoded.', GOOD)])
    about = (
        'Images whose header can be read but not their pixels, or that are missing since they were indexed. Their '
        f'regions count as kept above and are lost in training: "{DAMAGED}".'
    )
    rows = [[name, of.num_images, of.num_damaged, of.num_lost] for name, of in datasets.items()]
    named = [[message] for of in datasets.values() for message in of.damaged]
    return Section(
        title,
        [
            Paragraph(about),
            Table(['dataset', 'images', 'damaged', 'regions lost'], rows),
            Table([f'damaged: {damaged}{of_which(len(named), damaged)}'], named),
        ],
    )


def _suspicious(datasets, pictures):
    title = 'Suspicious labels'
    kinds = [kind for kind in KINDS if any(of.suspicions[kind] for of in datasets.values())]
    if not kinds:
        return Section(title, [Paragraph('None.', GOOD)])
    rows = [[kind, *across(datasets, lambda of, kind=kind: of.suspicions[kind])] for kind in kinds]
    rows.append([TOTAL, *across(datasets, lambda of: of.num_suspicious)])
    about = (
        'Legible regions that are worth a look; none is left out. A region that is suspicious for several reasons '
        'counts once in the total.'
    )
    blamed = {LOOK_ALIKES: _not_ascii}
    galleries = [_gallery(datasets, kind, pictures, KINDS[kind], blamed.get(kind)) for kind in kinds]
    return Section(title, [Paragraph(about), Table(['suspicion', *column_names(datasets)], rows), *galleries])


def _duplicates(datasets, twins, shown, pictures):
    title = 'Images in training and in evaluation'
    roles = {role for of in datasets.values() for role in of.roles}
    if roles != {TRAINING, EVALUATION}:
        return Section(title, [Paragraph(f'Nothing to compare: all datasets are for {" and ".join(roles)}.')])
    if not twins:
        return Section(title, [Paragraph('No image for evaluation looks like one for training.', GOOD)])
    counts = Counter((evaluated, trained) for evaluated, trained, *_ in twins)
    rows = [[*names, number, datasets[names[0]].num_images] for names, number in counts.items()]
    about = (
        f'Images for evaluation that look like one for training: {len(twins)} (perceptual hash; correlation of the low '
        f'frequencies {MIN_CORRELATION} or more). Scores on them are too high.'
    )
    cards = [_pair(datasets, twin, pictures) for twin in shown]
    return Section(
        title,
        [
            Paragraph(about, BAD),
            Table(['evaluated on', 'trained on', 'images in both', 'images evaluated'], rows),
            Gallery(f'pairs: {len(twins)}{of_which(len(shown), len(twins))}', cards),
        ],
    )


def _pair(datasets, twin, pictures):
    """Card of an image for evaluation and the one for training that it looks like."""
    *names, evaluated, trained = twin
    lines = [f'{name}: {_where(datasets[name], one)}' for name, one in zip(names, (evaluated, trained), strict=True)]
    return Card((pictures[evaluated], pictures[trained]), None, tuple(lines))


def _first_of_each(twins):
    """The first few pairs of each two datasets."""
    counts = Counter()
    shown = []
    for twin in twins:
        counts[twin[:2]] += 1
        if counts[twin[:2]] <= NUM_EXAMPLES:
            shown.append(twin)
    return shown


def _not_ascii(text):
    return [character for character in dict.fromkeys(text) if not character.isascii()]


def _gallery(datasets, kind, pictures, note='', blamed=None, is_listed=True):
    """Examples of a reason or a suspicion from all datasets.

    Args:
        note: what the kind means.
        blamed: function text -> list of the characters at fault, or None.
        is_listed: see Gallery.
    """

    def lines(name, example):
        yield f'{name}: {_where(datasets[name], example)}'
        yield example.box
        yield ', '.join(map(describe, blamed(example.text))) if blamed else ''

    cards = [
        Card((pictures[example],), clipped(example.text), tuple(filter(None, lines(name, example))))
        for name, findings in datasets.items()
        for example in findings.examples[kind]
    ]
    number = sum(findings.counts.get(kind, 0) + findings.suspicions[kind] for findings in datasets.values())
    return Gallery(f'{kind}: {number}{of_which(len(cards), number)}', cards, note, is_listed)


def _where(findings, example):
    """Where an example is, without the folder that the summary's table names."""
    path = findings.source.path
    folder = (path if os.path.isdir(path) else os.path.dirname(path)) or os.curdir
    return example.where.removeprefix(f'{folder}/').removeprefix(f'{os.path.abspath(folder)}/')
