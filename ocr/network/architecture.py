"""Facts about the network that code without TensorFlow needs too."""

ENDPOINTS = tuple(f'Mixed_5{letter}' for letter in 'abcde') + tuple(f'Mixed_6{letter}' for letter in 'abcdefgh')
FREEZABLE = ('Mixed_3a', 'Mixed_4a', *ENDPOINTS)  # blocks up to which weights can be left as they are
HALVINGS = 3  # layers of stride 2 that a reading encoder has before them, each 3 x 3 and padded SAME
STRIDE = 2**HALVINGS  # pixels of a canvas for a cell of the feature map
DETECTOR_STRIDE = 16  # of a detector's deepest block; the sides of its pictures are padded to multiples of it

# Of the reference, and of its graphs, which do not say what they are.
REFERENCE_STEPS = 33  # T
REFERENCE = {
    'final_endpoint': ENDPOINTS[-1],
    'depth_multiplier': 1.0,
    'embedding_size': 256,
    'lstm_size': 512,
}
