"""Commands in the documentation: each one's flags exist and take the values that stand there."""

import itertools
import re
import shlex

import pytest
import tiny

from ocr.config import SCRIPTS, parse_config
from ocr.scripts.command import SCRIPTS as COMMANDS

PAGES = sorted([tiny.ROOT / 'README.md', *(tiny.ROOT / 'docs').glob('*.md'), tiny.ROOT / 'pretrain' / 'README.md'])
ENDS = {'|', '&&', '>', ';', '&'}  # of a command in a line


def commands():
    """(page, script, its arguments) of every command of a script, in blocks of code and within sentences."""
    block = re.compile(r'```\w*\n(.*?)```', re.DOTALL)
    for page in PAGES:
        text = page.read_text(encoding='utf-8')
        lines = [line for one in block.findall(text) for line in one.replace('\\\n', ' ').splitlines()]
        lines += [one.replace('\n', ' ') for one in re.findall(r'`([^`]+)`', block.sub('', text))]
        for line in lines:
            yield from ((page.name, *found) for found in scripts_in(line) if '--help' not in found[1])


def scripts_in(line):
    """(script, its arguments) of the commands in a line."""
    try:
        words = shlex.split(line, comments=True)
    except ValueError:  # a result that is printed
        return
    for place, (program, name) in enumerate(itertools.pairwise(words), 2):
        script = {'python': name.removesuffix('.py'), 'attention-ocr': COMMANDS.get(name)}.get(program)
        if script in SCRIPTS:
            arguments = itertools.takewhile(lambda word: word not in ENDS, words[place:])
            yield script, [word for word in arguments if word != '...']


FOUND = list(commands())


@pytest.mark.parametrize(('page', 'script', 'arguments'), FOUND, ids=[f'{page} {script}' for page, script, _ in FOUND])
def test_a_command_is_understood(page, script, arguments, monkeypatch):
    monkeypatch.chdir(tiny.ROOT)
    parse_config(arguments, script)


def test_the_pages_have_commands_of_most_scripts():
    assert {script for _, script, _ in FOUND} >= {'train', 'eval', 'test', 'app', 'export', 'dataset', 'synthesize'}
