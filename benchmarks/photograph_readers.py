"""Finds and reads the text of photographs with one system, for photographs.py; runs in that system's environment.

python benchmarks/photograph_readers.py SETTINGS, an object in JSON; each line of the input names a photograph, in JSON,
and is answered by one: {"found": [polygon, ...], "read": [[polygon, text], ...], "detection": seconds, "all": seconds}.
"found" is what detection finds; "read" leaves out what a system then takes for no text. "detection" is of a decoded
picture, "all" from the file to the texts. The first photograph is searched once more beforehand, to warm up.
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

    def units(photograph):
        return [(one.polygon.tolist(), one.text) for one in in_units(photograph_record({}, photograph))]

    def read(path):
        (alone,) = read_photographs(detector, None, [path])
        started = time.perf_counter()
        (photograph,) = read_photographs(detector, reader, [path])
        whole = time.perf_counter() - started
        return [polygon for polygon, _ in units(alone)], units(photograph), spent[-1], whole

    return read


def open_rapidocr(settings):
    """RapidOCR with the models in its wheel; it leaves out texts of a confidence below 0.5."""
    from rapidocr import RapidOCR

    engine = RapidOCR(params={'Global.log_level': 'error'})

    def read(path):
        image = cv2.imread(path)
        started = time.perf_counter()
        found = engine(image, use_det=True, use_cls=False, use_rec=False)
        detection = time.perf_counter() - started
        started = time.perf_counter()
        result = engine(cv2.imread(path), use_det=True, use_cls=True, use_rec=True)  # its settings last
        whole = time.perf_counter() - started
        pairs = [] if result.boxes is None else zip(result.boxes, result.txts, strict=True)
        texts = [([[float(x), float(y)] for x, y in box], text) for box, text in pairs]
        boxes = [] if found.boxes is None else found.boxes
        return [[[float(x), float(y)] for x, y in box] for box in boxes], texts, detection, whole

    return read


SYSTEMS = {'ours': open_ours, 'rapidocr': open_rapidocr}


def main():
    answers = os.fdopen(os.dup(1), 'w')
    os.dup2(2, 1)  # what a library prints does not stand among the answers
    settings = json.loads(sys.argv[1])
    read, is_warm = SYSTEMS[settings['system']](settings), False
    for line in sys.stdin:
        path = json.loads(line)
        if not is_warm:
            read(path)
            is_warm = True
        found, texts, detection, whole = read(path)
        answers.write(json.dumps({'found': found, 'read': texts, 'detection': detection, 'all': whole}) + '\n')
        answers.flush()


if __name__ == '__main__':
    main()
