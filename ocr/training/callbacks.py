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
from ocr.terminal.progress import progress_bar
from ocr.training.history import SCORE_NAMES, leading_score, read_history, write_history
from ocr.training.stop_signals import shielded

logger = logging.getLogger(__name__)


class StopAfter(Callback):
    """End the training after a number of steps, wherever it was resumed."""

    def __init__(self, total_steps):
        self.total_steps = total_steps

    def _before_train(self):
        self._end()  # of one that had only its last validation left

    def _trigger_step(self):
        self._end()

    def _end(self):
        if self.global_step >= self.total_steps:
            raise StopTraining('all steps are done')


MAX_CHECKPOINTS = 2  # besides the best: the last, and the one before for when the last is damaged
_COLUMNS = {'total_loss': 'loss'}  # what a tensor is called in the history, if that is not its name
WATCHED = ('total_loss', 'cross_entropy', 'core_loss', 'binary_loss', 'threshold_loss', 'learning_rate')


class Watch(Callback):
    """Show the progress, keep the means of an epoch, and stop at the first loss that is no number."""

    def __init__(self, total_steps, images_per_batch, folder, num_batches=1):
        """
        Args:
            total_steps: of the training.
            images_per_batch: of all towers together.
            folder: of the checkpoints.
            num_batches: of a step, one after another.
        """
        self.total_steps = total_steps
        self.images_per_batch = images_per_batch
        self.folder = folder
        self.num_batches = num_batches
        self._number = 0  # of the batch in its step
        self._bar = None

    def _setup_graph(self):
        operations = [op for op in tf.get_default_graph().get_operations() if 'gradients' not in op.name]
        fetches = {  # one of each tower
            name: [op.outputs[0] for op in operations if op.name.split('/')[-1] == name] for name in WATCHED
        }
        fetches |= {name: [mean] for name, mean in getattr(self.trainer, 'averaged', {}).items()}  # over all workers
        self._fetches = {name: tensors for name, tensors in fetches.items() if tensors}  # a model has some of them

    def _before_train(self):
        self._bar = progress_bar(
            total=self.total_steps, initial=self.global_step, desc='training', unit=' steps', smoothing=0.1
        )
        self._start_epoch()

    def _start_epoch(self):
        self._values, self._started = [], time.perf_counter()

    def _before_run(self, _):
        fed = {f'{names.FINISHED_STEPS}:0': self.global_step}
        if self.num_batches > 1:
            fed[f'{names.BATCH_NUMBER}:0'] = self._number
        return tf.train.SessionRunArgs(self._fetches, fed)

    def _after_run(self, _, run_values):
        results = run_values.results
        if not np.isfinite(results['total_loss']).all():
            last = find_checkpoint(self.folder)
            raise InputError(
                f'the loss is not a number after step {self.global_step}; '
                + (f'the last good checkpoint is {last}' if last else 'no checkpoint was saved before')
                + '; go on from it with a lower --learning_rate'
            )
        self._number = (self._number + 1) % self.num_batches
        self._values.append([float(np.mean(results[name])) for name in self._fetches])

    def _trigger_step(self):
        self._bar.update()
        loss = self._values[-1][0] if self._values else float('nan')
        self._bar.set_postfix_str(f'loss {loss:.3f}, {self._images_per_second():.0f} images/s', refresh=False)

    def _images_per_second(self):
        return len(self._values) * self.images_per_batch / max(time.perf_counter() - self._started, 1e-9)

    def end_epoch(self):
        """Means since the last call; sends them to the monitors."""
        columns = [_COLUMNS.get(name, name) for name in self._fetches]
        means = dict(zip(columns, np.mean(self._values, axis=0).tolist(), strict=True))
        means['images_per_second'] = self._images_per_second()
        for name, value in means.items():
            self.trainer.monitors.put_scalar(name, value)
        return means

    def start_epoch(self):
        """Restart means and clock."""
        self._start_epoch()

    def say(self, line):
        """Print a line above the progress bar."""
        self._bar.write(line)

    def _after_train(self):
        if self._bar:  # a training run may end before it begins
            self._bar.close()


