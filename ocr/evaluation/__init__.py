"""How well a model finds and reads: scores, and the report of its errors.

run.py               regions read, scored and reported on    int8_loss.py     what a model loses in int8
scores.py            scores of a run: table, JSON, CSV       error_report/    where a model errs, on one page
matching.py          which found region is which labelled one
detection_scores.py  precision, recall, H-mean, 1-N.E.D. end to end
detection_run.py     photographs searched, read and scored
detection_report.py  a page of what a detector missed and invented
coco_results.py      the same regions for COCOeval
suite.py             the table of the benchmark sets
conversion.py        models for other runtimes, written only if they read the same, see same_text.py
"""
