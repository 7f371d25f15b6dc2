"""An Analysis as sections to show: findings first, then what they rest on."""

from ocr.evaluation.error_report import findings
from ocr.evaluation.error_report.analysis import DATASET, HEIGHT, LENGTH, ORIENTATION, RARITY
from ocr.evaluation.error_report.charts import edits_chart, reliability_chart, score_cell, slices_chart
from ocr.evaluation.error_report.confusions import in_words, name_of
from ocr.evaluation.error_report.findings import in_points
from ocr.evaluation.error_report.slices import MIN_REGIONS
from ocr.evaluation.scores import COMBINED, METRICS, percent
from ocr.pages.document import GOOD, Cell, Finding, Paragraph, Section, Table

CHARTED_EDITS = 15
LISTED_EDITS = 200
LISTED_CHARACTERS = 100
_KINDS = {  # title, header, what it says if all regions are alike
    LENGTH: ('By length of the text', 'characters'),
    HEIGHT: ('By height of the text, in pixels of the photograph', 'height in pixels'),
    ORIENTATION: ('By orientation', 'orientation'),
    DATASET: ('By dataset', 'dataset'),
    RARITY: ('By rarity of the characters: how often a text has its rarest one among all scored texts', 'occurrences'),
}


def all_sections(analysis, regions):
    """The sections of the page.

    Args:
        analysis: Analysis.
        regions: list of Section, those that show regions, to stand at the end.
    """
    return [
        summary(analysis),
        scores(analysis),
        where(analysis),
        characters(analysis),
        confidence(analysis),
        *regions,
    ]


def summary(analysis):
    """The findings, with the scores that matter most."""
    combined = analysis.scores.combined
    about = (
        f'{analysis.model} read {len(analysis.measurement)} regions; in per cent, with 95 % intervals: word accuracy '
        f'{percent(combined["accuracy"])}, 1-N.E.D. {percent(combined["ned"])}.'
    )
    found = findings.all_findings(analysis)
    if not found:
        said = 'No findings: no kind of region is read significantly worse than the others.'
        found = [Paragraph(said, GOOD)]
    return Section('Findings', [Paragraph(about), *found])


def scores(analysis):
    """The scores of each dataset, and what was scored and what was not."""
    columns = dict(analysis.scores.datasets)
    if len(columns) != 1:
        columns[COMBINED] = analysis.scores.combined
    rows = [[title, *(score_cell(of[metric]) for of in columns.values())] for metric, title in METRICS.items()]
    reasons = list(dict.fromkeys(reason for of in analysis.dropped.values() for reason in of if of[reason]))
    datasets = dict.fromkeys([*analysis.scores.datasets, *analysis.dropped])
    counts = [
        [name, _num_scored(analysis, name), *(analysis.dropped.get(name, {}).get(reason, 0) for reason in reasons)]
        for name in datasets
    ]
    return Section(
        'Scores',
        [
            Paragraph('An interval shows how much a score would vary with other regions of the same kind.'),
            Table(['score', *columns], rows, 'In per cent, with 95 % intervals', is_sortable=True),
            Table(['dataset', 'scored', *(f'left out: {one}' for one in reasons)], counts, 'Regions', is_sortable=True),
        ],
    )


def _num_scored(analysis, dataset):
    return analysis.scores.datasets[dataset]['ned'].num_scored if dataset in analysis.scores.datasets else 0


def where(analysis):
    """Word accuracy of parts of the regions."""
    about = (
        'Word accuracy of the regions by length, height and so on. A group is called worse only if its interval and '
        f'that of all other regions do not overlap, and both have at least {MIN_REGIONS} regions.'
    )
    blocks = [Paragraph(about), *_unlinked(findings.on_reach(analysis))]
    for kind, (title, header) in _KINDS.items():
        slices = analysis.slices[kind]
        if len(slices) < 2:
            blocks += [Paragraph(f'{title}: all regions are alike ({one.name}).') for one in slices]
            continue
        found = _unlinked(findings.on_slices(analysis, kind))
        blocks.append(slices_chart(title, header, slices, analysis.scores.combined['accuracy'], found))
    return Section(findings.WHERE, blocks)


def _unlinked(found):
    """Findings for the section that they would lead to."""
    return [Finding(one.text, one.advice, '', one.tone) for one in found]


