"""The API over HTTP: answers, refusals, and many at a time."""

import base64
import io
import json
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from PIL import Image
from serving import Obedient, error_of, picture, running, wait_until

from ocr.serving import schema
from ocr.serving.limits import Limits

SQUARE = [[0, 0], [40, 0], [40, 40], [0, 40]]


@pytest.fixture(scope='module')
def open_server(tmp_path_factory):
    """A server with a folder of samples and no token."""
    folder = tmp_path_factory.mktemp('samples')
    (folder / 'a b.png').write_bytes(picture())
    (folder / 'notes.txt').write_text('no picture')
    with running(Obedient('fit'), samples_folder=folder) as server:
        yield server


def test_a_form_and_json_get_the_same_answer(open_server):
    polygons = [SQUARE, [[0, 0], [20, 0], [20, 10]]]
    form = open_server.recognize(picture(9), polygons=json.dumps(polygons), attention='false')
    body = {'image': base64.b64encode(picture(9)).decode(), 'polygons': polygons, 'attention': False}
    plain = requests.post(f'{open_server.url}/v1/recognize', json=body)
    assert form.status_code == plain.status_code == 200
    answer = form.json()
    assert answer['image'] == {'width': 40, 'height': 40}
    assert [region['polygon'] for region in answer['regions']] == polygons
    assert answer['regions'][0]['text'] == '9' and answer['regions'][0]['confidence'] == 0.5
    assert answer['model'] == {'name': 'm', 'precision': 'float32'}
    assert answer['timings'].keys() == {'decode_ms', 'queue_ms', 'read_ms', 'total_ms'}
    assert min(answer['timings'].values()) >= 0
    assert {**plain.json(), 'timings': 0} == {**answer, 'timings': 0}


@pytest.mark.parametrize('fields', [{}, {'polygons': ''}, {'polygons': 'null'}, {'polygons': '[]'}])
def test_without_polygons_the_whole_picture_is_one_region(open_server, fields):
    (region,) = open_server.recognize(picture(200, (60, 20)), **fields).json()['regions']
    assert region['text'] == '200'
    assert region['polygon'] == [[0, 0], [60, 0], [60, 20], [0, 20]]
    assert 'attention' not in region


def test_a_data_url_and_line_breaks_are_base64_too(open_server):
    text = base64.encodebytes(picture(3)).decode()
    for image in (text, f'data:image/png;base64,{text}'):
        response = requests.post(f'{open_server.url}/v1/recognize', json={'image': image})
        assert response.json()['regions'][0]['text'] == '3'


@pytest.mark.parametrize(
    'head',
    [
        *('data:image/png;base64,', 'DATA:IMAGE/PNG;BASE64,', 'data:;base64,', 'data:image/png;charset=utf-8;base64,'),
        *(
            'data:image/png;name=a%20b.png;base64,',
            'data:image/png;name="a b.png" ; Base64,',
            'data:image/svg+xml;x=1;base64,',
        ),
    ],
)
def test_data_urls_with_parameters_and_capitals(open_server, head):
    text = base64.b64encode(picture(3)).decode()
    for data in (text, text.rstrip('='), text.replace('+', '%2B').replace('/', '%2f').replace('=', '%3D')):
        response = requests.post(f'{open_server.url}/v1/recognize', json={'image': head + data})
        assert response.json()['regions'][0]['text'] == '3'


@pytest.mark.parametrize('image', ['data:image/png,abc', 'data:', 'data:image/png;base64,é', 'abc', 'data:,;base64,ab'])
def test_what_is_no_base64(open_server, image):
    assert error_of(requests.post(f'{open_server.url}/v1/recognize', json={'image': image}), 422) == 'bad_base64'


