"""The error report as a user gets it: eval.py on a model that knows eight words, with planted errors; train.py."""

import json
import shutil
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest
import tiny
from parsed_page import Page

from ocr.errors import InputError
from ocr.evaluation.error_report.findings import CHARACTERS, COMPARISON, CONFIDENCE, LABELS, WHERE, WORST

PLANTED = {  # label: what the picture shows, and the model reads
    '21': '27',
    '846': '840',
    '5555555': '5',  # too long for the model
    'x48': '48',  # outside its charset
}
COPIES = 3  # of each of the eight words, rightly labelled


def write_planted(folder):
    """Datasets good and bad; the flags that name them."""
    tiny.write_words(folder / 'good', tiny.EIGHT_WORDS * COPIES)
    (folder / 'bad').mkdir()
    for number, shown in enumerate(PLANTED.values()):
        tiny.draw_word(shown).save(folder / 'bad' / f'{number}.png')
    lines = ''.join(f'{number}.png\t{label}\n' for number, label in enumerate(PLANTED))
    (folder / 'bad' / 'labels.tsv').write_text(lines, encoding='utf-8')
    return {'eval_datasets': [f'good={folder / "good"}', f'bad={folder / "bad"}'], 'index_dir': folder / 'index'}


def evaluate(model, datasets, folder, **settings):
    settings = {'report': folder / 'page', 'output_path': folder / 'scores', **settings}
    return tiny.run_main('eval', *tiny.flags(**{'pb_path': model.pb_path, **datasets, **settings}))


def read_lines(folder):
    return [json.loads(line) for line in (folder / 'readings.jsonl').read_text().splitlines()]


@pytest.fixture(scope='module')
def reported(learnt, tmp_path_factory):
    """.folder, .datasets (flags), .readings, .html and the parsed .page."""
    folder = tmp_path_factory.mktemp('reported')
    datasets = write_planted(folder)
    evaluate(learnt, datasets, folder)
    html = (folder / 'page' / 'index.html').read_text(encoding='utf-8')
    return SimpleNamespace(
        folder=folder, datasets=datasets, readings=read_lines(folder / 'scores'), html=html, page=Page(html)
    )


def test_no_text_is_too_long_where_windows_read_it(reported, learnt, tmp_path, capsys):
    evaluate(learnt, reported.datasets, tmp_path, long_text=True)
    assert 'of the scored texts 0 are too long' in capsys.readouterr().out
    html = (tmp_path / 'page' / 'index.html').read_text(encoding='utf-8')
    assert 'that the model can write' not in html and 'that the model can write' in reported.html


def captioned(page, beginning):
    """Rows of the only table whose caption begins so, as dicts by header."""
    ((caption, table),) = [
        pair for pair in zip(page.captions, page.tables, strict=True) if pair[0].startswith(beginning)
    ]
    return caption, [dict(zip(table[0], row, strict=True)) for row in table[1:]]


def test_the_planted_errors_are_what_the_model_gets_wrong(reported):
    wrong = {one['truth']: one['text'] for one in reported.readings if one['truth'] != one['text']}
    assert wrong == PLANTED and len(reported.readings) == 8 * COPIES + len(PLANTED)


def test_the_page_is_one_file_that_describes_all_that_is_seen(reported):
    page = reported.page
    assert '://' not in reported.html and '@import' not in reported.html
    assert page.sources and all(source.startswith('data:image/jpeg;base64,') for source in page.sources)
    assert len(page.ids) == len(set(page.ids))
    assert all(link.startswith('#') and link[1:] in page.anchors for link in page.links)
    assert page.described and all(page.described)
    levels = [int(tag[1]) for tag, _ in page.headings]
    assert levels[0] == 1 and levels.count(1) == 1 and all(b - a <= 1 for a, b in pairwise(levels))
    titles = [text for tag, text in page.headings if tag == 'h2']
    assert titles == ['Findings', 'Scores', WHERE, CHARACTERS, CONFIDENCE, WORST, LABELS]
    assert len(page.captions) == len(page.tables) and all(page.captions)