class EpochEnd(Callback):
    """At the end of every epoch: save, validate when it is due, write the history, keep the best, stop early.

    An epoch ends when the number of all steps is a multiple of `steps_per_epoch`, so that it does not shift when a
    training is resumed in the midst of one.

    Attributes:
        error: the exception of the last save, which tensorpack would print and forget; None if it went well.
    """

    def __init__(self, watch, validation, average=None, *, folder, steps_per_epoch, val_epochs):
        """
        Args:
            watch: Watch.
            validation: Validation, or None.
            average: WeightAverage whose averages are validated, or None.
            folder: checkpoints, history and curve go here.
            steps_per_epoch: steps between two saves.
            val_epochs: validate every so many epochs, 0 never.
        """
        self.watch = watch
        self.validation = validation
        self.average = average
        self.folder = folder
        self.steps_per_epoch = steps_per_epoch
        self.val_epochs = val_epochs
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
        self._best, lost = best_so_far(self.history, saved_steps(self._best_folder))
        if lost == self.global_step:  # the run before ended between its validation and this
            self._keep_best()
            self._best, lost = best_so_far(self.history, saved_steps(self._best_folder))
        if lost is not None:
            logger.warning(
                'the best checkpoint, of step %d, is not in %s: the next validation better than %s is kept there',
                *(lost, self._best_folder, 'any' if self._best < 0 else f'{100 * self._best:.1f} %'),
            )
        if self.validation and awaits_validation(self.history, self.global_step, self.steps_per_epoch, self.val_epochs):
            self._validate()  # which the run before had begun
        self.watch.start_epoch()

    def _trigger_step(self):
        if self.global_step % self.steps_per_epoch:
            return
        self.history.append({'step': self.global_step, **self.watch.end_epoch()})
        with shielded():
            try:
                write_history(self.folder, self.history)
            finally:  # rather the weights without their line than neither
                self._save()
        if self.validation and awaits_validation(self.history, self.global_step, self.steps_per_epoch, self.val_epochs):
            self._validate()
        else:
            self._say_epoch()
        self.watch.start_epoch()

    def _validate(self):
        """Score what was held out, and keep the best checkpoint.

        The scores are written last: a training run that ends before that validates again when it goes on.
        """
        with self.average.in_place_of_weights() if self.average else nullcontext():
            scores = self.validation.run(self.trainer.monitors)
        score = leading_score(scores)
        is_better = score is not None and score > self._best
        with shielded():
            if is_better:
                self._keep_best()
                self._best = score
            self.history[-1].update(scores)
            write_history(self.folder, self.history)
            self._say_epoch()

    def _say_epoch(self):
        self.watch.say(_epoch_line(self.global_step // self.steps_per_epoch, self.history[-1]))

    @property
    def _best_folder(self):
        return os.path.join(self.folder, BEST_FOLDER)

    def _keep_best(self):
        save_checkpoint(self._saver, self.trainer.sess, self._best_folder, self.global_step, keep=1)

    def _save(self):
        session = self.trainer.sess
        if not session.run(self._all_finite):
            last = find_checkpoint(self.folder)
            raise InputError(
                f'a weight is not a number after step {self.global_step}; the last good checkpoint is {last}; '
                'go on from it with a lower --learning_rate'
            )
        save_checkpoint(self._saver, session, self.folder, self.global_step, MAX_CHECKPOINTS)

    def _after_train(self):
        # Also after Ctrl-C, wherever the training stands; not after a failure.
        if not stopped_well(self.trainer):
            return
        if self.global_step and self.global_step not in saved_steps(self.folder):
            try:
                with shielded():
                    self._save()
            except Exception as error:
                self.error = error


def stopped_well(trainer):
    """After the last step: False after a failure; otherwise the trainer and the graph count the same steps afterwards.

    Ctrl-C may fall between an update and the trainer's count. The graph counts a step that found no data.
    """
    ending = sys.exc_info()[0]
    if ending is KeyboardInterrupt:
        trainer.loop.update_global_step()
    elif ending is None:
        tf.train.get_global_step().load(trainer.loop.global_step, trainer.sess)
    return ending in (None, KeyboardInterrupt)


def best_so_far(history, kept):
    """What the next validation is measured against.

    Args:
        history: rows as of read_history.
        kept: steps of the checkpoints in the folder of the best.

    Returns:
        best: the score of the best checkpoint that is there, -1 if none is.
        lost: step of the best validation if its checkpoint is not there, else None.
    """
    scores = {row['step']: score for row in history if (score := leading_score(row)) is not None}
    steps = list(scores)
    if not steps:
        return -1.0, None
    best = max(steps, key=scores.get)
    lost = None if best in kept else best
    if lost is not None:
        best = max((step for step in steps if step in kept), key=scores.get, default=None)
    if best is None:
        return -1.0, lost
    return scores[best], lost


def awaits_validation(history, step, steps_per_epoch, val_epochs):
    """Whether the last epoch of a history ended at this step, and its validation is due and not in it."""
    if not (history and val_epochs) or step % steps_per_epoch or (step // steps_per_epoch) % val_epochs:
        return False
    return history[-1]['step'] == step and leading_score(history[-1]) is None


def _epoch_line(epoch, row):
    line = (
        f'epoch {epoch}, step {row["step"]}: loss {row["loss"]:.3f}, rate {row["learning_rate"]:.2e}, '
        f'{row["images_per_second"]:.0f} images/s'
    )
    scores = [f'{title} {100 * row[name]:.1f} %' for name, title in SCORE_NAMES.items() if name in row]
    return f'{line}, validation {", ".join(scores)}' if scores else line
