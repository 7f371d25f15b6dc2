"""Reads words with one system in a process of its own, for peers.py; runs in that system's environment.

python benchmarks/peer_readers.py SYSTEM STARTED < {"images": [...], "batch_sizes": [...], ...}

Prints one JSON line: seconds from STARTED to the first text, texts, seconds of clock and processor for each batch size,
peak memory, size of the model's files.
"""

import json
import os
import resource
import sys
import time

import cv2


def open_ours(settings):
    """This project with its ONNX model, or with the model that is named."""
    sys.path.insert(0, settings['root'])
    from ocr import Reader
    from ocr.reading.open_model import choose_model

    given = {'tta': settings['tta']} if settings['tta'] else {}
    readers = {}

    def read(images, batch_size):
        if batch_size not in readers:
            readers.clear()
            readers[batch_size] = Reader(settings['model'] or None, batch_size=batch_size, **given)
        return [one.text for one in readers[batch_size].read([image[..., ::-1] for image in images])]

    def files():
        from ocr.config import config_of

        cfg = config_of('test', {'pb_path': settings['model']} if settings['model'] else {})
        return [choose_model(**cfg.model_choice)]

    return read, files


def open_rapidocr(settings):
    """RapidOCR's recogniser with the model in its wheel; without its filter of texts that it doubts."""
    from rapidocr import RapidOCR
    from rapidocr.ch_ppocr_rec import TextRecInput

    recognisers = {}

    def read(images, batch_size):
        if batch_size not in recognisers:
            recognisers.clear()
            engine = RapidOCR(params={'Global.log_level': 'error', 'Rec.rec_batch_num': batch_size})
            recognisers[batch_size] = engine._load_rec_model()
        read = recognisers[batch_size]
        parts = [images[start : start + batch_size] for start in range(0, len(images), batch_size)]
        return [text for part in parts for text in read(TextRecInput(img=part, return_word_box=False)).txts]

    def files():
        import rapidocr

        folder = os.path.join(os.path.dirname(rapidocr.__file__), 'models')
        return [os.path.join(folder, name) for name in os.listdir(folder) if '_rec_' in name]

    return read, files


SYSTEMS = {'ours': open_ours, 'rapidocr': open_rapidocr}


def main():
    system, started = sys.argv[1], float(sys.argv[2])
    settings = json.load(sys.stdin)
    read, files = SYSTEMS[system](settings)
    read([cv2.imread(settings['images'][0])], 1)
    result = {'start': time.time() - started, 'clock': {}, 'processor': {}}
    images = [cv2.imread(path) for path in settings['images']]
    for batch_size in settings['batch_sizes']:
        read(images[:batch_size], batch_size)  # loads, and warms up
        clock, processor = time.perf_counter(), time.process_time()
        result['texts'] = read(images, batch_size)
        result['clock'][batch_size] = time.perf_counter() - clock
        result['processor'][batch_size] = time.process_time() - processor
    result['peak_mb'] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    result['model_mb'] = sum(map(os.path.getsize, files())) / 1e6
    print(json.dumps(result))


if __name__ == '__main__':
    main()
