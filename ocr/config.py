"""Every setting of the project: one frozen dataclass, from which each script's flags are made."""

import dataclasses
from typing import Literal

from ocr.files.shipped import SHIPPED_MODEL, shipped
from ocr.network.architecture import ENDPOINTS, FREEZABLE, REFERENCE, REFERENCE_STEPS
from ocr.preprocessing.augment_sets import AUGMENT_NUMBERS, AUGMENT_SETS, check_numbers
from ocr.preprocessing.canvas import Canvas
from ocr.terminal.flags import Names, Numbers, Shares, Switch, check_value
from ocr.terminal.name_lists import split_names
from ocr.terminal.script import run_script
from ocr.terminal.settings import FileOnly, Origin, Schema

__all__ = [
    'AUGMENT_NUMBERS',
    'Config',
    'config_of',
    'parse_config',
    'renamed',
    'restorable',
    'run_script',
    'shown',
    'to_json',
]
GROUPS = ('model', 'training', 'machine', 'path')
SCRIPTS = ('dataset', 'synthesize', 'train', 'eval', 'export', 'test', 'app')
SECTIONS = {  # titles in --help, in their order
    'input': 'What to read',
    'output': 'Results',
    'data': 'Datasets',
    'check': 'Tasks of dataset.py',
    'run': 'Model and checkpoints',
    'export': 'Export',
    'server': 'Server',
    'search': 'Better reading with the same weights',
    'detection': 'Text in photographs',
    'training': 'Training',
    'augmentation': 'Augmentation',
    'drawing': 'Drawn text',
    'validation': 'Validation',
    'report': 'Error report',
    'shown': 'How a region is shown to the model',
    'architecture': 'Architecture',
    'machine': 'Machine',
    'settings': 'Settings',
}
READS = 'eval test app'  # scripts that read with a model
ARCHITECTURE = 'train eval export'  # .. that build a model
USES_MODEL = 'train eval export test app'
THE_MODELS = dict.fromkeys(('eval', 'export', 'test', 'app'), "the model's")  # defaults in --help


def setting(default, group, scripts, section, low=None, high=None, **more):
    """A field of Config.

    Args:
        default: its value in the reference preset.
        group: 'model' fits the weights and is restored with them; 'training' is restored when a run is resumed;
            'machine' and 'path' belong to where the script runs and are never restored.
        scripts: names of the scripts that have it as a flag.
        section: key of SECTIONS.
        low, high: legal range, both included.
        more: `by_script`, {script: its default there}; `in_help`, {script: what --help shows as the default};
            `remote`, whether test.py takes it beside --server; `several`, scripts that take several names, of a
            setting that is a text: commas part them in it, as in name_lists.
    """
    more = {'by_script': {}, 'in_help': {}, 'remote': False, 'several': (), **more}
    scripts = SCRIPTS if scripts == 'all' else tuple(scripts.split())
    metadata = {'group': group, 'scripts': scripts, 'section': section, 'low': low, 'high': high, **more}
    return dataclasses.field(default=default, metadata=metadata)


