"""Going through the data."""

import numpy as np
import planted as faults
import pytest
import tiny

import ocr.datasets.check.scan as module
from ocr.annotations import Source
from ocr.charset import Charset
from ocr.datasets.check.scan import EVALUATION, TRAINING, Examination, Findings
from ocr.datasets.check.suspect_labels import TWO_TEXTS
from ocr.datasets.counts import KEPT
from ocr.datasets.sources import open_index, select_regions


def examine(folder, index_dir, num_workers=2, seed=0, roles=(TRAINING,), specs=None):
    specs = specs or (f'mine={folder}',)
    index, counts = open_index('', str(index_dir), specs, progress=False)
    charset = Charset.preset(faults.CHARSET)
    _, counts = select_regions(index, counts, charset, faults.SEQ_LEN)
    datasets = {
        name: Findings(Source.of(name, f'own:{folder}'), roles, of, f'{seed} {name}') for name, of in counts.items()
    }
    return Examination(index, datasets, charset, faults.SEQ_LEN, num_workers)


def looked(*args, **options):
    examination = examine(*args, **options)
    examination.read_annotations(lambda number: None)
    examination.look_at_images(lambda number: None)
    return examination


def test_progress_counts_every_region_once(planted, tmp_path):
    examination, annotations, regions = examine(planted.mine, tmp_path), [], []
    examination.read_annotations(annotations.append)
    examination.look_at_images(regions.append)
    assert sum(annotations) == examination.num_annotations == sum(faults.COUNTS['mine'].values())
    assert sum(regions) == len(examination.index)


def test_an_image_is_decoded_once_for_all_its_regions_wherever_they_stand(planted, tmp_path, monkeypatch):
    read = []
    inner = module.read_or_broken
    monkeypatch.setattr(module, 'read_or_broken', lambda path: read.append(path) or inner(path))
    findings = looked(planted.mine, tmp_path).datasets['mine']
    assert len(read) == len(set(read)) == findings.num_images
    assert sum(path.endswith('damaged.png') for path in read) == 1
    assert (findings.num_damaged, findings.num_lost) == (1, 3)


def test_findings_do_not_depend_on_the_number_of_threads(planted, tmp_path):
    one, four = (looked(planted.mine, tmp_path, workers).datasets['mine'] for workers in (1, 4))
    assert one.suspicions == four.suspicions and one.losses == four.losses
    assert vars(one.statistics) == vars(four.statistics)
    for kind in (KEPT, *one.losses, *one.suspicions):
        assert [example.where for example in one.examples[kind]] == [example.where for example in four.examples[kind]]
    np.testing.assert_array_equal(one.signatures.values, four.signatures.values)


@pytest.mark.parametrize(
    ('name', 'content'),
    [
        ('labels.tsv', '0.png\tone\n1.png\ttwo\n0.png\tthree\n'),
        ('labels.json', '{"0.png": "one", "1.png": "two", "0.png": "three"}'),
        ('gt.txt', '0.png\tone\n1.png\ttwo\n0.png\tthree\n'),
    ],
)
def test_a_region_with_two_texts_is_a_suspicion(tmp_path, name, content):
    folder = tiny.make_words(tmp_path / 'mine', 'one', 'two', size=(200, 40))
    (folder / 'labels.tsv').unlink()
    (folder / name).write_text(content)
    findings = looked(folder, tmp_path / 'index').datasets['mine']
    assert findings.suspicions[TWO_TEXTS] == findings.num_suspicious == 2
    assert len(findings.examples[TWO_TEXTS]) == 2


def test_a_dataset_in_both_roles_is_its_own_twin(tmp_path):
    words = tiny.write_words(tmp_path / 'words', ['27', '619', '840'])
    found = looked(words, tmp_path / 'index', roles=(TRAINING, EVALUATION)).twins()
    assert [names for *names, _, _ in found] == [['mine', 'mine']] * 3
    assert [one.where for *_, one, _ in found] == [str(words / f'{number}.png') for number in range(3)]
    assert all(one.image_path == other.image_path for *_, one, other in found)


def test_it_can_be_stopped(planted, tmp_path):
    examination = examine(planted.mine, tmp_path)

    def stop(number):
        raise KeyboardInterrupt

    for go in (lambda: examination.read_annotations(stop), lambda: examination.look_at_images(stop)):
        with pytest.raises(KeyboardInterrupt):
            go()
