"""The benchmarks run, and measure graphs that read the same; no time is asserted."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def test_reading_benchmark_compares_equal_readings():
    tiny = ['--pairs', '1', '--warmup', '0', '--image_size', '64', '--depth_multiplier', '0.1']
    result = subprocess.run([sys.executable, 'benchmarks/reading.py', *tiny], capture_output=True, text=True, cwd=ROOT)
    assert result.returncode == 0, result.stderr[-2000:]
    summary = json.loads(result.stdout.splitlines()[-1])
    assert summary['log_prob_difference'] < 1e-4
    assert set(summary['median_ratio']) >= {'plain', 'float32', 'float32, stop'}
