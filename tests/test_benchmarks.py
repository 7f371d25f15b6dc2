"""The benchmarks run, and measure graphs that read the same; no time is asserted."""

import json
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmarks.outlines import paste
from ocr.network.precision import cpu_flags

ROOT = Path(__file__).resolve().parents[1]


def test_reading_benchmark_compares_equal_readings():
    tiny = ['--pairs=1', '--warmup=0', '--image_size=64', '--depth_multiplier=0.1', '--batch_sizes', '1', '2']
    result = subprocess.run([sys.executable, 'benchmarks/reading.py', *tiny], capture_output=True, text=True, cwd=ROOT)
    assert result.returncode == 0, result.stderr[-2000:]
    summary = json.loads(result.stdout.splitlines()[-1])
    assert set(summary['log_prob_difference']) == {'1', '2'}
    assert max(summary['log_prob_difference'].values()) < 1e-4
    for batch_size in (1, 2):
        assert summary['ratios'][f'batch {batch_size}, published formulation'] == [1, 1, 1]
        assert summary['ratios'][f'batch {batch_size}, float32, six letters'][1] > 0


@pytest.mark.parametrize('pb_path', [None, 'pretrain/latin.pb'])  # the latter reads uncertain words more than once
def test_folder_benchmark_reads_a_folder(learnt, pb_path):
    command = [sys.executable, 'benchmarks/folder.py', '--pb_path', pb_path or learnt.pb_path]
    command += ['--img_folder', learnt.words]
    result = subprocess.run([*command, '--pairs', '1'], capture_output=True, text=True, cwd=ROOT)
    assert result.returncode == 0, result.stderr[-2000:]
    summary = json.loads(result.stdout.splitlines()[-1])
    assert summary['num_images'] == 8 and min(summary['ratio']['clock'] + summary['ratio']['processor']) > 0


def test_data_benchmark_compares_equal_pictures():
    tiny = ['--width', '1200', '--height', '800', '--photographs', '1', '--rounds', '1', '--seconds', '0.05']
    result = subprocess.run([sys.executable, 'benchmarks/data.py', *tiny], capture_output=True, text=True, cwd=ROOT)
    assert result.returncode == 0, result.stderr[-2000:]
    summary = json.loads(result.stdout.splitlines()[-1])
    assert summary['grey_levels_apart']['crops'] < 4 and summary['grey_levels_apart']['photographs'] < 20
    assert min(summary['samples_per_second'].values()) > 0
    assert set(summary['samples_per_second']) >= {
        'whole photograph warped',
        'first epoch, making the crop cache',
        'drawn, scene',
    }


def test_scenes_benchmark_stands_beside_a_dataset(learnt):
    command = [sys.executable, 'benchmarks/scenes.py', '--num_scenes', '2', '--datasets', f'words={learnt.words}']
    result = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert result.returncode == 0, result.stderr[-2000:]
    summary = json.loads(result.stdout.splitlines()[-1])
    assert summary['scenes_a_second'] > 0 and summary['percentiles']['words']['texts'] == [1, 1, 1]
    assert summary['percentiles']['drawn']['height'][0] > 3


def test_training_benchmark_compares_equal_losses():
    tiny = ['--batch_size=2', '--pairs=1', '--warmup=0', '--image_size=64', '--depth_multiplier=0.1', '--num_steps=9']
    command = [sys.executable, 'benchmarks/training.py', *tiny, '--variants', 'float32\\, tail cut']
    result = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert result.returncode == 0, result.stderr[-2000:]
    summary = json.loads(result.stdout.splitlines()[-1])
    losses = summary['losses']
    assert abs(losses['published formulation'] - losses['float32, tail cut']) < 1e-2
    assert min(summary['peak_mb'].values()) > 0


def test_serving_benchmark_asks_both_servers_for_equal_readings():
    tiny = ['--image_size=64', '--depth_multiplier=0.1', '--clients', '1', '3', '--requests=6', '--pairs=1']
    result = subprocess.run([sys.executable, 'benchmarks/serving.py', *tiny], capture_output=True, text=True, cwd=ROOT)
    assert result.returncode == 0, result.stderr[-2000:]
    summary = json.loads(result.stdout.splitlines()[-1])
    for clients in (1, 3):
        assert summary[f'{clients} clients, ratio'][0] > 0
        rate, p50, p95, p99, cpu = summary[f'{clients} clients, batches']
        assert rate > 0 and 0 < p50 <= p95 <= p99 and cpu > 0


def test_decoding_benchmark_compares_ways_to_read(learnt, tmp_path):
    (tmp_path / 'words.txt').write_text('27\n840\n')
    own = ['--pb_path', learnt.pb_path, '--img_folder', learnt.words, '--lexicon', tmp_path / 'words.txt']
    tiny = ['--allow', '[0-9]{1,3}', '--batch_sizes', '1', '2', '--pairs', '1']
    command = [sys.executable, 'benchmarks/decoding.py', *own, *tiny]
    result = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert result.returncode == 0, result.stderr[-2000:]
    ratios = json.loads(result.stdout.splitlines()[-1])['ratios']
    assert ratios['batch 2, greedy'] == [1, 1, 1]
    assert {name.partition(', ')[2].split(',')[0] for name in ratios} >= {'beam 5', 'pattern', 'lexicon'}


def test_models_benchmark_compares_readings():
    options = ['--num_images', '4', '--pairs', '1', '--precision', 'float32']
    command = [sys.executable, 'benchmarks/models.py', '--pb_paths', 'pretrain/latin.pb', *options]
    result = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert result.returncode == 0, result.stderr[-2000:]
    summary = json.loads(result.stdout.splitlines()[-1])
    assert summary['num_images'] == 4 and summary['read_differently'] == {'pretrain/latin.pb': 0}


