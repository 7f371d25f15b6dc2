"""Tiny data and models that the tests of the scripts share."""

import contextlib
import importlib.util
import os
import pickle
import resource
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

ROOT = Path(__file__).resolve().parents[1]
FONT_DIR = ROOT / 'fonts'
EIGHT_WORDS = ('27', '5', '619', '840', '71', '295', '306', '48')
TINY = {
    'preset': 'compact',
    'image_size': 32,
    'canvas': 'square',
    'depth_multiplier': 0.1,
    'final_endpoint': 'Mixed_5a',
    'embedding_size': 8,
    'lstm_size': 16,
    'seq_len': 6,
    'batch_size': 4,
    'steps_per_epoch': 3,
    'max_epoch': 2,
    'val_epochs': 0,
    'num_workers': 1,
    'charset_path': 'digits',
    'precision': 'float32',  # the same numbers on every processor
}
BY_HEART = {  # settings with which eight words are learnt in seconds
    'image_size': 64,
    'depth_multiplier': 0.2,
    'embedding_size': 16,
    'lstm_size': 96,
    'batch_size': 8,
    'steps_per_epoch': 50,
    'max_epoch': 4,
    'learning_rate': 5e-3,
    'warmup_steps': 20,
    'augment': 'none',
    'dropout_keep_prob': 1,
    'batch_norm_decay': 0.9,
}
AUGMENTED = {'dropout_keep_prob': 0.5, 'augment': 'reference'}


def loads_tensorflow(prepare, task):
    """Whether a worker process that gets a pickled preparer and a task has loaded TensorFlow after it."""
    code = 'import pickle, sys; p, task = pickle.load(sys.stdin.buffer); p(task); print("tensorflow" in sys.modules)'
    pickled = pickle.dumps((prepare, task))
    done = subprocess.run([sys.executable, '-c', code], input=pickled, capture_output=True, check=True, cwd=ROOT)
    return done.stdout.strip() == b'True'


def flags(**settings):
    """{'seq_len': 6} -> ['--seq_len', '6']; a list or tuple becomes several values, True none."""
    return [part for name, value in settings.items() for part in (f'--{name}', *_values(value))]


def _values(value):
    if value is True:
        return []
    return [str(one) for one in (value if isinstance(value, (list, tuple)) else [value])]


def draw_word(text):
    """A picture of one word in the size that it takes."""
    font = ImageFont.truetype(FONT_DIR / 'DejaVuSans-Bold.ttf', 24)
    picture = Image.new('RGB', (int(font.getlength(text)) + 16, 40), (200, 220, 180))
    ImageDraw.Draw(picture).text((8, 6), text, fill=(60, 20, 40), font=font)
    return picture


def write_words(folder, texts):
    """Write each text as a picture 0.png, 1.png ... with labels.tsv beside; returns the folder."""
    folder.mkdir(parents=True)
    for number, text in enumerate(texts):
        draw_word(text).save(folder / f'{number}.png')
    labels = ''.join(f'{number}.png\t{text}\n' for number, text in enumerate(texts))
    (folder / 'labels.tsv').write_text(labels, encoding='utf-8')
    return folder


def make_words(folder, *texts, size=(40, 20)):
    """A folder of own data: one image a text."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, _ in enumerate(texts):
        Image.new('RGB', size).save(folder / f'{number}.png')
    (folder / 'labels.tsv').write_text(''.join(f'{number}.png\t{text}\n' for number, text in enumerate(texts)), 'utf-8')
    return folder


def make_rects(folder):
    """A ReCTS folder with one legible and one ignored line."""
    (folder / 'gt_unicode').mkdir(parents=True)
    (folder / 'img').mkdir()
    Image.new('RGB', (40, 20)).save(folder / 'img' / 'a.jpg')
    (folder / 'gt_unicode' / 'a.json').write_text(
        '{"chars": [], "lines": [{"ignore": 0, "transcription": "IMC", "points": [1, 1, 30, 1, 30, 15, 1, 15]},'
        ' {"ignore": 1, "transcription": "###", "points": [1, 1, 30, 1, 30, 15, 1, 15]}]}'
    )
    return folder


def cut_off(path):
    """Leave a picture's header and half of its pixels."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def training_flags(words, checkpoint_path, **settings):
    """Flags of train.py for a tiny model; the index goes beside the checkpoints. `settings` stand over TINY."""
    index_dir = Path(checkpoint_path).with_name('index')
    paths = {'train_datasets': f'words={words}', 'index_dir': index_dir, 'checkpoint_path': checkpoint_path}
    return flags(**{**TINY, **paths, **settings})


def train(words, checkpoint_path, **settings):
    """Train a tiny model in this process; returns the exit code."""
    return run_main('train', *training_flags(words, checkpoint_path, **settings))


def run_main(script, *arguments):
    """main() of a script in this process, in a graph of its own; what it sets for its process is set back."""
    from ocr.network.tensorflow_start import start_tensorflow

    start_tensorflow()
    import tensorflow.compat.v1 as tf

    tf.config.list_physical_devices()  # asked while none is visible: --gpus would change that
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    visible = os.environ['CUDA_VISIBLE_DEVICES']
    try:
        with tf.Graph().as_default():
            return load_script(script).main([str(argument) for argument in arguments])
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        os.environ['CUDA_VISIBLE_DEVICES'] = visible


def load_script(name):
    """A script as a module; by its file, since `test` is also a module of Python's own."""
    spec = importlib.util.spec_from_file_location(f'script_{name}', ROOT / f'{name}.py')
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run_script(script, *arguments, cwd=None, **options):
    """A script in a process of its own, as a user runs it: CompletedProcess with stdout and stderr as text."""
    command = [sys.executable, str(ROOT / f'{script}.py'), *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, **options)


def free_ports(number):
    """Ports on loopback that were free a moment ago."""
    sockets = [socket.create_server(('127.0.0.1', 0)) for _ in range(number)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def heed_ctrl_c():
    """In a child process about to start: Ctrl-C is answered, also if the tests run in the background."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def copy_training(folder, copy, step):
    """A copy of a training run's folder as it was after a step."""
    copy.mkdir()
    for path in folder.iterdir():
        if path.is_file() and (path.suffix in ('.txt', '.json') or path.name.startswith(f'model-{step}.')):
            shutil.copy(path, copy)
    return copy


@contextlib.contextmanager
def largest_file(size):
    """What a full disk is to a program: no file may grow beyond so many bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def read_weights(checkpoint):
    """{name: array} of a checkpoint."""
    import tensorflow.compat.v1 as tf

    reader = tf.train.load_checkpoint(str(checkpoint))
    return {name: reader.get_tensor(name) for name in reader.get_variable_to_shape_map()}
