"""Which regions are lost for which reason, and whether the person has allowed that."""

import shlex
from collections import Counter

from ocr.datasets.check.scan import DAMAGED
from ocr.errors import InputError
from ocr.region import DropReason

REASONS = (*DropReason.ALL, DAMAGED)


def allowed_reasons(names):
    """Reasons of REASONS in their order, by name as tables print them.

    Args:
        names: the beginning of a reason is enough, in any case, `_` or `-` in place of a space.

    Raises:
        InputError: a name is the beginning of no reason or of several.
    """
    found = set()
    for name in names:
        wanted = name.lower().replace('_', ' ').replace('-', ' ').strip()
        matches = [reason for reason in REASONS if wanted and reason.lower().startswith(wanted)]
        if len(matches) != 1:
            problem = f'may be {" or ".join(matches)}' if matches else f'is not one of {", ".join(REASONS)}'
            raise InputError(f'--allow_lost {shlex.quote(name)}: {problem}')
        found.update(matches)
    return tuple(reason for reason in REASONS if reason in found)


def losses(datasets):
    """Counter of the regions of all datasets ({name: Findings}) that are lost, by reason, in the order of REASONS."""
    total = sum((findings.losses for findings in datasets.values()), Counter())
    return Counter({reason: total[reason] for reason in REASONS if total[reason]})


def forbidden(datasets, allowed):
    """The losses whose reasons are not allowed."""
    return Counter({reason: number for reason, number in losses(datasets).items() if reason not in allowed})


def allow_flag(datasets, allowed):
    """The flag to type with which all losses are allowed."""
    wanted = [reason for reason in REASONS if reason in {*allowed, *losses(datasets)}]
    return ' '.join(['--allow_lost', *map(shlex.quote, wanted)])
