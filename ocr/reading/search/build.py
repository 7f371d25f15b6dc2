"""Which predictor reads as the settings say: the greedy one as it is, or one that searches."""

import hashlib

from ocr.errors import InputError
from ocr.network.architecture import REFERENCE_STEPS

GREEDY = {'beam_width': 0, 'n_best': 0, 'allow': '', 'lexicon': '', 'lexicon_strict': False, 'long_text': False}
CONSTRAINED_BEAMS = 5  # what is followed under a constraint if nothing else is asked for


def check_decoding(*, beam_width, n_best, allow, lexicon, lexicon_strict, long_text):
    """InputError for settings that make no sense together; all are as in Config."""
    refused = {
        f'--n_best {n_best}: --beam_width {beam_width} follows fewer texts': 0 < beam_width < n_best,
        '--allow with --lexicon: keep those words of the list that match, and leave --allow out': allow and lexicon,
        '--lexicon_strict: there is no --lexicon': lexicon_strict and not lexicon,
        '--long_text reads windows that cut words, which --allow and --lexicon cannot judge; leave one out': long_text
        and (allow or lexicon),
        '--long_text joins what is read in windows, and has no --n_best of the whole; leave one out': long_text
        and n_best,
    }
    for message, applies in refused.items():
        if applies:
            raise InputError(message)


def with_search(predictor, **settings):
    """The predictor that reads as the settings say.

    Args:
        predictor: GraphPredictor or OnnxPredictor.
        settings: Config.decoding.

    Returns:
        `predictor` itself for greedy decoding, else a SearchPredictor.

    Raises:
        InputError: settings that make no sense together, a pattern or lexicon that is none, a text that must be longer
            than the model can write.
    """
    from ocr.reading.search.lexicon import Lexicon
    from ocr.reading.search.pattern import compile_pattern

    check_decoding(**settings)
    beam_width, n_best, allow = settings['beam_width'], settings['n_best'], settings['allow']
    max_length = (predictor.num_steps or REFERENCE_STEPS) - 1
    automaton = lexicon = None
    identity = {'n_best': n_best} if n_best else {}
    if allow:
        automaton = compile_pattern(allow, predictor.charset)
        if automaton.shortest > max_length:
            raise InputError(
                f'--allow {allow!r}: its shortest text has {automaton.shortest} characters, '
                f'{predictor.where} writes at most {max_length}'
            )
        identity['allow'] = allow
    if settings['lexicon']:
        lexicon = Lexicon.load(settings['lexicon'], predictor.charset, max_length)
        words = hashlib.blake2b('\n'.join(lexicon.words).encode(), digest_size=16).hexdigest()
        identity['lexicon'] = words
    if settings['lexicon_strict']:
        automaton, lexicon = lexicon.automaton(), None
        identity['lexicon_strict'] = True
    num_beams = beam_width or (max(CONSTRAINED_BEAMS, n_best) if automaton or n_best else 1)
    needs_places = settings['long_text'] and not predictor.has_attention
    if num_beams == 1 and not (automaton or lexicon or n_best or needs_places):
        return predictor
    if not predictor.gives_weights:
        what = '--long_text' if needs_places else '--beam_width, --n_best, --allow and --lexicon'
        raise InputError(f'{predictor.where} only reads greedily; for {what} give the .pb that it was made of')
    from ocr.reading.search.search_predictor import SearchPredictor

    return SearchPredictor(
        predictor,
        num_beams=num_beams,
        num_best=n_best,
        automaton=automaton,
        lexicon=lexicon,
        identity={**identity, 'beam_width': num_beams},
    )
