"""Read pictures in the browser and over HTTP.

    python app.py                                              with the shipped model, http://127.0.0.1:5000
    python app.py --pb_path ./checkpoint/text_recognition.pb --port 8080
    python app.py --detector_path detector.pb                  finds the text of photographs before it reads it

The page is at /, the API at /docs; POST /v1/recognize reads a picture. Only this machine reaches the server unless
--host says otherwise; then set a token in --token_path or the environment variable OCR_TOKEN. No upload is stored.
Ctrl-C or SIGTERM stops it after it has answered the requests that have begun.
"""

import logging
import os
from pathlib import Path

from ocr.config import parse_config, run_script, shown
from ocr.files.shipped import shipped
from ocr.optional_package import import_package

SAMPLES = shipped('imgs', 'words')

logger = logging.getLogger(__name__)


def charset_name(charset):
    """A charset's name for people: that of the preset which it is, else its file's."""
    from ocr.charset import PRESETS, Charset

    return next((name for name in PRESETS if Charset.preset(name) == charset), Path(charset.name).name)


def open_detector(cfg):
    """Detector of --detector_path, else the one that comes with the project; None if there is none."""
    from ocr.reading.open_detector import choose_detector, open_detector

    if not (path := choose_detector(**cfg.detector_choice)):
        return None
    return open_detector(path, gpus=cfg.gpus, precision=cfg.precision, trusted=cfg.trust_model)


def build(predictor, pb_path, limits, token, cfg, detector=None):
    """The ASGI application of a predictor and perhaps a detector."""
    from ocr.serving.application import COUNTED, build_application, model_card
    from ocr.serving.batcher import BATCH_WINDOW
    from ocr.serving.hosts import Hosts
    from ocr.serving.metrics import Metrics
    from ocr.serving.reader import Reader

    counters = Metrics(COUNTED)
    reader = Reader(
        predictor,
        limits,
        batch_size=cfg.batch_size,
        window=BATCH_WINDOW,
        num_workers=cfg.num_workers,
        on_batch=counters.count_batch,
        detector=detector,
    )
    reader.warm_up()
    card = model_card(
        predictor,
        limits,
        name=Path(pb_path).name,
        charset_name=charset_name(predictor.charset),
        size_bytes=os.path.getsize(pb_path),
        detector=detector and {'name': Path(detector.where).name, 'size_bytes': os.path.getsize(detector.where)},
    )
    hosts = Hosts(cfg.host, cfg.allowed_hosts, bool(token))
    return build_application(reader, card, counters, token=token, hosts=hosts, samples_folder=SAMPLES)


def main(argv=None):
    cfg = parse_config(argv, 'app', __doc__)
    for package in ('fastapi', 'uvicorn'):
        import_package(package, 'the server', 'requirements.txt')
    from ocr.serving.limits import Limits
    from ocr.serving.server import open_socket, serve, url_of
    from ocr.serving.token import read_token

    limits, token = Limits(), read_token(cfg.token_path)
    with open_socket(cfg.host, cfg.port) as listener:
        from ocr.reading.open_model import choose_model, open_model, read_model

        model = read_model(choose_model(**cfg.model_choice), cfg.gpus, cfg.trust_model)
        predictor = open_model(model, **cfg.over(shown(model.settings)).reading)
        app = build(predictor, model.path, limits, token, cfg, open_detector(cfg))
        logger.info('%s reads with %s%s', url_of(listener), model.path, '' if token else ', without a token')
        serve(app, listener, stop_seconds=round(limits.timeout) + 5)
    logger.info('stopped; all requests that had begun are answered')


if __name__ == '__main__':
    run_script(main)
