"""From canvases, regions and photographs to text.

predictor.py         what a Predictor (canvases -> text) and a Reader (regions -> text) have
graph_predictor.py   a Predictor of a frozen graph            openvino.py        the same with an OpenVINO encoder
onnx_predictor.py    a Predictor of an .onnx file             open_model.py      which of them reads a model file
open_models.py       several models beside each other
augmented_predictor.py   test-time augmentation               views.py region_views.py   what it shows of a region
search/              beam search, patterns, lexicons          read_text.py       what was read on a canvas
local_reader.py      a Reader on this machine                 regions.py         regions prepared, batched and read
long_text/           long text in windows                     char_positions.py  where each character stands
folder.py image_search.py   what there is to read in a folder   shard.py   one of its parts
results_file.py      results.jsonl, written and read
blocks.py ray_reading.py table_images.py   blocks of pictures for Ray Data
batch_sizes.py free_memory.py   few sizes of batches, memory given back: both bound the memory

detector.py       photographs -> regions, by a model          photographs.py   photographs -> text
graph_detector.py onnx_detector.py   a model's maps, by TensorFlow or ONNX Runtime; open_detector.py chooses
text_outlines.py  probability of text -> regions              lines.py         regions -> lines, in reading order
strip.py          an outline -> two long sides                legible.py       which regions hold text
video/            videos -> texts with times

read_images.py    pictures in any form -> text, as `ocr.Reader` gives it   given_images.py   the forms
image_text.py     what it gives
"""
