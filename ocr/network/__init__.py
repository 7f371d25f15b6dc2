"""The network: canvases in, logits of characters out; photographs in, where text is out.

inception_v4.py      the encoder                            schedule.py           learning rate
attention.py         the decoder                            tensor_names.py       names of the tensors in a stored graph
losses.py            what is minimised                      precision.py          number formats and the session
detector.py          fusion and heads that find text        tensorflow_start.py   TensorFlow as the scripts want it
detector_losses.py   what is minimised for them             architecture.py       strides and the reference's sizes
adam.py              the optimizer                          teacher_forcing.py   the decoder in training
recurrence.py        its steps, forward and backward
"""
