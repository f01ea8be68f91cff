"""Likeness of questions: which short Chinese texts ask the same.

What people say in several ways is written in one (ONE_WORD), what says nothing is left out
(EMPTY), and the rest is compared by its pairs of signs: the Jaccard index of character bigrams,
which needs no dictionary of words. What is asked (when, where, how much) and each number must
be the same: building 3 and building 5 have two answers. Staff correct what it proposes.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import reduce
from typing import Final

from msgspec import Struct

ALIKE: Final = 0.5  # from this index on two questions are proposed as one
# What is asked → how people say it. The longest is looked for first.
ONE_WORD: Final[Mapping[str, tuple[str, ...]]] = {
    "何时": (
        "什么时候",
        "什么时间",
        "啥时候",
        "啥时间",
        "哪天",
        "几点钟",
        "几点",
        "几时",
        "几号",
        "多久",
    ),
    "何处": ("什么地方", "啥地方", "哪里", "哪儿", "在哪"),
    "多少": ("多少钱", "几块钱", "几元", "几块"),
    "为何": ("为什么", "为啥", "怎么回事", "什么原因"),
    "如何": ("怎么样", "怎么办", "怎么", "怎样", "咋办", "咋"),
    "何人": ("什么人", "哪位", "找谁", "谁"),
}
# Signs of politeness and of questions that yes or no answers; none of them tells two apart.
EMPTY: Final = (
    "是不是",
    "会不会",
    "能不能",
    "可不可以",
    "要不要",
    "有没有",
    "请问",
    "麻烦",
    "一下",
    "你好",
    "您好",
    "谢谢",
    "我们",
    "咱们",
    "你们",
    "大家",
    "可以",
    "是否",
    "现在",
    *"请吗呢吧啊呀嘛哦哈了的地得我你您会能要到才就是有",
)
# The sign in front of which a Chinese numeral is a number of something.
COUNTED: Final = re.compile(r"[一二三四五六七八九十]+(?=[号栋幢单楼层月日点时天户])")
NUMERALS: Final = "一二三四五六七八九"


class Wording(Struct, frozen=True):
    """Parts of a question that are compared. `asks`: when, where …; empty of a yes or no."""

    pairs: frozenset[str]
    asks: frozenset[str]
    numbers: tuple[str, ...]


def wording(text: str) -> Wording:
    """Return what is compared of a question."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    plain = COUNTED.sub(lambda found: str(_number(found[0])), plain)
    said = {way: word for word, ways in ONE_WORD.items() for way in ways}
    plain = reduce(lambda p, way: p.replace(way, said[way]), sorted(said, key=_longest), plain)
    asks = frozenset(word for word in ONE_WORD if word in plain)
    for word in sorted([*ONE_WORD, *EMPTY], key=_longest):
        plain = plain.replace(word, "")
    signs = "".join(sign for sign in plain if sign.isalnum())
    pairs = {signs[at : at + 2] for at in range(max(len(signs) - 1, 1))} if signs else set()
    return Wording(frozenset(pairs), asks, tuple(sorted(re.findall(r"\d+", signs))))


def _longest(word: str) -> tuple[int, str]:
    return -len(word), word


def _number(numeral: str) -> int:
    """Return a number below a hundred: 三 is 3, 十二 is 12, 二十 is 20."""
    tens, ten, ones = numeral.rpartition("十")
    return 10 * (_digit(tens) or 1 if ten else 0) + _digit(ones)


def _digit(numeral: str) -> int:
    return NUMERALS.find(numeral[-1]) + 1 if numeral else 0


def likeness(one: Wording, other: Wording) -> float:
    """Return the Jaccard index of two questions; 0 where another thing or number is asked."""
    if one.asks != other.asks or one.numbers != other.numbers:
        return 0
    if one.pairs == other.pairs:
        return 1
    return len(one.pairs & other.pairs) / len(one.pairs | other.pairs)
