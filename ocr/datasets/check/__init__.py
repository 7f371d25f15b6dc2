"""The check of datasets: looks at every region and every image, and tells what is wrong with them.

scan.py             goes through the data            sections.py      what was found: paragraphs, tables, pictures
statistics.py       what is counted                  characters.py    the section about characters
suspect_labels.py   labels that are probably wrong   composition.py   sections about lengths, sizes, shapes, scripts
duplicates.py       images that two sets share       tables.py        the shape of its tables
allowed_losses.py   which losses are allowed         scripts.py       scripts of Unicode
examples.py         a few findings of each kind      photographs.py    the check of what a detector trains on

The sections are shown as text (`ocr.pages.document.to_text`) and as one HTML page (`ocr.pages.html.to_html`): both from
the same numbers.
"""
