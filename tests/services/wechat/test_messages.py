"""Client of subscribe messages: cases 19-26 of docs/reference/wechat.md."""

import asyncio
from typing import Any

import pytest

from services.wechat.errors import Reaction, WeChatError, WeChatUnavailable
from services.wechat.mini_program import MiniProgram, Release
from services.wechat.template_values import amount, clip_data, moment
from tests.services.wechat.desk import TEMPLATE, Desk

SEND = "/cgi-bin/message/subscribe/send"
DATA = {"thing1": "物业费已收到"}


async def send(mini: MiniProgram, openid: str, *, data: dict[str, str] | None = None) -> None:
    await mini.send_subscribe_message(
        openid, TEMPLATE, data=data or DATA, page="pages/bills?id=7"
    )


async def refusal(mini: MiniProgram, openid: str, **more: dict[str, str]) -> WeChatError:
    with pytest.raises(WeChatError) as refused:
        await send(mini, openid, **more)
    return refused.value


async def test_case_19_a_message_arrives(mini: MiniProgram, desk: Desk) -> None:
    openid = await desk.grant()
    await send(mini, openid)
    [message] = await desk.get(f"messages?openid={openid}")
    assert message["data"] == DATA
    assert message["page"] == "pages/bills?id=7"
    assert (message["miniprogram_state"], message["lang"]) == ("formal", "zh_CN")


async def test_the_messages_number_is_returned_when_wechat_tells_it(
    mini: MiniProgram, desk: Desk
) -> None:
    openid = await desk.grant()
    assert await mini.send_subscribe_message(openid, TEMPLATE, data=DATA)
    await desk.grant()
    await desk.fault(SEND, body_patch={"msgid": None})
    assert await mini.send_subscribe_message(openid, TEMPLATE, data=DATA) == ""


async def test_a_message_for_which_no_token_came_was_certainly_not_sent(
    mini: MiniProgram, desk: Desk
) -> None:
    openid = await desk.grant()
    await desk.fault("/cgi-bin/stable_token", match={"times": None}, http=502)
    refused = await refusal(mini, openid)
    assert isinstance(refused, WeChatUnavailable)
    assert (refused.unknown, refused.reaction) == (False, Reaction.BUSY)
    assert await desk.count(SEND) == 0


async def test_a_trial_message_without_page(mini: MiniProgram, desk: Desk) -> None:
    openid = await desk.grant()
    await mini.send_subscribe_message(openid, TEMPLATE, data=DATA, release=Release.TRIAL)
    [message] = await desk.get(f"messages?openid={openid}")
    assert (message["page"], message["miniprogram_state"]) == ("", "trial")


async def test_case_20_one_grant_is_one_message(mini: MiniProgram, desk: Desk) -> None:
    openid = await desk.openid()
    assert (await refusal(mini, openid)).reaction is Reaction.REFUSED
    await desk.grant()
    await send(mini, openid)
    refused = await refusal(mini, openid)
    assert (refused.errcode, refused.reaction) == (43101, Reaction.REFUSED)


async def test_case_21_switched_off_in_the_settings(mini: MiniProgram, desk: Desk) -> None:
    openid = await desk.grant()
    await desk.do("users/li/unsubscribe")
    assert (await refusal(mini, openid)).reaction is Reaction.REFUSED


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("thing1", "二" * 21),
        ("phrase1", "六个汉字太长"),
        ("thing1", ""),
        ("thing1", "两行\n文字"),
        ("amount1", "一百元"),
    ],
)
async def test_case_22_wechat_refuses_what_was_not_clipped(
    mini: MiniProgram, desk: Desk, key: str, value: str
) -> None:
    refused = await refusal(mini, await desk.grant(), data={key: value})
    assert (refused.errcode, refused.reaction) == (47003, Reaction.PERMANENT)
    assert key in refused.errmsg


