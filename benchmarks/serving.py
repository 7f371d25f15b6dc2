"""Requests a second with batches beside one at a time: python benchmarks/serving.py [--clients 1 8 32] [--pairs 3]

Two servers on loopback in one process, with one model: one reads requests in batches, the other each by itself. Clients
that send the next picture as soon as the last is answered ask them in turns, so that a machine whose speed drifts slows
both. Prints one table and one JSON line: requests a second, latencies of all requests, processor time a request (that
of clients and server together, which other programs on the machine hardly change), and the ratios of the pairs.

The pictures are drawn short words, or those of --img_folder. Without --pb_path the model is random, of the size that
the flags say, and writes up to --letters characters for every picture.
"""

import http.client
import io
import statistics
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]

from ocr.terminal.flags import parse  # noqa: E402
from ocr.terminal.script import run_script  # noqa: E402

ALONE, BATCHES = 'one at a time', 'batches'
SHORT_WORDS = ('Open', 'EXIT', 'Market', 'Hotel', 'Taxi', 'Coffee', 'SALE', 'Books', 'Bank', 'Garden', 'Shoes', 'Bar')


@dataclass(frozen=True)
class Settings:
    pb_path: str = ''
    """Frozen graph; empty: a random one."""
    clients: tuple[int, ...] = (1, 8, 32)
    """Clients at a time."""
    requests: int = 200
    """Requests of a turn."""
    pairs: int = 3
    """Times that both servers are asked, in turns, after one turn that does not count."""
    batch_size: int = 32
    """Largest batch."""
    batch_window: float = 10.0
    """Milliseconds that a request may wait for others."""
    img_folder: str = ''
    """Pictures to send, one after another; empty: short words, drawn."""
    image_size: int = 256
    """Of the random model: longer side of its canvas."""
    depth_multiplier: float = 1.0
    """Of the random model: factor on its channels."""
    letters: int = 6
    """Of the random model: most characters that it writes."""


def load(settings):
    """Predictor of the file or of random weights."""
    from ocr.reading.graph_predictor import GraphPredictor

    if settings.pb_path:
        return GraphPredictor.from_pb(settings.pb_path)
    import tensorflow.compat.v1 as tf

    from ocr.charset import Charset
    from ocr.config import Config, to_json
    from ocr.model import inference_graph
    from ocr.model_files.frozen_graph import freeze, with_text
    from ocr.network import tensor_names as names

    config = Config(
        image_size=settings.image_size,
        canvas='fit',
        seq_len=settings.letters,
        depth_multiplier=settings.depth_multiplier,
    )
    charset = Charset.preset('ascii')
    graph, keep = inference_graph(config, charset)
    with graph.as_default(), tf.Session() as session:
        tf.set_random_seed(0)
        session.run(tf.global_variables_initializer())
        frozen = with_text(freeze(session, keep), {names.CONFIG: to_json(config, ('model',))})
    return GraphPredictor(frozen, charset)


@contextmanager
def serving(predictor, batch_size, window):
    """(host, port) of a server in a thread."""
    from ocr.serving import application, metrics
    from ocr.serving.limits import Limits
    from ocr.serving.reader import Reader
    from ocr.serving.server import make_server, open_socket

    limits = Limits(timeout=600)
    reader = Reader({'benchmark': predictor}, limits, batch_size=batch_size, window=window)
    reader.warm_up()
    about = {'name': 'benchmark', 'file': '', 'charset_name': '', 'size_bytes': 0}
    card = application.model_card(predictor, limits, **about)
    server = make_server(application.build_application(reader, [card], metrics.Metrics(application.COUNTED)))
    with open_socket('127.0.0.1', 0) as listener:
        thread = threading.Thread(target=server.run, kwargs={'sockets': [listener]})
        thread.start()
        try:
            yield listener.getsockname()[:2]
        finally:
            server.should_exit = True
            thread.join()


def read_bodies(folder):
    """[(body, headers)] of requests, one for each picture of a folder."""
    from ocr.reading.folder import find_images
    from ocr.serving.client import form

    paths = find_images(folder) if folder else []
    pictures = [Path(path).read_bytes() for path in paths] or [draw_word(word) for word in SHORT_WORDS]
    return [(body, {'Content-Type': kind}) for body, kind in (form(picture, []) for picture in pictures)]


