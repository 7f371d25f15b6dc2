"""Pages to look at: sections of paragraphs, tables, charts and pictures as one HTML file that needs no network.

`document` is what a page is made of, `page` writes it as HTML, `plots` draws charts to stand in it, `pictures` cuts the
regions out that it shows.
"""