def test_scores_are_those_of_scores_json(reported):
    scores = json.loads((reported.folder / 'scores' / 'scores.json').read_text())
    _, rows = captioned(reported.page, 'In per cent')
    accuracy = next(row for row in rows if row['score'] == 'word accuracy')
    for name, of in (*scores['datasets'].items(), ('combined', scores['combined'])):
        assert accuracy[name].startswith(f'{100 * of["scores"]["accuracy"]["value"]:.1f} [')
    _, rows = captioned(reported.page, 'Regions')
    assert {row['dataset']: int(row['scored']) for row in rows} == {'good': 24, 'bad': 4}


@pytest.mark.parametrize(
    ('caption', 'expected'),
    [
        ('By dataset', {'good': (24, 1), 'bad': (4, 0)}),
        ('By length', {'1': (3, 1), '2': (10, 9 / 10), '3': (14, 12 / 14), '7-8': (1, 0)}),
        ('By rarity', {'outside the charset': (1, 0)}),
    ],
)
def test_parts_have_the_counts_of_the_readings(reported, caption, expected):
    _, rows = captioned(reported.page, caption)
    found = {next(iter(row.values())): row for row in rows}
    assert sum(int(row['regions']) for row in rows) == len(reported.readings)
    for name, (number, accuracy) in expected.items():
        assert int(found[name]['regions']) == number
        assert found[name]['word accuracy, %'].startswith(f'{100 * accuracy:.1f} [')
    assert caption == 'By rarity' or found.keys() == expected.keys()


def test_confused_characters_are_those_planted(reported):
    _, rows = captioned(reported.page, 'The most frequent edits')
    edits = {(row['true'], row['read']): (int(row['times']), row['as in'], row['read as']) for row in rows}
    assert edits == {
        ('5', ''): (6, '5555555', '5'),
        ('1', '7'): (1, '21', '27'),
        ('6', '0'): (1, '846', '840'),
        ('x', ''): (1, 'x48', '48'),
    }


def test_the_confidences_are_all_in_the_reliability_diagrams(reported):
    for title, number in (
        ('Whole texts', 28),
        ('Single characters', sum(len(one['text']) for one in reported.readings)),
    ):
        _, rows = captioned(reported.page, title)
        assert sum(int(row.get('texts') or row['characters']) for row in rows) == number


def test_what_cannot_be_written_is_said(reported):
    assert '1 of 28 texts have characters outside the charset: x (1).' in reported.html
    assert '1 of 28 texts have more than the 6 characters that the model can write.' in reported.html


def test_the_worst_are_shown_with_their_attention(reported):
    caption, rows = captioned(reported.page, 'Wrong readings')
    assert caption == 'Wrong readings, the worst first: 4'
    csv = (reported.folder / 'scores' / 'regions.csv').read_text().splitlines()[1:5]
    assert [row['truth'] for row in rows] == [line.split(',"')[-2].partition('"')[0] for line in csv]
    seen = reported.page.described
    assert seen.count('Attention at the end of the text') == 4
    first = seen.index('Region labelled 5555555, read as 5')
    assert seen[first : first + 3] == [seen[first], 'Attention for 5', 'Attention at the end of the text']
    assert '<bdi>2<mark>1</mark></bdi>' in reported.html and '<bdi>2<mark>7</mark></bdi>' in reported.html


