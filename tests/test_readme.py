"""The README: it stays short. The Python examples of the documentation run as they are printed."""

import re

import tiny

README = (tiny.ROOT / 'README.md').read_text(encoding='utf-8')


def test_the_python_example_runs_as_printed(monkeypatch, capsys):
    (example,) = re.findall('```python\n(.*?)```', README, re.DOTALL)
    monkeypatch.chdir(tiny.ROOT)
    exec(compile(example, 'README.md', 'exec'), {})
    truth = dict(line.split('\t') for line in (tiny.ROOT / 'imgs/words/labels.tsv').read_text().splitlines())
    assert capsys.readouterr().out.split() == [truth['11.jpg'], truth['02.jpg']]


def test_the_example_of_the_python_page_prints_what_stands_beside_it(monkeypatch, capsys):
    page = (tiny.ROOT / 'docs' / 'python.md').read_text(encoding='utf-8')
    (example,) = re.findall('```python\n(.*?)```', page, re.DOTALL)
    monkeypatch.chdir(tiny.ROOT)
    exec(compile(example, 'python.md', 'exec'), {})
    printed = re.findall(r'^print\(.*\)  # (.*)', example, re.MULTILINE)
    assert printed and capsys.readouterr().out.splitlines() == printed


def test_it_is_short():
    assert len(README.splitlines()) <= 220 and len(README.split()) <= 1800
