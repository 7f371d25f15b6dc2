"""What train.py does beside the updates: save, validate, show, stop."""

import logging
import os
import sys
import time
from contextlib import nullcontext

import numpy as np
import tensorflow.compat.v1 as tf
from tensorpack.callbacks import Callback
from tensorpack.train import StopTraining

from ocr.errors import InputError
from ocr.model_files.checkpoint import BEST_FOLDER, find_checkpoint, save_checkpoint, saved_steps
from ocr.network import tensor_names as names
from ocr.progress import progress_bar
from ocr.training.history import read_history, write_history

logger = logging.getLogger(__name__)


class StopAfter(Callback):
    """End the training after a number of steps, wherever it was resumed."""

    def __init__(self, total_steps):
        self.total_steps = total_steps

    def _trigger_step(self):
        if self.global_step >= self.total_steps:
            raise StopTraining('all steps are done')


class Watch(Callback):
    """Show the progress, keep the means of an epoch, and stop at the first loss that is no number."""

    _NAMES = ('total_loss', 'cross_entropy', 'learning_rate')

    def __init__(self, total_steps, images_per_step, folder):
        self.total_steps = total_steps
        self.images_per_step = images_per_step
        self.folder = folder
        self._bar = None

    def _setup_graph(self):
        operations = [op for op in tf.get_default_graph().get_operations() if 'gradients' not in op.name]
        self._fetches = {  # one of each tower
            name: [op.outputs[0] for op in operations if op.name.split('/')[-1] == name] for name in self._NAMES
        }

    def _before_train(self):
        self._bar = progress_bar(
            total=self.total_steps, initial=self.global_step, desc='training', unit=' steps', smoothing=0.1
        )
        self._start_epoch()

    def _start_epoch(self):
        self._values, self._started = [], time.perf_counter()

    def _before_run(self, _):
        return tf.train.SessionRunArgs(self._fetches, {f'{names.FINISHED_STEPS}:0': self.global_step})

    def _after_run(self, _, run_values):
        results = run_values.results
        if not np.isfinite(results['total_loss']).all():
            last = find_checkpoint(self.folder)
            raise InputError(
                f'the loss is not a number after step {self.global_step}; '
                + (f'the last good checkpoint is {last}' if last else 'no checkpoint was saved before')
                + '; go on from it with a lower --learning_rate'
            )
        self._values.append([float(np.mean(results[name])) for name in self._NAMES])

    def _trigger_step(self):
        self._bar.update()
        loss = self._values[-1][0] if self._values else float('nan')
        self._bar.set_postfix_str(f'loss {loss:.3f}, {self._images_per_second():.0f} images/s', refresh=False)

    def _images_per_second(self):
        return len(self._values) * self.images_per_step / max(time.perf_counter() - self._started, 1e-9)

    def end_epoch(self):
        """Means since the last call; sends them to the monitors."""
        means = dict(
            zip(('loss', 'cross_entropy', 'learning_rate'), np.mean(self._values, axis=0).tolist(), strict=True)
        )
        means['images_per_second'] = self._images_per_second()
        for name, value in means.items():
            self.trainer.monitors.put_scalar(name, value)
        return means

    def start_epoch(self):
        """Begin anew with means and clock."""
        self._start_epoch()

    def say(self, line):
        """Print a line above the progress bar."""
        self._bar.write(line)

    def _after_train(self):
        if self._bar:  # a training may end before it begins
            self._bar.close()


