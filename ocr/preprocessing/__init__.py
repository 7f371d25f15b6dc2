"""From photograph to canvas.

image_file.py     files and databases of images      augment.py         shift, turn and bend of a region, for training
image_header.py   size and orientation, not decoded  photometric.py     changes of colours and sharpness, for training
decode.py         files -> upright colour images     prepare.py         regions -> canvases
warp.py           regions put onto a canvas          photograph_crop.py crops of photographs, to train a detector on
"""
