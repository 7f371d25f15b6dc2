"""Pages to look at: sections of paragraphs, tables, charts and pictures as one HTML file that needs no network.

document.py   what a page is made of     plots.py      charts to stand in it
html.py       writes it as HTML          pictures.py   regions cut out to be shown
bins.py       intervals with names, into which lengths and heights are sorted
"""
