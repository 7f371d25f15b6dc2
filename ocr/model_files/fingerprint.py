"""Short text that tells one model or charset from another."""

import hashlib


def fingerprint(parts):
    """32 hexadecimal digits that change with bytes that come in parts."""
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        digest.update(part)
    return digest.hexdigest()
