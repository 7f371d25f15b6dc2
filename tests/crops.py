"""Painted photographs and indexes of regions in them, which the tests of the crop cache share."""

import json

import cv2
import numpy as np
import tiny
from PIL import Image

SIDE = 64
LARGE = np.float32([[60, 90], [500, 40], [520, 180], [300, 230], [70, 200]])  # shrunk, bent
SMALL = np.float32([[20, 300], [60, 290], [62, 305], [22, 315]])  # kept as it is
OVER = np.float32([[560, 250], [620, 240], [630, 330], [570, 350]])  # reaches over two edges of 600 x 320
TALL = np.float32([[100, 20], [130, 25], [125, 300], [95, 300]])


def paint(path, seed=0):
    """A photograph of 600 x 320 px: coloured blots with edges, no noise."""
    rng = np.random.default_rng(seed)
    image = np.full((320, 600, 3), 128, np.uint8)
    for _ in range(80):
        centre, radius = rng.integers(0, (600, 320)).tolist(), int(rng.integers(4, 50))
        cv2.circle(image, centre, radius, rng.integers(0, 256, 3).tolist(), -1, cv2.LINE_AA)
    Image.fromarray(image).save(path)


def write_index(folder, *regions, name='mine'):
    """An index of [(name of the picture, polygon)] in a folder, as a path; the pictures are painted."""
    records = []
    for number, (picture, polygon) in enumerate(regions):
        path = folder / picture
        if not path.exists():
            paint(path, number)
        region = {'image': str(path), 'text': str(number), 'polygon': polygon.tolist(), 'dataset': name}
        records.append(json.dumps(region) + '\n')
    (folder / f'{name}.jsonl').write_text(''.join(records))
    return str(folder / f'{name}.jsonl')


def write_photographs(folder):
    """Two photographs of three words each, beneath one another, with labels.tsv beside; returns the folder."""
    folder.mkdir()
    for number in range(2):
        photograph = Image.new('RGB', (160, 120))
        for line in range(3):
            photograph.paste(tiny.draw_word(f'{number}{line}'), (0, 40 * line))
        photograph.save(folder / f'{number}.png')
    corners = [f'0,{y},60,{y},60,{y + 40},0,{y + 40}' for y in (0, 40, 80)]
    lines = [f'{number}.png\t{number}{line}\t{corners[line]}\n' for number in range(2) for line in range(3)]
    (folder / 'labels.tsv').write_text(''.join(lines))
    return folder