async def test_case_22_clipped_values_are_accepted(mini: MiniProgram, desk: Desk) -> None:
    openid = await desk.grant()
    said = {
        "thing1": "三单元502下水堵塞，\n已经请师傅上门了😀，请留人在家等候",
        "phrase2": "处理中",
        "name3": "李女士(502)",
        "amount4": amount(12_345),
        "time5": moment(desk.clock()),
        "number6": "3.50",
        "character_string7": "R-20260302-0007",
        "phone_number8": "0431-88886666",
        "car_number9": "吉A12345",
        "date10": "2026-03-02 09:42~2026-03-03",
        "letter11": "ABC",
        "symbol12": "!!",
        "const13": "已受理",
    }
    await send(mini, openid, data=clip_data(said))
    [message] = await desk.get(f"messages?openid={openid}")
    assert message["data"]["thing1"] == "三单元502下水堵塞， 已经请师傅上门…"
    assert message["data"]["name3"] == "李女士"
    assert message["data"]["amount4"] == "¥123.45"
    assert message["data"]["time5"] == "2026年3月2日 12:00"


@pytest.mark.parametrize(("case", "errcode"), [("23 template", 40037), ("24 page", 41030)])
async def test_case_23_and_24_are_matters_of_configuration(
    mini: MiniProgram, desk: Desk, case: str, errcode: int
) -> None:
    await desk.fault(SEND, errcode=errcode)
    assert (await refusal(mini, await desk.grant())).reaction is Reaction.CONFIG, case


async def test_case_25_the_days_quota_ends_in_the_middle_of_a_batch(
    mini: MiniProgram, desk: Desk
) -> None:
    openids = [await desk.grant(f"resident{n}") for n in range(6)]
    await desk.fault(SEND, match={"nth": 4, "times": None}, errcode=45009)
    fates = []
    for openid in openids:
        try:
            await send(mini, openid)
            fates.append("sent")
        except WeChatError as refused:
            fates.append(refused.reaction)
    assert fates == ["sent"] * 3 + [Reaction.DAILY_QUOTA] * 3
    assert await desk.count(SEND) == 6


@pytest.mark.parametrize(
    ("fate", "arrived"),
    [
        ({"drop": "after"}, 1),
        ({"delay_seconds": 60}, 1),
        ({"drop": "before"}, 0),
        ({"http": 500}, 0),
    ],
)
async def test_case_26_a_lost_answer_is_never_sent_again(
    mini: MiniProgram, hurried: MiniProgram, desk: Desk, fate: dict[str, Any], arrived: int
) -> None:
    assert await mini.tokens.get()  # there already, so that only one call is hurried
    await desk.fault(SEND, **fate)
    openid = await desk.grant()
    await desk.grant()
    refused = await refusal(hurried, openid)
    assert isinstance(refused, WeChatUnavailable)
    assert (refused.unknown, refused.reaction) == (True, Reaction.UNKNOWN)
    assert len(await desk.get(f"messages?openid={openid}")) == arrived


async def test_a_busy_wechat_has_sent_nothing(mini: MiniProgram, desk: Desk) -> None:
    await desk.fault(SEND, errcode=-1)
    refused = await refusal(mini, await desk.grant())
    assert isinstance(refused, WeChatUnavailable)
    assert (refused.unknown, refused.reaction) == (False, Reaction.BUSY)
    assert await desk.count(SEND) == 1


async def test_a_refused_token_costs_one_more_try(mini: MiniProgram, desk: Desk) -> None:
    openid = await desk.grant()
    await desk.fault(SEND, errcode=40001)
    await send(mini, openid)
    assert len(await desk.get(f"messages?openid={openid}")) == 1


async def test_an_openid_of_another_mini_program(mini: MiniProgram, desk: Desk) -> None:
    foreign = (await desk.do("users/li", app="other_mini_program"))["openid"]
    assert (await refusal(mini, foreign)).reaction is Reaction.UNBOUND


async def test_a_hundred_messages_at_once(mini: MiniProgram, desk: Desk) -> None:
    openids = [await desk.grant(f"resident{n}") for n in range(100)]
    await asyncio.gather(*(send(mini, openid) for openid in openids))
    assert len(await desk.get("messages")) == 100
    assert await desk.count("/cgi-bin/stable_token") == 1
