"""Client of sign-in and phone numbers: cases 1-13 of docs/reference/wechat.md."""

from typing import Any

import pytest

from services.wechat.errors import Reaction, WeChatError, WeChatUnavailable
from services.wechat.mini_program import MiniProgram
from tests.services.wechat.desk import Desk

LOGIN = "/sns/jscode2session"
PHONE = "/wxa/business/getuserphonenumber"


async def refusal(mini: MiniProgram, code: str) -> WeChatError:
    with pytest.raises(WeChatError) as refused:
        await mini.login(code)
    return refused.value


async def test_case_1_login_needs_no_access_token(mini: MiniProgram, desk: Desk) -> None:
    login = await mini.login(await desk.login_code())
    assert login.openid == await desk.openid()
    assert login.session_key
    assert login.session_key not in repr(login)
    [call] = await desk.calls(LOGIN)
    assert "access_token" not in call["query"]
    assert await desk.count("/cgi-bin/stable_token") == 0


async def test_case_2_a_code_never_issued(mini: MiniProgram) -> None:
    refused = await refusal(mini, "never-issued")
    assert (refused.errcode, refused.reaction) == (40029, Reaction.BAD_CODE)


async def test_case_3_a_code_used_before(mini: MiniProgram, desk: Desk) -> None:
    code = await desk.login_code()
    await mini.login(code)
    refused = await refusal(mini, code)
    assert (refused.errcode, refused.reaction) == (40163, Reaction.BAD_CODE)


async def test_case_4_a_code_older_than_five_minutes(mini: MiniProgram, desk: Desk) -> None:
    code = await desk.login_code()
    await desk.advance(301)
    assert (await refusal(mini, code)).reaction is Reaction.BAD_CODE


async def test_case_5_a_blocked_user(mini: MiniProgram, desk: Desk) -> None:
    refused = await refusal(mini, await desk.login_code(blocked=True))
    assert (refused.errcode, refused.reaction) == (40226, Reaction.BLOCKED)


async def test_case_6_too_many_logins_a_minute(mini: MiniProgram, desk: Desk) -> None:
    await desk.fault(LOGIN, errcode=45011)
    assert (await refusal(mini, await desk.login_code())).reaction is Reaction.MINUTE_LIMIT


async def test_case_7_a_busy_wechat_is_never_asked_twice_with_one_code(
    mini: MiniProgram, desk: Desk
) -> None:
    await desk.fault(LOGIN, match={"times": 2}, errcode=-1)
    for _ in range(2):
        refused = await refusal(mini, await desk.login_code())
        assert (refused.errcode, refused.reaction) == (-1, Reaction.BUSY)
    assert (await mini.login(await desk.login_code())).openid
    assert await desk.count(LOGIN) == 3


@pytest.mark.parametrize("fate", [{"drop": "after"}, {"delay_seconds": 60}])
async def test_case_8_a_lost_answer_is_unknown_and_the_code_is_spent(
    mini: MiniProgram, hurried: MiniProgram, desk: Desk, fate: dict[str, Any]
) -> None:
    await desk.fault(LOGIN, **fate)
    code = await desk.login_code()
    refused = await refusal(hurried, code)
    assert isinstance(refused, WeChatUnavailable)
    assert refused.unknown
    assert code not in str(refused)
    spent = await refusal(mini, code)
    assert (spent.errcode, spent.reaction) == (40163, Reaction.BAD_CODE)


@pytest.mark.parametrize("bound", [True, False])
async def test_case_9_unionid_present_or_absent(
    mini: MiniProgram, desk: Desk, *, bound: bool
) -> None:
    login = await mini.login(await desk.login_code(unionid=bound))
    assert bool(login.unionid) is bound


@pytest.mark.parametrize(("case", "country_code"), [("10 a string", "86"), ("11 a number", 86)])
async def test_case_10_and_11_a_phone_number(
    mini: MiniProgram, desk: Desk, case: str, country_code: str | int
) -> None:
    code = await desk.phone_code(country_code=country_code)
    number = await mini.phone_number(code)
    assert (number.country_code, number.number) == ("86", "13800000000"), case


