"""Names of the graph's inputs and outputs: a file format that frozen graphs and other people's programs share.

Shapes use the letters N (batch), S (canvas side), T (decoder steps), H and W (feature map).
"""

# Inputs
IMAGE = 'image'  # float32 (N, S, S, 3), RGB in 0..1
LABEL = 'label'  # int32 (N, T), class ids, EOS-padded
MASK = 'mask'  # float32 (N, T), 1 up to and including the first EOS
NORMALIZED_BBOX = 'normalized_bbox'  # float32 (N, 4), (top, left, height, width) of the text, each divided by S
IS_TRAINING = 'is_training'  # bool ()
DROPOUT_KEEP_PROB = 'dropout_keep_prob'  # float32 ()
FULL_LENGTH = 'full_length'  # bool (), run all T steps even when every row has written EOS
MAPS = 'maps'  # uint8 (N, S, S, 4), what a detector should answer, see training.detection_targets
FINISHED_STEPS = 'finished_steps'  # int32 (), updates before this one; in training graphs
BATCH_NUMBER = 'batch_number'  # int32 (), of the batches of a step, from 0; in training graphs

# Outputs
PREDS = 'sequence_preds'  # int64 (N, T)
PROBS = 'sequence_probs'  # float32 (N, T)
ALPHA = 'sequence_attention'  # float32 (N, H, W, T)
PROBABILITY = 'text_probability'  # float32 (N, H, W) of a detector, 0..1, in the picture's own resolution

# What travels inside a model: string constants of a frozen graph, metadata of an .onnx file
CHARSET = 'attention_ocr/charset'  # Charset.to_text()
CONFIG = 'attention_ocr/config'  # Config as JSON
CHECKSUM = 'attention_ocr/checksum'  # of the file's bytes before it, see model_files.checksum
