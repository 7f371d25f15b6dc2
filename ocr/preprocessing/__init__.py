"""From photograph to canvas.

image_file.py     files and databases of images        augment.py       how a region is shifted, turned and bent for training
image_header.py   size and orientation, not decoded    photometric.py   how its colours and sharpness are changed
warp.py           images are decoded, regions warped   prepare.py       regions -> canvases, one by one and stacked
"""
