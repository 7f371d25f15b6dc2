"""Readings against those of an earlier evaluation: what is fixed and what regressed."""

import hashlib
import os
from collections import defaultdict, deque
from dataclasses import dataclass, replace

import numpy as np

from ocr.errors import InputError
from ocr.evaluation.scores import METRICS, Reading, Score, mean_score, region_values, score
from ocr.files.json_text import parse_json
from ocr.files.regular_file import read_regular
from ocr.metrics import same_text
from ocr.reading.results_file import read_results

READINGS_FILE = 'readings.jsonl'  # beside scores.json
_REMEDY = 'give the scores.json of an earlier evaluation, with its readings.jsonl beside'


def place_key(image, polygon, dataset):
    """Bytes that identify a region: 16, for any photograph and polygon (float (K, 2), a list or None)."""
    points = b'' if polygon is None else np.asarray(polygon, np.float32).tobytes()
    digest = hashlib.blake2b(digest_size=16)
    for part in (os.fspath(image).encode('utf-8', 'surrogatepass'), points, dataset.encode('utf-8', 'surrogatepass')):
        digest.update(len(part).to_bytes(8, 'big') + part)
    return digest.digest()


class Earlier:
    """What an earlier evaluation read.

    Attributes:
        path: its scores.json.
        model: what it calls its model.
    """

    def __init__(self, path, model, texts):
        """
        Args:
            path: its scores.json.
            model: str.
            texts: {place_key: list of (text, truth)}, in the order in which they were read.
        """
        self.path = path
        self.model = model
        self._texts = texts

    @classmethod
    def load(cls, path):
        """Earlier of a scores.json; InputError if it or the readings beside it cannot be read."""
        model = _model_of(path)
        beside = os.path.join(os.path.dirname(path), READINGS_FILE)
        texts = defaultdict(list)
        try:
            for record in read_results(beside):
                if 'error' not in record:
                    key = place_key(record['image'], record['polygon'], record['dataset'])
                    texts[key].append((record['text'], record['truth']))
        except OSError as error:
            raise InputError(
                f'--compare {path}: {beside} cannot be read ({error.strerror or error}); {_REMEDY}'
            ) from None
        except (InputError, ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
            raise InputError(f'--compare {path}: {beside} holds no readings ({error}); {_REMEDY}') from None
        return cls(path, model, dict(texts))

    @property
    def num_readings(self):
        """Regions that it read."""
        return sum(map(len, self._texts.values()))

    def check_in_common(self, places):
        """InputError if none of some places, (image, polygon, dataset) each, was read by it."""
        if not any(place_key(*place) in self._texts for place in places):
            raise InputError(
                f'--compare {self.path}: none of its {self.num_readings} regions is among those of --eval_datasets '
                '(image, polygon and name of the dataset decide); compare evaluations of the same datasets'
            )

    def queues(self):
        """{place_key: deque of (text, truth)}, to take from."""
        return {key: deque(found) for key, found in self._texts.items()}


def _model_of(path):
    """What a scores.json calls the model that it is of."""
    try:
        content = parse_json(read_regular(path))
        if not {'metrics', 'datasets', 'combined'} <= content.keys():
            raise ValueError('no scores in it')
        return str(content['settings']['model'])
    except OSError as error:
        raise InputError(f'--compare {path}: cannot be read ({error.strerror or error}); {_REMEDY}') from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise InputError(f'--compare {path}: is not a scores.json; {_REMEDY}') from None


@dataclass(frozen=True)
class Pair:
    """A reading and the text that was read in its place before."""

    reading: Reading
    before: str


@dataclass(frozen=True)
class Comparison:
    """This evaluation against an earlier one, over the regions of both; each text held against the label of now.

    Attributes:
        model: what the earlier one calls its model.
        fixed, regressed: lists of Pair: wrong before and right now, and the other way round; the most confident first.
        num_right: regions right in both; num_wrong: wrong in both; num_other: those of them that are read differently.
        num_new: regions that the earlier one had not read; num_gone: those that only it had.
        num_relabelled: regions in common whose label has changed.
        before, now: {metric: Score} over the regions in common.
        change: {metric: Score in -1..1} of the differences a region, now minus before.
    """

    model: str
    fixed: list[Pair]
    regressed: list[Pair]
    num_right: int
    num_wrong: int
    num_other: int
    num_new: int
    num_gone: int
    num_relabelled: int
    before: dict[str, Score]
    now: dict[str, Score]
    change: dict[str, Score]

    @property
    def num_common(self):
        """Regions that both have read."""
        return self.num_right + self.num_wrong + len(self.fixed) + len(self.regressed)


def compare(readings, earlier):
    """Comparison of a list of Reading with an Earlier."""
    queues, pairs, num_new, num_relabelled = earlier.queues(), [], 0, 0
    for one in readings:
        queue = queues.get(place_key(one.image, one.polygon, one.dataset))
        if not queue:
            num_new += 1
            continue
        text, truth = queue.popleft()
        num_relabelled += truth != one.truth
        pairs.append(Pair(one, text))
    sides = defaultdict(list)
    for pair in pairs:
        truth = pair.reading.truth
        sides[same_text(pair.before, truth), same_text(pair.reading.text, truth)].append(pair)
    return Comparison(
        earlier.model,
        fixed=_most_confident_first(sides[False, True]),
        regressed=_most_confident_first(sides[True, False]),
        num_right=len(sides[True, True]),
        num_wrong=len(sides[False, False]),
        num_other=sum(pair.before != pair.reading.text for pair in sides[False, False]),
        num_new=num_new,
        num_gone=sum(map(len, queues.values())),
        num_relabelled=num_relabelled,
        before=score(replace(pair.reading, text=pair.before) for pair in pairs).combined,
        now=score(pair.reading for pair in pairs).combined,
        change=_change(pairs),
    )


def _most_confident_first(pairs):
    return sorted(pairs, key=lambda pair: -pair.reading.confidence)


def _change(pairs):
    """{metric: Score of the differences}; the bootstrap draws regions, so both readings of one stay together."""
    differences = {metric: [] for metric in METRICS}
    for pair in pairs:
        before = dict(region_values(pair.before, pair.reading.truth))
        for metric, value in region_values(pair.reading.text, pair.reading.truth):
            differences[metric].append(value - before[metric])
    return {metric: mean_score(of_regions) for metric, of_regions in differences.items()}
