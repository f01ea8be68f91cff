"""Beginnings of texts as an inbox shows them: one line, cut where nothing else is said.

Half a number would be a lie ("8时至1…"), and a greeting says nothing. All of the text is one
tap away.
"""

import re
from typing import Final

LONGEST: Final = 120  # signs
ELLIPSIS: Final = "…"
# Signs of both widths: people type either.
STOPS, COMMAS, COLONS = "。!?;\uff01\uff1f\uff1b", ",、\uff0c", ":\uff1a"
CLOSED: Final = tuple(f"{STOPS}{COMMAS}{COLONS}{ELLIPSIS}")
# "各位居民:", "尊敬的业主朋友们,大家好!", "全体住户:"; "停水时间:" is none.
SALUTATION: Final = re.compile(
    r"((尊敬|敬爱|亲爱)的|各位|(全体|广大)?(居民|业主|住户|邻居|家长|商户))[\w、]{0,20}"
    rf"([{COMMAS}]?(大家|你们|您)好)?[{COLONS}{COMMAS}!\uff01]"
)
ITEM: Final = re.compile(r"- +")
# What a cut leaves whole: numbers, also written out, and words, hours and addresses in letters.
RUN: Final = re.compile(r"[A-Za-z\d零〇一二三四五六七八九十百千万亿两.:,;/%+~@_=&?#-]+$")
# In an address such a sign ends nothing.
SENTENCE: Final = re.compile(rf"[{STOPS}](?![A-Za-z\d])")
CLAUSE: Final = re.compile(rf"[{COMMAS}{COLONS}](?![A-Za-z\d/])")


def beginning(text: str) -> str:
    """Return the text, or as much of it as an inbox shows, on one line."""
    whole = _joined(_without_salutation(text))
    if len(whole) <= LONGEST:
        return whole
    return _cut(whole[: LONGEST - len(ELLIPSIS)], whole) + ELLIPSIS


def _without_salutation(text: str) -> list[str]:
    lines = [" ".join(line.split()) for line in text.splitlines()]
    said = [line for line in lines if line]
    return said[1:] if said[1:] and SALUTATION.fullmatch(said[0]) else said


def _joined(lines: list[str]) -> str:
    """Join lines and items; where one ends with no sign of its own, by a semicolon."""
    made = ""
    for line in lines:
        item = ITEM.sub("", line, count=1) if ITEM.match(line) else line
        made += item if not made or made.endswith(CLOSED) else f";{item}"
    return made


def _cut(shown: str, whole: str) -> str:
    """Return a part that ends with a sentence, else a clause, else no number or word in two.

    The half that a sentence or clause ends is kept at least; a text of one word is just cut.
    """
    for ends in (SENTENCE, CLAUSE):
        found = [match.end() for match in ends.finditer(whole, 0, len(shown) + 1)]
        kept = [end for end in found if len(shown) // 2 <= end <= len(shown)]
        if kept:
            return shown[: kept[-1]].rstrip(f"{COMMAS}{COLONS}")
    return RUN.sub("", shown).rstrip() or shown
