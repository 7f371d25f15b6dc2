"""Named sets of augmentation: how often, and how far, a training region is changed at random.

A set says what differs from AugmentSettings, whose defaults are the published model's. Single numbers are changed in a
file for --config_path, as `"rotation_degrees": 10`; so are the shares of the ways to cut a region, as
`"cut_shares": [0.4, 0, 0, 0.2, 0.4, 0]`.
"""

from ocr.errors import InputError

CUT_SHARES = 'cut_shares'  # not one number but several, in the order of augment.CUTS; () for what the set says
# What can be changed: {name: (lowest, highest)}, both included; units stand in AugmentSettings and PhotometricSettings.
AUGMENT_NUMBERS = {
    'rotation_prob': (0.0, 1.0),
    'rotation_degrees': (0.0, 180.0),
    'shear_prob': (0.0, 1.0),
    'shear': (0.0, 1.0),
    'perspective_prob': (0.0, 1.0),
    'perspective': (0.0, 0.8),
    'margin_prob': (0.0, 1.0),
    'margin': (0.0, 10.0),
    'area_change': (1.0, 4.0),
    'hue_prob': (0.0, 1.0),
    'hue': (0.0, 180.0),
    'contrast_prob': (0.0, 1.0),
    'contrast': (0.0, 1.0),
    'brightness_prob': (0.0, 1.0),
    'brightness': (0.0, 1.0),
    'gamma_prob': (0.0, 1.0),
    'gamma': (1.0, 10.0),
    'invert_prob': (0.0, 1.0),
    'blur_prob': (0.0, 1.0),
    'blur': (0.0, 1.0),
    'low_resolution_prob': (0.0, 1.0),
    'low_resolution': (1.0, 10_000.0),
    'noise_prob': (0.0, 1.0),
    'noise': (0.0, 1.0),
    'jpeg_prob': (0.0, 1.0),
    'jpeg_quality': (1, 95),
    CUT_SHARES: (0.0, 1e6),
}
_LIGHT = {'rotation_degrees': 5.0, 'shear': 0.05}
AUGMENT_SETS = {
    'reference': {},
    'light': _LIGHT,
    'photo': {  # what a camera does to a picture, beside where the text stands in it
        **_LIGHT,
        'perspective_prob': 0.3,
        'margin_prob': 0.5,
        'margin': 0.3,
        'hue_prob': 0.3,
        'contrast_prob': 0.3,
        'brightness_prob': 0.3,
        'gamma_prob': 0.3,
        'invert_prob': 0.1,
        'blur_prob': 0.2,
        'low_resolution_prob': 0.2,
        'noise_prob': 0.2,
        'jpeg_prob': 0.3,
    },
    'none': {'rotation_prob': 0.0, 'shear_prob': 0.0},
}


def check_numbers(numbers):
    """InputError for pairs (name, value) that are none of AUGMENT_NUMBERS, or out of range."""
    for name, value in numbers:
        low, high = AUGMENT_NUMBERS[name]
        if name == CUT_SHARES:
            if not isinstance(value, tuple) or not all(
                type(one) in (int, float) and low <= one <= high for one in value
            ):
                raise InputError(f'{name} {value!r}: must be a list of shares, as [0.5, 0, 0, 0.5, 0, 0]')
            continue
        kind, word = (int, 'a whole number') if isinstance(low, int) else ((int, float), 'a number')
        if isinstance(value, bool) or not isinstance(value, kind):
            raise InputError(f'{name} {value!r}: must be {word}')
        if not low <= value <= high:
            raise InputError(f'{name} {value}: must be from {low} to {high}')
