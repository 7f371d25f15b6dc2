"""A video -> its texts with times: frames are searched for text, regions read, and both put together in tracks."""

import json
import logging
import math
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial

from tabulate import tabulate

from ocr.errors import InputError
from ocr.files.atomic import replacing
from ocr.files.file_names import shortened
from ocr.reading.legible import ILLEGIBLE
from ocr.reading.lines import in_reading_order
from ocr.reading.local_reader import LocalReader
from ocr.reading.text_outlines import outline_to_give
from ocr.reading.video.frames import FPS, UnreadableVideo, Video
from ocr.reading.video.texts import subtitles, text_record, to_srt
from ocr.reading.video.tracks import Sighting, Tracker
from ocr.region import TextRegion
from ocr.terminal.progress import progress_bar
from ocr.terminal.visible import visible

_LONGEST_NAME = 250  # bytes, which leaves room for .json

logger = logging.getLogger(__name__)


def read_frames(frames, find, read) -> Iterator:
    """Find and read the text of frames; a frame is read while the next one is searched, and no more are held.

    Args:
        frames: iterable of Frame.
        find: function uint8 (H, W, 3) -> list of polygons float (K, 2).
        read: function of the same image and its polygons -> list of Sighting.

    Yields:
        (time, list of Sighting) of each frame.

    Raises:
        UnreadableVideo: by `frames`, after the frames before were read.
    """
    before = broken = None
    with ThreadPoolExecutor(1, 'reading') as pool:
        try:
            for frame in frames:
                now = frame.time, pool.submit(read, frame.image, find(frame.image))
                if before:
                    yield before[0], before[1].result()
                before = now
        except UnreadableVideo as error:
            broken = error
        if before:
            yield before[0], before[1].result()
    if broken:
        raise broken


class VideoTexts:
    """The texts of a video as they come.

    Attributes:
        records: list of what texts.text_record gives, for texts that have ended, in that order.
        left_out: {reason: number} of tracks that are no text.
        num_frames: that were looked at.
        time: of the last one, seconds.
    """

    def __init__(self):
        self.records, self.left_out = [], {}
        self.num_frames, self.time = 0, 0.0
        self._tracker = Tracker()

    def add(self, time, sightings):
        """Take what was read in the next frame, a list of Sighting."""
        self.num_frames, self.time = self.num_frames + 1, time
        order, _ = in_reading_order([sighting.polygon for sighting in sightings])
        self._keep(self._tracker.add(time, [sightings[number] for number in order]))

    def close(self, end):
        """No frame follows; the video ends at `end`, seconds."""
        self._keep(self._tracker.close(max(end, self.time)))

    @property
    def to_be_seen(self):
        """Records of texts that have not ended."""
        return [text_record(track) for track in self._tracker.active if track.text]

    def _keep(self, tracks):
        for track in tracks:
            if track.text:
                self.records.append(text_record(track))
            else:
                self.left_out[ILLEGIBLE] = self.left_out.get(ILLEGIBLE, 0) + 1


def video_record(place, video, fps, texts, complete):
    """The object of a video's JSON.

    Args:
        place: dict that says which video it is.
        video: Video.
        fps: frames a second that were looked at.
        texts: VideoTexts, closed.
        complete: whether all of it was read.
    """
    return {
        **place,
        'width': video.width,
        'height': video.height,
        'seconds': round(end_of(video), 3),
        'fps': fps,
        'frames': texts.num_frames,
        'complete': complete,
        'texts': sorted(texts.records, key=lambda record: (record['start'], record['end'])),
        **({'left_out': texts.left_out} if texts.left_out else {}),
    }


def end_of(video):
    """Where a video ends, as far as it was decoded, seconds: the announced end if its last frame is near it."""
    near = video.seconds is not None and 0 <= video.seconds - video.time <= 1
    return video.seconds if near else video.time


