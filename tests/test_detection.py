"""A detector from training to its scores, with the scripts as a user runs them; and what they say to mistakes."""

import csv
import json
import shutil
import warnings

import numpy as np
import pytest
from serving import recognize, started
from streets import draw_street, write_streets
from tiny import ROOT, flags, make_words, run_main, run_script
from videos import write_video

from ocr.errors import InputError

TINY_DETECTOR = {
    'model_name': 'detector',
    'pretrain_path': '',
    'depth_multiplier': 0.1,
    'final_endpoint': 'Mixed_6a',
    'image_size': 64,
    'batch_size': 8,
    'learning_rate': 1e-2,
    'warmup_steps': 20,
    'batch_norm_decay': 0.9,
    'augment': 'none',
    'steps_per_epoch': 200,
    'max_epoch': 4,
    'val_epochs': 4,
    'num_workers': 1,
    'precision': 'float32',
}
RECOGNISER = ROOT / 'pretrain' / 'latin.pb'


def training_flags(folder, checkpoint_path, **settings):
    index_dir = checkpoint_path.parent / 'index'
    paths = {'train_datasets': f'mine={folder}', 'index_dir': index_dir, 'checkpoint_path': checkpoint_path}
    return flags(**{**TINY_DETECTOR, **paths, **settings})


@pytest.fixture(scope='module')
def streets(tmp_path_factory):
    return write_streets(tmp_path_factory.mktemp('data') / 'streets', 24)


@pytest.fixture(scope='module')
def run(streets, tmp_path_factory):
    """The folder of a finished training."""
    folder = tmp_path_factory.mktemp('run') / 'detector'
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        assert run_main('train', *training_flags(streets, folder, val_datasets=f'mine={streets}')) == 0
    return folder


@pytest.fixture(scope='module')
def pb_path(run):
    path = run.parent / 'detector.pb'
    assert run_main('export', *flags(checkpoint_path=run, pb_path=path)) == 0
    return path


def score(folder, **settings):
    assert run_main('eval', *flags(output_path=folder / 'scores', index_dir=folder / 'index', **settings)) == 0
    return json.loads((folder / 'scores' / 'scores.json').read_text())


def test_it_learns_to_find_words(run):
    rows = [json.loads(line) for line in (run / 'history.jsonl').read_text().splitlines()]
    assert rows[-1]['loss'] < rows[0]['loss'] / 1.5
    assert rows[-1]['val_h_mean'] > 0.5
    assert {'core_loss', 'binary_loss', 'threshold_loss', 'val_precision', 'val_recall'} <= set(rows[-1])


def test_the_run_folder_is_that_of_every_training(run):
    names = {path.name for path in run.iterdir()}
    assert {'config.json', 'history.jsonl', 'curve.png', 'log', 'best', 'model-800.index'} <= names
    assert 'charset.txt' not in names
    assert json.loads((run / 'config.json').read_text())['model_name'] == 'detector'


def test_checkpoint_and_graph_score_the_same_on_photographs_not_seen(run, pb_path, tmp_path):
    folder = write_streets(tmp_path / 'streets', 8, first=500)
    of_graph = score(tmp_path / 'pb', pb_path=pb_path, eval_datasets=f'new={folder}')
    of_checkpoint = score(tmp_path / 'ckpt', checkpoint_path=run, eval_datasets=f'new={folder}')
    assert of_graph['scores'] == of_checkpoint['scores']
    assert of_graph['scores']['new']['h_mean']['value'] > 0.5
    with open(tmp_path / 'pb' / 'scores' / 'regions.csv', newline='') as file:
        rows = list(csv.DictReader(file))
    assert {row['outcome'] for row in rows} <= {'matched', 'missed', 'false', 'not counted'}
    matched = [row for row in rows if row['outcome'] == 'matched']
    assert all(float(row['overlap']) > 0.5 for row in matched)
    assert all(len(row['found_polygon'].split(',')) >= 8 for row in matched)


def test_detector_and_recogniser_are_scored_together(streets, pb_path, tmp_path):
    settings = {'detector_path': pb_path, 'pb_path': RECOGNISER, 'eval_datasets': f'mine={streets}'}
    scores = score(tmp_path, **settings)['scores']['mine']
    assert 0.3 < scores['end_to_end']['value'] <= scores['end_to_end_any_case']['value'] <= scores['h_mean']['value']
    assert 0 < scores['ned']['value'] <= 1


