"""Bad input: one line that names the thing and the remedy, exit code 2, nothing half-written."""

import json
import re
import shutil

import pytest
import tiny

from ocr.errors import InputError


@pytest.fixture(scope='module')
def material(learnt, tmp_path_factory):
    """A folder with what the commands below name; of it only the learnt model is usable."""
    folder = tmp_path_factory.mktemp('material')
    (folder / 'empty').mkdir()
    (folder / 'checkpoint_garbage').write_bytes(b'\x89PNG' * 100)
    (folder / 'picture.pb').write_bytes(b'\x89PNG' * 100)
    (folder / 'other.pb').write_bytes(b'')
    shutil.copytree(learnt.words, folder / 'words')
    shutil.copytree(learnt.checkpoint_path, folder / 'model')
    shutil.copytree(learnt.checkpoint_path, folder / 'no_charset')
    (folder / 'no_charset' / 'charset.txt').unlink()
    shutil.copytree(learnt.checkpoint_path, folder / 'edited')
    (folder / 'edited' / 'config.json').write_text('{"lstm_sise": 3}')
    (folder / 'edited' / 'SHA256SUMS').unlink()  # the change is meant
    shutil.copy(learnt.pb_path, folder / 'model.pb')
    write_labels(folder)
    write_challenges(folder / 'data')
    return folder


def write_labels(folder):
    """Label files of own data that are wrong in the third line, and one without a legible text."""
    picture = 'words/0.png'
    good = f'{picture}\t27\n{picture}\t5\n'
    (folder / 'short.tsv').write_text(f'{good}{picture}\n')
    (folder / 'polygon.tsv').write_text(f'{good}{picture}\t27\t1,2,x\n')
    record = json.dumps({'image': picture, 'text': '27'}) + '\n'
    (folder / 'malformed.jsonl').write_text(record * 2 + '{"image": "words/0.png", "text":\n')
    (folder / 'keyless.jsonl').write_text(record * 2 + '{"picture": "words/0.png"}\n')
    (folder / 'illegible.tsv').write_text(f'{picture}\t###\n{picture}\t a###\n{picture}\t\n')
    (folder / 'letters.tsv').write_text(f'{picture}\tabc\n')
    (folder / 'lost.tsv').write_text('away.png\t27\n')
    (folder / 'polygons.tsv').write_text('0.png\t[[0, 0], [30, 0], [30, 30]]\n0.png\t[[0, 0], [30, 30]]\n')
    (folder / 'polygons_empty.tsv').write_text('')
    (folder / 'charset_twice.txt').write_text('a\nb\na\n')
    (folder / 'letters.txt').write_text('a\nb\n')


def write_challenges(base_dir):
    """A folder of challenges: lsvt without annotations, art with malformed ones, rects without pictures."""
    (base_dir / 'lsvt').mkdir(parents=True)
    (base_dir / 'art').mkdir()
    (base_dir / 'art' / 'train_task2_labels.json').write_text('{"gt_1": [{"transcription": "a", "points"')
    (base_dir / 'rects' / 'gt_unicode').mkdir(parents=True)
    (base_dir / 'rects' / 'gt_unicode' / 'a.json').write_text('{"lines": [{"ignore": 0}]}')


