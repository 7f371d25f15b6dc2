"""Charts as SVG to stand inside an HTML page: its fonts, its colour of text, no reference to anything outside."""

import hashlib
import io
import re
import warnings
from html import escape

from ocr.optional_package import import_package
from ocr.terminal.visible import visible

COLOURS = ('#3b7dd8', '#e08a2e', '#3fa372', '#b45fc0', '#cc4b4b', '#7d8694')  # on white and on black
PLAIN, MARKED, QUIET = COLOURS[0], COLOURS[4], COLOURS[5]
LONG_NAME = 14  # characters; three such names fit side by side
INK = '#010203'  # becomes the colour of the page's text
_RULES = {
    'svg.fonttype': 'none',
    'svg.hashsalt': 'doctor',
    'font.family': 'sans-serif',
    'font.size': 9,
    'text.parse_math': False,
    'legend.frameon': False,
    'legend.handlelength': 1,
    'legend.columnspacing': 1.2,
    'text.color': INK,
    'axes.edgecolor': INK,
    'axes.labelcolor': INK,
    'xtick.color': INK,
    'ytick.color': INK,
}
_OUTSIDE = re.compile(r' xmlns(:\w+)?="[^"]*"|<metadata>.*?</metadata>', re.DOTALL)
_ID = re.compile(r' id="([^"]*)"')
_REFERENCE = re.compile(r'(?:url\(#|href="#)([^")]+)')


def require_charts():
    """The package matplotlib; InputError where it is not installed."""
    return import_package('matplotlib', 'a page with charts', 'requirements.txt')


def to_svg(draw, size, description):
    """What a function draws, as an SVG.

    Args:
        draw: function of a matplotlib Figure.
        size: (width, height), inches of 72 units each.
        description: what is seen, for those who do not see it.

    Returns:
        `<svg>` element as a string.
    """
    matplotlib = require_charts()
    from matplotlib.figure import Figure

    with matplotlib.rc_context(_RULES), warnings.catch_warnings():
        warnings.filterwarnings('ignore', 'Glyph .* missing')  # the page has fonts of its own
        figure = Figure(figsize=size, layout='constrained')
        draw(figure)
        stream = io.StringIO()
        figure.savefig(stream, format='svg', transparent=True, metadata={'Date': None, 'Creator': None})
    return _inlined(stream.getvalue(), description)


def _inlined(svg, description):
    """An SVG file without what a page has itself: declarations, metadata, namespaces, a size, fonts."""
    svg = _OUTSIDE.sub('', svg[svg.index('<svg') :]).replace('xlink:href', 'href').replace(INK, 'currentColor')
    svg = _with_own_ids(svg)
    size = re.compile(r' (width|height)="[\d.]+pt"')
    head, _, rest = svg.partition('>')
    return f'{size.sub("", head)} role="img" aria-label="{escape(description)}">{rest}'


def _with_own_ids(svg):
    """An SVG whose ids are no other's on the page; those that nothing refers to are gone."""
    wanted = set(_REFERENCE.findall(svg))
    prefix = 'plot-' + hashlib.blake2b(svg.encode(), digest_size=6).hexdigest() + '-'
    svg = _ID.sub(lambda match: f' id="{prefix}{match[1]}"' if match[1] in wanted else '', svg)
    return _REFERENCE.sub(lambda match: match[0].replace('#', f'#{prefix}', 1), svg)


def stacked_bars(names, series, label):
    """Bars of counts on top of each other.

    Args:
        names: of the bars, from top to bottom.
        series: {name: counts, one for each bar}, in the order in which they are stacked.
        label: of the axis of counts.

    Returns:
        `<svg>` element as a string.
    """

    def draw(figure):
        axes = figure.subplots()
        places, base, bars = range(len(names)), [0] * len(names), []
        for number, counts in enumerate(series.values()):
            bars.append(axes.barh(places, counts, left=base, color=COLOURS[number % len(COLOURS)], height=0.72))
            base = [below + count for below, count in zip(base, counts, strict=True)]
        axes.set_yticks(places, names)
        style(axes, label)
        axes.xaxis.get_major_locator().set_params(integer=True, nbins=5)
        if len(series) > 1:
            columns = 3 if max(map(len, series)) <= LONG_NAME else 1
            figure.legend(bars, list(map(visible, series)), loc='outside upper center', ncols=columns)

    size = 4.8, 0.7 + 0.24 * len(names) + 0.3 * (len(series) > 1)
    return to_svg(draw, size, f'{label}: {", ".join(names)}')


def style(axes, label):
    """The look of all charts that lie: names from top to bottom, `label` under the axis of values."""
    axes.invert_yaxis()
    axes.set_xlabel(label)
    axes.tick_params(axis='y', length=0)
    axes.spines[['top', 'right', 'left']].set_visible(False)
    axes.grid(axis='x', alpha=0.2, color=INK)
    axes.set_axisbelow(True)
