"""The command line and the screen.

flags.py       flags made of a dataclass, titled groups in --help   name_lists.py  lists of names in one argument
visible.py     text of others, shown and not obeyed                 progress.py    progress bars
"""
