"""recognize_ray.py beside test.py on drawn words, with an actor killed in the middle; a command, no part of the suite.

    python tests/ray_at_scale.py --num_pictures 2000 --folder /tmp/ray_at_scale

Prints the seconds of both and ends with an error unless they read the same, nothing is lost and nothing appears twice.
"""

import argparse
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from ocr.reading.results_file import read_results

ROOT = Path(__file__).resolve().parents[1]


def run(script, *arguments):
    """Start a script; returns the process."""
    return subprocess.Popen([sys.executable, str(ROOT / script), *map(str, arguments)])


def kill_actor(parts, process):
    """Kill one actor once the first block is there; whether there was one."""
    while process.poll() is None:
        if any(parts.glob('*.jsonl')):
            for entry in Path('/proc').glob('[0-9]*'):
                try:
                    command = (entry / 'cmdline').read_bytes()
                except OSError:
                    continue
                if command.startswith(b'ray::') and b'BlockReader' in command:
                    os.kill(int(entry.name), signal.SIGKILL)
                    return True
        time.sleep(0.05)
    return False


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--num_pictures', type=int, default=500)
    parser.add_argument('--folder', type=Path, default=Path('/tmp/ray_at_scale'))
    flags = parser.parse_args()
    pictures = flags.folder / 'pictures'
    drawn = ('--recipe', 'words', '--num_samples', flags.num_pictures, '--output_path', pictures)
    if run('synthesize.py', *drawn).wait():
        return 1
    (pictures / 'broken.png').write_bytes(b'no picture')
    started = time.monotonic()
    if run('test.py', '--img_folder', pictures, '--output_path', flags.folder / 'alone').wait():
        return 1
    print(f'test.py: {time.monotonic() - started:.0f} s')
    for num_actors in (1, 2):
        output = flags.folder / f'ray{num_actors}'
        started = time.monotonic()
        own = ('--input', pictures, '--output_path', output, '--actors', num_actors, '--block_size', 50)
        process = run('recognize_ray.py', *own)
        killed = num_actors == 2 and kill_actor(output / 'parts', process)
        if process.wait():
            return 1
        print(f'{num_actors} actors: {time.monotonic() - started:.0f} s, an actor killed: {killed}')
        ours, theirs = (list(read_results(path / 'results.jsonl')) for path in (output, flags.folder / 'alone'))
        if [(one['image'], one.get('text')) for one in ours] != [(one['image'], one.get('text')) for one in theirs]:
            print('they read differently', file=sys.stderr)
            return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
