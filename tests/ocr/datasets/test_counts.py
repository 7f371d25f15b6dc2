"""Tables of what is kept and left out."""

from ocr.datasets.counts import KEPT, count_table
from ocr.region import DropReason


def test_count_table():
    table = count_table(
        {
            'lsvt': {KEPT: 10, DropReason.MISSING: 1, DropReason.ILLEGIBLE: 2, DropReason.TOO_LONG: 0},
            '2024': {KEPT: 0, DropReason.MISSING: 3, 'of my own': 1},
        }
    )
    rows = [line.split('  ') for line in table.splitlines()]
    cells = [[cell.strip() for cell in row if cell.strip()] for row in rows]
    assert cells[0] == ['dataset', KEPT, DropReason.ILLEGIBLE, DropReason.MISSING, 'of my own']
    assert cells[2:] == [['lsvt', '10', '2', '1', '0'], ['2024', '0', '0', '3', '1'], ['total', '10', '2', '4', '1']]
