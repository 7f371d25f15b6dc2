"""TensorBoard's event file as a tensorpack monitor."""

import logging
import os
import socket
import time

import tensorflow.compat.v1 as tf
from tensorpack.callbacks import MonitorBase

logger = logging.getLogger(__name__)


class EventFile(MonitorBase):
    """Writes summaries as they come. A full disk costs the log, not the training.

    Differs from tensorpack's TFEventWriter: that writes in a thread, which prints a traceback and dies.
    """

    def __init__(self, folder):
        """
        Args:
            folder: the file is made there, beside those of earlier runs.
        """
        self.folder = folder
        self._writer = None

    def _before_train(self):
        name = f'events.out.tfevents.{int(time.time()):010d}.{socket.gethostname()}.{os.getpid()}'
        try:
            self._writer = tf.io.TFRecordWriter(os.path.join(self.folder, name))
        except tf.errors.OpError as error:
            self._give_up(error)
        self._write(tf.Event(file_version='brain.Event:2'))

    def process_summary(self, summary):
        self._write(tf.Event(step=self.global_step, summary=summary))

    def process_event(self, evt):
        self._write(evt)

    def _write(self, event):
        if self._writer is None:
            return
        event.wall_time = time.time()
        try:
            self._writer.write(event.SerializeToString())
            self._writer.flush()
        except tf.errors.OpError as error:
            self._give_up(error)

    def _give_up(self, error):
        logger.warning("TensorBoard's log ends here: %s", error.message)
        self._writer = None

    def _after_train(self):
        self._writer = None
