"""Every setting of the project: one frozen dataclass, from which the scripts' flags are made."""

import argparse
import contextlib
import dataclasses
import io
import json
import logging
import sys
from pathlib import Path
from typing import Literal

import tyro

from ocr.errors import InputError
from ocr.flags import Names, Numbers, Shares, Switch, check_value, one_line
from ocr.preprocessing.canvas import Canvas

logger = logging.getLogger(__name__)


Endpoint = Literal[
    'Mixed_5a',
    'Mixed_5b',
    'Mixed_5c',
    'Mixed_5d',
    'Mixed_5e',
    'Mixed_6a',
    'Mixed_6b',
    'Mixed_6c',
    'Mixed_6d',
    'Mixed_6e',
    'Mixed_6f',
    'Mixed_6g',
    'Mixed_6h',
]


SHIPPED_MODEL = str(Path(__file__).parent / 'pretrain' / 'latin.pb')  # reads printable ASCII
GROUPS = ('model', 'training', 'machine', 'path')
READ_AT_ONCE = 32  # images that a script reads at a time, unless it is told otherwise


def setting(default, group, low=None, high=None):
    """A field of Config.

    Args:
        default: its value in the reference preset.
        group: 'model' fits the weights and is restored with them; 'training' is restored when a training goes on;
            'machine' and 'path' belong to where the script runs and are never restored.
        low, high: legal range, both included.
    """
    return dataclasses.field(default=default, metadata={'group': group, 'low': low, 'high': high})


