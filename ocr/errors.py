"""The one exception that a user's mistake raises."""


class InputError(Exception):
    """Bad input from outside: a path, a file's content, a flag, a model that does not fit.

    The message is one line that names the thing and the remedy. Scripts print it and exit with code 2
    (`config.run_script`); library code never prints or exits by itself.
    """
