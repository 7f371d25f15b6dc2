"""Videos that are read for requests: one at a time, beside the pictures, which wait for one frame at most."""

import contextlib
import logging
import secrets
import threading
import time
from concurrent.futures import CancelledError, ThreadPoolExecutor
from functools import partial

from ocr.preprocessing.prepare import InferencePreparer
from ocr.reading.text_outlines import outline_to_give
from ocr.reading.video.frames import UnreadableVideo, Video
from ocr.reading.video.read_video import VideoTexts, end_of, read_frames
from ocr.reading.video.texts import subtitles, to_srt
from ocr.reading.video.tracks import Sighting
from ocr.region import TextRegion
from ocr.serving.problem import Problem, stopping
from ocr.serving.video.body import MemoryFile

ABANDONED = 120.0  # seconds without a question after which nobody waits for a video
_KEPT = 900.0  # seconds for which the texts of a video that was read are kept
_MOST_KEPT = 32  # videos that were read, the newest
_AT_ONCE = 8  # regions of a frame that are read together, so that those of pictures get in between
STOPPED = Problem(410, 'stopped', 'The reading of this video was stopped; send it again.')
TOO_MANY = 'frames with more text than is read'  # key of `left_out`

logger = logging.getLogger(__name__)


class Job:
    """A video, from its arrival until it is forgotten; its attributes change while it is read.

    Attributes:
        id: what requests call it.
        state: 'waiting', 'reading', 'done' or 'failed'.
        error: Problem, why it failed, or None.
        complete: whether all of it was read.
        showing: records of the texts of the last frame.
        texts: VideoTexts.
        video: Video.
        fps: frames a second.
        model: ServedModel that reads it.
    """

    def __init__(self, file, video, fps, model):
        self.id = secrets.token_urlsafe(12)
        self.state, self.error, self.complete = 'waiting', None, False
        self.showing, self.texts = [], VideoTexts()
        self.video, self.fps, self.model = video, fps, model
        self.asked = time.monotonic()
        self.ended = None
        self.is_stopped = False
        self._file = file
        self._lock = threading.Lock()

    def begin(self):
        """Whether it is to be read now; not if it was stopped while it waited."""
        with self._lock:
            if self.state == 'waiting':
                self.state = 'reading'
            return self.state == 'reading'

    def stop(self):
        """Give it up: at once if it waits, else before its next frame."""
        with self._lock:
            self.is_stopped = True
            self.video.stop()
            if self.state == 'waiting':
                self.end(STOPPED)

    def end(self, error=None):
        """It is not read any more; the file is let go."""
        self.video.close()
        self._file.close()
        self.error, self.showing, self.ended = error, [], time.monotonic()
        self.state = 'failed' if error else 'done'

    def to_json(self, after=0):
        """dict of schema.VideoJob, with the texts from number `after` on."""
        records, video = self.texts.records[:], self.video
        error = {'error': {'code': self.error.code, 'message': self.error.message}} if self.error else {}
        return {
            'id': self.id,
            'state': self.state,
            'model': self.model.name,
            'width': video.width,
            'height': video.height,
            'seconds': video.seconds,
            'read_seconds': round(end_of(video) if self.complete else self.texts.time, 3),
            'fps': self.fps,
            'frames': self.texts.num_frames,
            'complete': self.complete,
            'num_texts': len(records),
            'texts': records[after:],
            'showing': self.showing,
            'left_out': dict(self.texts.left_out),
            **error,
        }

    def to_srt(self):
        """The texts that have ended, as subtitles of SubRip."""
        return to_srt(subtitles(self.texts.records[:]))


