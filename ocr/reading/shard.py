"""One of several equal parts of what there is to read, so that several machines share a folder."""

import hashlib
import os
import re
from dataclasses import dataclass

from ocr.errors import InputError


@dataclass(frozen=True)
class Shard:
    """Part `number` of `total`, counted from 1.

    Which part an image belongs to depends on its name in the folder alone: it stays there when the folder is listed
    again, on another machine or with more images in it. Regions of one image stay together. The parts are about as
    large as each other, as hashes are evenly spread.
    """

    number: int
    total: int

    @classmethod
    def parse(cls, text):
        """The Shard of '2/8'; None for ''.

        Raises:
            InputError: it is no such text.
        """
        if not text:
            return None
        match = re.fullmatch(r'([1-9][0-9]{0,8})/([1-9][0-9]{0,8})', text)
        if not match or int(match[1]) > int(match[2]):
            raise InputError(f'--shard {text}: give the number of the part and how many there are, as 1/4 to 4/4')
        return cls(int(match[1]), int(match[2]))

    @property
    def name(self):
        """'2-of-8', for names of files and folders."""
        return f'{self.number}-of-{self.total}'

    def holds(self, image):
        """Whether an image belongs to this part.

        Args:
            image: its name as results have it: relative to the folder that is read.
        """
        digest = hashlib.blake2b(os.fsencode(image.replace(os.sep, '/')), digest_size=8).digest()
        return int.from_bytes(digest, 'big') % self.total == self.number - 1
