"""From photograph to canvas.

image_file.py     files and databases of images      augment.py          shift, turn and bend of a region, for training
image_formats.py  which formats are opened, pages    photometric.py      changes of colours and sharpness, for training
image_header.py   size and orientation, not decoded  prepare.py          regions -> canvases
truncated.py      files that lack their last bytes   photograph_crop.py  crops of photographs, to train a detector on
decode.py         files -> upright colour images     colours.py          any pixels -> 8-bit RGB
warp.py           regions put onto a canvas          unreadable.py       what is raised if an image cannot be read
canvas.py         the shapes of canvases             shape_buckets.py    batches of one shape
augment_sets.py   the sets of --augment              outline.py          outlines grown and shrunk
working_size.py   how large a detector sees a photograph
lmdb_size.py      LMDBs that were cut off
"""
