"""An HTML page as tests look at it."""

from html.parser import HTMLParser

VOID = {'meta', 'img'}
DESCRIPTION = {'svg': 'aria-label', 'img': 'alt'}  # attribute of what is seen
HEADINGS = ('h1', 'h2', 'h3')


class Page(HTMLParser):
    """A page's tables, paragraphs and captions as texts; fails if a tag is not closed as it should be.

    Attributes:
        tables: lists of rows, lists of cells; captions: of tables.
        texts: of paragraphs and the like.
        links, sources, ids: values of href, src and id.
        described: what pictures say of themselves, None if they say nothing.
        headings: lists of a tag and a text.
    """

    def __init__(self, html):
        super().__init__()
        self.open, self.tables, self.texts, self.links, self.sources = [], [], [], [], []
        self.ids, self.captions, self.described, self.headings = [], [], [], []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.handle_startendtag(tag, attributes)
        if tag in VOID:
            return
        self.open.append(tag)
        if tag == 'table':
            self.tables.append([])
        if tag == 'tr':
            self.tables[-1].append([])
        if tag in ('td', 'th'):
            self.tables[-1][-1].append('')
        if tag in ('p', 'bdi', 'span', 'code'):
            self.texts.append('')
        if tag == 'caption':
            self.captions.append('')
        if tag in HEADINGS:
            self.headings.append([tag, ''])

    def handle_startendtag(self, tag, attributes):
        attributes = dict(attributes)
        for name, found in (('href', self.links), ('src', self.sources), ('id', self.ids)):
            found += [attributes[name]] if name in attributes else []
        if tag in DESCRIPTION:
            self.described.append(attributes.get(DESCRIPTION[tag]))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if 'td' in self.open or 'th' in self.open:
            self.tables[-1][-1][-1] += data
        elif self.open and self.open[-1] in ('p', 'bdi', 'span', 'code'):
            self.texts[-1] += data
        elif self.open and self.open[-1] == 'caption':
            self.captions[-1] += data
        elif self.open and self.open[-1] in HEADINGS:
            self.headings[-1][1] += data

    @property
    def anchors(self):
        """The different ids."""
        return set(self.ids)

    def table(self, *headers):
        """{first cell: {header: cell}} of the only table whose headers begin so."""
        (found,) = [table for table in self.tables if table[0][: len(headers)] == list(headers)]
        return {row[0]: dict(zip(found[0], row, strict=True)) for row in found[1:]}
