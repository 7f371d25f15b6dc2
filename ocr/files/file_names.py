"""Names of files that are made of other names: no longer than a file system takes."""

import re
from pathlib import Path

LONGEST = 180  # bytes; file systems take 255, and what a writer puts around a name needs room too


def shortened(name, longest=LONGEST):
    """The beginning of a name that is at most so many bytes in UTF-8; no character is cut in two."""
    coded = name.encode('utf-8', 'surrogatepass')
    return name if len(coded) <= longest else coded[:longest].decode('utf-8', 'ignore')


def safe_stem(path):
    """The name of a file without its ending, as the beginning of another's: letters, digits, `_`, `.` and `-` alone."""
    return shortened(re.sub(r'[^\w.-]', '_', Path(path).stem))