@dataclasses.dataclass(frozen=True)
class Config:
    """All settings; the defaults are the reference's."""

    preset: Literal['reference', 'compact'] = setting('reference', 'model')
    """Defaults to start from: the published model, or a small one that trains on a laptop."""
    config_path: str = setting('', 'path')
    """JSON file of settings, such as pretrain/latin.json, that stand over the preset and under the other flags."""

    # Where things are
    base_dir: str = setting('./data', 'path')
    """Folder that holds the datasets lsvt, art, rects, icdar2017rctw."""
    train_datasets: Names = setting(('lsvt', 'art', 'rects'), 'path')
    """Datasets to train on: names under base_dir, NAME=PATH for your own, synthetic:RECIPE for drawn text."""
    train_shares: Shares = setting((), 'path')
    """Share of each of them, in their order, as 0.3 0.7; empty: all regions alike."""
    val_datasets: Names = setting((), 'path')
    """Datasets to validate on; empty: a held-out share of the training data."""
    eval_datasets: Names = setting(('icdar2017rctw',), 'path')
    """Datasets to score on, named likewise."""
    index_dir: str = setting('./index', 'path')
    """Folder for the indexes that dataset.py makes of the datasets."""
    charset_path: str = setting('', 'path')
    """Charset file, or digits, ascii, gb2312; empty: the model's or the training text's. In training it may grow."""
    pretrain_path: str = setting('./pretrain/inception_v4.ckpt', 'path')
    """ImageNet checkpoint that the encoder starts from; empty: from scratch."""
    checkpoint_path: str = setting('./checkpoint', 'path')
    """Folder that train.py saves to; what eval.py and export.py read: that folder or one checkpoint in it."""
    restore_path: str = setting('', 'path')
    """Checkpoint that train.py goes on from, or a .pb to fine-tune; empty: the last one in checkpoint_path, if any."""
    pb_path: str = setting('', 'path')
    """Frozen graph or .onnx file. For export.py, empty: beside the checkpoint. For the others: pretrain/latin.pb."""
    img_folder: str = setting('./imgs/words', 'path')
    """Folder of images for test.py, sub-folders included."""
    polygons_path: str = setting('', 'path')
    """For test.py: text regions inside photographs, as image<TAB>polygon lines or JSON Lines."""
    output_path: str = setting('', 'path')
    """Results folder; empty: ./results, ./results_eval, ./results_check, ./data/converted or ./data/synthetic_text."""
    attention_dir: str = setting('', 'path')
    """For test.py: folder for pictures of what was looked at, one per image; empty: none."""
    convert: Literal['', 'jsonl', 'gt', 'lmdb'] = setting('', 'machine')
    """For dataset.py: write the training datasets to output_path in this format."""
    font_dir: str = setting(str(Path(__file__).parent / 'fonts'), 'path')
    """Folder of fonts to draw text with."""
    photo_dir: str = setting('', 'path')
    """Folder of photographs without text to draw on, for recipes that use them; empty: none."""
    text_path: str = setting('', 'path')
    """Word list or corpus to draw, UTF-8; empty: the recipe's own texts."""

    # The machine
    gpus: Numbers = setting((), 'machine')
    """GPUs to train on, as 0,1; empty: all visible, and the CPU where there is none."""
    num_workers: int = setting(0, 'machine', 0)
    """Processes or threads that prepare images; 0: one for each core."""
    profile: Switch = setting(False, 'machine')
    """For train.py: only measure, for about a minute, what bounds the training and which setting would speed it up."""
    seed: int = setting(0, 'training', 0)
    """Seed of the initial weights, shuffling, augmentation, dropout and drawing."""

    # Data
    min_size: int = setting(8, 'training', 1)
    """Regions under so many pixels wide or high are left out."""
    min_count: int = setting(1, 'training', 1)
    """A charset built from text keeps the characters that occur so often."""
    recipe: str = setting('words', 'training')
    """For synthesize.py: what is drawn, digits, words or scene."""
    num_samples: int = setting(1000, 'machine', 1)
    """For synthesize.py: number of pictures."""
    check: Switch = setting(False, 'machine')
    """For dataset.py: look at every image and label, and write a page about them."""
    cache: Switch = setting(False, 'machine')
    """For dataset.py: cut the training regions out of their photographs once, so that train.py reads them quickly."""
    cache_crops: Literal['auto', 'never'] = setting('auto', 'machine')
    """For train.py: auto reads what --cache makes, and makes it where the training gains by it; never goes without."""
    allow_lost: Names = setting(('illegible or ignored',), 'machine')
    """For dataset.py --check: reasons for which regions may be lost, as its tables name them, or their beginnings."""

    # Model
    model_name: Literal['ocr', 'ocr_with_normalized_bbox'] = setting('ocr', 'model')
    """Variant: attention over the whole canvas, or over the text's box on it only."""
    image_size: int = setting(256, 'model', 16, 2048)
    """Side of the square canvas, longer side of the fitted one, longest side of one of a given area, in pixels."""
    canvas: Literal['square', 'fit', 'area'] = setting('square', 'model')
    """Shape of the canvas: square; as narrow as the text; or area: all of about canvas_area pixels, long text low."""
    canvas_area: int = setting(6144, 'model', 256, 4194304)
    """Pixels of the canvas where --canvas is area, at most."""
    turned: Switch = setting(False, 'model')
    """Read tall regions that are doubted turned by 90 degrees too: for models that learnt upright text."""
    views: int = setting(1, 'model', 1, 9)
    """Times that a region is read at most, smaller or tilted after the first, until one text is trusted."""
    seq_len: int = setting(32, 'model', 1, 1000)
    """Longest text in characters."""
    final_endpoint: Endpoint = setting('Mixed_6h', 'model')
    """Block of Inception-v4 that the encoder ends with."""
    depth_multiplier: float = setting(1.0, 'model', 0.05, 4.0)
    """Factor on the encoder's channels."""
    embedding_size: int = setting(256, 'model', 1)
    """Size of a character's embedding."""
    lstm_size: int = setting(512, 'model', 1)
    """Units of the decoder's LSTM."""

    # Training
    batch_size: int = setting(10, 'training', 1)
    """Images per GPU and step; for test.py, eval.py and app.py, images read at a time (32 there)."""
    learning_rate: float = setting(1e-4, 'training', 0.0)
    """Highest learning rate; it does not depend on the number of GPUs."""
    warmup_steps: int = setting(1000, 'training', 0)
    """Steps over which the rate rises from a hundredth."""
    final_rate_fraction: float = setting(0.0, 'training', 0.0, 1.0)
    """Last learning rate as a fraction of the highest."""
    steps_per_epoch: int = setting(500, 'training', 1)
    """Steps between two saves; an epoch is so many steps, not a pass through the data."""
    max_epoch: int = setting(1000, 'training', 1)
    """Epochs to train; the learning rate reaches its end there."""
    gradient_clip: float = setting(10.0, 'training', 0.0)
    """Largest global norm of the gradients; 0: no limit."""
    dropout_keep_prob: float = setting(0.5, 'training', 0.01, 1.0)
    """Probability of an LSTM unit to be kept."""
    label_smoothing: float = setting(0.05, 'training', 0.0, 0.99)
    """Share of the target spread over all characters."""
    encoder_weight_decay: float = setting(4e-5, 'training', 0.0)
    """L2 weight of the convolutions."""
    decoder_weight_decay: float = setting(1e-5, 'training', 0.0)
    """L2 weight of the decoder's matrices."""
    batch_norm_decay: float = setting(0.9997, 'training', 0.0, 1.0)
    """Decay of the moving averages of batch norm."""
    average_decay: float = setting(0.0, 'training', 0.0, 0.999999)
    """Decay of the running averages of the weights, which are validated, exported and read with; 0: none are kept."""
    frozen_batch_norm: Switch = setting(False, 'training')
    """Use the stored statistics of batch norm in training: for fine-tuning with small batches."""
    rotation_prob: float = setting(0.5, 'training', 0.0, 1.0)
    """Probability that a training region is rotated."""
    rotation_degrees: float = setting(20.0, 'training', 0.0, 180.0)
    """Rotation either way, at most."""
    shear_prob: float = setting(0.5, 'training', 0.0, 1.0)
    """Probability that a training region is sheared."""
    shear: float = setting(0.2, 'training', 0.0, 1.0)
    """Shear either way on each axis, at most."""
    perspective_prob: float = setting(0.0, 'training', 0.0, 1.0)
    """Probability that a training region is seen at an angle."""
    perspective: float = setting(0.3, 'training', 0.0, 0.8)
    """Difference in distance between opposite ends of the text, at most, as a fraction of the mean distance."""
    margin_prob: float = setting(0.0, 'training', 0.0, 1.0)
    """Probability that a training region is cut as a rectangle with margins: what is around the text stays visible."""
    margin: float = setting(0.5, 'training', 0.0, 10.0)
    """Margin on each side, at most, as a fraction of the text's height."""
    cut_shares: Shares = setting((), 'training')
    """Shares cut by polygon, wider polygon, moved points, box, margins, widest margins; empty: as for margin_prob."""
    hue_prob: float = setting(0.0, 'training', 0.0, 1.0)
    """Probability that a training region changes its hues."""
    hue: float = setting(180.0, 'training', 0.0, 180.0)
    """Turn of the colour circle either way in degrees, at most."""
    contrast_prob: float = setting(0.0, 'training', 0.0, 1.0)
    """Probability that a training region changes its contrast."""
    contrast: float = setting(0.5, 'training', 0.0, 1.0)
    """Differences from the mean grow or shrink by such a fraction, at most."""
    brightness_prob: float = setting(0.0, 'training', 0.0, 1.0)
    """Probability that a training region becomes brighter or darker."""
    brightness: float = setting(0.15, 'training', 0.0, 1.0)
    """Brightness added or taken away, at most, as a fraction of white."""
    gamma_prob: float = setting(0.0, 'training', 0.0, 1.0)
    """Probability that a training region changes its gamma."""
    gamma: float = setting(1.6, 'training', 1.0, 10.0)
    """Exponent at most, and its reciprocal at least."""
    invert_prob: float = setting(0.0, 'training', 0.0, 1.0)
    """Probability that a training region becomes its negative."""
    blur_prob: float = setting(0.0, 'training', 0.0, 1.0)
    """Probability that a training region is blurred."""
    blur: float = setting(0.06, 'training', 0.0, 1.0)
    """Standard deviation of the blur, at most, as a fraction of the text's height."""
    low_resolution_prob: float = setting(0.0, 'training', 0.0, 1.0)
    """Probability that a training region is shrunk and enlarged again."""
    low_resolution: float = setting(12.0, 'training', 1.0)
    """Height of the text when it is shrunk, from so many pixels to twice as many."""
    noise_prob: float = setting(0.0, 'training', 0.0, 1.0)
    """Probability that a training region gets noise."""
    noise: float = setting(0.1, 'training', 0.0, 1.0)
    """Standard deviation of the noise, at most, as a fraction of white."""
    jpeg_prob: float = setting(0.0, 'training', 0.0, 1.0)
    """Probability that a training region shows traces of JPEG."""
    jpeg_quality: int = setting(20, 'training', 1, 95)
    """Quality of the JPEG, at least."""
    drawn_growth: float = setting(0.3, 'training', 0.0, 1.0)
    """Drawn text grows from easy to hard over this part of the training."""
    drawn_echo: int = setting(1, 'training', 1)
    """Use each drawn picture so many times, differently augmented, where drawing holds the training up."""
    val_share: float = setting(0.02, 'training', 0.0, 0.9)
    """Share of the training photographs that is held out for validation."""
    val_regions: int = setting(1000, 'training', 0)
    """Validate on so many held-out regions at most."""
    val_epochs: int = setting(5, 'training', 0)
    """Validate every so many epochs; 0: never."""
    patience: int = setting(0, 'training', 0)
    """Stop after so many validations without a better score; 0: never."""
    max_checkpoints: int = setting(10, 'machine', 1)
    """Checkpoints to keep besides the best."""

    # Export and reading
    weights: Literal['float32', 'float16', 'int8'] = setting('float32', 'machine')
    """For export.py: how weights are stored; int8, of --format onnx, computes the encoder in it too."""
    format: Literal['pb', 'onnx', 'saved_model', 'openvino'] = setting('pb', 'machine')
    """For export.py: a frozen graph, a file for ONNX Runtime, a SavedModel, or an int8 folder for OpenVINO."""
    calibration_datasets: Names = setting(('synthetic:scene',), 'path')
    """For export.py in int8: what the ranges of activations are found with; --val_datasets judges the loss."""
    max_loss: float = setting(0.01, 'machine', 0.0, 1.0)
    """For export.py in int8: write nothing that loses more 1-N.E.D. than this."""
    full_length: Switch = setting(False, 'machine')
    """Run the decoder for all steps, even when every text of the batch has ended."""
    char_positions: Switch = setting(True, 'machine')
    """For test.py: say of each character where it was read, if the graph gives its attention."""
    precision: Literal['auto', 'float32', 'bfloat16'] = setting('auto', 'machine')
    """What to compute with; auto: what this hardware gains by in train.py and test.py, float32 in eval.py on CPUs."""
    resume: Switch = setting(False, 'machine')
    """For test.py and eval.py: keep what a killed run has read, and go on from there."""

    # Serving
    host: str = setting('127.0.0.1', 'machine')
    """For app.py: address to listen on; 0.0.0.0 is all of this machine's, so that others reach it."""
    port: int = setting(5000, 'machine', 0, 65535)
    """For app.py: port to listen on; 0: any free one."""
    token_path: str = setting('', 'path')
    """For app.py and test.py --server: file with the token that requests bring; empty: variable OCR_TOKEN, if set."""
    server: str = setting('', 'path')
    """For test.py: URL of an app.py that reads instead of this process, as http://127.0.0.1:5000."""
    batch_window: float = setting(10.0, 'machine', 0.0, 10_000.0)
    """For app.py: milliseconds that a region may wait for others to be read with, up to batch_size of them."""
    queue_size: int = setting(256, 'machine', 1)
    """For app.py: regions received or waiting at a time; requests beyond are turned away."""
    max_regions: int = setting(64, 'machine', 1)
    """For app.py: regions of one request."""
    max_megabytes: float = setting(20.0, 'machine', 0.001, 1000.0)
    """For app.py: largest file of a picture, in millions of bytes."""
    max_megapixels: float = setting(50.0, 'machine', 0.001, 178.0)
    """For app.py: largest picture, in millions of pixels."""
    request_timeout: float = setting(30.0, 'machine', 0.1, 3600.0)
    """For app.py: seconds that a request may take to arrive, and again to be read."""

    # Better reading with the same weights: test.py and eval.py
    beam_width: int = setting(0, 'machine', 0, 1000)
    """Texts that are followed at once; 0: one (greedy), and five or --n_best where something below asks for more."""
    n_best: int = setting(0, 'machine', 0, 1000)
    """List so many of the most probable texts with their probabilities; 0: no list."""
    allow: str = setting('', 'machine')
    """Regular expression that the whole text must match, as '[A-Z]{2}[0-9]{4}' or, to allow characters, '[0-9.]*'."""
    lexicon: str = setting('', 'path')
    """UTF-8 file of the words that texts may be, one a line; what is near one of them becomes it."""
    lexicon_strict: Switch = setting(False, 'machine')
    """Nothing but the words of the lexicon is written."""
    lexicon_distance: int = setting(2, 'machine', 0, 100)
    """Edits, letter case aside, between what was read and a word near it; never more than one for three characters."""
    long_text: Switch = setting(False, 'machine')
    """Read long lines and columns in windows that overlap, and join what was read."""
    window_aspect: float = setting(4.0, 'machine', 1.0, 100.0)
    """Length of such a window as a multiple of the text's height; regions that are longer by half are cut."""

    # Error report
    report: str = setting('', 'path')
    """For eval.py, and for train.py at its end: folder for a page that shows where the model errs; empty: none."""
    compare: str = setting('', 'path')
    """scores.json of an earlier evaluation, readings.jsonl beside: the page says what was mended and what broke."""
    report_regions: int = setting(24, 'machine', 0, 1000)
    """Regions that each part of the page shows with pictures, at most."""

    def __post_init__(self):
        for field in dataclasses.fields(self):
            check_value(field, getattr(self, field.name))

    @property
    def num_steps(self):
        """T: decoder steps, the longest text and its EOS."""
        return self.seq_len + 1

    @property
    def total_steps(self):
        """Steps of the whole training."""
        return self.steps_per_epoch * self.max_epoch

    @property
    def fits(self):
        """Whether canvases have several shapes."""
        return self.canvases.varies

    @property
    def canvases(self):
        """Canvas: which canvas a region gets."""
        return Canvas(self.image_size, self.canvas, self.canvas_area)

    @property
    def decoding(self):
        """Settings of how texts are searched for, as keyword arguments of ocr.reading.search.build."""
        return {
            name: getattr(self, name)
            for name in (
                'beam_width',
                'n_best',
                'allow',
                'lexicon',
                'lexicon_strict',
                'lexicon_distance',
                'long_text',
                'full_length',
            )
        }

    @property
    def with_bbox(self):
        """Whether the model takes the text's box on the canvas as an input."""
        return self.model_name == 'ocr_with_normalized_bbox'


