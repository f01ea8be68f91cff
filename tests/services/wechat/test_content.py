"""Client of pushes, content checks and codes: cases 27-30 of docs/reference/wechat.md."""

import pytest

from services.wechat.errors import BadSignature, Reaction, WeChatError, WeChatUnavailable
from services.wechat.events import (
    MediaCheck,
    PushEvent,
    SubscribeChange,
    SubscribePopup,
    SubscribeSent,
)
from services.wechat.mini_program import MiniProgram, Release
from services.wechat.models import Scene, Suggestion
from services.wechat.push import PushReceiver
from tests.services.wechat.desk import TEMPLATE, Desk, Doorstep

CHECK = "/wxa/msg_sec_check"
CODE = "/wxa/getwxacodeunlimit"
PNG = b"\x89PNG"


@pytest.fixture
def receiver(desk: Desk) -> PushReceiver:
    ours = desk.credentials["mini_program"]
    return PushReceiver(ours["push_token"], ours["push_aes_key"], ours["appid"])


def received(receiver: PushReceiver, doorstep: Doorstep) -> list[PushEvent]:
    return [
        event
        for letter in doorstep.letters
        for event in receiver.receive(letter.query, letter.body, letter.headers["Content-Type"])
    ]


@pytest.mark.parametrize("form", ["json", "xml"])
async def test_case_27_answers_to_a_question_arrive_as_pushes(
    receiver: PushReceiver, desk: Desk, doorstep: Doorstep, mini: MiniProgram, form: str
) -> None:
    doorstep.on_letter = lambda _letter: 200
    await desk.do("push", url=doorstep.url, format=form, mode="safe")
    openid = await desk.grant()
    await desk.do("users/li/subscribe", template_ids=["t1", "t2"], answer="reject")
    await mini.send_subscribe_message(openid, TEMPLATE, data={"thing1": "好"})
    await desk.advance(10)
    await desk.grant()
    await desk.do("users/li/unsubscribe")
    events = received(receiver, doorstep)
    popups = [each for each in events if isinstance(each, SubscribePopup)]
    assert [(each.template_id, each.accepted) for each in popups] == [
        (TEMPLATE, True),
        ("t1", False),
        ("t2", False),
        (TEMPLATE, True),
    ]
    assert {each.openid for each in popups} == {openid}
    assert len({each.dedupe_key for each in events}) == len(events)
    assert [each.error_code for each in events if isinstance(each, SubscribeSent)] == [0]
    changes = [each for each in events if isinstance(each, SubscribeChange)]
    assert [(each.template_id, each.accepted) for each in changes] == [(TEMPLATE, False)]


@pytest.mark.parametrize("form", ["json", "xml"])
async def test_case_27_a_push_not_taken_is_repeated_with_the_same_dedupe_key(
    receiver: PushReceiver, desk: Desk, doorstep: Doorstep, form: str
) -> None:
    doorstep.on_letter = lambda _letter: 500
    await desk.do("push", url=doorstep.url, format=form)
    await desk.grant()
    await desk.advance(60)
    events = received(receiver, doorstep)
    assert len(events) == 4
    assert len({each.dedupe_key for each in events}) == 1


@pytest.mark.parametrize(
    "craft",
    [
        {"sign": "bad"},
        {"sign": "missing"},
        {"sign": "tampered"},
        {"appid": "wx0"},
        {"mode": "plain"},
    ],
)
async def test_case_27_a_crafted_push_is_not_believed(
    receiver: PushReceiver, desk: Desk, doorstep: Doorstep, craft: dict[str, str]
) -> None:
    await desk.do("push", url=doorstep.url)
    item = {"TemplateId": TEMPLATE, "SubscribeStatusString": "accept", "PopupScene": "0"}
    event = {"Event": "subscribe_msg_popup_event", "FromUserName": "o-li", "List": [item]}
    await desk.do("push/send", event=event, **craft)
    with pytest.raises(BadSignature):
        received(receiver, doorstep)


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [("电梯坏了", "pass"), ("疑似词", "review"), ("违禁词", "risky")],
)
async def test_case_28_the_verdict_not_the_errcode_decides(
    mini: MiniProgram, desk: Desk, text: str, suggestion: str
) -> None:
    verdict = await mini.check_text(await desk.openid(), text, Scene.FORUM)
    assert verdict.suggestion == suggestion
    assert verdict.trace_id


async def test_case_28_who_was_long_away_cannot_be_judged(
    mini: MiniProgram, desk: Desk
) -> None:
    openid = await desk.openid()
    await desk.do("users/li", active=False)
    verdict = await mini.check_text(openid, "电梯坏了", Scene.FORUM)
    assert verdict.suggestion is Suggestion.REVIEW


