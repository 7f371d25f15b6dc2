"""Datasets as the scripts name them, and the index of their regions.

sources.py      which datasets are meant, and their indexes   crop_cache.py    regions cut out once, in one file
index.py        every region of a dataset, judged             crop_making.py   how that file is written
photographs.py  whole photographs with all their regions      check/           the check of a dataset
convert.py      datasets written in other formats
"""
