"""What its OpenAPI document allows or forbids is answered as the document says: property tests by schemathesis."""

import base64
import io

import hypothesis
import pytest
import schemathesis
from hypothesis import strategies as st
from PIL import Image
from serving import Obedient, running

OPERATIONS = (
    'POST /v1/recognize',
    'GET /v1/model',
    'GET /v1/models',
    'GET /v1/samples',
    'GET /healthz',
    'GET /metrics',
)
CHECKS = schemathesis.Config.from_dict(
    # The document cannot say that a polygon must enclose an area and touch the picture, or that text must be JSON. It
    # could name the models, but does not.
    {'checks': {'positive_data_acceptance': {'expected-statuses': ['2xx', '400', '422', '429']}}}
)


def _pictures():
    """Files of small pictures in some formats."""

    def saved(size, kind):
        stream = io.BytesIO()
        Image.new('RGB', size, 'teal').save(stream, kind)
        return stream.getvalue()

    size = st.tuples(st.integers(1, 40), st.integers(1, 40))
    return st.builds(saved, size, st.sampled_from(('PNG', 'JPEG', 'BMP', 'WEBP')))


schemathesis.openapi.format('binary', _pictures())
schemathesis.openapi.format('base64-image', _pictures().map(lambda data: base64.b64encode(data).decode()))


@pytest.fixture(scope='module')
def server():
    with running(Obedient(), max_bytes=100_000) as server:
        yield server


@pytest.fixture(scope='module')
def document(server):
    schema = schemathesis.openapi.from_url(f'{server.url}/openapi.json', config=CHECKS)
    schema.config.update(base_url=server.url)
    return schema


@pytest.mark.parametrize('mode', list(schemathesis.GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize('operation', OPERATIONS)
def test_answers_are_as_documented(document, operation, mode):
    method, path = operation.split()
    cases = document[path][method].as_strategy(generation_mode=mode)

    @hypothesis.given(case=cases)
    @hypothesis.settings(
        max_examples=40 if method == 'POST' else 3,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    def check(case):
        case.call_and_validate()

    try:
        check()
    except hypothesis.errors.Unsatisfiable:
        assert method == 'GET' and mode.is_negative  # what takes nothing takes nothing wrong


def test_every_operation_is_looked_at(document):
    assert {f'{method.upper()} {path}' for path, item in document.items() for method in item} == set(OPERATIONS)


def test_nothing_is_left_in_the_queue(server):
    assert server.reader.num_taken == 0
    assert server.metric('ocr_requests_total', path='/v1/recognize', method='POST', code='500') == 0
    assert server.metric('ocr_requests_total', path='/v1/recognize', method='POST', code='200') > 0
    assert server.metric('ocr_requests_total', path='/v1/recognize', method='POST', code='422') > 0