async def test_case_28_a_busy_wechat_is_asked_again(mini: MiniProgram, desk: Desk) -> None:
    openid = await desk.openid()
    await desk.fault(CHECK, match={"times": 2}, errcode=-1)
    verdict = await mini.check_text(openid, "电梯坏了", Scene.FORUM)
    assert verdict.suggestion is Suggestion.PASS
    assert await desk.count(CHECK) == 3


async def test_case_28_but_not_for_ever(mini: MiniProgram, desk: Desk) -> None:
    openid = await desk.openid()
    await desk.fault(CHECK, match={"times": None}, errcode=-1)
    with pytest.raises(WeChatUnavailable) as busy:
        await mini.check_text(openid, "电梯坏了", Scene.FORUM)
    assert (busy.value.reaction, busy.value.unknown) == (Reaction.BUSY, False)
    assert await desk.count(CHECK) == 3


async def test_a_verdict_in_words_unknown_to_us_is_no_verdict(
    mini: MiniProgram, desk: Desk
) -> None:
    openid = await desk.openid()
    await desk.fault(CHECK, body_patch={"result": {"suggest": "new word"}})
    with pytest.raises(WeChatUnavailable):
        await mini.check_text(openid, "电梯坏了", Scene.FORUM)


async def test_a_text_too_long_is_not_even_sent(mini: MiniProgram, desk: Desk) -> None:
    with pytest.raises(ValueError, match="2501"):
        await mini.check_text("o-li", "字" * 2501, Scene.FORUM)
    assert await desk.count("/") == 0


@pytest.mark.parametrize(
    ("outcome", "suggestion", "error_code"),
    [
        ("pass", Suggestion.PASS, 0),
        ("risky", Suggestion.RISKY, 0),
        ("download_failed", Suggestion.REVIEW, -1008),
    ],
)
@pytest.mark.parametrize("shape", ["v2", "v1"])
@pytest.mark.parametrize("form", ["json", "xml"])
async def test_case_29_the_verdict_on_a_picture_is_pushed_later(
    receiver: PushReceiver,
    desk: Desk,
    doorstep: Doorstep,
    mini: MiniProgram,
    *,
    outcome: str,
    suggestion: Suggestion,
    error_code: int,
    shape: str,
    form: str,
) -> None:
    await desk.do("push", url=doorstep.url, format=form)
    late = {"outcome": outcome, "shape": shape, "after_seconds": 1800}
    await desk.do("settings", media=late)
    trace_id = await mini.check_media(await desk.openid(), "https://example.org/leak.jpg")
    await desk.advance(1790)
    assert received(receiver, doorstep) == []
    await desk.advance(10)
    [check] = received(receiver, doorstep)
    assert isinstance(check, MediaCheck)
    assert check.trace_id == trace_id
    assert (check.suggestion, check.error_code) == (suggestion, error_code)


async def test_case_30_a_code_is_a_picture(mini: MiniProgram, desk: Desk) -> None:
    picture = await mini.qr_code("d=0123456789abcdefghijAB", "pages/door")
    assert picture.startswith(PNG)
    [call] = await desk.calls(CODE)
    assert call["body"]["check_path"] is True
    assert "access_token" not in str(call["body"])


async def test_a_code_for_a_page_not_yet_released(mini: MiniProgram, desk: Desk) -> None:
    await desk.do("settings", released_pages=["pages/door"])
    with pytest.raises(WeChatError) as refused:
        await mini.qr_code("d=1", "pages/new")
    assert (refused.value.errcode, refused.value.reaction) == (41030, Reaction.CONFIG)
    trial = await mini.qr_code("d=1", "pages/new", release=Release.TRIAL, check_page=False)
    assert trial.startswith(PNG)


async def test_case_30_an_error_comes_with_status_200(mini: MiniProgram, desk: Desk) -> None:
    await desk.fault(CODE, errcode=45009)
    with pytest.raises(WeChatError) as refused:
        await mini.qr_code("d=1", "pages/door")
    assert refused.value.reaction is Reaction.DAILY_QUOTA


async def test_case_30_neither_picture_nor_error(mini: MiniProgram, desk: Desk) -> None:
    await desk.fault(CODE, raw={"errcode": 0, "errmsg": "ok"})
    with pytest.raises(WeChatUnavailable):
        await mini.qr_code("d=1", "pages/door")


@pytest.mark.parametrize(
    ("scene", "page", "width"),
    [
        ("s" * 33, "pages/door", 430),
        ("", "pages/door", 430),
        ("d=%41", "pages/door", 430),
        ("单元", "pages/door", 430),
        ("d=1", "/pages/door", 430),
        ("d=1", "pages/door?id=1", 430),
        ("d=1", "pages/door", 100),
    ],
)
async def test_case_30_a_scene_wechat_would_refuse_is_not_sent(
    mini: MiniProgram, desk: Desk, scene: str, page: str, width: int
) -> None:
    with pytest.raises(ValueError, match=r"scene|page"):
        await mini.qr_code(scene, page, width=width)
    assert await desk.count("/") == 0