class EpochEnd(Callback):
    """At the end of every epoch: save, validate when it is due, write the history, keep the best, stop early.

    An epoch ends when the number of all steps is a multiple of `steps_per_epoch`, so that it does not shift when a
    training is resumed in the midst of one.

    Attributes:
        error: the InputError of the last save, which tensorpack would print and forget; None if it went well.
    """

    def __init__(
        self, watch, validation, average=None, *, folder, steps_per_epoch, val_epochs, patience, max_checkpoints
    ):
        """
        Args:
            watch: Watch.
            validation: Validation, or None.
            average: WeightAverage whose averages are validated, or None.
            folder: checkpoints, history and curve go here.
            steps_per_epoch: steps between two saves.
            val_epochs: validate every so many epochs, 0 never.
            patience: stop after so many validations without a better one, 0 never.
            max_checkpoints: checkpoints to keep besides the best.
        """
        self.watch = watch
        self.validation = validation
        self.average = average
        self.folder = folder
        self.steps_per_epoch = steps_per_epoch
        self.val_epochs = val_epochs
        self.patience = patience
        self.max_checkpoints = max_checkpoints
        self.error = None

    def _setup_graph(self):
        if self.validation:
            self.validation.connect(self.trainer)
        variables = [v for v in tf.global_variables() if not v.op.name.startswith('tower')]
        with tf.device('/cpu:0'):
            self._saver = tf.train.Saver(variables, max_to_keep=None)
            floats = [v for v in variables if v.dtype.base_dtype == tf.float32]
            self._all_finite = tf.reduce_all([tf.reduce_all(tf.is_finite(v)) for v in floats])

    def _before_train(self):
        self.history = [row for row in read_history(self.folder) if row['step'] <= self.global_step]
        scores = [row['val_ned'] for row in self.history if 'val_ned' in row]
        self._best = max(scores, default=-1.0)
        self._num_worse = len(scores) - 1 - scores.index(self._best) if scores else 0
        self.watch.start_epoch()

    def _trigger_step(self):
        if self.global_step % self.steps_per_epoch:
            return
        epoch = self.global_step // self.steps_per_epoch
        row = {'step': self.global_step, **self.watch.end_epoch()}
        self._save()
        if self.validation and self.val_epochs and epoch % self.val_epochs == 0:
            with self.average.in_place_of_weights() if self.average else nullcontext():
                row.update(self.validation.run(self.trainer.monitors))
        self.history.append(row)
        write_history(self.folder, self.history)
        self.watch.say(_epoch_line(epoch, row))
        if 'val_ned' in row:
            self._judge(row['val_ned'])
        self.watch.start_epoch()

    def _judge(self, score):
        """Keep the best checkpoint; stop when it has not become better for long."""
        if score > self._best:
            self._best, self._num_worse = score, 0
            best = os.path.join(self.folder, BEST_FOLDER)
            save_checkpoint(self._saver, self.trainer.sess, best, self.global_step, keep=1)
            return
        self._num_worse += 1
        if self.patience and self._num_worse >= self.patience:
            self.watch.say(f'no better validation for {self._num_worse} times: stopped early')
            raise StopTraining('early')

    def _save(self):
        session = self.trainer.sess
        if not session.run(self._all_finite):
            last = find_checkpoint(self.folder)
            raise InputError(
                f'a weight is not a number after step {self.global_step}; the last good checkpoint is {last}; '
                'go on from it with a lower --learning_rate'
            )
        save_checkpoint(self._saver, session, self.folder, self.global_step, self.max_checkpoints)

    def _after_train(self):
        # Also after Ctrl-C, wherever the training stands; not after a failure.
        stopped_well = sys.exc_info()[0] in (None, KeyboardInterrupt)
        if not stopped_well:
            return
        self.trainer.loop.update_global_step()  # Ctrl-C may fall between an update and its count
        if self.global_step and self.global_step not in saved_steps(self.folder):
            try:
                self._save()
            except InputError as error:
                self.error = error


def _epoch_line(epoch, row):
    line = (
        f'epoch {epoch}, step {row["step"]}: loss {row["loss"]:.3f}, rate {row["learning_rate"]:.2e}, '
        f'{row["images_per_second"]:.0f} images/s'
    )
    if 'val_ned' in row:
        line += f', validation 1-N.E.D. {100 * row["val_ned"]:.1f} %, words right {100 * row["val_accuracy"]:.1f} %'
    return line
