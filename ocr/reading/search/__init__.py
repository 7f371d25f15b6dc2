"""Reading with a search: several texts are followed, and only those that may be written.

build.py              greedy reading or a search        automaton.py   which texts may be written
search_predictor.py   the graph of the search           pattern.py     a regular expression as an automaton
beam_search.py        the search itself                 lexicon.py     a word list as an automaton
"""
