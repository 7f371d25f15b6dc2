"""The command `attention-ocr`: runs a script of the project.

attention-ocr read --img_folder ./photos
attention-ocr serve --port 8080
attention-ocr train --help
"""

import difflib
import re
import sys
from importlib import import_module

from ocr.config import run_script
from ocr.errors import InputError

SCRIPTS = {  # name of the command -> of the script
    'read': 'test',
    'train': 'train',
    'eval': 'eval',
    'export': 'export',
    'dataset': 'dataset',
    'synthesize': 'synthesize',
    'serve': 'app',
}
_NAME = 'attention-ocr'


def main():
    """Run the script that the first argument names, with the others, and end with its exit code."""
    name, *arguments = sys.argv[1:] or ['--help']
    if name in ('--help', '-h'):
        print(_usage())
        sys.exit(0)
    if name not in SCRIPTS:
        sys.argv = [_NAME]
        run_script(lambda: _refuse(name))
    script = import_module(f'ocr.scripts.{SCRIPTS[name]}')
    script.__doc__ = as_commands(script.__doc__)  # which is its --help
    sys.argv = [f'{_NAME} {name}', *arguments]
    run_script(script.main)


def as_commands(text):
    """A text with `attention-ocr read` for `python test.py`, and alike for the other scripts."""
    names = {script: name for name, script in SCRIPTS.items()}
    return re.sub(rf'python ({"|".join(names)})\.py', lambda found: f'{_NAME} {names[found[1]]}', text)


def _usage():
    lines = [f'usage: {_NAME} COMMAND [--flag value ...]', '']
    for name, script in SCRIPTS.items():
        what = import_module(f'ocr.scripts.{script}').__doc__.partition('\n')[0].rstrip('.')
        lines.append(f'  {name:<12} {what} ({script}.py)')
    return '\n'.join([*lines, '', f'{_NAME} COMMAND --help lists its flags.'])


def _refuse(name):
    near = difflib.get_close_matches(name, SCRIPTS, 1)
    hint = f'did you mean {near[0]}?' if near else f'there are {", ".join(SCRIPTS)}'
    raise InputError(f'{name}: no such command; {hint}')
