"""How well a model reads: scores, and the report of its errors.

run.py         regions read, scored and reported on     int8_loss.py     what a model loses in int8
scores.py      scores of a run: table, JSON, CSV        error_report/    where a model errs, on one page
"""
