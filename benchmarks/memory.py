"""Memory of a long run of test.py: what its process holds after each tenth of many small pictures.

python benchmarks/memory.py --num_images 100000
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from measure import ROOT, report

NUM_DRAWN = 2000  # different pictures; the others are links to them


def make_pictures(folder, num_images):
    """A folder with so many small pictures of drawn words."""
    command = [sys.executable, 'synthesize.py', f'--num_samples={NUM_DRAWN}', f'--output_path={folder / "drawn"}']
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    drawn = sorted(path for path in (folder / 'drawn' / 'images').rglob('*') if path.is_file())
    (folder / 'many').mkdir()
    for number in range(num_images):
        source = drawn[number % len(drawn)]
        os.link(source, folder / 'many' / f'{number:06d}{source.suffix}')
    return folder / 'many'


def resident_mb(process):
    """Memory that a process holds, MB."""
    lines = Path(f'/proc/{process.pid}/status').read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith('VmRSS')) / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--num_images', type=int, default=100_000)
    settings, flags = parser.parse_known_args()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        pictures = make_pictures(folder, settings.num_images)
        command = [sys.executable, 'test.py', f'--img_folder={pictures}', f'--output_path={folder / "results"}', *flags]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        (folder / 'results').mkdir()
        results, num_read = folder / 'results' / 'results.jsonl', 0
        results.touch()
        with open(results, 'rb') as stream:  # read on as it grows
            while process.poll() is None:
                time.sleep(0.2)
                num_read += stream.read().count(b'\n')
                if num_read >= (len(rows) + 1) * settings.num_images // 10 and process.poll() is None:
                    rows.append((num_read, resident_mb(process)))
                    print(*rows[-1], flush=True)
    report('memory', ['images read', 'MB held'], rows, {'images': [n for n, _ in rows], 'mb': [mb for _, mb in rows]})
    return process.returncode


if __name__ == '__main__':
    sys.exit(main())
