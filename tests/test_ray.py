"""Reading with Ray Data: the texts of test.py, and blocks that are missing are read by --resume."""

import subprocess
import sys

import tiny

from ocr.reading.results_file import read_results

WORDS = tiny.ROOT / 'imgs' / 'words'


def run(script, *flags):
    """Output of a script of the project in a process of its own."""
    command = [sys.executable, tiny.ROOT / script, *map(str, flags)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout + done.stderr


def texts(folder):
    return {result['image']: result['text'] for result in read_results(folder / 'results.jsonl')}


def test_it_reads_as_test_py_does_and_resumes(tmp_path):
    flags = '--input', WORDS, '--output_path', tmp_path / 'ray', '--actors', 1, '--block_size', 10
    run('recognize_ray.py', *flags)
    run('test.py', '--img_folder', WORDS, '--output_path', tmp_path / 'alone')
    assert len(texts(tmp_path / 'ray')) == 24 and texts(tmp_path / 'ray') == texts(tmp_path / 'alone')
    blocks = sorted((tmp_path / 'ray' / 'parts').glob('*.jsonl'))
    assert len(blocks) == 3
    before = [block.stat().st_mtime_ns for block in blocks]
    for path in (tmp_path / 'ray' / 'parts').glob(f'{blocks[1].stem}.*'):
        path.unlink()
    run('recognize_ray.py', *flags, '--resume')
    after = [block.stat().st_mtime_ns for block in blocks]
    assert after[0] == before[0] and after[1] > before[1] and after[2] == before[2]
    assert texts(tmp_path / 'ray') == texts(tmp_path / 'alone')