def test_labels_to_look_at_are_the_confident_ones_within_reach(learnt, tmp_path):
    words = tiny.EIGHT_WORDS
    tiny.write_words(tmp_path / 'good', words)
    swapped = dict(zip(words, [*words[1:], words[0]], strict=True))  # each is wrong, the surest is above the mean
    (tmp_path / 'bad').mkdir()
    for word in words:
        tiny.draw_word(word).save(tmp_path / 'bad' / f'{word}.png')
    lines = ''.join(f'{word}.png\t{label}\n' for word, label in swapped.items())
    (tmp_path / 'bad' / 'labels.tsv').write_text(lines, encoding='utf-8')
    datasets = {'eval_datasets': [f'{name}={tmp_path / name}' for name in ('good', 'bad')], 'index_dir': tmp_path / 'i'}
    evaluate(learnt, datasets, tmp_path)
    readings = read_lines(tmp_path / 'scores')
    threshold = round(np.mean([one['confidence'] for one in readings if one['text'] == one['truth']]), 4)
    surest_first = sorted(readings, key=lambda one: -one['confidence'])
    wrong = [one for one in surest_first if one['text'] != one['truth']]
    assert len(wrong) == len(words) and wrong[0]['confidence'] >= threshold > wrong[-1]['confidence']
    _, rows = captioned(Page((tmp_path / 'page' / 'index.html').read_text(encoding='utf-8')), 'Labels to check')
    assert [row['truth'] for row in rows] == [one['truth'] for one in wrong if one['confidence'] >= threshold]


def test_a_killed_evaluation_gives_the_same_page(learnt, reported, tmp_path):
    shutil.copytree(reported.folder / 'scores', tmp_path / 'scores')
    path = tmp_path / 'scores' / 'readings.jsonl'
    path.write_bytes(b''.join(path.read_bytes().splitlines(keepends=True)[:11]) + b'{"image": ')
    evaluate(learnt, reported.datasets, tmp_path, resume=True)
    assert (tmp_path / 'page' / 'index.html').read_text(encoding='utf-8') == reported.html


@pytest.fixture
def earlier(reported, tmp_path):
    """An earlier evaluation that read two words more wrongly and one more rightly: the path of its scores.json."""
    shutil.copytree(reported.folder / 'scores', tmp_path / 'earlier')
    records = read_lines(tmp_path / 'earlier')
    for record in records[:2]:
        record['text'] += '0'
    for record in records:
        record['text'] = '21' if record['truth'] == '21' else record['text']
    gone = {**records[0], 'image': '/gone.png'}
    lines = ''.join(json.dumps(record) + '\n' for record in [*records[:-1], gone])
    (tmp_path / 'earlier' / 'readings.jsonl').write_text(lines)
    return tmp_path / 'earlier' / 'scores.json'


def test_what_was_mended_and_what_broke(learnt, reported, earlier, tmp_path, monkeypatch):
    monkeypatch.setattr('ocr.evaluation.run.REPORTED_REGIONS', 1)
    evaluate(learnt, reported.datasets, tmp_path, compare=earlier)
    html = (tmp_path / 'page' / 'index.html').read_text(encoding='utf-8')
    page = Page(html)
    _, rows = captioned(page, 'What changed')
    assert [int(row['number']) for row in rows] == [2, 1, 22, 2, 0]
    _, regressed = captioned(page, 'Regressed: 1')
    _, fixed = captioned(page, 'Fixed: 2')
    assert [(row['truth'], row['read then'], row['read']) for row in regressed] == [('21', '21', '27')]
    assert {row['read then'] for row in fixed} == {f'{text}0' for text in tiny.EIGHT_WORDS[:2]}
    assert f'Of 27 regions in both runs, 2 are fixed and 1 regressed since {learnt.pb_path}: word accuracy' in html
    assert 'Not compared: 1 regions that were not read then, and 1 that were read only then.' in html
    _, scores = captioned(page, 'Scores of the regions in both')
    assert scores[2]['change, points'].startswith('+3.7 [')
    assert ['h3', 'Fixed: 2, of which 1 are shown'] in page.headings
    assert ['h2', COMPARISON] in page.headings


def test_graphs_without_attention_say_so(learnt, reported, tmp_path, monkeypatch):
    from ocr.reading.graph_predictor import GraphPredictor

    once = GraphPredictor.__init__

    def without_attention(self, *args, **kwargs):
        once(self, *args, **kwargs)
        self.has_attention = False

    monkeypatch.setattr(GraphPredictor, '__init__', without_attention)
    evaluate(learnt, reported.datasets, tmp_path)
    html = (tmp_path / 'page' / 'index.html').read_text(encoding='utf-8')
    assert 'This graph has no attention output' in html and 'Attention for' not in html
    assert 'Region labelled 5555555, read as 5' in Page(html).described


