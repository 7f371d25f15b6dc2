"""The kinds of surfaces that carry text: how many lines of what size, and what lies behind them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """What one kind of surface carries; a pair is the lowest and the highest of an even distribution.

    Attributes:
        lines: number of lines.
        words: of a line.
        rest: font size of all lines but the largest, as share of it.
        sizes: font sizes of the surface, as part of the recipe's logarithmic range from 0 (smallest) to 1.
        aligns: ways that lines are aligned, 'left', 'middle' or 'right'.
        leading: distance of baselines, in em of the lower line.
        margin: between the lines and the plate's edge, in em of the largest line.
        outlines: of the plate, one is taken: see `paint.OUTLINES`; '' for no plate, letters stand on the ground.
        shape: 'line' for straight lines, 'bent' for an arc or a wave, 'column' for columns, 'ring' for arcs in a disc.
        framed: share of the plates with a line at the edge.
        flat: True for text that is laid over the picture and is not part of what the camera saw.
    """

    lines: tuple = (1, 3)
    words: tuple = (1, 3)
    rest: tuple = (0.6, 1.0)
    sizes: tuple = (0.0, 1.0)
    aligns: tuple = ('middle',)
    leading: tuple = (1.0, 1.5)
    margin: tuple = (0.3, 1.0)
    outlines: tuple = ('plain', 'round')
    shape: str = 'line'
    framed: float = 0.3
    flat: bool = False


KINDS = {
    'sign': Kind(lines=(1, 4), aligns=('middle', 'middle', 'left'), outlines=('plain', 'round', 'round', 'arrow')),
    'tag': Kind(lines=(1, 1), words=(1, 1), outlines=('plain', 'round', 'disc'), framed=0.5),
    'band': Kind(lines=(1, 2), words=(1, 4), rest=(0.25, 0.5), margin=(0.3, 2.5), sizes=(0.3, 0.9), framed=0.2),
    'poster': Kind(
        lines=(3, 7), words=(1, 5), rest=(0.25, 0.7), sizes=(0.3, 0.9), aligns=('left', 'middle'), margin=(0.4, 1.2)
    ),
    'page': Kind(
        lines=(4, 12),
        words=(3, 7),
        rest=(0.85, 1.0),
        sizes=(0.0, 0.5),
        aligns=('left',),
        margin=(1.0, 3.0),
        outlines=('plain',),
        framed=0.15,
    ),
    'label': Kind(
        lines=(2, 5), words=(1, 2), rest=(0.4, 1.0), sizes=(0.1, 0.85), leading=(1.1, 1.9), margin=(0.4, 0.9)
    ),
    'wall': Kind(lines=(1, 3), words=(1, 3), rest=(0.5, 1.0), aligns=('middle', 'left'), outlines=('',)),
    'overlay': Kind(
        lines=(1, 2), words=(1, 4), rest=(0.5, 1.0), aligns=('middle', 'left', 'right'), outlines=('',), flat=True
    ),
    'bent': Kind(
        lines=(1, 1), words=(1, 3), sizes=(0.2, 0.9), outlines=('', '', 'plain', 'round', 'disc'), shape='bent'
    ),
    'badge': Kind(  # bent text that fills what it stands on, as on shirts, lids and scarves
        lines=(1, 1),
        words=(1, 3),
        sizes=(0.35, 1.0),
        margin=(0.0, 0.25),
        outlines=('plain', 'plain', 'disc'),
        shape='bent',
        framed=0.1,
    ),
    'ring': Kind(lines=(2, 3), words=(1, 2), sizes=(0.2, 0.75), outlines=('disc',), shape='ring', framed=0.7),
    'column': Kind(
        lines=(1, 2), words=(1, 1), rest=(0.6, 1.0), outlines=('plain', 'round', 'plain', ''), shape='column'
    ),
}
