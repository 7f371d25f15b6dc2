"""JSON as people and programs bring it: one kind of error for all that can be wrong with it."""

import json


class MalformedJson(ValueError):
    """Text that is no JSON, or that says two things at once.

    Attributes:
        line: number of the line at fault; 1 if that is not known.
    """

    def __init__(self, message, line=1):
        super().__init__(message)
        self.line = line


def parse_json(text):
    """The value of a JSON text, str or UTF-8 bytes.

    Raises:
        MalformedJson: it is none, has brackets too deep or a number too long to be read, or an object with a key twice.
    """
    try:
        return json.loads(text.decode('utf-8') if isinstance(text, bytes) else text, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        raise MalformedJson(f'{error.msg} (column {error.colno})', error.lineno) from error
    except UnicodeDecodeError as error:
        raise MalformedJson(f'not UTF-8 (byte {error.start})') from error
    except RecursionError as error:
        raise MalformedJson('brackets too deep to be read') from error
    except MalformedJson:
        raise
    except ValueError as error:  # more digits than Python reads
        raise MalformedJson('a number too long to be read') from error


def _object(pairs):
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise MalformedJson(f'`{twice[:60]}` appears twice in one object')
    return found