def test_a_model_that_errs_nowhere(learnt, tmp_path):
    datasets = {'eval_datasets': f'words={learnt.words}', 'index_dir': learnt.index_dir}
    evaluate(learnt, datasets, tmp_path)
    texts = Page((tmp_path / 'page' / 'index.html').read_text(encoding='utf-8')).texts
    assert 'Every character was read correctly.' in texts and 'Every text was read correctly.' in texts


@pytest.mark.parametrize(
    ('settings', 'named'),
    [
        ({'report': '{words}/0.png/page'}, r'--report .*page: cannot be written \(Not a directory\); give another'),
        ({'compare': '{words}/0.png'}, r'--compare .*0\.png: is not a scores\.json'),
        ({'compare': '{words}/away.json'}, r'--compare .*away\.json: cannot be read'),
        ({'compare': '{earlier}', 'report': ''}, r'--compare .*: what changed is shown on a page; .* --report'),
        ({'compare': '{own}'}, r'--compare .*: this run writes to .* too; choose another folder'),
        (
            {'compare': '{earlier}', 'eval_datasets': 'other={words}'},
            r'none of its 28 regions is among',
        ),
    ],
)
def test_bad_input_is_told_before_anything_is_read(learnt, reported, earlier, tmp_path, settings, named):
    places = {'words': learnt.words, 'earlier': earlier, 'own': tmp_path / 'scores' / 'scores.json'}
    settings = {name: value.format(**places) for name, value in settings.items()}
    with pytest.raises(InputError, match=named) as caught:
        evaluate(learnt, {**reported.datasets, 'index_dir': tmp_path / 'index'}, tmp_path, **settings)
    assert '\n' not in str(caught.value)
    assert not (tmp_path / 'scores').exists() and not list(tmp_path.glob('page/*'))


def test_training_reports_on_what_was_held_out(tmp_path, capsys):
    words = tiny.write_words(tmp_path / 'words', tiny.EIGHT_WORDS)
    settings = {'val_epochs': 1, 'report': tmp_path / 'page'}
    tiny.train(words, tmp_path / 'first', **settings)
    printed = capsys.readouterr().out
    assert f'{tmp_path}/page/index.html: where the model errs' in printed
    scores = json.loads((tmp_path / 'page' / 'scores.json').read_text())
    held_out = [row['image'] for row in read_lines(tmp_path / 'page')]
    assert 0 < len(set(held_out)) == scores['combined']['num_scored'] < 8
    assert scores['settings']['model'].startswith(f'{tmp_path}/first/best/model-')
    assert Page((tmp_path / 'page' / 'index.html').read_text(encoding='utf-8')).tables


def test_training_on_drawn_text_reports_on_drawn_text(tmp_path):
    settings = {'val_epochs': 1, 'val_regions': 4, 'report': tmp_path / 'page', 'font_dir': tiny.FONT_DIR}
    tiny.run_main(
        'train',
        *tiny.flags(
            **{**tiny.TINY, **settings, 'train_datasets': 'synthetic:digits', 'checkpoint_path': tmp_path / 'model'}
        ),
    )
    html = (tmp_path / 'page' / 'index.html').read_text(encoding='utf-8')
    assert 'no picture' not in html and Page(html).sources


def test_training_without_held_out_regions_has_nothing_to_report_on(tmp_path):
    words = tiny.write_words(tmp_path / 'words', tiny.EIGHT_WORDS)
    with pytest.raises(InputError, match=r'--report .*: nothing is held out to report on; set --val_epochs'):
        tiny.train(words, tmp_path / 'model', report=tmp_path / 'page')
    assert not (tmp_path / 'model').exists() and not (tmp_path / 'page').exists()
