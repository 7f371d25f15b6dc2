"""Training: batches, what happens beside the updates, and the folder of a run.

run.py               tensorpack runs, to the end or to profile   callbacks.py    progress, checkpoints
data.py              what is trained on, and held out            validation.py   scores of the held-out regions
dataflow.py          batches, by worker processes                history.py      scores over the steps, drawn too
samples.py           regions -> training samples, augmented      event_file.py   TensorBoard's file
drawn_samples.py     drawn text as samples                       run_folder.py   settings and log of a run
initial_weights.py   what a run starts from                      bottleneck.py   where the time of a step goes
towers.py            trainers, one GPU or several                stop_signals.py  Ctrl-C and the like, after a save
settings.py          what it is told, as plain values            cluster.py       the machines of a run
replicas.py          a copy of the model on each GPU             workers.py       what they do together at each step
accumulation.py      several batches for one step               cluster_addresses.py  who they are
weight_average.py    running averages of weights                loss_scaling.py  small gradients in float16
tracker.py           Weights & Biases or MLflow              widening.py       a trained model with more channels
data_position.py     which samples wait behind a batch           position_saver.py  keeps it in the checkpoints

detection_data.py      what a detector is trained on             photograph_samples.py  crops of photographs as samples
detection_targets.py   what it should answer for a crop          scene_samples.py       drawn scenes as samples
detection_validation.py  its scores on held-out photographs      photograph_dataflow.py  batches of both
"""
