"""How well a model reads: scores, and the report of its errors.

scores.py       scores of a run: table, JSON, CSV      error_report/    where a model errs, on one page
"""