def test_words_are_joined_for_labels_of_lines(pb_path, tmp_path):
    folder = write_streets(tmp_path / 'streets', 4, first=700)
    labels = (folder / 'labels.tsv').read_text()
    scores = score(tmp_path, pb_path=pb_path, eval_datasets=f'lines={folder}', unit='line')
    assert scores['protocol'].endswith('lines')
    assert labels == (folder / 'labels.tsv').read_text()


def test_a_graph_is_fine_tuned(streets, pb_path, tmp_path):
    settings = {'restore_path': pb_path, 'steps_per_epoch': 1, 'max_epoch': 1, 'val_epochs': 0, 'learning_rate': 1e-6}
    assert run_main('train', *training_flags(streets, tmp_path / 'run', **settings)) == 0
    before = score(tmp_path / 'a', pb_path=pb_path, eval_datasets=f'mine={streets}')['scores']
    after = score(tmp_path / 'b', checkpoint_path=tmp_path / 'run', eval_datasets=f'mine={streets}')['scores']
    assert after['mine']['h_mean']['value'] == pytest.approx(before['mine']['h_mean']['value'], abs=0.25)


def test_a_training_goes_on(streets, run, tmp_path):
    copy = shutil.copytree(run, tmp_path / 'run')
    assert run_main('train', *training_flags(streets, copy, steps_per_epoch=804, max_epoch=1, val_epochs=0)) == 0
    rows = [json.loads(line) for line in (copy / 'history.jsonl').read_text().splitlines()]
    assert [row['step'] for row in rows] == [200, 400, 600, 800, 804]


def test_float16_finds_the_same(run, tmp_path):
    path = tmp_path / 'half.pb'
    assert run_main('export', *flags(checkpoint_path=run, pb_path=path, weights='float16')) == 0
    assert path.stat().st_size < 0.7 * 400_000


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        ({'image_size': 100}, '--image_size 100: .*multiple of 16'),
        ({'final_endpoint': 'Mixed_5c'}, '--final_endpoint Mixed_5c: a detector ends at one of Mixed_6a to Mixed_6h'),
        ({'profile': True}, '--profile: not for a detector'),
        ({'report': 'page'}, '--report: not for a detector'),
        ({'restore_path': RECOGNISER, 'model_name': 'detector'}, 'another architecture'),
    ],
)
def test_what_a_detector_cannot_be_told(streets, tmp_path, change, message):
    with pytest.raises(InputError, match=message):
        run_main('train', *training_flags(streets, tmp_path / 'run', **change))
    assert not (tmp_path / 'run' / 'config.json').exists()


def test_word_crops_are_refused(tmp_path):
    words = make_words(tmp_path / 'words', 'one', 'two')
    with pytest.raises(InputError, match='these labels cover whole images: nothing to find'):
        run_main('train', *training_flags(words, tmp_path / 'run'))


def test_each_model_in_the_place_of_the_other_is_said(streets, pb_path, tmp_path):
    with pytest.raises(InputError, match='a detector, which finds text but does not read it'):
        run_main('test', *flags(pb_path=pb_path, img_folder=streets, output_path=tmp_path / 'out'))
    with pytest.raises(InputError, match='a recogniser, which reads text but does not find it; give a detector'):
        score(tmp_path, detector_path=RECOGNISER, eval_datasets=f'mine={streets}')
    with pytest.raises(InputError, match='a recogniser, which reads text but does not find it; give a detector'):
        run_main('app', *flags(port=0, detector_path=RECOGNISER))
    with pytest.raises(InputError, match='a detector, which finds text but does not read it'):
        run_main('app', *flags(port=0, pb_path=pb_path))


def test_the_server_finds_what_it_reads(pb_path, tmp_path):
    folder = write_streets(tmp_path / 'streets', 1, first=900, size=(640, 480), height=(24, 34))
    with started('--detector_path', pb_path, '--precision', 'float32') as app:
        answer = recognize(app.url, (folder / '0.png').read_bytes()).json()
        assert len(answer['regions']) >= 2 and answer['timings']['detect_ms'] > 0
        (whole,) = recognize(app.url, (folder / '0.png').read_bytes(), detect='false').json()['regions']
        assert whole['polygon'][2] == [640, 480]
        settings = {'img_folder': folder, 'output_path': tmp_path / 'out', 'server': app.url}
        assert not run_main('test', *flags(**settings))
    (record,) = [json.loads(line) for line in (tmp_path / 'out' / 'results.jsonl').read_text().splitlines()]
    assert record['text'] == whole['text'] and 'polygon' not in record  # test.py --server reads whole pictures


