"""How a script runs: what it ends with where its user, or whoever reads its output, wants it to end."""

import os
import sys
from pathlib import Path

from ocr.errors import InputError
from ocr.terminal.visible import set_up_output, visible


def run_script(main):
    """Run a script's main(): a user's mistake ends it with one line and exit code 2."""
    set_up_output()
    try:
        try:
            code = main()
        finally:
            sys.stdout.flush()
        sys.exit(code)
    except InputError as error:
        print(f'{Path(sys.argv[0]).name}: {visible(str(error))}', file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print(f'{Path(sys.argv[0]).name}: stopped', file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:  # `| head` has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the interpreter flushes once more at its end
        sys.exit(0)