@dataclasses.dataclass(frozen=True)
class Config:
    """All settings; the defaults are the reference's."""

    # Settings
    preset: Literal['reference', 'compact'] = setting('reference', 'model', 'all', 'settings', remote=True)
    """Defaults of the published model, or of one for laptops."""
    config_path: str = setting('', 'path', 'all', 'settings', remote=True)
    """JSON file of settings, over the preset and under the other flags."""

    # What is read, and what with
    img_folder: str = setting(
        str(shipped('imgs', 'words')), 'path', 'test', 'input', remote=True, in_help={'test': 'imgs/words'}
    )
    """Folder of images, sub-folders included."""
    shard: str = setting('', 'machine', 'test', 'input', remote=True)
    """Read only this part of the folder: 1/4 to 4/4."""
    polygons_path: str = setting('', 'path', 'test', 'input', remote=True)
    """Regions in the images: lines image<TAB>polygon, or JSON Lines."""
    server: str = setting('', 'path', 'test', 'input', remote=True)
    """URL of a running app.py, e.g. http://127.0.0.1:5000."""
    pb_path: str = setting(
        '',
        'path',
        'export eval test app',
        'run',
        by_script={'test': SHIPPED_MODEL, 'app': SHIPPED_MODEL},
        in_help={
            'test': 'pretrain/latin.pb',
            'app': 'the models shipped in pretrain, latin.pb first',
            'eval': '--checkpoint_path, or pretrain/latin.pb without one',
            'export': 'beside the checkpoint',
        },
        several=('app',),
    )
    """Frozen graph, .onnx file, or folder for OpenVINO; app.py takes several."""
    checkpoint_path: str = setting('./checkpoint', 'path', 'train eval export', 'run')
    """Folder that train.py saves to. Other scripts read its best checkpoint, or the one that is named."""
    restore_path: str = setting(
        '', 'path', 'train', 'run', in_help={'train': 'the last one in checkpoint_path, if any'}
    )
    """Checkpoint to resume, or a .pb to fine-tune."""
    pretrain_path: str = setting('./pretrain/inception_v4.ckpt', 'path', 'train', 'run')
    """ImageNet checkpoint or frozen graph that the encoder starts from; '': from scratch."""
    charset_path: str = setting(
        '',
        'path',
        'dataset synthesize train eval export test app',
        'run',
        in_help={
            'dataset': "the training text's",
            'synthesize': "the recipe's",
            'train': "the model's or the training text's",
            **THE_MODELS,
        },
    )
    """Charset file, or digits, ascii, chinese (common characters), gb2312 (all of its characters)."""

    # Results
    output_path: str = setting(
        '',
        'path',
        'dataset synthesize eval test',
        'output',
        by_script={'eval': './results_eval', 'test': './results', 'synthesize': './data/synthetic_text'},
        in_help={'dataset': './results_check; ./data/converted with --convert'},
        remote=True,
    )
    """Folder to write to."""
    resume: Switch = setting(False, 'machine', 'eval test', 'output', remote=True)
    """Continue a killed run."""
    picture_dir: str = setting('', 'path', 'test', 'output')
    """Folder for pictures of where the model looked; with --detect, of what was found and read."""

    # Datasets
    train_datasets: Names = setting(('lsvt', 'art', 'rects'), 'path', 'dataset train', 'data')
    """Datasets to train on: names under base_dir, NAME=PATH for your own, synthetic:RECIPE for drawn text."""
    train_shares: Shares = setting((), 'path', 'train', 'data', in_help={'train': 'all regions alike'})
    """Share of each of them in the samples, in their order, such as 0.3 0.7."""
    eval_datasets: Names = setting(('icdar2017rctw',), 'path', 'dataset eval', 'data')
    """Datasets to score on, named as in train_datasets."""
    suite: Names = setting((), 'machine', 'eval', 'data', in_help={'eval': 'none'})
    """Benchmark sets below base_dir to score on instead: latin, common, union14m, names of sets, or NAME=PATH."""
    base_dir: str = setting('./data', 'path', 'dataset train eval export', 'data')
    """Folder of the datasets lsvt, art, rects, icdar2017rctw."""
    index_dir: str = setting('./index', 'path', 'dataset train eval export', 'data')
    """Folder for the indexes of the datasets."""

    # Tasks of dataset.py
    check: Switch = setting(False, 'machine', 'dataset', 'check')
    """Look at every image and label, and write a page about them."""
    allow_lost: Names = setting(('illegible or ignored',), 'machine', 'dataset', 'check')
    """With --check: reasons for which regions may be lost, named as in its tables; the first words are enough."""
    convert: Literal['', 'jsonl', 'gt', 'lmdb', 'crops'] = setting('', 'machine', 'dataset', 'check')
    """Write the training datasets to output_path in this format; crops: to index_dir, for train.py to read quickly."""

    # How a region is shown to the model: stored with it, and changed by the command line
    tta: int = setting(
        1, 'model', 'train eval export test app', 'shown', 1, 9, in_help=dict.fromkeys(READS.split(), "the model's")
    )
    """Test-time augmentation: views of an uncertain region to read at most."""
    rotate: Switch = setting(
        False, 'model', 'train eval export test app', 'shown', in_help=dict.fromkeys(READS.split(), "the model's")
    )
    """Read slanted regions turned level, and uncertain tall ones rotated by 90 degrees too."""
    canvas: Literal['square', 'fit', 'area'] = setting(
        'square',
        'model',
        'dataset train eval export test app',
        'shown',
        in_help=dict.fromkeys(READS.split(), "the model's"),
    )
    """Canvas: square, as narrow as the text, or of any shape."""
    canvas_area: int = setting(
        6144,
        'model',
        'dataset train eval export test app',
        'shown',
        256,
        4194304,
        in_help=dict.fromkeys(READS.split(), "the model's"),
    )
    """Largest canvas in pixels if canvas is area."""
    image_size: int = setting(256, 'model', 'dataset train eval export test app', 'shown', 16, 2048)
    """Longest side of a canvas in pixels, if the model does not say."""

    # Architecture
    model_name: Literal['ocr', 'ocr_with_normalized_bbox', 'detector'] = setting(
        'ocr', 'model', ARCHITECTURE, 'architecture'
    )
    """Variant: attention over the whole canvas, or over the text's box on it, or a detector of text in photographs."""
    seq_len: int = setting(REFERENCE_STEPS - 1, 'model', f'dataset synthesize {ARCHITECTURE}', 'architecture', 1, 1000)
    """Longest text in characters."""
    final_endpoint: Literal[ENDPOINTS] = setting(REFERENCE['final_endpoint'], 'model', ARCHITECTURE, 'architecture')
    """Block of Inception-v4 that the encoder ends with."""
    depth_multiplier: float = setting(REFERENCE['depth_multiplier'], 'model', ARCHITECTURE, 'architecture', 0.05, 4.0)
    """Factor on the encoder's channels."""
    embedding_size: int = setting(REFERENCE['embedding_size'], 'model', ARCHITECTURE, 'architecture', 1)
    """Size of a character's embedding."""
    lstm_size: int = setting(REFERENCE['lstm_size'], 'model', ARCHITECTURE, 'architecture', 1)
    """Units of the decoder's LSTM."""

    # Training
    batch_size: int = setting(
        10,
        'training',
        'train export eval test app',
        'machine',
        1,
        by_script=dict.fromkeys(('export', 'eval', 'test', 'app'), 32),
        remote=True,
    )
    """Images per step and GPU, or images read at a time."""
    accumulate: int = setting(1, 'training', 'train', 'training', 1)
    """Batches whose gradients are averaged for a step: a large batch on a small GPU."""
    max_epoch: int = setting(1000, 'training', 'train', 'training', 1)
    """Epochs to train; the learning rate reaches its end there."""
    steps_per_epoch: int = setting(500, 'training', 'train', 'training', 1)
    """Steps between two saves; an epoch is this many steps, not a pass through the data."""
    learning_rate: float = setting(1e-4, 'training', 'train', 'training', 0.0)
    """Highest learning rate; it does not depend on the number of GPUs."""
    warmup_steps: int = setting(1000, 'training', 'train', 'training', 0)
    """Steps over which the rate rises from a hundredth of its highest value."""
    final_rate_fraction: float = setting(0.0, 'training', 'train', 'training', 0.0, 1.0)
    """Last learning rate as a fraction of the highest."""
    dropout_keep_prob: float = setting(0.5, 'training', 'train', 'training', 0.01, 1.0)
    """Probability that a unit of the LSTM is kept."""
    batch_norm_decay: float = setting(0.9997, 'training', 'train', 'training', 0.0, 1.0)
    """Decay of the moving averages of batch norm."""
    average_decay: float = setting(0.0, 'training', 'train', 'training', 0.0, 0.999999)
    """Decay of the running averages of the weights, which are validated, exported and read with; 0: none are kept."""
    frozen: Literal[('', 'batch_norm', *FREEZABLE)] = setting('', 'training', 'train', 'training')
    """What fine-tuning leaves as it is: the statistics of batch norm, or besides all of the encoder up to a block."""
    tracker: Literal['', 'wandb', 'mlflow'] = setting('', 'machine', 'train', 'training')
    """Also send what TensorBoard gets to Weights & Biases or MLflow."""
    profile: Switch = setting(False, 'machine', 'train', 'training')
    """Only measure, for about a minute, what limits the training and which setting would speed it up."""
    augment: Literal[tuple(AUGMENT_SETS)] = setting('reference', 'training', 'dataset train', 'augmentation')
    """Set of random changes of training regions; single numbers of it can be set in a config file."""
    augment_numbers: tuple = dataclasses.field(default=())
    # ((name, value), ...) of AUGMENT_NUMBERS that differ from the set, out of files of settings; no flag.

    # Drawn text
    recipe: str = setting('words', 'training', 'synthesize', 'drawing')
    """One of digits, words, long_words, lines, photographed, scene, scene_shapes, scene_straight, chinese or street."""
    num_samples: int = setting(1000, 'machine', 'synthesize', 'drawing', 1)
    """Number of pictures."""
    text_path: str = setting(
        '',
        'path',
        'synthesize train export',
        'drawing',
        in_help=dict.fromkeys(SCRIPTS, "the recipe's own"),
    )
    """Word list or corpus to draw, UTF-8."""
    font_dir: str = setting(
        str(shipped('fonts')),
        'path',
        'synthesize train export',
        'drawing',
        in_help=dict.fromkeys(('synthesize', 'train', 'export'), 'fonts'),
    )
    """Folder of fonts to draw text with."""
    photo_dir: str = setting('', 'path', 'synthesize train', 'drawing')
    """Folder of photographs without text to draw on, for recipes that use them."""
    drawn_growth: float = setting(0.3, 'training', 'train', 'drawing', 0.0, 1.0)
    """Part of the training during which drawn text grows from easy to hard."""
    drawn_echo: int = setting(1, 'training', 'train', 'drawing', 1)
    """Use each drawn picture this many times, differently augmented, if drawing limits the training."""

    # Validation
    val_datasets: Names = setting(
        (),
        'path',
        'train export',
        'validation',
        in_help={'train': 'a share of the training data', 'export': 'synthetic:scene'},
    )
    """Datasets to validate on; with --format openvino, to measure the loss of int8 on."""
    val_regions: int = setting(1000, 'training', 'train export', 'validation', 0)
    """Largest number of held-out regions to validate on."""
    val_epochs: int = setting(5, 'training', 'train', 'validation', 0)
    """Epochs between validations; 0: never validate."""

    # Export
    format: Literal['pb', 'onnx', 'saved_model', 'openvino'] = setting('pb', 'machine', 'export', 'export')
    """A frozen graph, a file for ONNX Runtime, a SavedModel, or a folder with an int8 encoder for OpenVINO."""
    weights: Literal['float32', 'float16', 'int8'] = setting('float32', 'machine', 'export', 'export')
    """How weights are stored; int8, only with --format onnx, also computes the encoder in int8."""

    # Text in photographs
    detector_path: str = setting('', 'path', 'eval test app', 'detection')
    """Frozen detector that finds the text of photographs."""
    detect: Switch = setting(False, 'machine', 'dataset eval test', 'detection')
    """Find the text of whole photographs, then read it."""
    video: str = setting('', 'path', 'test', 'detection')
    """Video to find and read the text of, with times."""
    fps: float = setting(2.0, 'machine', 'test', 'detection', 0.01, 1000.0)
    """Frames of --video per second to look at."""
    unit: Literal['word', 'line'] = setting('word', 'machine', 'eval', 'detection')
    """What the labels of photographs are; with line, found words are joined to lines."""

    # Better reading with the same weights
    beam_width: int = setting(0, 'machine', READS, 'search', 0, 1000)
    """Texts followed at once; 0: one, or five or more if a flag below needs them."""
    n_best: int = setting(0, 'machine', 'eval test', 'search', 0, 1000)
    """List this many of the most probable texts."""
    allow: str = setting('', 'machine', READS, 'search')
    """Regular expression that the whole text must match, e.g. '[A-Z]{2}[0-9]{4}'."""
    lexicon: str = setting('', 'path', READS, 'search')
    """UTF-8 file of words, one per line; a reading becomes the nearest word."""
    lexicon_strict: Switch = setting(False, 'machine', READS, 'search')
    """Write only words of the lexicon."""
    long_text: Switch = setting(False, 'machine', 'eval test', 'search')
    """Read long lines and columns in overlapping windows."""
    # Server
    host: str = setting('127.0.0.1', 'machine', 'app', 'server')
    """Address to listen on; 0.0.0.0: all addresses of this machine, so that others reach it."""
    port: int = setting(5000, 'machine', 'app', 'server', 0, 65535)
    """Port to listen on; 0: any free one."""
    allowed_hosts: Names = setting((), 'machine', 'app', 'server')
    """Further host names of the server, or sites whose pages may use it; '*' is any name."""
    token_path: str = setting(
        '',
        'path',
        'app test',
        'server',
        in_help=dict.fromkeys(('app', 'test'), 'variable OCR_TOKEN, if set'),
        remote=True,
    )
    """File with the token of the server."""

    # Error report
    report: str = setting('', 'path', 'train eval', 'report')
    """Folder for a page that shows where the model errs; train.py writes it at its end."""
    compare: str = setting('', 'path', 'eval', 'report')
    """scores.json of an earlier evaluation, with its readings.jsonl beside it: the page shows what changed."""

    # The machine
    gpus: Numbers = setting(
        (), 'machine', 'train eval export test app', 'machine', in_help=dict.fromkeys(SCRIPTS, 'all')
    )
    """GPUs to use, such as 0,1; on a machine without any, the CPU."""
    num_workers: int = setting(0, 'machine', 'all', 'machine', 0, in_help=dict.fromkeys(SCRIPTS, 'one for each core'))
    """Processes that prepare images."""
    cluster: Names = setting((), 'machine', 'train', 'machine', in_help={'train': 'TF_CONFIG, if set'})
    """Addresses of all workers of a training run on several machines, such as node1:2222,node2:2222."""
    task_index: int = setting(-1, 'machine', 'train', 'machine', -1, in_help={'train': 'of TF_CONFIG'})
    """Number of this worker in cluster, from 0."""
    cluster_timeout: float = setting(600.0, 'machine', 'train', 'machine', 1.0)
    """Seconds to wait for the other workers at the start."""
    precision: Literal['auto', 'float32', 'bfloat16', 'float16'] = setting(
        'auto', 'machine', 'train eval export test app', 'machine'
    )
    """Number format; auto: the fastest here, but float32 in eval.py on CPUs. float16 is for GPUs."""
    trust_model: Switch = setting(False, 'machine', 'train eval export test app', 'machine')
    """Run a model file without checks and limits: only for your own files."""
    seed: int = setting(0, 'training', 'synthesize train export', 'machine', 0)
    """Seed of the initial weights, shuffling, augmentation, dropout and drawing."""

    origin: Origin = dataclasses.field(default=Origin(), repr=False, compare=False)

    def __post_init__(self):
        for name, field in SETTINGS.items():
            check_value(field, getattr(self, name))
        check_numbers(self.augment_numbers)

    @property
    def typed(self):
        """Names of the settings that the command line gives."""
        return self.origin.typed.keys()

    @property
    def model_choice(self):
        """Which model reads, as keyword arguments of ocr.reading.open_model.choose_model."""
        named = self.pb_path if self._names_model else None
        return {'named': named, 'gpus': self.gpus, 'precision': self.precision, 'decoding': self.decoding}

    @property
    def models_choice(self):
        """Which models read beside each other, as keyword arguments of ocr.reading.open_models.choose_models."""
        named = split_names([self.pb_path]) if self._names_model else None
        return {**self.model_choice, 'named': named}

    @property
    def _names_model(self):
        return 'pb_path' in {**self.origin.in_file, **self.origin.typed}

    @property
    def detector_choice(self):
        """Which detector finds text, as keyword arguments of ocr.reading.open_detector.choose_detector."""
        named = self.detector_path if self.detector_path or 'detector_path' in self.typed else None
        return {'named': named, 'gpus': self.gpus, 'precision': self.precision}

    @property
    def num_steps(self):
        """T: decoder steps, the longest text and its EOS."""
        return self.seq_len + 1

    @property
    def total_steps(self):
        """Steps of the whole training run."""
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
        """How texts are searched for, as keyword arguments of ocr.reading.search.build."""
        return {name: getattr(self, name) for name, field in SETTINGS.items() if field.metadata['section'] == 'search'}

    @property
    def reading(self):
        """How a stored model reads, as keyword arguments of ocr.reading.open_model.open_model."""
        names = ('charset_path', 'image_size', 'canvas', 'canvas_area', 'tta', 'rotate', 'precision')
        return {**{name: getattr(self, name) for name in names}, 'decoding': self.decoding}

    @property
    def reading_regions(self):
        """How regions are read, as keyword arguments of ocr.reading.local_reader.LocalReader."""
        return {name: getattr(self, name) for name in ('batch_size', 'num_workers', 'long_text')}

    @property
    def augmentation(self):
        """Numbers of the random changes of training regions, as keyword arguments of AugmentSettings."""
        return {**AUGMENT_SETS[self.augment], **dict(self.augment_numbers)}

    @property
    def detects(self):
        """Whether the model finds text in photographs and does not read it."""
        return self.model_name == 'detector'

    @property
    def frozen_block(self):
        """Name of the block up to which the encoder is not trained, or ''."""
        return '' if self.frozen == 'batch_norm' else self.frozen

    @property
    def with_bbox(self):
        """Whether the model takes the text's box on the canvas as an input."""
        return self.model_name == 'ocr_with_normalized_bbox'

    def part(self, kind):
        """An object of a dataclass whose fields are named as settings, or as properties here."""
        return kind(**{field.name: getattr(self, field.name) for field in dataclasses.fields(kind)})

    def over(self, stored):
        """These settings with those that a model brings along (see `restorable`) under what was typed.

        Precedence: the preset's defaults < the file of --config_path < `stored` < command line; what the command line
        overrides of file or `stored` is logged.
        """
        if self.origin.script is None and not self.origin.typed and not self.origin.in_file:
            return dataclasses.replace(self, **stored)  # made in code: there is no command line
        return SCHEMA.merged(self.origin, stored)