def test_start_benchmark_reads_in_fresh_processes(learnt):
    command = [sys.executable, 'benchmarks/start.py', '--pb_paths', learnt.pb_path, '--img_folder', learnt.words]
    result = subprocess.run([*command, '--rounds', '1'], capture_output=True, text=True, cwd=ROOT)
    assert result.returncode == 0, result.stderr[-2000:]
    first, seconds, work, peak_mb = json.loads(result.stdout.splitlines()[-1])['runs'][str(learnt.pb_path)]
    assert 0 < first <= seconds and work > 0 and peak_mb > 50


def test_precision_benchmark_trains_alike(tmp_path):
    few = ['--max_epoch', '2', '--steps_per_epoch', '3', '--batch_size', '4', '--val_regions', '8']
    command = [sys.executable, 'benchmarks/precision.py', *few, '--picture', str(tmp_path / 'curves.png')]
    result = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    if cpu_flags() and 'avx512bw' not in cpu_flags():
        assert result.returncode == 2 and 'Traceback' not in result.stderr, result.stderr[-2000:]
        assert 'this CPU has neither AMX nor AVX512' in result.stderr
        return
    assert result.returncode == 0, result.stderr[-2000:]
    last = json.loads(result.stdout.splitlines()[-1])['last']
    assert last['float32']['loss'] != last['bfloat16']['loss']
    assert abs(last['float32']['loss'] - last['bfloat16']['loss']) < 0.2  # the same start and pictures
    assert (tmp_path / 'curves.png').stat().st_size > 10_000


def test_peers_benchmark_reads_words(learnt):
    command = [sys.executable, 'benchmarks/peers.py', '--words', learnt.words, '--pb_path', learnt.pb_path]
    result = subprocess.run([*command, '--rounds', '1'], capture_output=True, text=True, cwd=ROOT)
    assert result.returncode == 0, result.stderr[-2000:]
    summary = json.loads(result.stdout.splitlines()[-1])
    assert summary['num_images'] == 8 and list(summary['systems']) == ['as shipped', '--tta 1']
    for accuracy, *others in summary['systems'].values():
        assert accuracy == 100 and min(others) > 0


def test_soak_watches_training_reading_and_serving():
    few = ['--steps', '2', '--images', '12', '--requests', '10']
    result = subprocess.run([sys.executable, 'benchmarks/soak.py', *few], capture_output=True, text=True, cwd=ROOT)
    assert result.returncode == 0, result.stderr[-2000:]
    summary = json.loads(result.stdout.splitlines()[-1])
    tenths = {name: summary[name]['tenths'] for name in ('training steps', 'pictures read', 'requests answered')}
    assert all(min(row) > 0 for rows in tenths.values() for row in rows)  # those of a short load may be missed
    assert [row[0] for row in tenths['requests answered']] == list(range(1, 11))


def test_scaling_benchmark_averages_over_processes(tmp_path):
    tiny = ['--processes', '1', '2', '--rounds=1', '--image_size=64', '--depth_multiplier=0.1', '--num_steps=9']
    command = [sys.executable, 'benchmarks/scaling.py', *tiny, '--picture', str(tmp_path / 'scaling.png')]
    result = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert result.returncode == 0, result.stderr[-2000:]
    summary = json.loads(result.stdout.splitlines()[-1])
    assert summary['measured']['1']['bytes'] == summary['measured']['2']['bytes'] > 10**6
    assert summary['measured']['2']['averaging alone'] > 0
    efficiency = {number: found[1] for number, found in summary['predicted, not measured'].items()}
    assert efficiency['1'] == 1 > efficiency['8'] > efficiency['64'] > 0
    assert (tmp_path / 'scaling.png').stat().st_size > 10_000


def test_a_pasted_crop_stands_whole_where_its_polygon_says():
    rng = np.random.default_rng(0)
    crop, photo = np.full((40, 400, 3), 200, np.uint8), np.zeros((100, 200, 3), np.uint8)
    picture, polygon = paste(crop, [(0, 0), (400, 0), (400, 40), (0, 40)], photo, rng)
    x0, y0, x1, y1 = (round(float(side)) for side in (*polygon.min(axis=0), *polygon.max(axis=0)))
    assert (x1 - x0, y1 - y0) == (140, 14), 'shrunk to 0.7 of the width'
    assert (picture[y0:y1, x0:x1] == 200).all() and np.count_nonzero(picture) == 3 * 140 * 14


def test_outlines_benchmark_scores_drawn_and_pasted_text(learnt, tmp_path):
    cv2.imwrite(str(tmp_path / 'photo.jpg'), np.full((300, 400, 3), 90, np.uint8))
    command = [sys.executable, 'benchmarks/outlines.py', '--num_scenes', '1', '--photo_dir', tmp_path]
    command += ['--crops', f'words={learnt.words}']
    result = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert result.returncode == 0, result.stderr[-2000:]
    mean = json.loads(result.stdout.splitlines()[-1])['mean']
    assert {name.partition(',')[0] for name in mean} == {'drawn', 'words'}
    assert all(0 <= overlap <= 1 for overlap in mean.values())


def test_a_mistake_ends_a_benchmark_with_one_line(learnt):
    command = [sys.executable, 'benchmarks/outlines.py', '--num_scenes', '0', '--crops', f'words={learnt.words}']
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == 'outlines.py: --crops are pasted onto photographs: give --photo_dir'
