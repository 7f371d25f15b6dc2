"""What a model is stored as.

checkpoint.py     weights of a training run, matched by name
frozen_graph.py   one file with all that reading needs
saved_model.py    frozen graphs written to disk, as one file or as a SavedModel folder
onnx.py           the same as an .onnx file, for ONNX Runtime
onnx_content.py   what is in an .onnx file's bytes, without the package onnx
checksum.py       of a file, inside it
allowed_graph.py, allowed_encoder.py, allowed_onnx.py   what a model file may hold
run_limits.py     time and memory that a run may take
stored_files.py   files beside the weights, with checksums
fingerprint.py    a short text that identifies a model or charset
"""