class TestPages:
    """Each page of a TIFF is a region, or one is asked for."""

    @pytest.fixture
    def pages(self):
        pages = [Image.new('RGB', (40 + red, 40), (red, 0, 0)) for red in (5, 6, 7)]
        stream = io.BytesIO()
        pages[0].save(stream, 'TIFF', save_all=True, append_images=pages[1:])
        return stream.getvalue()

    def test_all(self, open_server, pages):
        answer = open_server.recognize(pages).json()
        assert answer['image'] == {'width': 45, 'height': 40, 'pages': 3}
        assert [(one['page'], one['text'], one['polygon'][2]) for one in answer['regions']] == [
            (1, '5', [45, 40]),
            (2, '6', [46, 40]),
            (3, '7', [47, 40]),
        ]
        schema.Answer.model_validate(answer, strict=True)

    def test_one(self, open_server, pages):
        answer = open_server.recognize(pages, page='2').json()
        assert answer['image'] == {'width': 46, 'height': 40, 'pages': 3}
        assert [(one['page'], one['text']) for one in answer['regions']] == [(2, '6')]

    def test_polygons_are_of_the_first_or_of_the_one_asked_for(self, open_server, pages):
        for fields, text in (({}, '5'), ({'page': '3'}, '7')):
            answer = open_server.recognize(pages, polygons=json.dumps([SQUARE, SQUARE]), **fields).json()
            assert [one['text'] for one in answer['regions']] == [text, text]

    def test_other_pictures_have_one(self, open_server):
        image = base64.b64encode(picture(3)).decode()
        response = requests.post(f'{open_server.url}/v1/recognize', json={'image': image, 'page': 1})
        assert response.json()['image'] == {'width': 40, 'height': 40} and 'page' not in response.json()['regions'][0]

    @pytest.mark.parametrize(
        ('page', 'code'), [(4, 'no_such_page'), (0, 'bad_page'), (-1, 'bad_page'), (1.0, 'bad_page')]
    )
    def test_what_is_no_page(self, open_server, pages, page, code):
        assert error_of(open_server.recognize(pages, page=str(page)), 422) == code
        image = base64.b64encode(pages).decode()
        response = requests.post(f'{open_server.url}/v1/recognize', json={'image': image, 'page': page})
        assert error_of(response, 422) == code

    def test_too_many(self, pages):
        with running(Obedient(), max_regions=2) as server:
            assert error_of(server.recognize(pages), 422) == 'too_many_regions'
            assert server.recognize(pages, page='3').json()['regions'][0]['text'] == '7'

    def test_room_in_the_queue_is_taken_for_each(self, pages):
        with running(Obedient(), max_regions=3, queue_size=3) as server:
            assert len(server.recognize(pages).json()['regions']) == 3 and server.reader.num_taken == 0


@pytest.mark.parametrize(
    ('polygons', 'status', 'code'),
    [
        ('[[[0, 0], [40, 0], [40, NaN]]]', 422, 'bad_polygons'),
        ('[[[0, 0], [Infinity, 0], [40, 40]]]', 422, 'bad_polygons'),
        ('[[[0, 0], [1e999, 0], [40, 40]]]', 422, 'bad_polygons'),
        ('[[[0, 0], [2e6, 0], [40, 40]]]', 422, 'bad_polygons'),
        (f'[[[0, 0], [{"9" * 400}, 0], [40, 40]]]', 422, 'bad_polygons'),
        (f'[[[0, 0], [{"9" * 5000}, 0], [40, 40]]]', 400, 'malformed_json'),
        ('[' * 8000, 400, 'malformed_json'),
        ('[[[0, 0], [40, 0], [40, 40]]', 400, 'malformed_json'),
        ('[[[0, 0], [40, 0]]]', 422, 'bad_polygons'),
        ('[[0, 0], [40, 0], [40, 40]]', 422, 'bad_polygons'),
        ('[[[0, 0], [40, 0], [40, true]]]', 422, 'bad_polygons'),
        ('[[[0, 0], [40, 0], [40, "1"]]]', 422, 'bad_polygons'),
        ('[null]', 422, 'bad_polygons'),
        ('{"a": 1}', 422, 'bad_polygons'),
        ('[[[0, 0], [40, 0], [20, 0]]]', 422, 'empty_polygon'),
        ('[[[0, 0], [40, 40], [40, 0], [0, 40]]]', 422, 'empty_polygon'),  # a bow tie: its halves cancel out
        ('[[[50, 0], [90, 0], [90, 40]]]', 422, 'polygon_outside'),
        ('[[[0, 0], [40, 0], [40, 40]], [[-9, -9], [-5, -9], [-5, -5]]]', 422, 'polygon_outside'),
        (json.dumps([SQUARE] * 201), 422, 'too_many_regions'),
        (json.dumps([SQUARE * 65]), 422, 'too_many_points'),
    ],
)
def test_polygons_that_are_refused(open_server, polygons, status, code):
    assert error_of(open_server.recognize(picture(), polygons=polygons), status) == code


