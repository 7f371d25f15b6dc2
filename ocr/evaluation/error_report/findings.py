"""What stands out in an Analysis and what it suggests, in plain sentences; nothing that the numbers do not support.

A part of the regions stands out if the interval of its word accuracy does not overlap that of all the others.
"""

from collections import Counter

from ocr.evaluation.error_report.analysis import DATASET, HEIGHT, LENGTH, ORIENTATION, RARITY
from ocr.evaluation.error_report.confusions import in_words, is_letter_case, name_of
from ocr.evaluation.error_report.slices import CURVED, MIN_REGIONS, OUTSIDE
from ocr.evaluation.scores import mean_score, percent
from ocr.pages.document import BAD, GOOD, Finding
from ocr.region_shape import HORIZONTAL, ROTATED, SQUARE, VERTICAL

WHERE, CHARACTERS, CONFIDENCE = 'Accuracy by kind of region', 'Characters', 'Confidence'
COMPARISON, WORST, LABELS = 'Comparison with the earlier run', 'Worst regions', 'Labels to check'
LEAST_SHARE = 0.1  # of the wrong readings, or of all edits, that something must surely make up to be a finding
LEAST_EXCESS = 0.02  # of confidence over accuracy
NAMED = 5  # confusions or characters that a sentence names

_PHRASES = {
    LENGTH: 'texts of {} characters',
    HEIGHT: 'text {} pixels high',
    ORIENTATION: '{} text',
    DATASET: 'dataset {}',
    RARITY: 'texts whose rarest character occurs {} times',
}
_ADVICE_ON_ORIENTATION = {
    HORIZONTAL: 'look at the worst regions: their orientation is not what makes them hard.',
    SQUARE: 'train on more single characters and very short texts.',
    ROTATED: 'rotate training regions further (--augment), or draw rotated text (--train_datasets synthetic:scene).',
    VERTICAL: 'train on columns and lines rotated by 90 degrees: --train_datasets synthetic:scene draws both.',
    CURVED: 'train on curved text (--train_datasets synthetic:scene); a larger --image_size helps strong arcs.',
}


def all_findings(analysis):
    """Every Finding, in the order of the page; the comparison with an earlier evaluation comes first."""
    return [
        *on_comparison(analysis),
        *(finding for kind in analysis.slices for finding in on_slices(analysis, kind)),
        *on_reach(analysis),
        *on_kinds_of_errors(analysis),
        *on_confusions(analysis),
        *on_confidence(analysis),
        *on_labels(analysis),
    ]


def on_slices(analysis, kind):
    """The parts of one kind, a key of Analysis.slices, that are read worse than the others."""
    slices = analysis.slices[kind]
    worse = [one for one in slices if one.is_worse and one.name != OUTSIDE]  # those are a finding of their own
    if not worse:
        return []
    advice = _ADVICE[kind](slices, worse)
    said = ', '.join(
        f'{_PHRASES[kind].format(one.name)} ({_right(one.accuracy)} of {one.num_regions} regions)' for one in worse
    )
    others = f' ({_right(worse[0].rest)})' if len(worse) == 1 else ''
    return [Finding(f'Read worse than all others{others}: {said}.', advice, WHERE)]


def _right(one):
    """A Score: '49.8 % correct [43.6, 55.6]'."""
    value, _, interval = percent(one).partition(' ')
    return f'{value} % correct {interval}'


def _on_length(slices, worse):
    return _by_side(
        slices,
        worse,
        below='Train on more short texts: a character has little context there.',
        above='A larger --image_size leaves each character more pixels; train on more long texts.',
    )


def _on_height(slices, worse):
    return _by_side(
        slices,
        worse,
        below='Take larger pictures if possible; train on small text (--augment photo).',
        above='Look at the worst regions: large text is often in unusual lettering; train on more of it.',
    )


def _by_side(slices, worse, below, above):
    """Advice on slices in ascending order, by the side of the middle region that the worse ones lie on."""
    total = sum(one.num_regions for one in slices)
    seen, sides = 0, []
    for one in slices:
        if one in worse:
            sides.append(seen + one.num_regions / 2 > total / 2)
        seen += one.num_regions
    return ' '.join([below] * (False in sides) + [above] * (True in sides))


def _on_orientation(_, worse):
    return ' '.join(
        f'{one.name.capitalize()}: {_ADVICE_ON_ORIENTATION[one.name]}'
        for one in worse
        if one.name in _ADVICE_ON_ORIENTATION
    )


def _on_dataset(_, worse):
    names = ', '.join(one.name for one in worse)
    return (
        f'Train on text like that of {names}: name its training part in --train_datasets, its share in --train_shares.'
    )


def _on_rarity(slices, worse):
    return _by_side(
        slices,
        worse,
        below='Add text with these characters, or draw it: --text_path with --train_datasets synthetic:scene.',
        above='Look at the worst regions: rare characters are not the reason.',
    )


_ADVICE = {
    LENGTH: _on_length,
    HEIGHT: _on_height,
    ORIENTATION: _on_orientation,
    DATASET: _on_dataset,
    RARITY: _on_rarity,
}


