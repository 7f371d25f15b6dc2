"""What the tables of the check have in common: a column for each dataset and one for their total."""

from ocr.pages.document import Table
from ocr.pages.plots import stacked_bars

CLIP = 60  # characters of a label that are shown


def column_names(datasets):
    """The datasets, and 'total' if there are several."""
    return [*datasets, *(['total'] if len(datasets) > 1 else [])]


def across(datasets, number):
    """number(value) of each dataset, {name: value}, and the sum if there are several."""
    numbers = [number(value) for value in datasets.values()]
    return [*numbers, *([sum(numbers)] if len(numbers) > 1 else [])]


def distribution(datasets, kind, names, counts, title=''):
    """Table and plot of regions by interval, empty intervals at the ends left out.

    Args:
        datasets: {name: Findings}.
        kind: header of the intervals.
        names: of the intervals, in order.
        counts: function Statistics -> Counter of regions by interval.
    """
    found = {name: counts(findings.statistics) for name, findings in datasets.items()}
    names = without_empty_ends(names, found.values())
    series = {name: [of[bar] for bar in names] for name, of in found.items()}
    rows = [[bar, *across(found, lambda of, bar=bar: of[bar])] for bar in names]
    return Table([kind, *column_names(datasets)], rows, title, stacked_bars(names, series, 'regions'))


def without_empty_ends(names, counters):
    """The names from the first that some Counter has to the last."""
    present = [i for i, name in enumerate(names) if any(counter[name] for counter in counters)]
    return names[present[0] : present[-1] + 1]


def clipped(text):
    """A label, or its beginning."""
    return text if text is None or len(text) <= CLIP else text[:CLIP] + '…'