@pytest.mark.parametrize(
    'polygon',
    [
        [[-20, -20], [60, -20], [60, 60], [-20, 60]],  # over all edges
        [[0, 0], [40, 30], [40, 0], [0, 40]],  # crosses itself, and encloses something
        [[0, 0], [0, 40], [40, 40], [40, 0]],  # the other way round
        [[19.5, 19.5], [20.25, 19.5], [20.25, 20.5]],
    ],
)
def test_polygons_that_are_read(open_server, polygon):
    response = open_server.recognize(picture(), polygons=json.dumps([polygon]))
    assert response.status_code == 200 and response.json()['regions'][0]['polygon'] == polygon


def test_fields_that_are_wrong(open_server):
    url = f'{open_server.url}/v1/recognize'

    def form(files):
        return requests.post(url, files=files)

    image = ('image', ('a.png', picture()))
    assert error_of(form([('polygons', (None, '[]'))]), 422) == 'missing_image'
    assert error_of(form([('image', (None, 'text'))]), 422) == 'missing_image'
    assert error_of(form([image, image]), 422) == 'repeated_field'
    assert error_of(form([image, image, image]), 400) == 'malformed_form'
    assert error_of(form([image, ('polygon', (None, '[]'))]), 422) == 'unknown_field'
    assert error_of(form([image, ('attention', (None, 'yes'))]), 422) == 'bad_attention'
    assert error_of(form([image, ('attention', (None, 'true'))]), 422) == 'no_attention'
    assert error_of(requests.post(url, json={'image': 5}), 422) == 'bad_base64'
    assert error_of(requests.post(url, json={'image': 'é!'}), 422) == 'bad_base64'
    assert error_of(requests.post(url, json={}), 422) == 'missing_image'
    assert error_of(requests.post(url, json=[1]), 422) == 'bad_request'
    json_type = {'Content-Type': 'application/json'}
    assert error_of(requests.post(url, data=b'{', headers=json_type), 400) == 'malformed_json'
    assert error_of(requests.post(url, data=b'{"image": "\xff"}', headers=json_type), 400) == 'malformed_json'


@pytest.mark.parametrize(
    ('headers', 'code'),
    [
        ({'Content-Type': 'image/png'}, 'unsupported_content_type'),
        ({}, 'unsupported_content_type'),
        ({'Content-Type': 'application/json', 'Content-Encoding': 'gzip'}, 'unsupported_content_encoding'),
    ],
)
def test_content_types_that_are_not_read(open_server, headers, code):
    response = requests.post(f'{open_server.url}/v1/recognize', data=picture(), headers=headers)
    assert error_of(response, 415) == code


def test_forms_that_are_cut_off_or_have_no_boundary(open_server):
    for kind, body in (
        ('multipart/form-data', b'x'),
        ('multipart/form-data; boundary=b', b'nonsense'),
        ('multipart/form-data; boundary=b', b'--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n'),
    ):
        response = requests.post(f'{open_server.url}/v1/recognize', data=body, headers={'Content-Type': kind})
        assert error_of(response, 400) == 'malformed_form'