def characters(analysis):
    """Which characters are taken for which."""
    confusions = analysis.confusions
    if not confusions.num_edits:
        return Section(findings.CHARACTERS, [Paragraph('Every character was read correctly.', GOOD)])
    about = (
        f'{confusions.num_edits} edits lead from the {confusions.occurrences.total()} true characters to those read: '
        f'{confusions.substitutions.total()} characters were taken for others, {confusions.deletions.total()} were not '
        f'read, and {confusions.insertions.total()} were read where there are none.'
    )
    edits = confusions.most_common(LISTED_EDITS)
    charted = edits[:CHARTED_EDITS]
    names, counts = [in_words(*edit) for edit, _ in charted], [count for _, count in charted]
    found = findings.on_kinds_of_errors(analysis) + findings.on_confusions(analysis)
    return Section(
        findings.CHARACTERS,
        [
            Paragraph(about),
            edits_chart('The most frequent edits', names, counts, _edit_table(confusions, edits), _unlinked(found)),
            _lost_table(confusions),
        ],
    )


def _edit_table(confusions, edits):
    rows = []
    for (true, read), count in edits:
        share = score_cell(confusions.share(true, count)) if true else Cell('-', None)
        truth, text = confusions.examples[true, read]
        shown = [name_of(one) if one else '' for one in (true, read)]
        rows.append([count, *shown, share, truth, text])
    headers = ['times', 'true', 'read', 'of the true ones, %', 'as in', 'read as']
    return Table(headers, rows, is_sortable=True)


def _lost_table(confusions):
    rows = []
    for true, count in confusions.most_lost(LISTED_CHARACTERS):
        others = sorted(confusions.substitutions_of(true).items(), key=lambda item: (-item[1], item[0]))[:5]
        read = ', '.join(f'{name_of(one)} ({number})' for one, number in others)
        occurrences = confusions.occurrences[true]
        rows.append([name_of(true), occurrences, count, score_cell(confusions.share(true, count)), read])
    headers = ['character', 'occurrences', 'misread', 'of them, %', 'read as']
    return Table(headers, rows, 'Characters by how often they are misread', is_sortable=True)


def confidence(analysis):
    """What the confidences are worth."""
    if not len(analysis.measurement):
        return Section(findings.CONFIDENCE, [Paragraph('Nothing was read.')])
    rows = [
        [
            Cell(f'{one.threshold:.3f}', one.threshold),
            Cell(f'{100 * one.share:.0f}', one.share),
            score_cell(one.accuracy),
        ]
        for one in analysis.kept
    ]
    headers = ['confidence at least', 'readings kept, %', 'of them correct, %']
    blocks = [
        Paragraph('Does a confidence equal the probability of a correct reading?'),
        reliability_chart('Whole texts', 'texts', analysis.calibration, _unlinked(findings.on_confidence(analysis))),
    ]
    if analysis.characters.num_scored:
        blocks.append(reliability_chart('Single characters', 'characters', analysis.characters))
    return Section(
        findings.CONFIDENCE,
        [*blocks, Table(headers, rows, 'If readings below a confidence are rejected', is_sortable=True)],
    )


def comparison_tables(comparison):
    """Paragraphs and tables of a Comparison."""
    about = (
        f'{comparison.num_common} regions were read in both. Both texts are compared with the current label; of these '
        f'regions {comparison.num_relabelled} had another label then. Not compared: {comparison.num_new} regions that '
        f'were not read then, and {comparison.num_gone} that were read only then.'
    )
    counts = [
        ['fixed: wrong then, correct now', len(comparison.fixed)],
        ['regressed: correct then, wrong now', len(comparison.regressed)],
        ['correct in both', comparison.num_right],
        ['wrong in both', comparison.num_wrong],
        ['- and read differently', comparison.num_other],
    ]
    rows = [
        [
            title,
            score_cell(comparison.before[metric]),
            score_cell(comparison.now[metric]),
            Cell(in_points(comparison.change[metric]), comparison.change[metric].value),
        ]
        for metric, title in METRICS.items()
        if comparison.now[metric].num_scored
    ]
    return [
        Paragraph(f'The earlier model: {comparison.model}. {about}'),
        Table(['regions', 'number'], counts, 'What changed', is_sortable=True),
        Table(['score, %', 'then', 'now', 'change, points'], rows, 'Scores of the regions in both', is_sortable=True),
    ]
