"""The picture of docs/report.md, of a page that eval.py --report wrote: python tests/browser/report_picture.py report

Writes imgs/report.png (1100 px): the findings, two of the charts, and the two worst regions.
"""

import contextlib
import sys
from pathlib import Path

from screenshots import FOLDER, ROOT, shot

KEPT = """() => {
    const remove = (selector) => document.querySelectorAll(selector).forEach((one) => one.remove());
    remove('#scores, #characters, #confidence, #labels-to-check, #worst-regions label');
    const [about, ...charts] = [...document.querySelectorAll('#accuracy-by-kind-of-region > :not(h2)')];
    about.remove();
    let is_kept = false;
    for (const one of charts) {
        if (one.matches('h3')) is_kept = /length|orientation/.test(one.textContent);
        if (!is_kept || one.matches('p')) one.remove();
    }
    const worst = document.querySelector('#worst-regions');
    worst.querySelectorAll('article, li').forEach((one, number) => number > 1 && one.remove());
    worst.querySelectorAll('table').forEach((one) => one.closest('.table').remove());
}"""


def main():
    sys.path[:0] = [str(ROOT), str(ROOT / 'tests'), str(FOLDER)]
    from person import Person
    from visits import CHROMIUM, start_browser

    page = Path(sys.argv[1], 'index.html').resolve()
    with contextlib.ExitStack() as running:
        context = start_browser(running, CHROMIUM).new_context(viewport={'width': 1100, 'height': 900})
        person = Person(context.new_page())
        person.page.goto(page.as_uri())
        person.page.evaluate(KEPT)
        shot(person, ROOT / 'imgs' / 'report.png', full_page=True)


if __name__ == '__main__':
    main()