def test_other_paths_and_methods(open_server):
    assert error_of(requests.get(f'{open_server.url}/v1/nothing'), 404) == 'not_found'
    assert error_of(requests.get(f'{open_server.url}/../config.py'), 404) == 'not_found'
    assert error_of(requests.get(f'{open_server.url}/samples/..%2f..%2fconfig.py'), 404) == 'not_found'
    response = requests.get(f'{open_server.url}/v1/recognize')
    assert error_of(response, 405) == 'method_not_allowed' and response.headers['Allow'] == 'POST'


def test_too_many_bytes_are_refused_as_they_come():
    with running(Obedient(), max_bytes=20_000) as server:
        assert error_of(server.recognize(bytes(30_000)), 413) == 'image_too_large'
        assert error_of(server.recognize(bytes(3_000_000)), 413) == 'image_too_large'
        body = {'image': base64.b64encode(bytes(30_000)).decode()}
        assert error_of(requests.post(f'{server.url}/v1/recognize', json=body), 413) == 'image_too_large'
        head = 'POST {} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {}\r\nTransfer-Encoding: chunked\r\n\r\n'
        for path, kind in (('/v1/recognize', 'multipart/form-data; boundary=b'), ('/nowhere', 'text/plain')):
            with socket.create_connection(_address(server), timeout=60) as line:
                line.sendall(head.format(path, kind).encode())
                with pytest.raises(ConnectionError):  # it is hung up on, however long it would go on
                    while True:
                        line.sendall(b'2710\r\n' + bytes(10_000) + b'\r\n')
        assert server.metric('ocr_requests_total', path='/v1/recognize', method='POST', code='413') == 3
        assert server.recognize(picture()).status_code == 200
        assert server.reader.num_taken == 0


def test_two_hundred_at_a_time_and_each_gets_its_own():
    predictor = Obedient()
    with running(predictor, batch_size=16, window=1.0, timeout=60) as server:
        start = threading.Barrier(200)

        def ask(number):
            start.wait()
            return server.recognize(picture(number))

        with ThreadPoolExecutor(200) as pool:
            responses = list(pool.map(ask, range(200)))
        assert [response.status_code for response in responses] == [200] * 200
        assert [response.json()['regions'][0]['text'] for response in responses] == [str(n) for n in range(200)]
        assert sum(shape[0] for shape in predictor.shapes) == 200 and len(predictor.shapes) < 150
        assert server.metric('ocr_requests_total', path='/v1/recognize', method='POST', code='200') == 200
        assert server.metric('ocr_batch_size_sum') == 200
        assert server.metric('ocr_batch_size_count') == len(predictor.shapes)
        assert server.metric('ocr_queue_regions') == 0


@pytest.fixture
def busy():
    """A server with room for three regions whose graph stands still: .predictor too."""
    predictor = Obedient()
    with running(predictor, queue_size=3, max_regions=3, batch_size=1, timeout=60) as server:
        server.predictor = predictor
        predictor.gate.clear()
        yield server


def test_a_full_queue_turns_away_and_says_when_to_come_again(busy):
    with ThreadPoolExecutor(2) as pool:
        held = [pool.submit(busy.recognize, picture(red)) for red in (1, 2)]
        wait_until(lambda: busy.reader.num_taken == 2)
        response = busy.recognize(picture(), polygons=json.dumps([SQUARE] * 2))
        assert error_of(response, 429) == 'queue_full' and int(response.headers['Retry-After']) >= 1
        third = threading.Thread(target=busy.recognize, args=(picture(3),))
        third.start()
        wait_until(lambda: busy.reader.num_taken == 3)
        assert error_of(busy.recognize(picture()), 429) == 'queue_full'
        assert busy.metric('ocr_queue_regions') == 3
        busy.predictor.gate.set()
        assert [one.result().json()['regions'][0]['text'] for one in held] == ['1', '2']
        third.join()
    assert busy.recognize(picture(5)).status_code == 200
    assert busy.metric('ocr_requests_total', path='/v1/recognize', method='POST', code='429') == 2