def test_photographs_are_read_by_one_command(pb_path, tmp_path):
    folder = write_streets(tmp_path / 'streets', 3, first=900)
    (folder / 'broken.png').write_bytes(b'no picture')
    paths = {'img_folder': folder, 'output_path': tmp_path / 'out', 'picture_dir': tmp_path / 'pictures'}
    settings = flags(detect=True, detector_path=pb_path, pb_path=RECOGNISER, **paths)
    assert not run_main('test', *settings)
    records = [json.loads(line) for line in (tmp_path / 'out' / 'results.jsonl').read_text().splitlines()]
    assert [record['image'] for record in records] == ['0.png', '1.png', '2.png', 'broken.png']
    assert 'error' in records[-1]
    assert sum(len(record['regions']) for record in records[:-1]) >= 4
    assert all(line['text'] for record in records[:-1] for line in record['lines'])
    assert [path.name for path in sorted((tmp_path / 'pictures').iterdir())] == [
        '000000_0.jpg',
        '000001_1.jpg',
        '000002_2.jpg',
    ]
    before = (tmp_path / 'out' / 'results.jsonl').read_bytes()
    assert not run_main('test', *settings, '--resume')
    assert (tmp_path / 'out' / 'results.jsonl').read_bytes() == before


def test_a_video_is_read_by_one_command(pb_path, tmp_path):
    street, regions = draw_street(900)
    path = write_video(tmp_path / 'clip.mp4', [street] * 20)
    settings = {'detector_path': pb_path, 'pb_path': RECOGNISER, 'output_path': tmp_path / 'out', 'fps': 1}
    finished = run_script('test', *flags(video=path, **settings))
    assert finished.returncode == 0, finished.stderr
    assert 'Traceback' not in finished.stderr and 'clip.json: ' in finished.stdout
    record = json.loads((tmp_path / 'out' / 'clip.json').read_text())
    assert record['frames'] == 2 and record['complete'] and len(record['texts']) >= 2
    assert {text for text, _ in regions} & {one['text'] for one in record['texts']}
    assert (tmp_path / 'out' / 'clip.srt').read_text().startswith('1\n00:00:00,000 --> 00:00:02,000\n')


@pytest.mark.parametrize(
    ('settings', 'message'),
    [
        ({'detect': True}, '--detect: not with --video; leave one of them out'),
        ({'server': 'http://127.0.0.1:1'}, '--server: not with --video; leave one of them out'),
        ({'detector_path': RECOGNISER}, 'a recogniser, which reads text but does not find it; give a detector'),
    ],
)
def test_what_a_video_cannot_be_read_with(tmp_path, settings, message):
    with pytest.raises(InputError, match=message):
        run_main('test', *flags(video=tmp_path / 'clip.mp4', output_path=tmp_path / 'out', **settings))
    assert not (tmp_path / 'out').exists()


def test_what_is_no_video_is_one_line(pb_path, tmp_path):
    (tmp_path / 'clip.mp4').write_bytes(b'ftypftypftypftyp' * 50)
    with pytest.raises(InputError, match=r'--video .*clip.mp4: damaged, or without a video stream'):
        run_main('test', *flags(video=tmp_path / 'clip.mp4', detector_path=pb_path, output_path=tmp_path / 'out'))
    assert not (tmp_path / 'out').exists()


def test_where_none_is_shipped_a_detector_is_named(streets, tmp_path, monkeypatch):
    monkeypatch.setattr('ocr.reading.open_detector.SHIPPED', ('pretrain', 'none.pb'))
    with pytest.raises(InputError, match='--detect: name the detector with --detector_path'):
        run_main('test', *flags(detect=True, img_folder=streets, output_path=tmp_path))
    with pytest.raises(InputError, match='--video: name the detector with --detector_path'):
        run_main('test', *flags(video=tmp_path / 'clip.mp4', output_path=tmp_path / 'out'))


def test_what_does_not_go_with_detect(streets, pb_path, tmp_path):
    with pytest.raises(InputError, match='--polygons_path: not with --detect'):
        run_main('test', *flags(detect=True, detector_path=pb_path, polygons_path=tmp_path, img_folder=streets))


def test_photographs_without_text_are_a_valid_answer(pb_path):
    from ocr.reading.open_detector import open_detector

    found = open_detector(str(pb_path)).find(np.full((120, 200, 3), 128, np.uint8))
    assert found.regions == []
