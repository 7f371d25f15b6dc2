"""The doctor: looks at every region and every image of the datasets and tells what is wrong with them.

`examination` goes through the data, `sections` puts what it found into words, tables and pictures, and these are shown
as text (`ocr.pages.document.to_text`) and as one HTML page
(`ocr.pages.html.to_html`): both from the same numbers.
"""