class VideoJobs:
    """The videos of a server; one thread reads them, one after the other.

    Args:
        finder: Finder, shared with pictures.
        limits: Limits.
    """

    def __init__(self, finder, limits):
        self._finder, self._limits = finder, limits
        self._jobs = {}  # id -> Job, the oldest first
        self._lock = threading.Lock()
        self._num_opening = 0
        self._thread = ThreadPoolExecutor(1, 'video')
        self._is_closing = False

    def check_room(self):
        """Problem 429 if as many videos as may be are read or wait."""
        self._forget()
        unfinished = sum(job.ended is None for job in list(self._jobs.values()))
        if unfinished + self._num_opening >= self._limits.max_videos:
            raise Problem(
                429,
                'queue_full',
                'The server has as many videos to read as it takes at a time; try again in 30 s.',
                {'Retry-After': '30'},
            )

    def add(self, data, fps, model):
        """The Job of a video's bytes for a ServedModel; returns when its head is read. For threads.

        Raises:
            Problem: it is none, is damaged or too large, or there is no room.
        """
        with self._lock:
            self.check_room()
            self._num_opening += 1
        try:
            job = self._open(data, fps, model)
            with self._lock:
                if self._is_closing:
                    job.end(stopping())
                    raise stopping()
                self._jobs[job.id] = job
            self._thread.submit(self._run, job)
            return job
        finally:
            with self._lock:
                self._num_opening -= 1

    def get(self, job_id):
        """The Job of an id, which is asked for now; Problem 404 if there is none."""
        self._forget()
        job = self._jobs.get(job_id)
        if job is None:
            raise Problem(404, 'no_such_video', 'This server does not know this video, or no longer; send it again.')
        job.asked = time.monotonic()
        return job

    def remove(self, job_id):
        """Stop and forget a video; Problem 404 if there is none."""
        job = self.get(job_id)
        job.stop()
        self._jobs.pop(job_id, None)

    def close(self):
        """Stop all, and end the thread."""
        with self._lock:
            self._is_closing = True
        for job in list(self._jobs.values()):
            job.stop()
        self._thread.shutdown()

    def _forget(self):
        """Let go of what was read long ago, and of what nobody asks for."""
        now = time.monotonic()
        kept = [job for job in list(self._jobs.values()) if job.ended is not None]
        for job in list(self._jobs.values()):
            if job.ended is None and now - job.asked > ABANDONED:
                job.stop()
        for number, job in enumerate(reversed(kept)):
            if number >= _MOST_KEPT or now - max(job.ended, job.asked) > _KEPT:
                self._jobs.pop(job.id, None)

    def _open(self, data, fps, model):
        limits = self._limits
        file = MemoryFile(data)
        try:
            video = Video(file.path, fps, max_pixels=limits.max_pixels)
        except UnreadableVideo as error:
            file.close()
            raise Problem(422, 'unreadable_video', f'The video cannot be read: {error}.') from None
        except BaseException:
            file.close()
            raise
        if video.seconds and video.seconds > limits.max_video_seconds + 1:
            video.close()
            file.close()
            message = f'The video has {video.seconds:.0f} s; {limits.max_video_seconds:g} s are read at most. Cut it.'
            raise Problem(413, 'video_too_long', message)
        return Job(file, video, fps, model)

    def _run(self, job):
        """Read a video to its end, or until it is stopped; never raises."""
        if not job.begin():
            return
        try:
            error = self._read(job)
        except Exception:
            logger.exception('a video could not be read')
            error = Problem(500, 'internal_error', 'The server failed on this video; its log says more.')
        job.end(error or (STOPPED if job.is_stopped else None))

    def _read(self, job):
        """Read the frames of a job; the Problem that ended it, or None."""
        texts, limit, error = job.texts, self._limits.max_video_seconds, None
        frames = read_frames(job.video, lambda image: self._find(job, image), partial(_read_regions, job.model))
        try:
            with contextlib.closing(frames):
                for at, sightings in frames:
                    if job.is_stopped or at > limit:
                        break
                    texts.add(at, sightings)
                    job.showing = texts.to_be_seen
                    if time.monotonic() - job.asked > ABANDONED:
                        job.stop()
                else:
                    job.complete = not job.video.ended_early
        except UnreadableVideo as why:
            if not job.is_stopped and not texts.num_frames:
                error = Problem(422, 'unreadable_video', f'The video cannot be read: {why}.')
        except (CancelledError, RuntimeError):
            if not self._is_closing:
                raise
            error = stopping()
        texts.close(end_of(job.video) if job.complete else texts.time)
        return error

    def _find(self, job, image):
        regions = self._finder.find_now(image).regions  # the largest come first
        most, left_out = self._limits.max_regions, job.texts.left_out
        if len(regions) > most:
            left_out[TOO_MANY] = left_out.get(TOO_MANY, 0) + 1
        return [region.polygon for region in regions[:most]]


def _read_regions(model, image, polygons):
    """list of Sighting of an image's polygons, read by a ServedModel."""
    prepare, sightings = InferencePreparer(model.canvas, read=lambda *_: image), []
    for start in range(0, len(polygons), _AT_ONCE):
        part = polygons[start : start + _AT_ONCE]
        outlines = [outline_to_give(polygon, model.canvas) for polygon in part]
        prepared = prepare([TextRegion('a frame', outline, '', '') for outline in outlines])
        results = [future.result().result for future in [model.batcher.submit(one) for one in prepared]]
        read = zip(part, results, strict=True)
        sightings += [Sighting(polygon, result.text, result.confidence) for polygon, result in read]
    return sightings
