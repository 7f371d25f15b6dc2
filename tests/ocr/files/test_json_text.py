"""JSON of any kind is a value or one error."""

import pytest

from ocr.files.json_text import MalformedJson, parse_json


def test_a_value():
    assert parse_json('{"a": [1, 2.5, null], "b": {"a": "x"}}') == {'a': [1, 2.5, None], 'b': {'a': 'x'}}


@pytest.mark.parametrize(
    ('text', 'message', 'line'),
    [
        ('', r'Expecting value \(column 1\)', 1),
        ('{"a": 1,\n"b"}', r"Expecting ':' delimiter \(column 4\)", 2),
        ('[' * 100_000, 'brackets too deep', 1),
        ('{"a":' * 100_000, 'brackets too deep', 1),
        ('[' + '9' * 5000 + ']', 'a number too long', 1),
        ('{"text": "one", "text": "two"}', '`text` appears twice', 1),
        ('[{"a": {"b": 1, "b": 1}}]', '`b` appears twice', 1),
    ],
)
def test_malformed(text, message, line):
    with pytest.raises(MalformedJson, match=message) as error:
        parse_json(text)
    assert error.value.line == line
