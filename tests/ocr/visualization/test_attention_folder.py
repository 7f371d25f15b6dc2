"""A folder of pictures of where the model looked."""

from types import SimpleNamespace

import numpy as np

from ocr.reading.read_text import ReadText
from ocr.region import TextRegion
from ocr.visualization.attention_folder import AttentionFolder


def test_an_attention_picture_of_a_long_name(tmp_path, monkeypatch):
    picture = np.zeros((2, 2, 3), np.uint8)
    monkeypatch.setattr('ocr.visualization.attention_folder.attention_picture', lambda *_, **__: picture)
    region, result = TextRegion('\u9762' * 83 + '.png', None, '', ''), ReadText('', 1.0, ())
    AttentionFolder(str(tmp_path)).save(0, region, SimpleNamespace(canvas=None), result)
    (path,) = tmp_path.iterdir()
    assert path.name.startswith('000000_\u9762\u9762')
