"""The network: canvases in, logits of characters out.

inception_v4.py   the encoder                    tensor_names.py       names of the tensors in a stored graph
attention.py      the decoder                    precision.py          number formats and the session
losses.py         what is minimised              tensorflow_start.py   TensorFlow as the scripts want it
schedule.py       learning rate
"""
