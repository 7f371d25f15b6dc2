"""Changes of a file's bytes that readers should survive."""

import re

BYTES = tuple(bytes([byte]) for byte in b'\0\r\n\t"\'\\,:[]{}<># -')
ENCODINGS = (b'\xff', b'\xc3', b'\xed\xa0\x80', b'\xef\xbb\xbf', b'\xe2\x80\xa8', b'\xff\xfe', b'\xf0\x9f\x91\xa9')
ESCAPES = (b'\x1b[2J', b'\\ud800', b'\\u0000', b'&#x110000;', b'../', b'/', b'###')
VALUES = (b'null', b'true', b'NaN', b'-Infinity', b'1e999', b'-1', b'0', b'{}', b'[]', b'""', b'1' * 5000, b'9' * 400)
DEPTHS = (b'[' * 3000, b'{"a":' * 3000, b'<a>' * 2000, b' ' * 3000, b'e' * 300)
PIECES = (*ENCODINGS, *ESCAPES, *VALUES, *DEPTHS)
_VALUE = re.compile(rb'"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|[\w.]+')


def mutate(rng, content):
    """The bytes with one to four changes.

    Args:
        rng: random.Random.
        content: bytes.
    """
    for _ in range(rng.randint(1, 4)):
        content = rng.choice(_CHANGES)(rng, content)
    return content


def _flip(rng, content):
    if not content:
        return b'\0'
    place = rng.randrange(len(content))
    return content[:place] + bytes([content[place] ^ (1 << rng.randrange(8))]) + content[place + 1 :]


def _insert(rng, content):
    place = rng.randint(0, len(content))
    return content[:place] + rng.choice(rng.choice((BYTES, PIECES))) + content[place:]


def _delete(rng, content):
    begin, end = sorted(rng.randint(0, len(content)) for _ in range(2))
    return content[:begin] + content[min(end, begin + rng.choice((1, 4, 1000))) :]


def _repeat(rng, content):
    begin, end = sorted(rng.randint(0, len(content)) for _ in range(2))
    return content[:end] + content[begin : min(end, begin + 200)] * rng.choice((1, 2, 50)) + content[end:]


def _cut_off(rng, content):
    return content[: rng.randint(0, len(content))]


def _replace_value(rng, content):
    """A word, number or quoted text becomes another, or what no format expects there."""
    values = list(_VALUE.finditer(content))
    if not values:
        return _insert(rng, content)
    value = rng.choice(values)
    other = rng.choice((rng.choice(values)[0], rng.choice(PIECES)))
    return content[: value.start()] + other + content[value.end() :]


def _swap_lines(rng, content):
    lines = content.split(b'\n')
    rng.shuffle(lines)
    return rng.choice((b'\n', b'\r\n', b'\r\r\n', b'\r', b'')).join(lines)


_CHANGES = (
    _flip,
    _insert,
    _insert,
    _delete,
    _repeat,
    _cut_off,
    _replace_value,
    _replace_value,
    _replace_value,
    _swap_lines,
)
