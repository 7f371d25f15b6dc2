"""What the benchmarks share: the machine that a figure belongs to, medians of ratios, the table and the JSON line."""

import json
import os
import platform
import resource
import statistics
import subprocess
from pathlib import Path

from tabulate import tabulate

ROOT = Path(__file__).resolve().parents[1]


def machine():
    """CPU, cores and commit that a figure belongs to."""
    model = platform.processor()
    if os.path.exists('/proc/cpuinfo'):
        with open('/proc/cpuinfo') as file:
            model = next((line.split(':')[1].strip() for line in file if line.startswith('model name')), model)
    commit = subprocess.run(['git', 'rev-parse', '--short', 'HEAD'], capture_output=True, text=True, cwd=ROOT)
    return {'cpu': model, 'cores': os.cpu_count(), 'commit': commit.stdout.strip()}


def peak_mb():
    """Most memory that this process has held, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def as_flags(settings):
    """{'seed': 0} -> ['--seed=0'], as the scripts and the benchmarks take them."""
    return [f'--{name}={value}' for name, value in settings.items()]


def spread(values):
    """Median, least and most of some figures."""
    return statistics.median(values), min(values), max(values)


def report(name, headers, rows, summary):
    """Print a table of figures and one JSON line.

    Args:
        name: of the benchmark.
        headers, rows: the table.
        summary: dict, goes into the JSON line with name and machine.
    """
    print(tabulate(rows, headers, floatfmt='.4g', missingval='-'))
    print(json.dumps({'benchmark': name, **summary, **machine()}))
