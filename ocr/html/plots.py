"""Bar charts as SVG to stand inside an HTML page: its fonts, its colour of text, no reference to anything outside."""

import io
import re
import warnings

from ocr.html.document import visible

COLOURS = ('#3b7dd8', '#e08a2e', '#3fa372', '#b45fc0', '#cc4b4b', '#7d8694')  # on white and on black
LONG_NAME = 14  # characters; three such names fit side by side
_INK = '#010203'  # becomes the colour of the page's text
_RULES = {
    'svg.fonttype': 'none',
    'svg.hashsalt': 'doctor',
    'font.family': 'sans-serif',
    'font.size': 9,
    'text.parse_math': False,
    'legend.frameon': False,
    'legend.handlelength': 1,
    'legend.columnspacing': 1.2,
    'text.color': _INK,
    'axes.edgecolor': _INK,
    'axes.labelcolor': _INK,
    'xtick.color': _INK,
    'ytick.color': _INK,
}
_OUTSIDE = re.compile(r' xmlns(:\w+)?="[^"]*"|<metadata>.*?</metadata>', re.DOTALL)


def stacked_bars(names, series, label):
    """Bars of counts on top of each other.

    Args:
        names: of the bars, from top to bottom.
        series: {name: counts, one for each bar}, in the order in which they are stacked.
        label: of the axis of counts.

    Returns:
        `<svg>` element as a string.
    """
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context(_RULES):
        figure = Figure(figsize=(4.8, 0.7 + 0.24 * len(names) + 0.3 * (len(series) > 1)), layout='constrained')
        axes = figure.subplots()
        places, base, bars = range(len(names)), [0] * len(names), []
        for number, counts in enumerate(series.values()):
            bars.append(axes.barh(places, counts, left=base, color=COLOURS[number % len(COLOURS)], height=0.72))
            base = [below + count for below, count in zip(base, counts, strict=True)]
        axes.set_yticks(places, names)
        _style(axes, label)
        if len(series) > 1:
            columns = 3 if max(map(len, series)) <= LONG_NAME else 1
            figure.legend(bars, list(map(visible, series)), loc='outside upper center', ncols=columns)
        return _svg(figure, f'{label}: {", ".join(names)}')


def _style(axes, label):
    axes.invert_yaxis()
    axes.set_xlabel(label)
    axes.xaxis.get_major_locator().set_params(integer=True, nbins=5)
    axes.tick_params(axis='y', length=0)
    axes.spines[['top', 'right', 'left']].set_visible(False)
    axes.grid(axis='x', alpha=0.2, color=_INK)
    axes.set_axisbelow(True)


def _svg(figure, description):
    """The figure without what a page has itself: declarations, metadata, namespaces, a size, fonts."""
    stream = io.StringIO()
    with warnings.catch_warnings():
        warnings.filterwarnings('ignore', 'Glyph .* missing')  # the page has fonts of its own
        figure.savefig(stream, format='svg', transparent=True, metadata={'Date': None, 'Creator': None})
    svg = stream.getvalue()
    svg = _OUTSIDE.sub('', svg[svg.index('<svg') :]).replace('xlink:href', 'href').replace(_INK, 'currentColor')
    size = re.compile(r' (width|height)="[\d.]+pt"')
    head, _, rest = svg.partition('>')
    return f'{size.sub("", head)} role="img"><title>{_escaped(description)}</title>{rest}'


def _escaped(text):
    return text.replace('&', '&amp;').replace('<', '&lt;')
