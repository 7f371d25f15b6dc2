"""Small photographs with words in known places, for the tests of detectors."""

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from tiny import FONT_DIR

WORDS = ('27', '5196', 'EXIT', 'Bar', '840', 'Tea')


def draw_street(seed, size=(192, 144), words=WORDS, height=(18, 34)):
    """A picture uint8 (H, W, 3) with two or three of the words, and [(text, box)] of them."""
    rng = np.random.default_rng(seed)
    width, depth = size
    ground = rng.integers(120, 255, 3)
    picture = Image.new('RGB', size, tuple(int(value) for value in ground))
    draw = ImageDraw.Draw(picture)
    for _ in range(4):
        x = rng.integers(0, width)
        draw.line((int(x), 0, int(x) + 20, depth), tuple(int(value) for value in rng.integers(0, 255, 3)), 2)
    regions, top = [], 8
    while top < depth - height[1] - 8 and len(regions) < 3:
        font = ImageFont.truetype(FONT_DIR / 'DejaVuSans-Bold.ttf', int(rng.integers(*height)))
        text = words[rng.integers(len(words))]
        left, up, right, down = font.getbbox(text)
        x = int(rng.integers(4, max(width - (right - left) - 4, 5)))
        draw.rectangle((x - 3, top - 3, x + right - left + 3, top + down - up + 3), fill=tuple(int(v) for v in ground))
        draw.text((x - left, top - up), text, fill=tuple(int(value) for value in rng.integers(0, 90, 3)), font=font)
        regions.append((text, (x, top, x + right - left, top + down - up)))
        top += down - up + int(rng.integers(12, 40))
    return np.asarray(picture), regions


def write_streets(folder, number, first=0, **options):
    """Photographs 0.png, 1.png ... with labels.tsv beside; returns the folder."""
    folder.mkdir(parents=True)
    lines = []
    for n in range(number):
        image, regions = draw_street(first + n, **options)
        Image.fromarray(image).save(folder / f'{n}.png')
        for text, (x0, y0, x1, y1) in regions:
            lines.append(f'{n}.png\t{text}\t{x0},{y0},{x1},{y0},{x1},{y1},{x0},{y1}\n')
    (folder / 'labels.tsv').write_text(''.join(lines), encoding='utf-8')
    return folder
