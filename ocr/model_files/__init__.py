"""What a model is stored as.

checkpoint.py     weights of a training run, matched by name
frozen_graph.py   one file with all that reading needs
"""
