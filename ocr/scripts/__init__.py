"""The scripts as the command `attention-ocr` runs them: `attention-ocr train` is `python train.py`.

command.py   which script, with which arguments

An installed package has the scripts themselves here too; in a checkout they lie at its top, where they are looked for.
"""

from pathlib import Path

_HERE = Path(__file__).resolve().parent
if not (_HERE / 'train.py').is_file():
    __path__.append(str(_HERE.parents[1]))
