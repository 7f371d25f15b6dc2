"""The command line and the screen.

flags.py       flags made of a dataclass, titled groups in --help   name_lists.py  lists of names in one argument
settings.py    settings out of presets, files and flags             script.py      how a script runs and ends
visible.py     text of others, shown and not obeyed                 progress.py    progress bars
"""
