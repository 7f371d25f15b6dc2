"""Training: batches, what happens beside the updates, and the folder of a run.

data.py              what is trained on, and held out   callbacks.py    progress, checkpoints, history
dataflow.py          batches, by worker processes       validation.py   scores of the held-out regions
drawn_samples.py     drawn text as samples              history.py      the curves of a run
initial_weights.py   what a training starts from        event_file.py   TensorBoard's file
restore.py           weights as tensorpack takes them   run_folder.py   settings and log of a run
towers.py            trainers, one GPU or several       bottleneck.py   what the time of a step goes to
"""