SETTINGS = {field.name: field for field in dataclasses.fields(Config) if field.metadata}
SHOWN = tuple(name for name, field in SETTINGS.items() if field.metadata['section'] == 'shown' and name != 'image_size')
# Old name -> name; as flags, old names end with version 1.2.
RENAMED = {'views': 'tta', 'turned': 'rotate', 'rotate_tall': 'rotate', 'attention_dir': 'picture_dir'}
# Old name -> name, and values of today: files that bring them are read.
REVALUED = {'frozen_batch_norm': ('frozen', {False: '', True: 'batch_norm'})}
# Settings of earlier versions that are constants now: files that bring them are read, and other values reported.
RETIRED = {
    'gradient_clip': 10.0,
    'encoder_weight_decay': 4e-5,
    'decoder_weight_decay': 1e-5,
    'calibration_datasets': ('synthetic:scene',),
    'max_loss': 0.01,
    'char_positions': True,
    'window_aspect': 4.0,
    'report_regions': 24,
    'full_length': False,
    'lexicon_distance': 2,
    'batch_window': 10.0,
    'queue_size': 256,
    'request_timeout': 30.0,
    'min_count': 1,
    'label_smoothing': 0.05,
    'patience': 0,
    'min_size': 8,
    'val_share': 0.05,
    'cache': False,
    'cache_crops': 'auto',
    'max_checkpoints': 2,
    'max_regions': 200,
    'max_megabytes': 20.0,
    'max_megapixels': 50.0,
}
REPLACED = {  # what to do instead of some of these and those
    'val_share': 'train.py holds out --val_regions, and 5 % of the photographs at most; leave it out',
    'cache': 'use --convert crops',
    'frozen_batch_norm': 'use --frozen batch_norm',
}
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
        'augment': 'light',
        'val_epochs': 1,
    },
}


SCHEMA = Schema(
    Config,
    SECTIONS,
    PRESETS,
    RENAMED,
    REVALUED,
    RETIRED,
    REPLACED,
    FileOnly('augment_numbers', AUGMENT_NUMBERS, 'augment', 'training'),
)
parse_config, restorable, renamed = SCHEMA.parse, SCHEMA.restorable, SCHEMA.with_new_names


def config_of(script, given):
    """Config of a script whose settings are given in code, {name: value}, as if they had been typed.

    Raises:
        InputError: an illegal value.
    """
    return SCHEMA.merged(Origin(script, given), {})


def to_json(config, groups=GROUPS):
    """Config as JSON text; a model that travels carries no paths of the machine that it was trained on."""
    return SCHEMA.to_json(config, groups)


def shown(stored):
    """The part of a frozen graph's settings that the command line can change."""
    # A graph that says nothing of its canvas was trained on squares, even if a preset or a file says otherwise.
    return {'canvas': Config().canvas, **{name: value for name, value in renamed(stored).items() if name in SHOWN}}
