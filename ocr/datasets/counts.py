"""Tables of how many regions are kept, and how many left out for which reason."""

from tabulate import tabulate

from ocr.region import DropReason
from ocr.terminal.visible import visible

KEPT = 'kept'


def count_table(counts_per_dataset):
    """Aligned table of {dataset: counts}, see `count_rows`."""
    headers, rows = count_rows(counts_per_dataset)
    return tabulate(rows, headers=headers, disable_numparse=[0])


def count_rows(counts_per_dataset):
    """Headers and rows of {dataset: counts}: a row per dataset and their total; kept and every reason that occurs.

    Reasons of 0 everywhere have no column.
    """
    total = {}
    for counts in counts_per_dataset.values():
        for reason, number in counts.items():
            total[reason] = total.get(reason, 0) + number
    known = [reason for reason in DropReason.ALL if total.get(reason)]
    columns = [KEPT, *known, *sorted(reason for reason in total if total[reason] and reason not in (KEPT, *known))]
    rows = [*counts_per_dataset.items(), ('total', total)]
    cells = [[visible(name), *(counts.get(column, 0) for column in columns)] for name, counts in rows]
    return ['dataset', *columns], cells
