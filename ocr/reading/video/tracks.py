"""Regions of successive frames -> texts: which regions show the same text, from when to when, and what it says."""

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np
from rapidfuzz.distance import Levenshtein

from ocr.geometry import polygon_box
from ocr.reading.strip import overlap

MIN_OVERLAP = 0.3  # of a region with where its track is expected
PATIENCE = 2  # frames without a region after which a track has ended
_STILL = 0.9  # overlap with the outline that was kept last from which on a new one is not kept
_ALIKE, _SHORTEST = 0.8, 3  # similarity, and characters, of texts that are the same one though it has moved far
_OTHER, _SURE = 0.4, 0.5  # similarity up to which texts differ, if both were read with so much confidence
_REACH = 1.5  # of a region's longer side: how far that is at most


@dataclass(frozen=True, eq=False)
class Sighting:
    """A region of one frame: polygon float (K, 2), pixels, and what was read there with which confidence, 0..1."""

    polygon: np.ndarray
    text: str
    confidence: float


@dataclass(eq=False)
class Track:
    """Regions of successive frames that show one text.

    Attributes:
        start, end: seconds, of the first frame that shows it and the first that does not; end None: not ended.
        outlines: [(time, polygon)], each from its time on; those that hardly differ from the one before are left out.
        num_seen: frames that show it.
    """

    start: float
    end: float | None = None
    outlines: list = field(default_factory=list)
    num_seen: int = 0
    _votes: dict = field(default_factory=lambda: defaultdict(list))  # text -> confidences
    _last: tuple = None  # (time, polygon)
    _velocity: np.ndarray = field(default_factory=lambda: np.zeros(2))  # pixels a second
    _missed: int = 0
    _missed_at: float | None = None

    @property
    def text(self):
        """The text that was read with the highest confidence in all; '' if none was."""
        return max(self._votes, key=lambda text: (sum(self._votes[text]), max(self._votes[text])), default='')

    @property
    def confidence(self):
        """Mean confidence of the readings of `text`, 0..1."""
        return float(np.mean(self._votes[self.text])) if self._votes else 0.0

    @property
    def last(self):
        """The polygon where it was seen last, float (K, 2)."""
        return self._last[1]

    def expected(self, time):
        """The polygon where its motion has brought it, float (K, 2)."""
        before, polygon = self._last
        return polygon + self._velocity * (time - before)

    def see(self, time, sighting):
        """Take a region into the track."""
        polygon = np.asarray(sighting.polygon, np.float64)
        if self._last and time > self._last[0]:
            moved = polygon.mean(axis=0) - self._last[1].mean(axis=0)
            self._velocity = moved / (time - self._last[0])
        self._last = time, polygon
        self._missed, self._missed_at = 0, None
        self.num_seen += 1
        if sighting.text:
            self._votes[sighting.text].append(sighting.confidence)
        if not self.outlines or overlap(self.outlines[-1][1], polygon) < _STILL:
            self.outlines.append((time, polygon))

    def miss(self, time):
        """Whether it has ended, since a frame does not show it."""
        self._missed += 1
        self._missed_at = self._missed_at or time
        return self._missed >= PATIENCE

    def finish(self, end):
        """It ended: when it was missed first, else now."""
        self.end = self._missed_at or end
        return self


class Tracker:
    """Puts the regions of a video's frames together.

    Attributes:
        active: list of Tracks that may go on.
    """

    def __init__(self):
        self.active = []

    def add(self, time, sightings):
        """Take the regions of the next frame.

        Args:
            time: seconds, later than of the frame before.
            sightings: list of Sighting.

        Returns:
            list of the Tracks that have ended.
        """
        followed = self._followed(sightings, {n: track.expected(time) for n, track in enumerate(self.active)}, {})
        shift = self._shift(sightings, followed)
        if shift is not None:
            others = {n: track.last + shift for n, track in enumerate(self.active) if n not in followed}
            followed |= self._followed(sightings, others, followed)
        for track, number in followed.items():
            self.active[track].see(time, sightings[number])
        tracks = list(enumerate(self.active))
        ended = {n for n, track in tracks if n not in followed and track.miss(time)}
        new = []
        for number in sorted(set(range(len(sightings))) - set(followed.values())):
            new.append(Track(time))
            new[-1].see(time, sightings[number])
        self.active = [track for n, track in tracks if n not in ended] + new
        return [track.finish(time) for n, track in tracks if n in ended]

    def close(self, end):
        """The video ended at `end`, seconds: list of the Tracks that ended with it."""
        ended, self.active = [track.finish(end) for track in self.active], []
        return ended

    def _followed(self, sightings, expected, before):
        """{number of a track: number of its sighting}, the best first.

        Args:
            sightings: list of Sighting.
            expected: {number of a track: polygon where it may be}.
            before: what was followed before; its sightings are taken.
        """
        found, free = {}, set(range(len(sightings))) - set(before.values())
        candidates = self._candidates([(n, sightings[n]) for n in sorted(free)], expected)
        for _, track, number in sorted(candidates, key=lambda one: -one[0]):
            if track not in found and number in free:
                found[track] = number
                free.remove(number)
        return found

    def _candidates(self, sightings, expected):
        """(score, number of a track, number of a sighting) for all that may belong together."""
        for number, polygon in expected.items():
            box = polygon_box(polygon)
            for other, sighting in sightings:
                score = _score(self.active[number], polygon, box, sighting)
                if score:
                    yield score, number, other

    def _shift(self, sightings, followed):
        """How far the tracks that were followed have moved since they were seen last, the median; None: there are none.

        The camera moves all texts alike: a short one goes with the others before its own motion is known.
        """
        moved = [
            np.mean(sightings[number].polygon, axis=0) - self.active[track].last.mean(axis=0)
            for track, number in followed.items()
        ]
        return np.median(moved, axis=0) if moved else None


def _score(track, expected, box, sighting):
    """How well a region goes with a track: 1 and the overlap; less for one farther off with the same text; or 0.

    A text that takes the place of another, as on the next slide, does not go with it.
    """
    own, text = polygon_box(sighting.polygon), track.text
    alike = Levenshtein.normalized_similarity(text, sighting.text)
    if text and sighting.text and alike <= _OTHER and min(track.confidence, sighting.confidence) >= _SURE:
        return 0
    if min(box[2], own[2]) > max(box[0], own[0]) and min(box[3], own[3]) > max(box[1], own[1]):
        share = overlap(expected, sighting.polygon)
        if share >= MIN_OVERLAP:
            return 1 + share
    if min(len(text), len(sighting.text)) < _SHORTEST:
        return 0
    away = np.linalg.norm(expected.mean(axis=0) - np.mean(sighting.polygon, axis=0))
    if away > _REACH * max(own[2] - own[0], own[3] - own[1]):
        return 0
    return alike / 2 if alike >= _ALIKE else 0
