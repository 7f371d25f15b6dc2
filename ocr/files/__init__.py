"""Files written whole or not at all, and files of others read with care.

atomic.py        a path holds the old content or the new     locks.py     one process at a time in a folder
file_names.py    names no longer than a file system takes    json_text.py JSON of any depth, without a traceback
regular_file.py  no pipes and no devices                 replaced_folder.py  a folder in the place of an earlier one
shipped.py       where models, fonts and pictures that come with the project are
"""
