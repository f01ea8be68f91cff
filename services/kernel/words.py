"""Words of Chinese texts, for search: cut alike when a text is kept and when it is asked for.

Between Chinese words stands no blank; the dictionary of jieba tells where one ends. Of a text
that is kept, every word of the dictionary that stands anywhere in it is noted, and each sign by
itself, so that whoever types a part of a text finds it. Guesses at words that no dictionary has
(jieba's HMM) are left out: they depend on what stands beside them, and would be guessed
otherwise in a question than in the text. Other words after a change of the dictionary
(requirements.txt) mean that what was kept before is to be cut again.

The dictionary takes 17 MB and a while to read: a process reads it when a text is first cut.
"""

import asyncio
import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from threading import Lock
from typing import TYPE_CHECKING, Final

from services.kernel.deferred import deferred

if TYPE_CHECKING:
    import jieba
else:
    jieba = deferred("jieba")

# Times that the dictionary saw a word. With the rarer ones, which are mostly names of people
# and places, a process takes 60 MB instead of 17, and 1.6 s to begin instead of 0.6.
FEWEST_SEEN: Final = 10
# Of one text, for one document not to fill an index; a text of 500 signs has some 600.
MOST: Final = 400
_READING: Final = Lock()

_PIECES: Final = re.compile(
    r"(?P<parts>\d+(?:-\d+)+)"  # a number of a case, a phone
    r"|(?P<count>\d+)(?P<unit>号楼|单元|[栋幢楼层])"  # 3栋 is not 13栋
    r"|(?P<room>\d+)[室户]"  # its door shows the number alone
    r"|(?P<plain>[0-9a-z]+)"
    r"|(?P<han>[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af]+)"
)


class Dictionary:
    """Words that are known, by which texts are cut."""

    def __init__(self, tokenizer: "jieba.Tokenizer") -> None:
        self._tokenizer = tokenizer

    def kept(self, *texts: str) -> list[str]:
        """Return the words by which texts are found, each once; at most MOST."""
        found = dict.fromkeys(word for text in texts for word in self._all(text))
        return list(found)[:MOST]

    def asked(self, text: str) -> list[str]:
        """Return the words that all must be among those kept; none for a text without any."""
        return list(dict.fromkeys(self._cut(text)))

    def terms(self, text: str) -> list[str]:
        """Return the Chinese words of a text with two signs or more, each once.

        Words of the dictionary alone, and none with a digit or a Latin letter: no number of a
        home, a phone or a car, and no name that the dictionary does not have.
        """
        pieces = (piece["han"] for piece in _pieces(text) if piece["han"])
        cut = (word for piece in pieces for word in self._tokenizer.cut(piece, HMM=False))
        return list(dict.fromkeys(word for word in cut if len(word) > 1))

    def _cut(self, text: str) -> Iterator[str]:
        for piece in _pieces(text):
            if piece["han"]:
                yield from self._tokenizer.cut(piece["han"], HMM=False)
            else:
                yield piece["room"] or piece[0]

    def _all(self, text: str) -> Iterator[str]:
        for piece in _pieces(text):
            if piece["han"]:
                yield from self._tokenizer.cut(piece["han"], cut_all=True)
                yield from piece["han"]
            elif piece["parts"]:
                yield piece[0]
                for part in piece[0].split("-"):
                    yield part
                    yield part.lstrip("0") or part  # the 137 of 26-0137
            elif piece["unit"]:
                yield piece[0]
                yield piece["count"]
                yield from piece["unit"]
            else:
                yield piece["room"] or piece[0]


async def dictionary() -> Dictionary:
    """Return the dictionary. Whoever asks first waits until a thread has read it."""
    if _read.cache_info().currsize:
        return _read()
    return await asyncio.to_thread(read)


def read() -> Dictionary:
    """Return the dictionary, which takes some tenths of a second once: not for the loop."""
    with _READING:
        return _read()


@cache
def _read() -> Dictionary:
    """Read jieba's own dictionary.

    Its own way keeps a copy where every user of the machine may write.
    """
    found = jieba.Tokenizer()
    with (files("jieba") / "dict.txt").open("rb") as lines:
        for line in lines:
            word, seen, _ = line.decode().split(" ", 2)
            if int(seen) >= FEWEST_SEEN or len(word) == 1:
                found.FREQ[word] = int(seen)
                found.total += int(seen)
                for end in range(1, len(word)):
                    found.FREQ.setdefault(word[:end], 0)
    found.initialized = True
    return Dictionary(found)


def _pieces(text: str) -> Iterator[re.Match[str]]:
    return _PIECES.finditer(unicodedata.normalize("NFKC", text).lower())
