"""Names of files that are made of other names: no longer than a file system takes."""

LONGEST = 180  # bytes; file systems take 255, and what a writer puts around a name needs room too


def shortened(name, longest=LONGEST):
    """The beginning of a name that is at most so many bytes in UTF-8; no character is cut in two."""
    coded = name.encode('utf-8', 'surrogatepass')
    return name if len(coded) <= longest else coded[:longest].decode('utf-8', 'ignore')
