"""What is written in streets and on goods: words, names, numbers, prices, dates, codes, signs; a ready mixture."""

import re
import string
from functools import cache

from ocr.drawing.patterns import patterns
from ocr.drawing.texts import Mixture, RandomText
from ocr.drawing.words import EnglishWords, PseudoWords, WordSequence

# Patterns of `ocr.drawing.patterns`, two spaces or a line's end between them.
NUMBERS = """
    {d}  {n}  {nd}  {ndd}  {nddd}  {ndddd}  {nddddd}  {ndddddd}  0{d}  00{d}
    {dddddddd}  {ddddddddd}  {dddddddddddd}  {nd} {nd}
    {n},{ddd}  {nd},{ddd}  {ndd},{ddd}  {n},{ddd},{ddd}  {n} {ddd} {ddd}
    {d}.{d}  {d}.{dd}  {nd}.{d}  {ndd}.{dd}  -{n}  -{nd}.{d}  +{nd}  {n}/{n}  {n}:{n}  {n}+{n}={n}
    {n}%  {nd}%  {d}.{d}%  -{nd}%  {nd}% OFF  #{n}  #{nd}  No. {nd}  No.{n}  {n}{st}  {nd}{st}  {n}*  *{n}
    {nd}{unit}  {nd} {unit}  {ndd} {unit}  {n}.{d} {unit}  {n}x{nd}  {nd}-{nd}  ~{nd}  <{nd}  >{nd}
"""
PRICES = """
    ${n}  ${nd}  ${ndd}  ${n}.{cents}  ${nd}.{cents}  ${ndd}.{cents}  ${n},{ddd}  ${n},{ddd}.{cents}
    {n}.{cents}  {nd}.{cents}  {n},{cents}  {nd},{cents}  ${n}.{cents}/{unit}  {n} for ${n}  ${n} - ${nd}  {n}$
    US${nd}  {nd}c  {n}.{cents} EUR  USD {ndd}  ${nd} OFF  Only ${n}.{cents}  {n},-  {nd}.-
"""
TIMES = """
    {hour}:{min}  {hh}:{min}  {hour}{am}  {hour} {am}  {hour}:{min}{am}  {hour}:{min} {am}  {hh}.{min}  {hh}:{min}:{min}
    {hour}-{hour}{am}  {hour}{am}-{hour}{am}  {hh}:{min}-{hh}:{min}  24/7  24 h  {DD}/{MM}  {DD}.{MM}.  {DD}/{MM}/{dd}
    {DD}.{MM}.{dd}  {DD}-{MM}-{yyyy}  {MM}/{DD}/{yyyy}  {DD}.{MM}.{yyyy}  {yyyy}-{MM}-{DD}  {yyyy}/{MM}/{DD}  {yyyy}
    '{dd}  {yyyy}-{yyyy}  {mon} {day}  {day} {mon}  {mon}. {day}  {mon} {yyyy}  {day} {mon} {yyyy}  {mon} {day}, {yyyy}
    {DD}-{mon}-{dd}  {month}  {month} {day}  {day} {month}  {month} {yyyy}  {day} {month} {yyyy}  {wed}  {weekday}
    {wed}-{wed}  {wed} {hour}{am}  {wed} {DD}.{MM}.  {wed}, {mon} {day}  {wed} {hh}:{min}  Since {yyyy}  Est. {yyyy}
    (c) {yyyy}  EXP {MM}/{dd}
"""
CODES = r"""
    {An}  {And}  {A}-{n}  {AAndd}  {AA} {ndd}  {AAnd} {AAA}  {nA}  {na}  {an}  {ndA}
    {AAA} {ddd}  {AAA}-{dddd}  {A}-{AA} {dddd}  {dAAAddd}  {AA}-{dd}  {AAA}
    {AAn} {nAA}  {And} {nAA}  {AA} {ddddd}  {ddddd}-{dddd}  {AAAA}  v{n}.{d}
    {ddd}-{dddd}  {ddd}-{ddd}-{dddd}  ({ddd}) {ddd}-{dddd}  Tel: {ddd}-{dddd}
    +{nd} {ddd} {dddd}  0{ndd} {dddddd}  1-800-{ddd}-{dddd}  {ddd}.{ddd}.{dddd}
    {AA}_{ddd}  {AdAdAd}  {AA}-{ddd}-{A}  {n}-{dddd}-{dddd}-{d}  [{Ad}]  {A}={n}  {A}/{A}
    #{AAnd}  {A}\{An}  @{nd}  {n}.  {n})  {A}.  {A})
"""
SEVERAL = """
    {word} {word}  {word} {word} {word}  {word} {word} {word} {word}  {word} {word} {word} {word} {word}
    {word} {word} {word} {word} {word} {word}  {word} {word} {word} {word} {word} {word} {word} {word}
    {word} {n}  {nd} {word}  {word} {nd}  {n} {word} {word}  {word} {word} {nd}  The {word}  {word} of {word}
    {word} and {word}  {word} the {word}  {word} to {word}  {word} in {word} {word}
"""
PUNCTUATED = r"""
    {word}.  {word},  {word}!  {word}?  {word}:  {word};  {word}...  {word}!!  {word}*  ({word})  [{word}]  "{word}"
    '{word}'  -{word}-  *{word}*  {{word}}  <{word}>  /{word}  _{word}  `{word}`  {word}+  {word}%  ${word}  ~{word}
    {word}'s  {word}'s  {word}'s {word}  {word}'  {word}-{word}  {word}-{word}  {word} - {word}  {word}/{word}
    {word}&{word}  {word} & {word}  {word} & {word}  {word} + {word}  {word} | {word}  {word}, {word}  {word}. {word}
    {word}: {word}  {word}! {word}!  {word} ({word})  "{word} {word}"  {word} 'n' {word}  {word} @ {word}  {word} & Co.
    {word} & Sons  {word} Inc.  {word} Ltd  {word} {abbr}  {abbr} {word}  {abbr}  {A}. {word}  {A}.{A}. {word}
    {word} = {word}  {A}.{A}.  {A}.{A}.{A}.  {A}&{A}  {a}.{a}.  {word} #{n}  {word}: {nd}  {word}^{n}  {word}{nd}
    C:\{word}  #{word}  #{word}{nd}  @{word}  @{word}_{word}  {word}_{word}  {word}.{tld}  www.{word}.{tld}
    {word}@{word}.{tld}  {word}.{tld}/{word}  http://{word}.{tld}
"""
ADDRESSES = """
    www.{word}.{tld}  www.{word}.{tld}  www.{word}{word}.{tld}  www.{word}{n}.{tld}  www.{word}-{word}.{tld}  www.{word}
    {word}.{tld}  {word}{word}.{tld}  {word}@{word}.{tld}  {word}.{tld}/{word}  http://{word}.{tld}
"""
PRINTABLE = string.ascii_letters + string.digits + string.punctuation + ' '


