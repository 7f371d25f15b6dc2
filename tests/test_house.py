"""The scripts stay thin, and stand beside each other: what several of them need is in the library or in model.py."""

import ast

import pytest
import tiny

from ocr.annotations import FORMATS
from ocr.config import SCRIPTS

FORMAT_MODULES = {f'{module.__name__.rpartition(".")[2]}.py' for module in FORMATS.values()}  # a family


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


FOLDERS = sorted(path.parent for path in (tiny.ROOT / 'ocr').glob('*/**/__init__.py'))


@pytest.mark.parametrize('folder', FOLDERS, ids=lambda folder: str(folder.relative_to(tiny.ROOT)))
def test_a_folder_of_the_library_begins_with_a_map_of_it(folder):
    described = ast.get_docstring(ast.parse((folder / '__init__.py').read_text(encoding='utf-8')))
    modules = {path.name for path in folder.glob('*.py')} - {'__init__.py', *FORMAT_MODULES}
    folders = {f'{path.name}/' for path in folder.iterdir() if path.is_dir() and path.name != '__pycache__'}
    assert {name for name in modules | folders if name not in described} == set()