PRESETS = {
    'reference': {},
    'compact': {
        'image_size': 96,
        'canvas': 'fit',
        'seq_len': 16,
        'final_endpoint': 'Mixed_5c',
        'depth_multiplier': 0.375,
        'embedding_size': 64,
        'lstm_size': 128,
        'pretrain_path': '',
        'batch_size': 32,
        'learning_rate': 2e-3,
        'warmup_steps': 100,
        'steps_per_epoch': 100,
        'max_epoch': 30,
        'dropout_keep_prob': 0.9,
        'batch_norm_decay': 0.99,
        'rotation_degrees': 5.0,
        'shear': 0.05,
        'val_share': 0.05,
        'val_epochs': 1,
        'max_checkpoints': 2,
    },
}


def parse_config(argv=None, description=None, stored=None):
    """Config from the command line.

    Precedence: the preset's defaults < the file of --config_path < `stored` < command line; what the command line
    overrides of file or `stored` is logged.

    Args:
        argv: arguments, or None for those of the process.
        description: what --help says first.
        stored: dict of the settings that a model brings along (see `restorable`), or None.

    Raises:
        InputError: an unknown flag, a wrong type or an illegal value.
    """
    stored = {**_read_settings(given(argv, 'config_path')), **(stored or {})}
    preset = given(argv, 'preset')
    preset = preset if preset in PRESETS else stored.get('preset', 'reference')  # a wrong one: the parse says so
    base = dataclasses.replace(Config(), **{'preset': preset, **PRESETS[preset], **stored})
    config = _parse(argv, description, base)
    for name in stored:
        if getattr(config, name) != getattr(base, name):
            logger.info('%s: %s -> %s', name, getattr(base, name), getattr(config, name))
    return config