@cache  # several recipes are made of it, and it is a value
def scene_texts():
    """The source of text of the recipe 'scene': English, in which every printable ASCII character occurs."""
    words = EnglishWords()
    return Mixture(
        (
            words,
            PseudoWords(),
            patterns(_cut(NUMBERS) + _cut(PRICES) + _cut(TIMES) + _cut(CODES)),
            patterns(_cut(SEVERAL), words),
            patterns(_cut(PUNCTUATED), words),
            RandomText(PRINTABLE),
        ),
        (0.52, 0.08, 0.18, 0.07, 0.07, 0.08),
    )


def photographed_texts():
    """The source of text of the recipe 'photographed': that of 'scene' with more addresses."""
    return Mixture((scene_texts(), patterns(_cut(ADDRESSES), EnglishWords())), (0.96, 0.04))


def street_texts():
    """The source of text of the recipe 'street': that of 'scene' with fewer oddities, as a picture has many words."""
    words = EnglishWords()
    return Mixture(
        (
            words,
            PseudoWords(),
            patterns(_cut(NUMBERS) + _cut(PRICES) + _cut(TIMES) + _cut(CODES)),
            patterns(_cut(PUNCTUATED), words),
            RandomText(PRINTABLE),
        ),
        (0.68, 0.06, 0.17, 0.06, 0.03),
    )


def line_texts():
    """The source of text of the recipe 'lines': several words, some of them numbers, signs and the like."""
    return Mixture(
        (WordSequence(EnglishWords()), WordSequence(scene_texts()), RandomText(PRINTABLE)), (0.6, 0.32, 0.08)
    )


def _cut(lines):
    """The patterns of one of the texts above."""
    return re.split(r'\s{2,}', lines.strip())
