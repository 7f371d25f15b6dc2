"""Chinese text to draw: what signs, goods and banners say, and how it stands in a column.

words.py    the shipped list of words with their frequencies, and words strung together
phrases.py  words and patterns of signs, put together by
texts.py    the mixture that the recipe 'chinese' draws
columns.py  the forms that punctuation takes in vertical text
"""