OWN = '--train_datasets own={}'
WORDS = '--train_datasets words'
GO_ON = f'{WORDS} --checkpoint_path model --max_epoch 9'
SCORE = '--eval_datasets words'
READ = '--img_folder words --pb_path model.pb'
CASES = [
    # datasets
    ('dataset', '--base_dir nowhere', 'nowhere'),
    ('dataset', '--base_dir data --train_datasets icdar2017rctw', 'data/icdar2017rctw'),
    ('dataset', '--base_dir data --train_datasets lsvt', 'data/lsvt/train_full_labels.json'),
    ('dataset', '--base_dir data --train_datasets art', 'art/train_task2_labels.json'),
    ('dataset', '--base_dir data --train_datasets rects', 'gt_unicode/a.json'),
    ('dataset', OWN.format('nowhere'), 'nowhere'),
    ('dataset', OWN.format('empty'), 'empty'),
    ('dataset', OWN.format('short.tsv'), 'short.tsv:3: '),
    ('dataset', OWN.format('polygon.tsv'), 'polygon.tsv:3: '),
    ('dataset', OWN.format('malformed.jsonl'), 'malformed.jsonl:3: malformed JSON'),
    ('dataset', OWN.format('keyless.jsonl'), 'keyless.jsonl:3: '),
    ('dataset', OWN.format('illegible.tsv'), 'own: no legible region left (1 illegible or ignored, 1 partly ###'),
    ('dataset', OWN.format('lost.tsv'), 'own: no legible region left (1 missing image)'),
    ('dataset', OWN.format('letters.tsv') + ' --charset_path digits', 'no legible region left for charset digits'),
    ('dataset', '--train_datasets words --charset_path nowhere.txt', 'nowhere.txt'),
    ('dataset', '--train_datasets words --charset_path charset_twice.txt', 'charset_twice.txt:3: '),
    # drawing
    ('synthesize', '--font_dir nowhere', 'nowhere: no such font folder'),
    ('synthesize', '--font_dir empty', 'empty: no usable font'),
    ('synthesize', f'--font_dir {tiny.FONT_DIR} --text_path nowhere.txt', 'nowhere.txt'),
    ('synthesize', f'--font_dir {tiny.FONT_DIR} --num_samples 3 --output_path words', 'words: '),
    # training
    ('train', '--base_dir nowhere --pretrain_path=', '--base_dir nowhere'),
    ('train', WORDS, '--pretrain_path ./pretrain/inception_v4.ckpt'),
    ('train', f'{WORDS} --pretrain_path empty', '--pretrain_path empty'),
    ('train', f'{WORDS} --preset compact --pretrain_path checkpoint_garbage', 'checkpoint_garbage: unreadable'),
    ('train', f'{WORDS} --restore_path nowhere/model-3', 'nowhere/model-3: no such checkpoint'),
    ('train', f'{WORDS} --restore_path empty', '--restore_path empty: no checkpoint there'),
    ('train', f'{WORDS} --preset compact --gpus 0,0', '--gpus 0,0: give each GPU once'),
    ('train', f'{WORDS} --preset compact --checkpoint_path words/0.png/x', 'words/0.png/x'),
    ('train', f'{WORDS} --checkpoint_path model', 'has all 200 steps behind it; raise --max_epoch'),
    ('train', f'{WORDS} --checkpoint_path edited', 'edited/config.json: unknown setting lstm_sise'),
    ('train', f'{GO_ON} --charset_path ascii', 'at step 0; give another folder and --restore_path model/model-200'),
    (
        'train',
        f'{GO_ON} --charset_path letters.txt',
        "letters.txt lacks characters that model/model-200 can write: '0' (U",
    ),
    ('train', f'{WORDS} --restore_path nowhere.pb', '--restore_path nowhere.pb: No such file'),
    ('train', f'{WORDS} --restore_path picture.pb', '--restore_path picture.pb: not a frozen TensorFlow graph'),
    (
        'train',
        f'{WORDS} --restore_path model.pb --charset_path letters.txt',
        'letters.txt lacks characters that model.pb',
    ),
    ('train', f'{WORDS} --restore_path model.pb --checkpoint_path model', 'or go on there without --restore_path'),
    ('train', f'{WORDS} --checkpoint_path no_charset', 'model-200 brings no charset; give the one that it was trained'),
    ('train', f'{GO_ON} --lstm_size 7', 'lstm_U is [96, 384], the model has [7, 28]'),
    ('train', f'{GO_ON} --depth_multiplier 0.3', 'InceptionV4/Conv2d_1a_3x3/weights is [3, 3, 3,'),
    ('train', f'{GO_ON} --final_endpoint Mixed_5b', 'InceptionV4/Mixed_5b/Branch_0/'),
    # scoring
    ('eval', f'{SCORE} --checkpoint_path nowhere', 'nowhere: no such checkpoint'),
    ('eval', f'{SCORE} --checkpoint_path empty', '--checkpoint_path empty'),
    ('eval', f'{SCORE} --checkpoint_path checkpoint_garbage --charset_path ascii', 'checkpoint_garbage: unreadable'),
    ('eval', f'{SCORE} --checkpoint_path no_charset', 'model-200 brings no charset'),
    ('eval', f'{SCORE} --checkpoint_path no_charset --charset_path ascii', 'softmax_b is [12], the model has [97]'),
    ('eval', f'{SCORE} --pb_path nowhere.pb', '--pb_path nowhere.pb: No such file'),
    ('eval', f'{SCORE} --pb_path model.pb --charset_path ascii', 'ascii is not the charset of model.pb'),
    ('eval', '--eval_datasets illegible=illegible.tsv --pb_path model.pb', 'illegible: no legible region left'),
    ('eval', f'{SCORE} --pb_path model.pb --output_path words/0.png', 'words/0.png/readings.jsonl'),
    # freezing
    ('export', '--checkpoint_path nowhere', 'nowhere'),
    ('export', '--checkpoint_path model/model-3', 'model/model-3: no such checkpoint'),
    ('export', '--checkpoint_path no_charset', 'model-200 brings no charset'),
    ('export', '--checkpoint_path model --lstm_size 7', 'lstm_U is [96, 384], the model has [7, 28]'),
    ('export', '--checkpoint_path model --charset_path ascii', '--charset_path ascii is not the charset of model/'),
    ('export', '--checkpoint_path model --pb_path words/0.png/x.pb', 'words/0.png/x.pb'),
    ('export', '--checkpoint_path model --pb_path words/0.png/x --format saved_model', 'words/0.png/x'),
    # reading
    ('test', '--img_folder words --pb_path nowhere.pb', '--pb_path nowhere.pb: No such file'),
    ('test', '--img_folder words --pb_path picture.pb', 'picture.pb: not a frozen TensorFlow graph'),
    ('test', '--img_folder words --pb_path other.pb', 'other.pb: not a graph of this model: it has no image'),
    ('test', '--img_folder words --pb_path empty', 'empty: Is a directory'),
    ('test', '--img_folder nowhere --pb_path model.pb', '--img_folder nowhere: no such folder'),
    ('test', '--img_folder empty --pb_path model.pb', '--img_folder empty: no image in it'),
    ('test', f'{READ} --charset_path ascii', 'ascii is not the charset of model.pb'),
    ('test', f'{READ} --output_path letters.txt', 'cannot be written (File exists); choose another path'),
    ('eval', '--pb_path model.pb --base_dir nowhere', 'a dataset of your own is named NAME=labels.tsv'),
    ('test', f'{READ} --polygons_path polygons.tsv', 'polygons.tsv:2: '),
    ('test', f'{READ} --polygons_path polygons_empty.tsv', 'polygons_empty.tsv: no region'),
    ('test', f'{READ} --polygons_path nowhere.tsv', 'nowhere.tsv'),
    ('test', '--img_folder nowhere --pb_path model.pb --polygons_path polygons.tsv', '--img_folder nowhere: no such'),
    ('test', f'{READ} --picture_dir words/0.png', '--picture_dir words/0.png'),
    ('test', f'{READ} --output_path words/0.png', 'words/0.png/results.jsonl'),
    # better reading
    ('test', f'{READ} --allow [0-9', "--allow '[0-9': not a regular expression"),
    ('test', f'{READ} --allow [a-z]', "--allow '[a-z]': no text of the characters"),
    ('test', f'{READ} --allow [0-9]{{9}}', 'its shortest text has 9 characters, model.pb writes at most 6'),
    ('test', f'{READ} --lexicon nowhere.txt', '--lexicon nowhere.txt: No such file'),
    ('test', f'{READ} --lexicon picture.pb', '--lexicon picture.pb: not UTF-8 text'),
    ('test', f'{READ} --lexicon letters.txt', '--lexicon letters.txt: none of its 2 words can be written'),
    ('test', f'{READ} --lexicon letters.txt --allow a', '--allow with --lexicon'),
    ('test', f'{READ} --n_best 3 --beam_width 2', '--n_best 3: --beam_width 2 follows fewer texts'),
    ('test', f'{READ} --long_text --picture_dir a', '--picture_dir shows one canvas'),
    ('eval', f'{SCORE} --pb_path model.pb --lexicon_strict', '--lexicon_strict: there is no --lexicon'),
    ('eval', f'{SCORE} --checkpoint_path model --long_text --n_best 2', '--long_text joins what is read in windows'),
    # flags
    ('train', '--batchsize 3', '--batchsize'),
    ('eval', '--batch_siz 3', '--batch_siz'),
    ('export', '--batch_size many', '--batch_size'),
    ('test', '--batch_size 0', '--batch_size 0: must be at least 1'),
    ('dataset', '--preset huge', 'huge'),
    ('train', '--model_name transformer', 'transformer'),
    ('synthesize', f'--font_dir {tiny.FONT_DIR} --recipe poems', 'poems'),
    ('synthesize', '--num_samples', '--num_samples'),
]