def draw_word(word):
    """Bytes of a JPEG of 160 x 44 pixels."""
    from PIL import Image, ImageDraw, ImageFont

    picture = Image.new('RGB', (160, 44), 'white')
    ImageDraw.Draw(picture).text((80, 22), word, 'black', ImageFont.load_default(32), 'mm')
    stream = io.BytesIO()
    picture.save(stream, 'JPEG')
    return stream.getvalue()


def ask(address, bodies, num_clients, num_requests):
    """One turn: (requests a second, seconds of each request, CPU seconds a request, texts by picture)."""
    import json

    numbers = iter(range(num_requests))
    taking, seconds, texts = threading.Lock(), [], {}

    def client(_):
        connection = http.client.HTTPConnection(*address, timeout=600)
        while True:
            with taking:
                number = next(numbers, None)
            if number is None:
                connection.close()
                return
            started = time.perf_counter()
            connection.request('POST', '/v1/recognize', *bodies[number % len(bodies)])
            response = connection.getresponse()
            answer = json.loads(response.read())
            assert response.status == 200, answer
            seconds.append(time.perf_counter() - started)
            texts[number % len(bodies)] = answer['regions'][0]['text']

    started, cpu_before = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(num_clients) as pool:
        list(pool.map(client, range(num_clients)))
    cpu = (time.process_time() - cpu_before) / num_requests
    return num_requests / (time.perf_counter() - started), seconds, cpu, texts


def measure(servers, bodies, num_clients, settings):
    """{way: [what `ask` gives for each turn]}, the turn to warm up left out."""
    turns = {way: [] for way in servers}
    for pair in range(1 + settings.pairs):
        for way, address in servers.items():
            turn = ask(address, bodies, num_clients, max(settings.requests, num_clients))
            if pair:
                turns[way].append(turn)
    return turns


def percentiles(seconds):
    """p50, p95, p99 in ms."""
    cuts = statistics.quantiles(seconds, n=100, method='inclusive')
    return [1000 * cuts[percent - 1] for percent in (50, 95, 99)]


def main(argv=None):
    settings = parse(Settings, argv, __doc__)
    from ocr.network.tensorflow_start import start_tensorflow

    start_tensorflow()
    from benchmarks.measure import peak_mb, report, spread

    predictor, bodies = load(settings), read_bodies(settings.img_folder)
    rows, summary = [], {}
    with ExitStack() as stack:
        servers = {
            way: stack.enter_context(serving(predictor, batch_size, settings.batch_window / 1000))
            for way, batch_size in ((ALONE, 1), (BATCHES, settings.batch_size))
        }
        for num_clients in settings.clients:
            turns = measure(servers, bodies, num_clients, settings)
            texts = [turn[3] for of_way in turns.values() for turn in of_way]
            assert all(one == texts[0] for one in texts), 'not the same reading'
            rates = {way: [turn[0] for turn in of_way] for way, of_way in turns.items()}
            ratios = spread([ours / alone for alone, ours in zip(rates[ALONE], rates[BATCHES], strict=True)])
            for way, of_way in turns.items():
                latencies = percentiles([one for turn in of_way for one in turn[1]])
                cpu = 1000 * spread([turn[2] for turn in of_way])[0]
                figures = (spread(rates[way])[0], *latencies, cpu)
                rows.append((num_clients, way, *figures, *(ratios if way == BATCHES else (1,))))
                summary[f'{num_clients} clients, {way}'] = [round(figure, 1) for figure in figures]
            summary[f'{num_clients} clients, ratio'] = [round(ratio, 3) for ratio in ratios]
            pairs = zip(turns[ALONE], turns[BATCHES], strict=True)
            summary[f'{num_clients} clients, CPU ratio'] = [
                round(ratio, 3) for ratio in spread([alone[2] / ours[2] for alone, ours in pairs])
            ]
    headers = (
        'clients',
        'reading',
        'requests/s',
        'p50 ms',
        'p95 ms',
        'p99 ms',
        'CPU ms',
        'times faster',
        'least',
        'most',
    )
    of_run = {'model': settings.pb_path or f'random, factor {settings.depth_multiplier:g}', 'pairs': settings.pairs}
    report('serving', headers, rows, {**of_run, **summary, 'peak_mb': peak_mb()})


if __name__ == '__main__':
    run_script(main)