def test_a_client_that_leaves_gives_its_place_back_and_is_not_read(busy):
    first = threading.Thread(target=busy.recognize, args=(picture(1),))
    first.start()
    assert busy.predictor.entered.acquire(timeout=60)
    request = requests.Request('POST', f'{busy.url}/v1/recognize', files={'image': ('a', picture(2))}).prepare()
    head = ''.join(f'{name}: {value}\r\n' for name, value in request.headers.items())
    with socket.create_connection(_address(busy)) as line:
        line.sendall(f'POST /v1/recognize HTTP/1.1\r\nHost: localhost\r\n{head}\r\n'.encode() + request.body)
        wait_until(lambda: busy.reader.models.get().batcher.num_waiting == 1)
    wait_until(lambda: busy.reader.num_taken == 1 and busy.reader.models.get().batcher.num_waiting == 0)
    with socket.create_connection(_address(busy)) as line:  # this one leaves in the middle of its picture
        line.sendall(f'POST /v1/recognize HTTP/1.1\r\nHost: localhost\r\n{head}\r\n'.encode() + request.body[:100])
        wait_until(lambda: busy.reader.arrivals.num_arriving == 1)
        assert busy.reader.num_taken == 1
    wait_until(lambda: busy.reader.num_taken == 1)
    busy.predictor.gate.set()
    first.join()
    wait_until(lambda: busy.metric('ocr_requests_total', path='/v1/recognize', method='POST', code='499') == 2)
    assert len(busy.predictor.shapes) == 1


def _address(server):
    host, port = server.url.removeprefix('http://').split(':')
    return host, int(port)


def test_time_is_up():
    predictor = Obedient()
    with running(predictor, timeout=60) as server:
        assert server.recognize(picture()).status_code == 200  # the processes are there
        predictor.gate.clear()
        server.reader.limits = Limits(timeout=3.0)
        assert error_of(server.recognize(picture()), 504) == 'timeout'
        assert server.reader.num_taken == 0
        server.reader.limits = Limits(timeout=0.3)
        head = 'POST /v1/recognize HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n'
        with socket.create_connection(_address(server), timeout=60) as line:
            line.sendall(f'{head}Content-Length: 9\r\n\r\n['.encode())
            answer = line.makefile('rb').read()
        assert answer.startswith(b'HTTP/1.1 408') and b'upload_too_slow' in answer
        assert server.reader.num_taken == 0


def test_a_failure_of_the_graph_is_told_without_its_insides(caplog):
    predictor = Obedient()
    with running(predictor) as server:
        predictor.failure = RuntimeError('secret insides')
        response = server.recognize(picture())
        assert error_of(response, 500) == 'internal_error' and 'secret' not in response.text
        assert 'Content-Security-Policy' in response.headers
        predictor.failure = None
        assert server.recognize(picture()).status_code == 200


def test_what_was_begun_is_finished_when_the_server_stops():
    predictor = Obedient()
    with ThreadPoolExecutor(6) as pool:
        with running(predictor, batch_size=2) as server:
            predictor.gate.clear()
            asked = [pool.submit(server.recognize, picture(red)) for red in range(6)]
            wait_until(
                lambda: (
                    sum(shape[0] for shape in predictor.shapes) + server.reader.models.get().batcher.num_waiting == 6
                )
            )
            server.server.should_exit = True
            wait_until(lambda: not server.reader.is_ready)
            predictor.gate.set()
        assert [one.result().json()['regions'][0]['text'] for one in asked] == [str(red) for red in range(6)]
        with pytest.raises(requests.ConnectionError):
            server.recognize(picture())
    assert not server.reader.is_ready


