"""Packages that may be missing: the line that says what to install, and that those that are there report to nobody."""

import os
import re
import sys

import pytest
import tiny

from ocr import optional_package
from ocr.errors import InputError
from ocr.optional_package import import_package

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


@pytest.mark.parametrize(
    ('package', 'requirements', 'in_checkout', 'installed'),
    [
        ('fastapi', 'requirements.txt', '-r requirements.txt', "'attention-ocr[serve]'"),
        ('tensorflow', 'requirements.txt', '-r requirements.txt', "'attention-ocr[train]'"),
        ('matplotlib', 'requirements.txt', '-r requirements.txt', 'matplotlib'),
        ('wandb', None, 'wandb', 'wandb'),
    ],
)
def test_the_line_says_what_to_install(monkeypatch, tmp_path, package, requirements, in_checkout, installed):
    monkeypatch.setitem(sys.modules, package, None)
    for top, what in ((tiny.ROOT, in_checkout), (tmp_path, installed)):
        monkeypatch.setattr(optional_package, '_TOP', top)
        with pytest.raises(InputError, match=re.escape(f'this needs the package {package}: pip install {what}')):
            import_package(package, 'this', requirements)


def test_the_extras_bring_the_packages():
    extras = tomllib.loads((tiny.ROOT / 'pyproject.toml').read_text())['project']['optional-dependencies']
    for package, extra in optional_package._EXTRAS.items():
        assert package in {re.match(r'[\w-]+', line)[0].removesuffix('-cpu') for line in extras[extra]}


def test_an_environment_that_wants_the_reports_has_them(monkeypatch):
    monkeypatch.setenv('ORT_DISABLE_TELEMETRY', '0')
    import_package('onnxruntime', 'this')
    assert os.environ['ORT_DISABLE_TELEMETRY'] == '0'
    monkeypatch.delenv('ORT_DISABLE_TELEMETRY')
    import_package('onnxruntime', 'this')
    assert os.environ['ORT_DISABLE_TELEMETRY'] == '1'


def test_a_page_without_its_charts_is_refused_before_anything_is_read(monkeypatch, tmp_path):
    from ocr.evaluation.error_report.page import check_folder

    monkeypatch.setitem(sys.modules, 'matplotlib', None)
    with pytest.raises(InputError, match='a page with charts needs the package matplotlib'):
        check_folder(str(tmp_path / 'report'))
    assert not (tmp_path / 'report').exists()
