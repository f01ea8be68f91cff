"""Words of texts, for search."""

import asyncio
import threading
from functools import cache

import jieba
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.kernel import words
from services.kernel.words import Dictionary
from tests.deadlines import SAFETY_NET

TEXT = "3栋2单元门口的声控灯坏了三天,电梯也停了;水龙头漏水,下水道堵塞。请尽快维修"
SIGNS = TEXT.replace("3栋2单元", "")


@given(st.integers(0, len(SIGNS)), st.integers(1, 12))
@settings(max_examples=300, deadline=None)
def test_whoever_types_a_part_of_a_text_finds_it(start: int, length: int) -> None:
    assert {*words.read().asked(SIGNS[start : start + length])} <= {*words.read().kept(TEXT)}


@pytest.mark.parametrize(
    ("question", "is_found"),
    [
        ("水龙头", True),
        ("龙头", True),
        ("灯", True),
        ("电梯 漏水", True),  # both, wherever they stand
        ("电梯 暖气", False),
        ("3栋", True),
        ("3栋2单元", True),
        ("13栋", False),
        ("2栋", False),
        ("26-0137", True),
        ("0137", True),
        ("137", True),
        ("26-137", False),
        ("502室", True),
        ("502", True),
        ("LED", True),
        ("LED灯", True),  # as a keyboard for Chinese types it
        ("😀", True),  # nothing is asked for: the caller finds nothing
    ],
)
def test_what_finds_what(question: str, *, is_found: bool) -> None:
    kept = words.read().kept(TEXT, "26-0137", "春光小区3栋2单元502", "led灯")
    assert ({*words.read().asked(question)} <= {*kept}) is is_found


def test_what_is_kept_is_bounded() -> None:
    long = "".join(chr(0x4E00 + number) for number in range(2 * words.MOST))
    assert len(words.read().kept(long)) == words.MOST
    assert words.read().asked("!? 。") == []


async def test_the_loop_goes_on_while_the_dictionary_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two ask at once: a thread reads it, once, and the loop has others' turns meanwhile."""
    readers: list[int] = []
    loop, others_went_on = asyncio.get_running_loop(), threading.Event()

    @cache
    def slow() -> Dictionary:
        readers.append(threading.get_ident())
        loop.call_soon_threadsafe(others_went_on.set)
        assert others_went_on.wait(SAFETY_NET)  # never set, were the loop itself reading
        return Dictionary(jieba.Tokenizer())

    monkeypatch.setattr(words, "_read", slow)
    first, second = await asyncio.gather(words.dictionary(), words.dictionary())
    assert first is second is await words.dictionary()
    assert len(readers) == 1
    assert readers != [threading.get_ident()]
