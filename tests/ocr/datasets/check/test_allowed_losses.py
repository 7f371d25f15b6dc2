"""Which losses are allowed."""

import pytest

from ocr.datasets.check.allowed_losses import REASONS, allow_flag, allowed_reasons, forbidden, losses
from ocr.datasets.check.scan import DAMAGED, Findings
from ocr.datasets.counts import KEPT
from ocr.errors import InputError
from ocr.region import DropReason


def findings(num_lost=0, **counts):
    counts = {getattr(DropReason, name.upper(), KEPT): number for name, number in counts.items()}
    one = Findings('own:/data', ['training'], counts, '0')
    one.num_lost = num_lost
    return one


@pytest.mark.parametrize(
    ('names', 'reasons'),
    [
        ([], ()),
        (['too long'], (DropReason.TOO_LONG,)),
        (['Too_Long'], (DropReason.TOO_LONG,)),
        (['missing', 'ill', 'missing image'], (DropReason.ILLEGIBLE, DropReason.MISSING)),
        (['partly ###', 'unknown-character'], (DropReason.PARTLY, DropReason.UNKNOWN_CHARACTER)),
        (['under', 'dam'], (DropReason.TOO_SMALL, DAMAGED)),
        (REASONS, REASONS),
    ],
)
def test_a_reason_by_its_beginning(names, reasons):
    assert allowed_reasons(names) == reasons


@pytest.mark.parametrize(
    ('name', 'message'),
    [
        ('un', '--allow_lost un: may be unknown character or under 8 px or unreadable image'),
        ('long', '--allow_lost long: is not one of illegible or ignored, partly ###, empty text'),
        (' ', "--allow_lost ' ': is not one of"),
    ],
)
def test_a_name_of_no_reason_or_of_several(name, message):
    with pytest.raises(InputError) as caught:
        allowed_reasons([name])
    assert str(caught.value).startswith(message)


def test_losses_are_summed_over_datasets_and_damaged_regions_count():
    datasets = {'a': findings(kept=5, too_long=2, num_lost=3), 'b': findings(kept=1, too_long=1, empty=1)}
    assert losses(datasets) == {DropReason.EMPTY: 1, DropReason.TOO_LONG: 3, DAMAGED: 3}
    assert list(losses(datasets)) == [DropReason.EMPTY, DropReason.TOO_LONG, DAMAGED]
    assert forbidden(datasets, (DropReason.TOO_LONG, DropReason.MISSING)) == {DropReason.EMPTY: 1, DAMAGED: 3}
    assert not forbidden(datasets, REASONS)


def test_the_flag_to_type_names_what_was_allowed_before_too():
    datasets = {'a': findings(kept=5, partly=1, num_lost=1)}
    assert allow_flag(datasets, (DropReason.ILLEGIBLE,)) == (
        "--allow_lost 'illegible or ignored' 'partly ###' 'damaged image'"
    )
