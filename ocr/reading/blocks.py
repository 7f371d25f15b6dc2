"""Reading in blocks: many processes read them in any order, and one that was finished is never read again.

`parts/000012.jsonl` holds the lines of a block as test.py writes them, `parts/000012.parquet` beside it the same as a
table. Both are written under another name first: a part that is there is whole.
"""

import hashlib
import json
import os
from pathlib import Path

from ocr.errors import InputError
from ocr.files.atomic import replacing
from ocr.files.json_text import MalformedJson, parse_json

_REMEDY = 'leave out --resume to start over'


class BlockFolder:
    """The parts of a run in a folder.

    Args:
        folder: path.
    """

    def __init__(self, folder):
        self.folder = Path(folder)
        self.parts = self.folder / 'parts'

    def begin(self, run, places, resume):
        """Make the folder ready.

        Args:
            run: dict, in JSON's types, of all that the lines depend on besides their places.
            places: list of the dicts that the lines begin with.
            resume: keep the parts that are there.

        Raises:
            InputError: the folder cannot be written; or, to resume, its parts are of another run or other places.
        """
        digest = hashlib.blake2b(json.dumps(places).encode(), digest_size=16).hexdigest()
        run = {**run, 'num_places': len(places), 'places': digest}
        path = self.folder / 'results.run.json'
        try:
            self.parts.mkdir(parents=True, exist_ok=True)
            if resume and any(self.parts.iterdir()):
                self._check_same(path, run)
                return
            for part in self.parts.iterdir():
                part.unlink()
            with replacing(path) as file:
                file.write(json.dumps(run, indent=1) + '\n')
        except OSError as error:
            raise InputError(f'{self.folder}: cannot be written ({error.strerror}); choose another folder') from error

    def is_done(self, number):
        """Whether a block has been read."""
        return self._part(number, 'jsonl').exists()

    def write(self, number, records):
        """Keep the records of a block, dicts as of results_file.to_record."""
        with replacing(self._part(number, 'parquet'), binary=True) as file:
            write_parquet(file, records)
        with replacing(self._part(number, 'jsonl')) as file:
            file.writelines(json.dumps(record, ensure_ascii=False) + '\n' for record in records)

    def merge(self, num_blocks):
        """Join all parts to results.jsonl, in order; returns its path."""
        path = self.folder / 'results.jsonl'
        with replacing(path) as file:
            for number in range(num_blocks):
                with open(self._part(number, 'jsonl'), encoding='utf-8', errors='surrogatepass') as part:
                    file.writelines(part)
        return path

    def _part(self, number, ending):
        return self.parts / f'{number:06d}.{ending}'

    def _check_same(self, path, run):
        try:
            earlier = dict(parse_json(path.read_bytes()).items())
        except (OSError, MalformedJson, AttributeError):
            raise InputError(f'--resume: {path} does not say which run the parts are of; {_REMEDY}') from None
        for name in {**earlier, **run}:
            if earlier.get(name) != run.get(name):
                difference = f'{name}: {earlier.get(name)} -> {run.get(name)}'[:200]
                raise InputError(f'--resume: {self.parts} is of another run ({difference}); {_REMEDY}')


def write_parquet(file, records):
    """Write records as a table; what few of them have is in the column `more`, as JSON."""
    import pyarrow
    from pyarrow import parquet

    points = pyarrow.list_(pyarrow.list_(pyarrow.float64()))
    position = pyarrow.struct([('peak', pyarrow.list_(pyarrow.float64())), ('box', points)])
    columns = {
        'image': pyarrow.string(),
        'polygon': points,
        'text': pyarrow.string(),
        'confidence': pyarrow.float64(),
        'char_confidences': pyarrow.list_(pyarrow.float64()),
        'char_positions': pyarrow.list_(position),
        'error': pyarrow.string(),
    }
    rows = []
    for record in records:
        more = {name: value for name, value in record.items() if name not in columns}
        row = {name: _storable(record.get(name)) for name in columns}
        rows.append({**row, 'more': json.dumps(more, ensure_ascii=False) if more else None})
    schema = pyarrow.schema([*columns.items(), ('more', pyarrow.string())])
    parquet.write_table(pyarrow.Table.from_pylist(rows, schema), file)


def _storable(value):
    """A text without what UTF-8 cannot hold: names of files may have such bytes."""
    return value.encode('utf-8', 'backslashreplace').decode() if isinstance(value, str) else value


def file_digest(path):
    """What tells a model's file or folder from another."""
    digest = hashlib.blake2b(digest_size=16)
    files = [path] if os.path.isfile(path) else sorted(str(one) for one in Path(path).rglob('*') if one.is_file())
    for file in files:
        with open(file, 'rb') as stream:
            while block := stream.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()
