"""The requests of videos are answered as the OpenAPI document says: property tests by schemathesis."""

import hypothesis
import pytest
import schemathesis
from serving import Obedient, Watchful, running

VIDEO = '/v1/video/{video_id}'
OPERATIONS = ('POST /v1/video', f'GET {VIDEO}', f'DELETE {VIDEO}', f'GET {VIDEO}/subtitles')
CHECKS = schemathesis.Config.from_dict(
    # No such file is a video, and no such id that of one.
    {'checks': {'positive_data_acceptance': {'expected-statuses': ['2xx', '400', '404', '422', '429']}}}
)


@pytest.fixture(scope='module')
def document():
    with running(Obedient(), detector=Watchful(), max_video_bytes=100_000) as server:
        schema = schemathesis.openapi.from_url(f'{server.url}/openapi.json', config=CHECKS)
        schema.config.update(base_url=server.url)
        yield schema


@pytest.mark.parametrize('mode', list(schemathesis.GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize('operation', OPERATIONS)
def test_answers_are_as_documented(document, operation, mode):
    method, path = operation.split()
    cases = document[path][method].as_strategy(generation_mode=mode)

    @hypothesis.given(case=cases)
    @hypothesis.settings(
        max_examples=10, deadline=None, derandomize=True, suppress_health_check=list(hypothesis.HealthCheck)
    )
    def check(case):
        case.call_and_validate()

    check()


def test_every_operation_of_videos_is_looked_at(document):
    found = {f'{method.upper()} {path}' for path, item in document.items() for method in item if 'video' in path}
    assert found == set(OPERATIONS)