class FrameReader:
    """Reads regions of frames.

    Args:
        predictor: Predictor.
        settings: as of local_reader.LocalReader.
    """

    def __init__(self, predictor, **settings):
        self._predictor = predictor
        self._settings = {**settings, 'num_workers': 1}

    def __call__(self, image, polygons):
        """list of Sighting of polygons, float (K, 2) each, on an image uint8 (H, W, 3)."""
        reader = LocalReader(self._predictor, read_image=lambda *_: image, **self._settings)
        outlines = [outline_to_give(polygon, reader.canvas) for polygon in polygons]
        regions = [TextRegion('a frame', outline, '', '') for outline in outlines]
        readings = [read for _, read in reader.read(regions)]
        return [Sighting(one, read.text, read.confidence) for one, read in zip(polygons, readings, strict=True)]


def read_video_file(detector, read, path, output_path, *, fps=FPS):
    """Read a video, and write its texts to `output_path`: NAME.json and NAME.srt.

    Ctrl-C stops it: what was read up to then is written.

    Args:
        detector: Detector.
        read: FrameReader.
        path: of the video.
        output_path: folder to write to.
        fps: frames that are looked at for each second.

    Returns:
        (what video_record gives, path of the JSON).

    Raises:
        InputError: the video cannot be read, or a file not be written.
        KeyboardInterrupt: after what was read is written.
    """
    name = os.path.splitext(os.path.basename(path))[0]
    stem = os.path.join(output_path, shortened(name, _LONGEST_NAME))
    texts = VideoTexts()
    try:
        with Video(path, fps) as video:
            stopped = _read(video, path, fps, partial(_find, detector), read, texts)
    except UnreadableVideo as error:
        raise InputError(f'--video {path}: {error}') from None
    record = video_record({'video': os.path.basename(path)}, video, fps, texts, stopped is None)
    with replacing(f'{stem}.json') as file:
        file.write(json.dumps(record, ensure_ascii=False) + '\n')
    with replacing(f'{stem}.srt') as file:
        file.write(to_srt(subtitles(texts.records)))
    if isinstance(stopped, KeyboardInterrupt):
        print(f'{stem}.json, {stem}.srt: the first {texts.time:.1f} s')
        raise stopped
    return record, f'{stem}.json'


def text_table(record, path, most_rows):
    """The texts of a video as one aligned table, and how many there are."""
    texts = record['texts']
    rows = [(f'{one["start"]:.1f}', f'{one["end"]:.1f}', visible(one['text']), one['confidence']) for one in texts]
    found = f'{path}: {len(rows)} texts in {record["frames"]} frames of {record["seconds"]:.1f} s'
    if not rows:
        return found
    table = tabulate(rows[:most_rows], ('from', 'to', 'text', 'confidence'), disable_numparse=[2], floatfmt='.3f')
    more = f'\n... and {len(rows) - most_rows} more' if len(rows) > most_rows else ''
    return f'{table}{more}\n{found}'


def _read(video, path, fps, find, read, texts):
    """Read all frames; what stopped it before the end: KeyboardInterrupt, UnreadableVideo, or None.

    Raises:
        UnreadableVideo: there is no frame.
    """
    found, stopped = read_frames(video, find, read), None
    total = math.ceil(video.seconds * fps) if video.seconds else None
    with closing(found), progress_bar(total=total, desc='reading', unit=' frames') as bar:
        try:
            for time, sightings in found:
                texts.add(time, sightings)
                bar.update()
        except KeyboardInterrupt as error:
            stopped = error
        except UnreadableVideo as error:
            if not texts.num_frames:
                raise
            stopped = error
            logger.warning('%s: %s; the first %.1f s were read', path, error, texts.time)
    if video.ended_early:
        stopped = UnreadableVideo('it ends before its announced length')
        logger.warning('%s: it ends after %.1f of %.1f s; is it damaged?', path, video.time, video.seconds)
    texts.close(texts.time if stopped else end_of(video))
    return stopped


def _find(detector, image):
    return [region.polygon for region in detector.find(image).regions]