async def test_case_12_a_phone_number_of_another_mini_program(
    mini: MiniProgram, desk: Desk
) -> None:
    code = await desk.phone_code(watermark_appid="wx0000000000000000")
    with pytest.raises(WeChatError) as refused:
        await mini.phone_number(code)
    assert refused.value.reaction is Reaction.BAD_CODE
    assert "13800000000" not in str(refused.value)


async def test_case_13_a_phone_code_used_before(mini: MiniProgram, desk: Desk) -> None:
    code = await desk.phone_code()
    await mini.phone_number(code)
    with pytest.raises(WeChatError) as refused:
        await mini.phone_number(code)
    assert refused.value.reaction is Reaction.BAD_CODE


async def test_a_phone_code_is_tried_once_but_survives_an_old_token(
    mini: MiniProgram, desk: Desk
) -> None:
    await desk.fault(PHONE, errcode=-1)
    code = await desk.phone_code()
    with pytest.raises(WeChatUnavailable) as busy:
        await mini.phone_number(code)
    assert not busy.value.unknown
    assert await desk.count(PHONE) == 1
    await desk.fault(PHONE, errcode=42001)
    assert (await mini.phone_number(code)).number == "13800000000"


@pytest.mark.parametrize(
    "answer",
    [
        "<html>login to the hotel network</html>",
        [],
        {"errcode": 0},
        {"openid": 7, "session_key": "secret-key"},
        {"errcode": "what"},
    ],
)
async def test_an_answer_of_another_shape_is_no_answer(
    mini: MiniProgram, desk: Desk, answer: object
) -> None:
    await desk.fault(LOGIN, raw=answer)
    refused = await refusal(mini, await desk.login_code())
    assert isinstance(refused, WeChatUnavailable)
    assert refused.unknown
    assert "secret-key" not in str(refused)


@pytest.mark.parametrize("fate", [{"drop": "before"}, {"http": 502}])
async def test_what_may_have_arrived_is_unknown(
    mini: MiniProgram, desk: Desk, fate: dict[str, Any]
) -> None:
    await desk.fault(LOGIN, **fate)
    refused = await refusal(mini, await desk.login_code())
    assert isinstance(refused, WeChatUnavailable)
    assert refused.unknown


async def test_what_was_never_sent_is_known_not_to_have_happened(desk: Desk) -> None:
    nowhere = MiniProgram(
        desk.appid, desk.secret, base="http://127.0.0.1:1", redis=None, now=desk.clock
    )
    refused = await refusal(nowhere, "code")
    nowhere.close()
    assert isinstance(refused, WeChatUnavailable)
    assert not refused.unknown


@pytest.mark.parametrize("openid", ["", " ", "\u200b", None, "a b", "x" * 200])
async def test_an_openid_that_is_none_is_no_answer(
    mini: MiniProgram, desk: Desk, openid: str | None
) -> None:
    """Whoever signs in without an id would share an account with all who do."""
    await desk.fault(LOGIN, raw={"openid": openid, "session_key": "secret-key"})
    refused = await refusal(mini, await desk.login_code())
    assert isinstance(refused, WeChatUnavailable)


@pytest.mark.parametrize(
    ("country_code", "number"),
    [("", "13800000000"), ("+86", "13800000000"), (None, "13800000000"), ("86", "")],
)
async def test_half_a_phone_number_is_no_answer(
    mini: MiniProgram, desk: Desk, country_code: str | None, number: str
) -> None:
    """An empty country code would make a number of Beijing's one of +1 and somebody else's."""
    given = {"purePhoneNumber": number, "countryCode": country_code}
    info = {**given, "watermark": {"appid": desk.appid}}
    await desk.fault(PHONE, raw={"errcode": 0, "phone_info": info})
    with pytest.raises(WeChatUnavailable):
        await mini.phone_number(await desk.phone_code())


async def test_an_interface_that_is_closed_to_us(mini: MiniProgram, desk: Desk) -> None:
    await desk.fault(PHONE, errcode=1400001)
    with pytest.raises(WeChatError) as refused:
        await mini.phone_number(await desk.phone_code())
    assert refused.value.reaction is Reaction.CLOSED
