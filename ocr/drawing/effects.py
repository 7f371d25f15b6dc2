"""Names of all effects, their units, and how their strengths are drawn."""

EFFECTS = {  # effect: unit of its strength, the largest that makes sense
    'gradient': ('share of the contrast', 1.0),
    'texture': ('share of the contrast', 1.0),
    'outline': ('em', 0.2),
    'shadow': ('em', 0.5),
    'blur': ('em', 0.2),
    'noise': ('grey levels', 80.0),
    'jpeg': ('100 - quality', 99.0),
    'pattern': ('opacity', 1.0),
    'photo': ('em, blur of the photograph', 0.5),
    'plate': ('em around the text', 2.0),
    'border': ('em, width of the line', 0.3),
    'text_texture': ('share of the contrast', 1.0),
    'hollow': ('em, width of the line', 0.1),
    'extrusion': ('em', 0.4),
    'emboss': ('share of the contrast', 1.0),
    'light': ('share taken away', 0.9),
    'cast_shadow': ('share taken away', 0.9),
    'motion': ('em', 0.3),
    'low_resolution': ('times smaller', 8.0),
    'clutter': ('share of the four sides', 1.0),
    'marks': ('share of the four sides', 1.0),
    'stretch': ('share wider or narrower', 1.0),
    'slant': ('tangent', 0.6),
    'weight': ('em', 0.05),
    'small_capitals': ('share smaller than the first of a word', 0.5),
    'tracking': ('em added between letters', 2.0),
    'dance': ('of 15 degrees, 0.12 em and a quarter of the size, for each letter', 1.0),
    'perspective': ('of 60 degrees', 1.0),
    'muted': ('share of the colour taken away', 1.0),
}
FIRST = ('gradient', 'texture', 'outline', 'shadow', 'blur', 'noise', 'jpeg')  # drawn before all others
LETTERING = ('small_capitals', 'tracking', 'dance')  # drawn after the letters' form, so that no other drawing changes
TINY = 1e-6  # the least strength of an effect that occurs; 0 means that it does not


def draw_strengths(effects, names, rng):
    """{name: strength, 0 if the effect does not occur}.

    Always takes two numbers an effect, so that one effect does not change what others draw.
    """
    return {name: _draw_strength(effects.get(name), rng) for name in names}


def draw_sign(rng):
    """1 or -1."""
    return 1 if rng.random() < 0.5 else -1


def _draw_strength(effect, rng):
    chance, level = rng.random(2)
    if effect is None or chance >= effect.probability:
        return 0.0
    return max(effect.low + (effect.high - effect.low) * float(level), TINY)
