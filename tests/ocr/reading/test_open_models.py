"""Several models that read beside each other: which, and what happens where a setting suits only some of them."""

import logging

import pytest

from ocr.config import parse_config, shown
from ocr.errors import InputError
from ocr.files.shipped import SHIPPED_MODELS
from ocr.reading import open_models as module
from ocr.reading.open_models import choose_models, open_models

LATIN, CHINESE = SHIPPED_MODELS


def config(*argv):
    return parse_config([*map(str, argv), '--precision', 'float32'], 'app')


def opened(paths, cfg, **options):
    return open_models(list(map(str, paths)), lambda stored: cfg.over(shown(stored)).reading, **options)


@pytest.mark.parametrize('endings', [('.pb',), ('.onnx',), ('.pb', '.onnx')])
def test_a_shipped_model_serves_as_soon_as_its_file_is_there(tmp_path, monkeypatch, endings):
    choice = parse_config([], 'app').models_choice
    first = choose_models(**choice)
    assert first[0].endswith(('latin.onnx', 'latin.pb'))
    frozen = tmp_path / 'chinese.pb'
    monkeypatch.setattr(module, 'SHIPPED_MODELS', (LATIN, str(frozen)))
    assert choose_models(**choice) == first[:1]
    for ending in endings:
        frozen.with_suffix(ending).write_bytes(b'')
    first, second = choose_models(**choice)
    assert second == str(frozen.with_suffix(endings[-1]))
    first, second = choose_models(**parse_config(['--beam_width', '5'], 'app').models_choice)
    assert (first, second) == (LATIN, str(frozen.with_suffix(endings[0])))


def test_only_what_is_named_serves():
    assert choose_models(**parse_config(['--pb_path', 'a.pb', 'b.onnx'], 'app').models_choice) == ['a.pb', 'b.onnx']
    with pytest.raises(InputError, match='--pb_path: no model is named'):
        choose_models(**parse_config(['--pb_path='], 'app').models_choice)


def test_a_search_that_only_one_can_do_leaves_the_other_greedy(learnt, tmp_path, caplog):
    (tmp_path / 'words.txt').write_text('Exit\nHotel\n')
    cfg = config('--lexicon', tmp_path / 'words.txt')
    with caplog.at_level(logging.WARNING):
        (_, digits), (_, latin) = opened([learnt.pb_path, LATIN], cfg)
    assert 'lexicon' in latin.identity and 'lexicon' not in digits.identity
    (message,) = caplog.messages
    assert message.startswith(f'{learnt.pb_path} reads greedily: --lexicon') and 'none of its 2 words' in message


def test_a_search_that_none_can_do_ends_the_start(learnt):
    with pytest.raises(InputError, match=r"--allow '\[a': not a regular expression"):
        opened([learnt.pb_path, LATIN], config('--allow', '[a'))


def test_a_model_that_was_not_named_is_left_out_where_it_cannot_be_opened(learnt, tmp_path, caplog):
    (tmp_path / 'broken.pb').write_bytes(b'no model')
    cfg = config('--charset_path', 'ascii')
    paths = [LATIN, learnt.pb_path, tmp_path / 'broken.pb']
    with caplog.at_level(logging.WARNING):
        models = opened(paths, cfg, optional=True)
    assert [path for path, _ in models] == [LATIN]
    assert [message.partition(' is left out: ')[0] for message in caplog.messages] == list(map(str, paths[:0:-1]))
    for path, said in ((paths[1], 'is not the charset of'), (paths[2], 'broken.pb')):
        with pytest.raises(InputError, match=said):
            opened([LATIN, path], cfg)
