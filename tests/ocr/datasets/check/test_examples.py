"""Examples of what was found."""

from collections import Counter

from ocr.datasets.check.examples import NUM_EXAMPLES, Examples, example_of
from ocr.geometry import box_polygon
from ocr.region import Dropped, DropReason, TextRegion


def test_a_few_of_each_kind_are_kept_and_only_those_made():
    made = []
    examples = Examples('seed')
    for number in range(1000):
        examples.offer('even' if number % 2 == 0 else 'odd', lambda one: made.append(one) or one, number)
    assert len(examples['even']) == len(examples['odd']) == NUM_EXAMPLES
    assert len(list(examples)) == 2 * NUM_EXAMPLES
    assert all(number % 2 for number in examples['odd'])
    assert examples['none'] == []
    assert len(made) < 100


def test_the_choice_is_that_of_the_seed_and_fair():
    def chosen(seed):
        examples = Examples(seed)
        for number in range(20):
            examples.offer('kind', int, number)
        return examples['kind']

    assert chosen('1') == chosen('1') != chosen('2')
    drawn = Counter(number for seed in range(1000) for number in chosen(str(seed)))
    assert len(drawn) == 20
    assert all(140 < number < 260 for number in drawn.values())  # 200 expected, standard deviation 13


def test_where_an_example_is():
    region = TextRegion('/data/1.png', box_polygon((12.4, 3, 52, 23)), 'EXIT', 'mine')
    assert (example_of(region).where, example_of(region).box) == ('/data/1.png', '40 x 20 px at 12,3')
    dropped = Dropped('/data/1.png', DropReason.EMPTY, '', 'labels.tsv:3')
    assert (example_of(dropped).where, example_of(dropped).box) == ('labels.tsv:3', '')