def given(argv, name):
    """The value, as typed, that the command line gives a flag: '' for a flag alone, None where it is not given."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument(*dict.fromkeys((f'--{name}', f'--{name.replace("_", "-")}')), dest=name, nargs='?', const='')
    return vars(parser.parse_known_args(argv)[0])[name]


def for_reading(cfg, argv):
    """Settings of a script that reads: READ_AT_ONCE images at a time unless flag or file says otherwise.

    The default of batch_size is what the published implementation trained with.
    """
    if given(argv, 'batch_size') is not None or 'batch_size' in _read_settings(cfg.config_path):
        return cfg
    return dataclasses.replace(cfg, batch_size=READ_AT_ONCE)


def _read_settings(path):
    """Settings of a JSON file, as keyword arguments; none without a path."""
    if not path:
        return {}
    try:
        text = Path(path).read_text(encoding='utf-8')
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f'--config_path {path}: cannot be read ({error})') from None
    return restorable(text, GROUPS, path)


def _parse(argv, description, default):
    output = io.StringIO()
    try:
        with contextlib.redirect_stderr(output):
            return tyro.cli(Config, args=argv, description=description, default=default, use_underscores=True)
    except SystemExit as stop:
        if not stop.code:
            raise
        raise InputError(one_line(output.getvalue())) from None


def to_json(config, groups=GROUPS):
    """Config as JSON text; a model that travels carries no paths of the machine that it was trained on."""
    values = {
        field.name: getattr(config, field.name)
        for field in dataclasses.fields(config)
        if field.metadata['group'] in groups
    }
    return json.dumps(values, indent=1, ensure_ascii=False) + '\n'


def restorable(text, groups, where):
    """Settings of the given groups out of a Config's JSON text, as keyword arguments.

    Raises:
        InputError: the text is no such JSON, has a key that is no setting or an illegal value.
    """
    fields = {field.name: field for field in dataclasses.fields(Config)}
    try:
        values = dict(json.loads(text).items())
    except (ValueError, AttributeError) as error:
        raise InputError(f'{where}: no configuration ({error}); was it edited by hand?') from None
    unknown = sorted(set(values) - set(fields))
    if unknown:
        raise InputError(f'{where}: unknown setting {", ".join(unknown)}; was it written by a newer version?')
    restored = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in values.items()
        if fields[name].metadata['group'] in groups
    }
    try:
        Config(**restored)
    except InputError as error:
        raise InputError(f'{where}: {error}; was it edited by hand?') from None
    return restored


def run_script(main):
    """Run a script's main(): a user's mistake ends it with one line and exit code 2."""
    logging.basicConfig(format='%(message)s', level=logging.INFO, stream=sys.stderr)
    sys.stdout.reconfigure(line_buffering=True)  # a log file shows each line as it is said
    try:
        sys.exit(main())
    except InputError as error:
        print(f'{Path(sys.argv[0]).name}: {error}', file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print(f'{Path(sys.argv[0]).name}: stopped', file=sys.stderr)
        sys.exit(130)