def content(folder):
    """{path: size and time} of all files of a folder but the indexes and logs that scripts keep."""
    files = [path for path in folder.rglob('*') if path.is_file() and path.name != 'log.log']
    state = {path.relative_to(folder): (path.stat().st_size, path.stat().st_mtime_ns) for path in files}
    return {path: of for path, of in state.items() if path.parts[0] != 'index'}


@pytest.mark.parametrize(('script', 'flags', 'named'), CASES, ids=[f'{script} {flags}' for script, flags, _ in CASES])
def test_one_line_names_the_thing_and_nothing_is_written(material, monkeypatch, script, flags, named):
    monkeypatch.chdir(material)
    before = content(material)
    with pytest.raises(InputError) as caught:
        tiny.run_main(script, *flags.split())
    message = str(caught.value)
    assert named in message
    assert '\n' not in message
    assert content(material) == before


def own_lines(stderr):
    """Lines of stderr but progress bars, of which only what follows the last return is on the screen."""
    lines = [line.rpartition('\r')[2] for line in stderr.split('\n')]
    return [line for line in lines if line and not re.search(r'\d+%\||\d+ regions \[', line)]


@pytest.mark.parametrize(
    ('script', 'flags', 'line'),
    [
        ('test', '--img_folder nowhere', 'test.py: --img_folder nowhere: no such folder'),
        ('train', '--no_such_flag 3', 'train.py: --no_such_flag: there is no such flag; --help lists all flags'),
        ('dataset', OWN.format('short.tsv'), 'dataset.py: short.tsv:3: image<TAB>text'),
    ],
)
def test_the_process_prints_one_line_and_exits_with_2(material, script, flags, line):
    result = tiny.run_script(script, *flags.split(), cwd=material)
    assert result.returncode == 2
    assert result.stdout == ''
    (own,) = own_lines(result.stderr)
    assert own.startswith(line)


