"""Beginnings of notices in the inbox: on one line, without a greeting, no number in two."""

import pytest

from services.notices.contents.beginnings import ELLIPSIS, LONGEST, beginning

LONG = "因管网检修停水" * 20


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("3月5日停水。\n- 请提前储水", "3月5日停水。请提前储水"),
        (
            "各位居民:\n因检修停水。\n- 储水\n- 关好龙头\n请谅解。",
            "因检修停水。储水;关好龙头;请谅解。",
        ),
        ("尊敬的业主朋友们,大家好!\n\n明天停电", "明天停电"),
        ("全体住户\uff1a\n明天停电", "明天停电"),
        ("停水时间:\n8时", "停水时间:8时"),
        ("各位居民:", "各位居民:"),
        ("各位居民:明天停电\n请谅解", "各位居民:明天停电;请谅解"),
        ("电话:81234567\n3栋停水", "电话:81234567;3栋停水"),
        ("-5度\n请防冻", "-5度;请防冻"),
    ],
)
def test_a_short_text_is_shown_whole_on_one_line(text: str, shown: str) -> None:
    assert beginning(text) == shown


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("停水" * 40 + "。" + LONG, "停水。"),
        ("停水" * 40 + "," + LONG, "停水"),
        ("停水" * 58 + "至2026年3月5日12时" * 3, "停水至"),
        ("停水" * 59 + "一百二十元", "停水"),
        ("停水" * 40 + "看 https://example.cn/a?b=1;c=2,3,4,5,6,7,8,9,10,11", "停水看"),
        ("1" * 300, "1"),
    ],
)
def test_a_long_text_is_cut_where_nothing_else_is_said(text: str, ends: str) -> None:
    shown = beginning(text)
    assert len(shown) <= LONGEST
    assert shown.removesuffix(ELLIPSIS).endswith(ends)
    assert text.startswith(shown.removesuffix(ELLIPSIS))
