"""Likeness of questions: a table of what people ask in how many ways."""

from typing import Final

import pytest

from services.notices.questions.likeness import ALIKE, likeness, wording

SAME: Final = (
    ("什么时候来水?", "请问几点来水"),
    ("停水到几点?", "停水停到什么时候"),
    ("电梯什么时候修好", "您好,电梯何时能修好呢?"),
    ("3号楼停水吗", "三号楼会停水吗?"),
    ("\uff13号楼停水吗", "3号楼停不停水"),  # a full-width three
    ("十二号楼几号开始", "12号楼什么时候开始"),
    ("会议在什么地方开", "这个会议在哪里开?"),
    ("为什么又停水", "怎么回事,又停水了"),
    ("没水怎么办", "没有水了咋办"),
    ("WIFI能用吗", "wifi可以用吗"),
    ("老人可以不下楼投票吗", "老人不下楼能投票吗"),
    ("什么时候?", "几点呢"),
)
OTHER: Final = (
    ("3号楼停水吗", "5号楼停水吗"),  # the same words, and two answers
    ("二十号楼停吗", "二号楼停吗"),
    ("地下车库停水吗", "一楼停水吗"),
    ("什么时候来水", "什么时候来电"),
    ("什么时候停水", "为什么停水"),
    ("业主大会在哪里开", "业主大会什么时候开"),
    ("电费多少钱", "水费多少钱"),
    ("投票要带身份证吗", "投票要带房产证吗"),
    ("停水吗", "电梯停吗"),
)


@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_same_in_other_words_is_proposed_as_one(one: str, other: str) -> None:
    assert likeness(wording(one), wording(other)) >= ALIKE


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_what_has_another_answer_is_not(one: str, other: str) -> None:
    assert likeness(wording(one), wording(other)) < ALIKE


@pytest.mark.parametrize(("one", "other"), [*SAME, *OTHER])
def test_likeness_has_no_order(one: str, other: str) -> None:
    first, second = wording(one), wording(other)
    assert likeness(first, second) == likeness(second, first)
    assert likeness(first, first) == 1
