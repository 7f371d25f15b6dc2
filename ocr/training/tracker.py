"""What TensorBoard gets, sent to Weights & Biases or MLflow as well.

Where they are and under which project is said to them in their own ways: WANDB_PROJECT, WANDB_MODE=offline,
MLFLOW_TRACKING_URI, MLFLOW_EXPERIMENT_NAME and others. A resumed run is logged to the same run there.
"""

import json
import logging
import os
from pathlib import Path

from tensorpack.callbacks import MonitorBase

from ocr.optional_package import import_package

RUN_FILE = 'tracker.json'  # {tracker: id of its run}
NAME = 'attention-ocr'

logger = logging.getLogger(__name__)


class WandbRun:
    """A run of Weights & Biases."""

    def __init__(self, run_id, title, settings, folder):
        wandb = import_package('wandb', '--tracker wandb')
        project = os.environ.get('WANDB_PROJECT', NAME)
        self._run = wandb.init(project=project, name=title, config=settings, dir=folder, id=run_id, resume='allow')
        self.id = self._run.id

    def log(self, name, value, step):
        self._run.log({name: value}, step=step)

    def finish(self):
        self._run.finish()


class MlflowRun:
    """A run of MLflow."""

    def __init__(self, run_id, title, settings, folder):
        self._mlflow = import_package('mlflow', '--tracker mlflow')
        if not os.environ.get('MLFLOW_EXPERIMENT_NAME'):
            self._mlflow.set_experiment(NAME)
        self.id = self._mlflow.start_run(run_id=run_id, run_name=title).info.run_id
        if not run_id:  # the settings of a run cannot change
            self._mlflow.log_params({name: str(value)[:500] for name, value in settings.items()})

    def log(self, name, value, step):
        self._mlflow.log_metric(name, value, step=step)

    def finish(self):
        self._mlflow.end_run()


RUNS = {'wandb': WandbRun, 'mlflow': MlflowRun}


class Tracker(MonitorBase):
    """Sends numbers as they come. A tracker that fails costs its log, not the training."""

    def __init__(self, kind, settings, folder):
        """
        Args:
            kind: key of RUNS.
            settings: dict of what the training runs with.
            folder: of the checkpoints, which the run is named after.

        Raises:
            InputError: the package is not installed.
        """
        import_package(kind, f'--tracker {kind}')
        self.kind = kind
        self.settings = settings
        self.folder = Path(folder)
        self._run = None

    def _before_train(self):
        path = self.folder / RUN_FILE
        ids = json.loads(path.read_text()) if path.is_file() else {}
        try:
            self._run = RUNS[self.kind](ids.get(self.kind), self.folder.name, self.settings, str(self.folder))
            path.write_text(json.dumps({**ids, self.kind: self._run.id}) + '\n')
        except Exception as error:  # theirs have no base of their own
            self._give_up(error)

    def process_scalar(self, name, value):
        if self._run is None:
            return
        try:
            self._run.log(name, float(value), self.global_step)
        except Exception as error:
            self._give_up(error)

    def _after_train(self):
        if self._run is not None:
            try:
                self._run.finish()
            except Exception as error:
                self._give_up(error)

    def _give_up(self, error):
        logger.warning('--tracker %s: its log ends here (%s)', self.kind, ' '.join(str(error).split())[:200])
        self._run = None
