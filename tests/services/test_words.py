"""Words of texts, for search."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.kernel import words

TEXT = "3栋2单元门口的声控灯坏了三天,电梯也停了;水龙头漏水,下水道堵塞。请尽快维修"
SIGNS = TEXT.replace("3栋2单元", "")


@given(st.integers(0, len(SIGNS)), st.integers(1, 12))
@settings(max_examples=300, deadline=None)
def test_whoever_types_a_part_of_a_text_finds_it(start: int, length: int) -> None:
    assert {*words.asked(SIGNS[start : start + length])} <= {*words.kept(TEXT)}


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
    kept = words.kept(TEXT, "26-0137", "春光小区3栋2单元502", "led灯")
    assert ({*words.asked(question)} <= {*kept}) is is_found


def test_what_is_kept_is_bounded() -> None:
    long = "".join(chr(0x4E00 + number) for number in range(2 * words.MOST))
    assert len(words.kept(long)) == words.MOST
    assert words.asked("!? 。") == []
