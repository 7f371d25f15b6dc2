"""Writing the error report."""

import os
import tempfile

from ocr.errors import InputError
from ocr.evaluation.error_report.regions import region_sections
from ocr.evaluation.error_report.sections import all_sections
from ocr.files.atomic import replacing
from ocr.pages.html import to_html
from ocr.pages.plots import require_charts

PAGE_FILE = 'index.html'
REMEDY = 'give another --report'


def check_folder(folder):
    """InputError if a page cannot be written to a folder, which is made: better known before hours of reading."""
    require_charts()
    try:
        os.makedirs(folder, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise InputError(f'--report {folder}: cannot be written ({error.strerror or error}); {REMEDY}') from None


def write_page(folder, analysis, renderer, number):
    """Write the page of an Analysis.

    Args:
        folder: to write PAGE_FILE to.
        analysis: Analysis.
        renderer: ExampleRenderer, which reads once more what is shown closely.
        number: of the regions that each section shows with pictures, at most.

    Returns:
        path of the page.

    Raises:
        InputError: it cannot be written.
    """
    path = os.path.join(folder, PAGE_FILE)
    title = f'Error report: {", ".join(analysis.scores.datasets) or "nothing scored"}'
    html = to_html(title, all_sections(analysis, region_sections(analysis, renderer, number)), is_sortable=True)
    with replacing(path, remedy=REMEDY) as file:
        file.write(html)
    return path
