"""The error report: where a model errs, on one page.

`measurement` holds what every statistic is of. `slices`, `confusions`, `calibration`, `selection` and `comparison` are
these statistics, `findings` says what they suggest, `sections` and `charts` show them, and `page` writes it all.
"""
