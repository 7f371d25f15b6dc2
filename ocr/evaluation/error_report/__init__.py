"""The error report: where a model errs, on one page.

measurement.py   what every statistic is of        comparison.py   two runs beside each other
analysis.py      all statistics of a run           findings.py     what they suggest
slices.py        scores by dataset, length, ...    sections.py     what the page shows, with charts.py and regions.py
confusions.py    characters taken for others       examples.py     the regions that it shows
calibration.py   confidence and correctness        page.py         the page as files
selection.py     which regions are shown
"""
