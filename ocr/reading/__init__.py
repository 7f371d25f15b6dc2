"""From canvases and regions to text.

predictor.py   canvases -> text, by a frozen graph        char_positions.py   where each character stands
openvino.py    the same by an OpenVINO model              results_file.py     results.jsonl, written and read
regions.py     regions -> text                            search/             beam search, patterns, lexicons
views.py       regions read in several views              long_text/          long text in windows
turned.py      tall regions read turned
"""
