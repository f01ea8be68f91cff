"""One table per interface decides; spelling and unknown codes do not matter."""

import pytest

from services.wechat.errors import (
    PAY_REACTIONS,
    PayError,
    PayReaction,
    Reaction,
    WeChatError,
    WeChatUnavailable,
)


@pytest.mark.parametrize(
    ("code", "reaction"),
    [
        ("ORDERPAID", PayReaction.ORDER_PAID),
        ("ORDER_PAID", PayReaction.ORDER_PAID),
        ("ORDER_NOT_EXIST", PayReaction.ORDER_MISSING),
        ("ORDERNOTEXIST", PayReaction.ORDER_MISSING),
        ("NOT_ENOUGH", PayReaction.NOT_ENOUGH),
        ("NOTENOUGH", PayReaction.NOT_ENOUGH),
        ("RATELIMIT_EXCEEDED", PayReaction.BUSY),
        ("RULE_LIMIT", PayReaction.SHOW),
        ("NO_AUTH", PayReaction.CONFIG_ALARM),
        ("PARAM_ERROR", PayReaction.PERMANENT),
        ("NEVER_SEEN_BEFORE", PayReaction.PERMANENT),
    ],
)
def test_underscores_do_not_matter(code: str, reaction: PayReaction) -> None:
    assert PayError(400, code).reaction is reaction


def test_the_table_is_spelt_without_underscores() -> None:
    assert not [code for code in PAY_REACTIONS if "_" in code or code != code.upper()]


def test_unknown_outweighs_any_code() -> None:
    assert PayError(500, "ORDERPAID", unknown=True).reaction is PayReaction.QUERY_FIRST


@pytest.mark.parametrize(
    ("errmsg", "rid"),
    [
        ("invalid code, rid: 5f1e-aa-bb", "5f1e-aa-bb"),
        ("invalid credential hint: [yB.ZgA0532]", "yB.ZgA0532"),
        ("invalid code", ""),
    ],
)
def test_the_call_can_be_found_at_wechat(errmsg: str, rid: str) -> None:
    assert WeChatError(40029, errmsg).rid == rid


def test_an_errcode_never_seen_is_permanent() -> None:
    assert WeChatError(99_999).reaction is Reaction.PERMANENT


def test_no_answer_is_either_nothing_or_anything() -> None:
    assert WeChatUnavailable("silence", unknown=True).reaction is Reaction.UNKNOWN
    assert WeChatUnavailable("silence", unknown=False).reaction is Reaction.BUSY
