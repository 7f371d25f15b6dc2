"""TensorBoard's event file."""

import types

import tensorflow.compat.v1 as tf
from tiny import largest_file

from ocr.training.event_file import EventFile


def start(folder):
    monitor = EventFile(str(folder))
    with tf.Graph().as_default():
        monitor.setup_graph(types.SimpleNamespace(global_step=7))
    monitor.before_train()
    return monitor


def summary(value):
    return tf.Summary(value=[tf.Summary.Value(tag='loss', simple_value=value)])


def read(folder):
    (path,) = folder.glob('events.out.tfevents.*')
    return [tf.Event.FromString(record) for record in tf.io.tf_record_iterator(str(path))]


def test_summaries_are_in_the_file_at_once(tmp_path):
    monitor = start(tmp_path)
    monitor.process_summary(summary(0.5))
    head, event = read(tmp_path)
    assert head.file_version == 'brain.Event:2'
    assert (event.step, event.summary.value[0].simple_value) == (7, 0.5)
    assert event.wall_time >= head.wall_time > 0


def test_a_full_disk_costs_the_log_and_nothing_else(tmp_path, caplog):
    monitor = start(tmp_path)
    with largest_file(2000):
        for _ in range(100):
            monitor.process_summary(summary(1))
        monitor.after_train()
    (line,) = caplog.messages
    assert line.startswith("TensorBoard's log ends here: ") and 'File too large' in line


def test_a_folder_that_is_not_there_costs_the_log_and_nothing_else(tmp_path, caplog):
    monitor = start(tmp_path / 'nowhere')
    monitor.process_summary(summary(1))
    assert caplog.text.count("TensorBoard's log ends here") == 1
