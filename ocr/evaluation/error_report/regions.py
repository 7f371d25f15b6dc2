"""The sections that show single regions: what regressed, the worst, and labels to check."""

import os

from ocr.evaluation.error_report import findings
from ocr.evaluation.error_report.sections import comparison_tables
from ocr.evaluation.error_report.slices import height_of, orientation_of
from ocr.metrics import normalized_edit_similarity
from ocr.pages.document import GOOD, Cell, Line, Paragraph, RegionExamples, Section, Table, of_which

LISTED = 500  # regions in a table


def region_sections(analysis, renderer, number):
    """The sections that show regions.

    Args:
        analysis: Analysis.
        renderer: ExampleRenderer.
        number: of the regions that each shows with pictures, at most.
    """
    sections = [_worst(analysis, renderer, number), _labels(analysis, renderer, number)]
    if analysis.comparison:
        sections.insert(0, _comparison(analysis, renderer, number))
    return sections


def _comparison(analysis, renderer, number):
    comparison = analysis.comparison
    blocks = comparison_tables(comparison)
    for title, pairs in (('Regressed', comparison.regressed), ('Fixed', comparison.fixed)):
        if not pairs:
            blocks.append(Paragraph(f'{title}: none.', GOOD if title == 'Regressed' else ''))
            continue
        shown = pairs[:number]
        readings = [pair.reading for pair in shown]
        lines = [[Line('then', pair.before), *_about(pair.reading)] for pair in shown]
        if shown:
            blocks.append(
                RegionExamples(
                    f'{title}: {len(pairs)}{of_which(len(shown), len(pairs))}',
                    renderer.examples(readings, lines),
                )
            )
        rows = [[one.reading.truth, one.before, *_row(one.reading)] for one in pairs[:LISTED]]
        blocks.append(_listed(title, ['truth', 'read then', *_HEADERS], rows, len(pairs)))
    return Section(findings.COMPARISON, blocks)


def _worst(analysis, renderer, number):
    readings = [analysis.measurement.readings[i] for i in analysis.worst[: max(number, LISTED)]]
    if not readings:
        return Section(findings.WORST, [Paragraph('Every text was read correctly.', GOOD)])
    total, shown = len(analysis.worst), readings[:number]
    note = 'Characters that are wrong or missing are marked. '
    if renderer.has_attention:
        note += 'The small pictures show where the model looked for each character, and how sure it was.'
    else:
        note += 'This graph has no attention output; one exported by export.py has.'
    examples = renderer.examples(shown, [_about(one) for one in shown], with_attention=True)
    rows = [[one.truth, *_row(one)] for one in readings[:LISTED]]
    blocks = [RegionExamples(f'wrong readings: {total}{of_which(len(shown), total)}', examples, note)] if shown else []
    return Section(
        findings.WORST,
        [*blocks, _listed('Wrong readings, the worst first', ['truth', *_HEADERS], rows, total)],
    )


def _labels(analysis, renderer, number):
    suspects = analysis.suspects
    case_only = f' {suspects.num_case_only} more differ only in letter case.' * bool(suspects.num_case_only)
    if not len(suspects.positions):
        said = f'None: no wrong reading is as confident as correct ones are on average.{case_only}'
        return Section(findings.LABELS, [Paragraph(said, GOOD)])
    about = (
        f'Wrong readings of confidence {suspects.threshold:.3f} or more, the average of correct ones: the label '
        f'may be wrong rather than the model.{case_only}'
    )
    if not suspects.are_telling:
        about += ' But readings of such confidence are hardly more often correct here than others.'
    readings = [analysis.measurement.readings[i] for i in suspects.positions[: max(number, LISTED)]]
    total, shown = len(suspects.positions), readings[:number]
    blocks = [Paragraph(about)]
    if shown:
        title = f'labels to check: {total}{of_which(len(shown), total)}'
        blocks.append(RegionExamples(title, renderer.examples(shown, [_about(one) for one in shown])))
    rows = [[one.truth, *_row(one)] for one in readings[:LISTED]]
    return Section(
        findings.LABELS,
        [*blocks, _listed('Labels to check, the most confident reading first', ['truth', *_HEADERS], rows, total)],
    )


_HEADERS = ['read', 'similarity, %', 'confidence', 'dataset', 'height', 'orientation', 'image']


def _row(reading):
    """What the tables of regions say of a Reading, under _HEADERS."""
    similarity = normalized_edit_similarity(reading.text, reading.truth)
    return [
        reading.text,
        Cell(f'{100 * similarity:.0f}', similarity),
        Cell(f'{reading.confidence:.3f}', reading.confidence),
        reading.dataset,
        height_of(reading),
        orientation_of(reading),
        reading.image,
    ]


def _about(reading):
    """Lines about a Reading."""
    folder, name = os.path.split(reading.image)
    image = os.path.join(os.path.basename(folder), name)
    return [Line('confidence', f'{reading.confidence:.3f}'), Line(reading.dataset, image)]


def _listed(title, headers, rows, total):
    return Table(headers, rows, f'{title}: {total}{of_which(len(rows), total)}', is_sortable=True)
