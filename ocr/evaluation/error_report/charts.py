"""The charts of the error report: scores of parts with their intervals, edits by their number, reliability."""

import numpy as np

from ocr.evaluation.scores import percent
from ocr.pages.document import Cell, Chart, Table
from ocr.pages.plots import INK, MARKED, PLAIN, QUIET, style, to_svg
from ocr.terminal.visible import visible

WIDTH = 4.4  # inches
ROW = 0.27  # inches of height
_NO_SMALLER = {'clip_on': False, 'zorder': 3}


def slices_chart(title, header, slices, overall, findings=()):
    """Chart of the word accuracy of Slices.

    Args:
        title: what they are parts by.
        header: what their names are.
        slices: list of Slice, not empty.
        overall: Score of all regions.
        findings: what stands out among them.
    """
    best, least = (pick(slices, key=lambda one: one.accuracy.value) for pick in (max, min))
    seen = ', '.join(f'{one.name}: {100 * one.accuracy.value:.0f} %' for one in slices)
    worse = [one.name for one in slices if one.is_worse]
    caption = (
        f'Word accuracy with 95 % intervals, from {100 * least.accuracy.value:.0f} % ({least.name}) to '
        f'{100 * best.accuracy.value:.0f} % ({best.name}); the dashed line is all regions, '
        f'{100 * overall.value:.0f} %.'
    )
    if worse:
        caption += f' Red diamonds, worse than the others: {", ".join(worse)}.'
    if any(one.is_small for one in slices):
        caption += ' Hollow: too few regions to conclude anything.'
    svg = to_svg(
        lambda figure: _draw_slices(figure, slices, overall.value),
        (WIDTH, 0.6 + ROW * len(slices)),
        f'Word accuracy by {header}. {seen}',
    )
    rows = [
        [one.name, one.num_regions, score_cell(one.accuracy), score_cell(one.similarity), score_cell(one.rest)]
        for one in slices
    ]
    headers = [header, 'regions', 'word accuracy, %', '1-N.E.D., %', 'word accuracy of the others, %']
    return Chart(title, svg, caption, Table(headers, rows, is_sortable=True), tuple(findings))


def score_cell(one):
    """Cell of a Score, in per cent."""
    return Cell(percent(one), one.value if one.num_scored else None)


def _draw_slices(figure, slices, overall):
    axes = figure.subplots()
    places = range(len(slices))
    axes.axvline(100 * overall, color=INK, alpha=0.6, linewidth=1, linestyle='--')
    for place, one in zip(places, slices, strict=True):
        colour = MARKED if one.is_worse else QUIET if one.is_small else PLAIN
        score = one.accuracy
        axes.hlines(place, 100 * score.low, 100 * score.high, color=colour, linewidth=2)
        look = {'marker': 'D' if one.is_worse else 'o', 'markerfacecolor': 'none' if one.is_small else colour}
        axes.plot([100 * score.value], [place], color=colour, markersize=6, linestyle='', **look, **_NO_SMALLER)
    axes.set_yticks(places, [visible(f'{one.name}  ({one.num_regions})') for one in slices])
    axes.set_xlim(-3, 103)
    axes.set_ylim(-0.6, len(slices) - 0.4)
    style(axes, 'word accuracy, % (in brackets: regions)')


def edits_chart(title, names, counts, table, findings=()):
    """Chart of the most frequent edits.

    Args:
        names: of the edits in words, from the most frequent on.
        counts: of each.
        table: Table of them.
        findings: what stands out among them.
    """

    def draw(figure):
        axes = figure.subplots()
        axes.barh(range(len(names)), counts, color=PLAIN, height=0.7)
        axes.set_yticks(range(len(names)), list(map(visible, names)))
        axes.set_ylim(-0.6, len(names) - 0.4)
        axes.xaxis.get_major_locator().set_params(integer=True, nbins=5)
        style(axes, 'times')

    seen = ', '.join(f'{name}: {count}' for name, count in zip(names, counts, strict=True))
    svg = to_svg(draw, (WIDTH, 0.6 + ROW * len(names)), f'{title}. {seen}')
    caption = f'The most frequent: {names[0]}, {counts[0]} times. The table has more, each with a word that shows it.'
    return Chart(title, svg, caption, table, tuple(findings))


def reliability_chart(title, what, calibration, findings=()):
    """Chart of a Calibration: accuracy against confidence, and how many lie where.

    Args:
        what: of which there is a confidence each: 'texts' or 'characters'.
        calibration: Calibration, of something.
        findings: what stands out of it.
    """
    bins = calibration.bins
    seen = ', '.join(
        f'confidence {one.confidence:.2f}: {100 * one.accuracy.value:.0f} % correct of {one.accuracy.num_scored}'
        for one in bins
    )
    excess = calibration.excess
    judged = 'too confident' if excess.low > 0 else 'not confident enough' if excess.high < 0 else 'about right'
    caption = (
        f'Expected calibration error {100 * calibration.error:.1f} %, over {calibration.num_scored} {what}: '
        f'{judged} on average. On the dashed line, confidence is the share that is correct; '
        'below it the model is too confident, above it not confident enough.'
    )
    svg = to_svg(lambda figure: _draw_reliability(figure, bins, what), (WIDTH, 4.2), f'{title}. {seen}')
    rows = [
        [
            Cell(f'{one.low:.1f} to {one.high:.1f}', one.low),
            one.accuracy.num_scored,
            Cell(f'{100 * one.confidence:.1f}', one.confidence),
            score_cell(one.accuracy),
        ]
        for one in bins
    ]
    headers = ['confidence', what, 'mean confidence, %', 'correct, %']
    return Chart(title, svg, caption, Table(headers, rows, is_sortable=True), tuple(findings))


def _draw_reliability(figure, bins, what):
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    confidence = np.array([one.confidence for one in bins])
    value, low, high = (
        100 * np.array([getattr(one.accuracy, name) for one in bins]) for name in ('value', 'low', 'high')
    )
    above.plot([0, 1], [0, 100], color=INK, alpha=0.6, linewidth=1, linestyle='--')
    above.vlines(confidence, low, high, color=PLAIN, linewidth=2)
    above.plot(confidence, value, color=PLAIN, marker='o', markersize=6, linewidth=1, **_NO_SMALLER)
    above.set(xlim=(0, 1), ylim=(0, 100), ylabel='correct, %')
    widths = [one.high - one.low for one in bins]
    below.bar([one.low for one in bins], [one.accuracy.num_scored for one in bins], widths, align='edge', color=PLAIN)
    below.yaxis.get_major_locator().set_params(integer=True, nbins=3)
    below.set(xlabel='confidence', ylabel=what)
    for axes in (above, below):
        axes.spines[['top', 'right']].set_visible(False)
        axes.grid(alpha=0.2, color=INK)
        axes.set_axisbelow(True)
