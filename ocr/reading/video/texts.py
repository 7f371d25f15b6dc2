"""Tracks -> what a video says: objects of JSON, and subtitles."""

from itertools import pairwise

import numpy as np

from ocr.reading.lines import in_reading_order

MIN_CONFIDENCE = 0.1  # of what stands in subtitles: less is most often no text at all


def text_record(track):
    """One entry of `texts`, in JSON's types.

    Args:
        track: tracks.Track.

    Returns:
        {'text', 'confidence', 'start' and 'end' in seconds, 'num_seen', 'outlines': [{'time', 'polygon'}]}: an outline
        holds from its time on.
    """
    return {
        'text': track.text,
        'confidence': round(track.confidence, 4),
        'start': round(track.start, 3),
        'end': None if track.end is None else round(track.end, 3),
        'num_seen': track.num_seen,
        'outlines': [
            {'time': round(time, 3), 'polygon': np.round(polygon, 1).tolist()} for time, polygon in track.outlines
        ],
    }


def subtitles(records):
    """All texts to be seen at a time, as one subtitle a time; those under MIN_CONFIDENCE are left out.

    Args:
        records: list of what text_record gave for tracks that have ended.

    Returns:
        [(start, end, text)], seconds, in order and without overlap; the text has a line for each line of the picture,
        in reading order.
    """
    records = [record for record in records if record['confidence'] >= MIN_CONFIDENCE]
    changes = sorted({time for record in records for time in (record['start'], record['end'])})
    opening = sorted(records, key=lambda record: record['start'])
    shown, found, position = [], [], 0
    for start, end in pairwise(changes):
        while position < len(opening) and opening[position]['start'] <= start:
            shown.append(opening[position])
            position += 1
        shown = [record for record in shown if record['end'] > start]
        text = '\n'.join(_lines(shown, start))
        if found and found[-1][1:] == (start, text):
            found[-1] = (found[-1][0], end, text)
        elif text:
            found.append((start, end, text))
    return found


def to_srt(cues):
    """Subtitles (start, end, text) as the text of a file of SubRip."""
    blocks = [
        f'{number}\n{_clock(start)} --> {_clock(end)}\n{text.replace("-->", "->")}\n'
        for number, (start, end, text) in enumerate(cues, 1)
    ]
    return '\n'.join(blocks)


def _lines(records, time):
    """Texts to be seen at a time, those of one line joined, in reading order."""
    order, lines = in_reading_order([_outline_at(record, time) for record in records])
    texts = [records[member]['text'] for member in order]
    return [' '.join(texts[member] for member in line.members) for line in lines]


def _outline_at(record, time):
    """The polygon that holds at a time, float32 (K, 2)."""
    outlines = record['outlines']
    polygon = next((one['polygon'] for one in reversed(outlines) if one['time'] <= time), outlines[0]['polygon'])
    return np.array(polygon, np.float32)


def _clock(seconds):
    """Seconds as SubRip writes them: 01:02:03,456."""
    milliseconds = round(1000 * seconds)
    minutes, milliseconds = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    seconds, milliseconds = divmod(milliseconds, 1000)
    return f'{hours:02}:{minutes:02}:{seconds:02},{milliseconds:03}'