def test_pictures_that_all_break_while_training_end_it_with_one_line(tmp_path):
    words = tiny.write_words(tmp_path / 'words', ['1', '2', '3'])
    for path in words.glob('*.png'):
        tiny.cut_off(path)
    result = tiny.run_script('train', *tiny.training_flags(words, tmp_path / 'checkpoint'))
    assert result.returncode == 2
    *log, last = own_lines(result.stderr)
    assert re.match(r'train\.py: none of the 3 regions can be read, the last: .*\.png: unreadable image', last)
    assert all(line.startswith(('no GPU is visible', 'precision: ', 'left out: ')) for line in log)
    assert not list((tmp_path / 'checkpoint').glob('model-*')), 'weights of no step were saved'


def test_a_full_disk_ends_training_with_one_line_and_the_checkpoint_before_is_whole(six_steps, tmp_path):
    folder = tiny.copy_training(six_steps.checkpoint_path, tmp_path / 'checkpoint', step=3)
    before = {path.name: path.read_bytes() for path in folder.glob('model-3.*')}
    with tiny.largest_file(30_000):  # which the process inherits
        result = tiny.run_script('train', *tiny.training_flags(six_steps.words, folder, **tiny.AUGMENTED))
    assert result.returncode == 2, result.stderr
    *log, last = own_lines(result.stderr)
    assert re.fullmatch(
        rf'train\.py: {folder}: cannot save \(.*File too large\); {folder}/model-3 is whole, go on from it .*', last
    )
    assert all(line.startswith(('no GPU is visible', 'precision: ', 'resuming from')) for line in log)
    assert {path.name: path.read_bytes() for path in folder.glob('model-*')} == before
    assert not (folder / '.saving').exists()
    tiny.run_main('export', *tiny.flags(checkpoint_path=folder, pb_path=tmp_path / 'model.pb'))
    assert (tmp_path / 'model.pb').exists()
