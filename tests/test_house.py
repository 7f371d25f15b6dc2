"""The scripts stay thin, and stand beside each other: what several of them need is in the library or in model.py."""

import ast

import pytest
import tiny

from ocr.config import SCRIPTS


@pytest.mark.parametrize('script', SCRIPTS)
def test_a_script_is_short_and_imports_no_other(script):
    source = (tiny.ROOT / f'{script}.py').read_text(encoding='utf-8')
    assert len(source.splitlines()) <= 200
    nodes = list(ast.walk(ast.parse(source)))
    imported = {node.module for node in nodes if isinstance(node, ast.ImportFrom)}
    imported |= {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    assert not imported & set(SCRIPTS)


def test_the_ground_floor_of_the_library_is_small():
    assert len(list((tiny.ROOT / 'ocr').glob('[a-z]*.py'))) <= 11
