"""Lists of names in one argument of the command line: commas part them, and one inside a path does not."""

import os
import re


def split_names(arguments):
    """['a,b', 'c'] -> ('a', 'b', 'c'); an argument that is a path of something that is there is one, `\\,` a comma."""
    return tuple(
        name.replace('\\,', ',')
        for argument in arguments
        for name in ([argument] if _is_path(argument) else re.split(r'(?<!\\),', argument))
        if name
    )


def typed_names(names):
    """Names as they are typed, one argument each, so that `split_names` gives them back."""
    return ' '.join(name.replace(',', '\\,') for name in map(str, names))


def joined_names(names):
    """Names as one text, from which `split_names` gives them back."""
    return ','.join(name.replace(',', '\\,') for name in names)


def _is_path(argument):
    """Whether an argument, or what follows NAME=, FORMAT: or NAME=FORMAT: in it, is there on the disk."""
    path = re.sub(r'^([\w.-]+=)?(\w+:)?', '', argument)
    return any(os.path.exists(os.path.expanduser(one)) for one in (argument, argument.partition('=')[2], path) if one)
