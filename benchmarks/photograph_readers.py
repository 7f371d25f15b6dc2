"""Finds and reads the text of photographs with one system, for photographs.py; runs in that system's environment.

python benchmarks/photograph_readers.py SETTINGS, an object in JSON; each line of the input names a photograph, in JSON,
and is answered by one: {"found": [[polygon, text], ...], "detection": seconds, "all": seconds}. "detection" is of a
decoded picture, "all" from the file to the texts. The first photograph is searched once more beforehand, to warm up.
"""

import json
import os
import sys
import time

import cv2


def open_ours(settings):
    """This project: a detector, and what reads."""
    sys.path.insert(0, settings['root'])
    from ocr.config import config_of
    from ocr.evaluation.detection_run import found_lines, found_words
    from ocr.reading.local_reader import LocalReader
    from ocr.reading.open_detector import open_detector
    from ocr.reading.open_model import choose_model, open_model, read_model
    from ocr.reading.photographs import photograph_record, read_photographs

    cfg = config_of('test', {'pb_path': settings['model']} if settings['model'] else {})
    detector = open_detector(settings['detector'])
    reader = LocalReader(open_model(read_model(choose_model(**cfg.model_choice)), **cfg.reading), **cfg.reading_regions)
    in_units = found_lines if settings['unit'] == 'line' else found_words
    find, spent = detector.find, []

    def timed(image, *size):
        started = time.perf_counter()
        found = find(image, *size)
        spent.append(time.perf_counter() - started)
        return found

    detector.find = timed

    def read(path):
        (photograph,) = read_photographs(detector, reader, [path])
        record = photograph_record({}, photograph)
        return [(one.polygon.tolist(), one.text) for one in in_units(record)], spent[-1]

    return read


def open_rapidocr(settings):
    """RapidOCR with the models in its wheel. Detection is timed alone; boxes whose text it doubts are found too."""
    from rapidocr import RapidOCR

    engine = RapidOCR(params={'Global.log_level': 'error', 'Global.text_score': 0.0})

    def read(path):
        image = cv2.imread(path)
        started = time.perf_counter()
        engine(image, use_det=True, use_cls=False, use_rec=False)
        detection = time.perf_counter() - started
        whole = engine(image, use_det=True, use_cls=True, use_rec=True)  # its settings last
        if whole.boxes is None:
            return [], detection
        pairs = zip(whole.boxes, whole.txts, strict=True)
        return [([[float(x), float(y)] for x, y in box], text) for box, text in pairs], detection

    return read


SYSTEMS = {'ours': (open_ours, 0), 'rapidocr': (open_rapidocr, 1)}  # and how many detections of `all` are not its own


def main():
    answers = os.fdopen(os.dup(1), 'w')
    os.dup2(2, 1)  # what a library prints does not stand among the answers
    settings = json.loads(sys.argv[1])
    open_system, extra = SYSTEMS[settings['system']]
    read, is_warm = open_system(settings), False
    for line in sys.stdin:
        path = json.loads(line)
        if not is_warm:
            read(path)
            is_warm = True
        started = time.perf_counter()
        found, detection = read(path)
        whole = time.perf_counter() - started - extra * detection
        answers.write(json.dumps({'found': found, 'detection': detection, 'all': whole}) + '\n')
        answers.flush()


if __name__ == '__main__':
    main()
