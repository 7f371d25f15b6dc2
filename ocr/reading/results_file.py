"""Results as JSON Lines that reach the disk as they come, so that a killed run goes on where its file ends.

A line is one object: first the place, which says what was read (`image`, `polygon` ...), then what was found there.
Beside `results.jsonl` lies `results.run.json`: the model and the settings that its lines are of.
"""

import json
import os
import time
from contextlib import contextmanager
from pathlib import Path

from tabulate import tabulate

from ocr.errors import InputError
from ocr.files.atomic import replacing
from ocr.files.json_text import MalformedJson, parse_json
from ocr.files.locks import lock
from ocr.preprocessing.prepare import Broken
from ocr.terminal.visible import visible

_SYNC_SECONDS = 10  # what a power cut may cost
_REMEDY = 'leave out --resume to start over'


def to_record(place, result):
    """The object of a line.

    Args:
        place: dict of what was read.
        result: ReadText or Broken.
    """
    if isinstance(result, Broken):
        return {**place, 'error': result.message}
    record = {
        **place,
        'text': result.text,
        'confidence': round(result.confidence, 4),
        'char_confidences': [round(confidence, 4) for confidence in result.char_confidences],
        **({} if result.char_positions is None else {'char_positions': result.char_positions}),
    }
    if result.n_best is not None:
        record['n_best'] = [{'text': text, 'probability': float(f'{p:.4g}')} for text, p in result.n_best]
    if result.in_lexicon is not None:
        record['in_lexicon'] = result.in_lexicon
    if result.read is not None:
        record['read'] = result.read
    return record


class ResultFile:
    """An open file of results.

    Attributes:
        num_kept: lines of the run before that are kept.
    """

    def __init__(self, stream, num_kept):
        self._stream = stream
        self._synced = time.monotonic()
        self.num_kept = num_kept

    def append(self, record):
        """Add a line; it is handed to the system before this returns, and to the disk within seconds."""
        self._stream.write(json.dumps(record, ensure_ascii=False) + '\n')
        self._stream.flush()
        if time.monotonic() - self._synced >= _SYNC_SECONDS:
            self.sync()

    def sync(self):
        """Wait until the disk has what was added."""
        os.fsync(self._stream.fileno())
        self._synced = time.monotonic()


@contextmanager
def open_results(path, run, places, resume):
    """A ResultFile to write.

    Args:
        path: the JSON Lines file; without `resume` its content is replaced.
        run: dict, in JSON's types, of all that the lines depend on besides their places.
        places: iterable of the dicts that the lines begin with, in order; taken as far as lines are kept.
        resume: keep the whole lines that are there and add to them.

    Raises:
        InputError: the file cannot be written; or, to resume, its lines are of another run or of other places.
    """
    path = Path(path)
    num_kept, size = _kept(path, run, iter(places)) if resume else (0, 0)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, 'a', encoding='utf-8', errors='backslashreplace', newline='') as stream:
            lock(stream, f'{path}: another run is writing there; wait for it or choose another path')
            stream.truncate(size)
            with replacing(_run_path(path)) as file:
                file.write(json.dumps(run, indent=1) + '\n')
            results = ResultFile(stream, num_kept)
            try:
                yield results
            finally:
                results.sync()
    except OSError as error:
        taken = isinstance(error, FileExistsError | NotADirectoryError | IsADirectoryError)  # by something else
        remedy = 'choose another path' if taken else 'free space and go on with --resume, or choose another path'
        raise InputError(f'{path}: cannot be written ({error.strerror or error}); {remedy}') from error


def read_results(path):
    """Iterator of the objects of a whole file; InputError for a line that is none."""
    with open(path, 'rb') as stream:
        for number, line in enumerate(stream, 1):
            try:
                yield dict(parse_json(line).items())
            except (MalformedJson, AttributeError) as error:
                raise InputError(f'{path}:{number}: not a result ({error}); read again') from error


def result_table(path, most_rows):
    """The first results of a file as one aligned table, and how many there are."""
    shown, num_results, num_broken = [], 0, 0
    for num_results, record in enumerate(read_results(path), 1):
        num_broken += 'error' in record
        if num_results <= most_rows:
            more = {name: visible(record[name]) for name in ('in_lexicon', 'read') if name in record}
            text, confidence = visible(record.get('text', record.get('error'))), record.get('confidence', '')
            shown.append({'image': visible(record['image']), 'text': text, 'confidence': confidence, **more})
    table = tabulate(shown, 'keys', disable_numparse=[0, 1] if shown else True, floatfmt='.3f')
    more = f'\n... and {num_results - len(shown)} more' if num_results > len(shown) else ''
    return f'{table}{more}\n{path}: {num_results - num_broken} read, {num_broken} unreadable'


def _run_path(path):
    return path.with_suffix('.run.json')


def _kept(path, run, places):
    """How many lines of an earlier run can stay, and their bytes; a last line that was cut off cannot."""
    if not path.is_file() or not os.path.getsize(path):
        return 0, 0
    _check_same_run(path, run)
    number = size = 0
    with open(path, 'rb') as stream:
        for line in stream:
            if not line.endswith(b'\n'):
                break
            _check_place(f'{path}:{number + 1}', line, next(places, None))
            number, size = number + 1, size + len(line)
    return number, size


def _check_same_run(path, run):
    try:
        earlier = dict(parse_json(_run_path(path).read_bytes()).items())
    except (OSError, MalformedJson, AttributeError):
        raise InputError(f'--resume: {_run_path(path)} does not say which run {path} is of; {_REMEDY}') from None
    different = [
        visible(f'{name}: {earlier.get(name)} -> {run.get(name)}'[:200])
        for name in {**earlier, **run}
        if earlier.get(name) != run.get(name)
    ]
    if different:
        raise InputError(f'--resume: {path} is of another run ({", ".join(different)}); {_REMEDY}')


def _check_place(where, line, place):
    try:
        record = dict(parse_json(line).items())
    except (MalformedJson, AttributeError):
        raise InputError(f'--resume: {where}: not a JSON object; {_REMEDY}') from None
    if place is None or any(record.get(name) != value for name, value in place.items()):
        expected = 'nothing' if place is None else place['image']
        found = visible(str(record.get('image'))[:200])
        raise InputError(f'--resume: {where} is of {found}, and now {expected} stands in its place; {_REMEDY}')