def on_reach(analysis):
    """Texts that the model cannot write at all."""
    readings, found = analysis.measurement.readings, []
    unknown = Counter()
    num_unknown = num_too_long = 0
    for one in readings:
        outside = analysis.charset.unknown(one.truth)
        unknown.update(outside)
        num_unknown += bool(outside)
        num_too_long += analysis.num_steps is not None and len(one.truth) >= analysis.num_steps
    if num_unknown:
        listed = ', '.join(f'{name_of(one)} ({count})' for one, count in unknown.most_common(NAMED))
        said = f'{num_unknown} of {len(readings)} texts have characters outside the charset: {listed}'
        more = f' and {len(unknown) - NAMED} more.' if len(unknown) > NAMED else '.'
        advice = 'Give train.py a --charset_path that has them, and text that contains them.'
        found.append(Finding(said + more, advice, WHERE))
    if num_too_long:
        said = f'{num_too_long} of {len(readings)} texts have more than the {analysis.num_steps - 1} characters that '
        found.append(Finding(f'{said}the model can write.', 'Train with a larger --seq_len.', WHERE))
    return found


def on_kinds_of_errors(analysis):
    """Readings that are wrong only in letter case, or in signs and spaces: labels often differ in what they keep."""
    measurement = analysis.measurement
    case = measurement.right_any_case
    signs = measurement.right_letters & ~measurement.right_any_case
    kinds = (
        (case, 'differ from the label only in letter case', 'keep the case that is seen'),
        (signs, 'have all letters and digits correct, and differ in signs and spaces', 'keep the signs that are seen'),
    )
    found = []
    for is_of_kind, said, asked in kinds:
        share = mean_score(is_of_kind[~measurement.right])
        number = int((is_of_kind & ~measurement.right).sum())
        if number >= MIN_REGIONS and share.low >= LEAST_SHARE:
            said = f'{number} of {share.num_scored} wrong readings {said}, {percent(share)} %.'
            advice = f'Check whether the labels {asked}; if it does not matter, use a score that ignores it.'
            found.append(Finding(said, advice, CHARACTERS))
    return found


def on_confusions(analysis):
    """The few edits that make up a large share of all, apart from letter case."""
    confusions = analysis.confusions
    edits = [(edit, count) for edit, count in confusions.most_common(4 * NAMED) if not is_letter_case(*edit)][:NAMED]
    total = sum(count for edit, count in edits)
    if total < MIN_REGIONS:
        return []
    share = mean_score([1] * total + [0] * (confusions.num_edits - total))
    if share.low < LEAST_SHARE:
        return []
    listed = ', '.join(f'{in_words(*edit)} ({count})' for edit, count in edits)
    said = f'{len(edits)} kinds of edit are {percent(share)} % of all {confusions.num_edits}: {listed}.'
    advice = 'Train on more text with these characters, in more typefaces (--text_path, --font_dir).'
    return [Finding(said, advice, CHARACTERS)]


def on_confidence(analysis):
    """Confidences that are too high or too low on average."""
    excess = analysis.calibration.excess
    if excess.num_scored < MIN_REGIONS or not (excess.low > LEAST_EXCESS or excess.high < -LEAST_EXCESS):
        return []
    ece = f'expected calibration error {100 * analysis.calibration.error:.1f} %'
    points = f'{100 * abs(excess.value):.1f} points'
    if excess.value > 0:
        said = f'Confidences are too high, by {points} on average; {ece}.'
        advice = 'Reject readings below a threshold from the table there.'
        return [Finding(said, advice, CONFIDENCE)]
    said = f'Confidences are too low, by {points} on average; {ece}.'
    advice = 'Use a threshold from the table there; the confidence is not a probability.'
    return [Finding(said, advice, CONFIDENCE, tone='')]


def on_labels(analysis):
    """Labels against which the model is confident, if its confidence is worth something."""
    suspects = analysis.suspects
    if not suspects.are_telling:
        return []
    number = len(suspects.positions)
    are = '1 wrong reading is' if number == 1 else f'{number} wrong readings are'
    said = (
        f'{are} as confident as correct ones are; readings of this confidence are {_right(suspects.accuracy)}, '
        f'the others {_right(suspects.rest)}.'
    )
    advice = 'Check its label first.' if number == 1 else 'Check their labels first.'
    return [Finding(said, advice, LABELS)]


def on_comparison(analysis):
    """Better or worse than the earlier evaluation, if the regions can tell."""
    comparison = analysis.comparison
    if comparison is None:
        return []
    change = comparison.change['accuracy']
    said = (
        f'Of {comparison.num_common} regions in both runs, {len(comparison.fixed)} are fixed and '
        f'{len(comparison.regressed)} regressed since {comparison.model}: word accuracy {in_points(change)} points.'
    )
    if change.low > 0:
        return [Finding(said, '', COMPARISON, GOOD)]
    if change.high < 0:
        return [Finding(said, 'Look at the regressed regions.', COMPARISON, BAD)]
    return [Finding(said, 'With so few regions the difference may be chance.', COMPARISON, tone='')]


def in_points(one):
    """A Score of differences: '+1.2 [-0.3, +2.6]', points of per cent."""
    return '-' if not one.num_scored else f'{100 * one.value:+.1f} [{100 * one.low:+.1f}, {100 * one.high:+.1f}]'