def test_the_token_opens_the_api_and_its_absence_only_the_page():
    with running(Obedient(), token='s3cret') as server:
        for headers in (
            {},
            {'Authorization': 'Bearer other'},
            {'Authorization': 's3cret'},
            {'Authorization': 'Bearer é'},
        ):
            headers = {name: value.encode() for name, value in headers.items()}
            response = server.recognize(picture(), headers=headers)
            assert error_of(response, 401) == 'wrong_token' and response.headers['WWW-Authenticate'] == 'Bearer'
        for path in ('/v1/model', '/v1/samples', '/metrics'):
            assert error_of(requests.get(server.url + path), 401) == 'wrong_token'
            assert requests.get(server.url + path, headers={'Authorization': 'bearer s3cret'}).status_code == 200
        assert server.recognize(picture(4), headers={'Authorization': 'Bearer s3cret'}).status_code == 200
        for path in ('/', '/healthz', '/docs', '/openapi.json'):
            assert requests.get(server.url + path).status_code == 200
        document = requests.get(f'{server.url}/openapi.json').json()
        assert document['paths']['/v1/recognize']['post']['security'] == [{'token': []}]
        assert document['components']['securitySchemes']['token']['scheme'] == 'bearer'
        assert 'security' not in document['paths']['/healthz']['get']


def test_the_model_and_the_samples_are_told(open_server):
    card = requests.get(f'{open_server.url}/v1/model').json()
    assert card['name'] == 'm' and card['file'] == 'm.pb' and card['size_bytes'] == 7 and card['num_steps'] == 5
    assert card['charset'] == {'name': 'digits', 'num_characters': 10, 'characters': '0123456789'}
    assert (card['canvas'], card['canvas_side'], card['precision']) == ('fit', 32, 'float32')
    assert {'max_bytes', 'max_pixels', 'max_regions'} <= card['limits'].keys()
    (sample,) = requests.get(f'{open_server.url}/v1/samples').json()['samples']
    assert sample == {'name': 'a b.png', 'url': '/samples/a%20b.png'}
    response = requests.get(open_server.url + sample['url'])
    assert response.content == picture() and response.headers['Content-Type'] == 'image/png'


def test_the_page_and_its_headers(open_server):
    response = requests.get(open_server.url)
    assert response.headers['Content-Type'] == 'text/html; charset=utf-8'
    assert response.headers['Cache-Control'] == 'no-cache'
    policy = response.headers['Content-Security-Policy']
    assert "script-src 'self';" in policy and "img-src 'self' data: blob:;" in policy and 'unsafe' not in policy
    assert "frame-ancestors 'none'" in policy
    assert response.headers['X-Content-Type-Options'] == 'nosniff'
    assert response.headers['Referrer-Policy'] == 'no-referrer'
    again = requests.get(open_server.url, headers={'If-None-Match': response.headers['ETag']})
    assert again.status_code in (200, 304)
    assert requests.head(f'{open_server.url}/index.html').status_code == 200


def test_the_page_of_the_api_needs_no_network(open_server):
    page = requests.get(f'{open_server.url}/docs').text
    assert 'http' not in page.replace('http-equiv', '')
    for name, kind in (
        ('swagger-ui-bundle.js', 'text/javascript'),
        ('swagger-ui.css', 'text/css'),
        ('docs.js', 'text/javascript'),
    ):
        assert f'/docs/{name}' in page
        response = requests.get(f'{open_server.url}/docs/{name}')
        assert response.status_code == 200 and response.headers['Content-Type'] == f'{kind}; charset=utf-8'


def test_health_and_metrics(open_server):
    assert requests.get(f'{open_server.url}/healthz').json() == {'status': 'ready', 'model': 'm'}
    before = open_server.metric('ocr_requests_total', path='/v1/model', method='GET', code='200')
    requests.get(f'{open_server.url}/v1/model')
    requests.get(f'{open_server.url}/no/such/path')
    response = requests.get(f'{open_server.url}/metrics')
    assert response.headers['Content-Type'].startswith('text/plain; version=')
    assert f'ocr_requests_total{{code="200",method="GET",path="/v1/model"}} {before + 1}' in response.text
    assert '/no/such/path' not in response.text and 'path="other"' in response.text
    for name in ('ocr_request_seconds_bucket', 'ocr_batch_size_bucket', 'ocr_queue_regions', 'ocr_read_seconds_sum'):
        assert name in response.text
