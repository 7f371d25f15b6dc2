"""Read pictures in the browser and over HTTP.

    python app.py                                              with the shipped model, http://127.0.0.1:5000
    python app.py --pb_path ./checkpoint/text_recognition.pb --port 8080
    python app.py --pb_path mine.pb pretrain/latin.pb          two models, to choose from
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


def size_of(path):
    """Bytes of a model's file, or of all files of its folder."""
    files = [one for one in Path(path).rglob('*') if one.is_file()] if os.path.isdir(path) else [path]
    return sum(map(os.path.getsize, files))


def open_detector(cfg):
    """Detector of --detector_path, else the one that comes with the project; None if there is none."""
    from ocr.reading.open_detector import choose_detector, open_detector

    if not (path := choose_detector(**cfg.detector_choice)):
        return None
    return open_detector(path, gpus=cfg.gpus, precision=cfg.precision, trusted=cfg.trust_model)


def open_predictors(cfg):
    """{name: (path, predictor)} of --pb_path, else of the models that come with the project."""
    from ocr.reading.open_models import choose_models, open_models
    from ocr.serving.models import names_of

    choice = cfg.models_choice
    paths = choose_models(**choice)
    names_of(paths)  # refuses two of one name before they are loaded
    models = open_models(
        paths,
        lambda stored: cfg.over(shown(stored)).reading,
        gpus=cfg.gpus,
        trusted=cfg.trust_model,
        optional=choice['named'] is None,
    )
    return dict(zip(names_of([path for path, _ in models]), models, strict=True))


def build(models, limits, token, cfg, detector=None):
    """The ASGI application of models, {name: (path, predictor)}, and perhaps a detector."""
    from ocr.serving.application import COUNTED, build_application, model_card
    from ocr.serving.batcher import BATCH_WINDOW
    from ocr.serving.hosts import Hosts
    from ocr.serving.metrics import Metrics
    from ocr.serving.reader import Reader

    counters = Metrics(COUNTED)
    reader = Reader(
        {name: predictor for name, (_, predictor) in models.items()},
        limits,
        batch_size=cfg.batch_size,
        window=BATCH_WINDOW,
        num_workers=cfg.num_workers,
        on_batch=counters.count_batch,
        detector=detector,
    )
    reader.warm_up()
    finds = detector and {'name': Path(detector.where).name, 'size_bytes': os.path.getsize(detector.where)}
    cards = [
        model_card(
            predictor,
            limits,
            name=name,
            file=Path(path).name,
            charset_name=charset_name(predictor.charset),
            size_bytes=size_of(path),
            detector=finds,
        )
        for name, (path, predictor) in models.items()
    ]
    hosts = Hosts(cfg.host, cfg.allowed_hosts, bool(token))
    return build_application(reader, cards, counters, token=token, hosts=hosts, samples_folder=SAMPLES)


def main(argv=None):
    cfg = parse_config(argv, 'app', __doc__)
    for package in ('fastapi', 'uvicorn'):
        import_package(package, 'the server', 'requirements.txt')
    from ocr.serving.limits import Limits
    from ocr.serving.server import open_socket, serve, url_of
    from ocr.serving.token import read_token

    limits, token = Limits(), read_token(cfg.token_path)
    with open_socket(cfg.host, cfg.port) as listener:
        models = open_predictors(cfg)
        app = build(models, limits, token, cfg, open_detector(cfg))
        paths = ', '.join(path for path, _ in models.values())
        logger.info('%s reads with %s%s', url_of(listener), paths, '' if token else ', without a token')
        serve(app, listener, stop_seconds=round(limits.timeout) + 5)
    logger.info('stopped; all requests that had begun are answered')


if __name__ == '__main__':
    run_script(main)
