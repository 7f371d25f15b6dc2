"""Datasets as the scripts name them, and the index of their regions.

sources.py      which datasets are meant, and their indexes   crop_cache.py    regions cut out once, in one file
index.py        the file of a dataset's usable regions        crop_making.py   how that file is written
judging.py      which regions are usable                      convert.py       datasets written in other formats
selection.py    which of them are trained on, or held out     benchmarks.py    the field's benchmark sets
counts.py       tables of what is kept and left out           check/           the check of a dataset
index_images.py which state of the images an index is of
photographs.py  whole photographs with all their regions
"""
