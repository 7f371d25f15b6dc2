"""From canvases, regions and photographs to text.

predictor.py   canvases -> text, by a frozen graph       read_text.py        what was read on a canvas
openvino.py    the same by an OpenVINO model             char_positions.py   where each character stands
regions.py     regions -> text                           results_file.py     results.jsonl, written and read
folder.py      what there is to read in a folder         search/             beam search, patterns, lexicons
views.py       regions read in several views             long_text/          long text in windows
turned.py      tall regions read turned                  onnx_predictor.py   canvases -> text, by an .onnx file
batch_sizes.py few sizes of batches, for memory          free_memory.py      memory given back to the system

detector.py       photographs -> regions, by a frozen graph   photographs.py   photographs -> text
text_outlines.py  probability of text -> regions              lines.py         regions -> lines, in reading order
strip.py          an outline -> two long sides
"""
