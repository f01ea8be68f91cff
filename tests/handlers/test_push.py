"""Webhook /wx/push: case 27 of docs/reference/wechat.md, forgeries, repeats, receipts."""

import asyncio
from typing import Any
from urllib.parse import urlencode

import pytest
from wechatpy.utils import WeChatSigner

from handlers.wechat.pushes import LARGEST_PUSH
from services.messaging import store
from services.messaging.models import grant_id
from services.messaging.states import Move
from tests.build.mailbox import (
    SEND,
    TEMPLATE,
    allow,
    calls,
    inbox,
    left,
    open_push,
    openid_of,
    push,
    receipt,
    tell,
)
from tests.build.sign_ins import Member
from tests.build.world import World

OTHER = "stand-in-payment_received"
POPUP = "subscribe_msg_popup_event"
TAKEN = {"status": 200, "body": "success"}
NOON_SECONDS = 1_772_424_000


@pytest.fixture(autouse=True)
async def _pushed(world: World) -> None:
    await open_push(world)


def popup(openid: str, *, at: int = NOON_SECONDS, answer: str = "accept") -> dict[str, Any]:
    row = {"TemplateId": TEMPLATE, "SubscribeStatusString": answer, "PopupScene": "0"}
    return {"Event": POPUP, "FromUserName": openid, "CreateTime": at, "List": [row]}


@pytest.mark.parametrize("form", ["json", "xml"])
@pytest.mark.parametrize("templates", [(TEMPLATE,), (TEMPLATE, OTHER)])
async def test_case_27_accepted_once_is_one_message(
    world: World, form: str, templates: tuple[str, ...]
) -> None:
    """Lists of one are no lists in JSON, and neither in XML."""
    await open_push(world, format=form)
    assert await allow(world, "li", *templates) == [TAKEN]
    granted = await world.db.message_grants.find().to_list()
    assert [(grant["_id"].partition(":")[0], grant["left"]) for grant in granted] == [
        (template, 1) for template in templates
    ]


async def test_the_answer_is_plain_text(world: World) -> None:
    reply = await world.api.get(f"/wx/push?{signed(world)}&echostr=5312", as_=None)
    assert (reply.status, reply.raw) == (200, b"5312")
    assert reply.headers["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize("query", ["", "signature=0&timestamp=1&nonce=2&echostr=5312"])
async def test_the_address_is_shown_to_nobody_else(world: World, query: str) -> None:
    reply = await world.api.get(f"/wx/push?{query}", as_=None)
    assert (reply.status, reply.code) == (401, "not_from_wechat")
    assert b"5312" not in reply.raw


@pytest.mark.parametrize(
    "craft",
    [
        {"sign": "bad"},
        {"sign": "missing"},
        {"sign": "tampered"},
        {"mode": "plain"},
        {"appid": "wx1111111111111111"},
        {"app": "other_mini_program"},
        {"sign": "bad", "format": "xml"},
    ],
)
async def test_case_27_what_is_not_wechats_changes_nothing(
    world: World, li: Member, craft: dict[str, Any]
) -> None:
    answer = await push(world, popup(await openid_of(world, "li")), **craft)
    assert answer["status"] == 401
    assert await left(world, li) == 0
    assert await world.db.push_events.count_documents({}) == 0


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"<xml/>", b"[1]", b"\xff", b'{"Encrypt": 1}', b"<xml><Encrypt/></xml>"],
)
async def test_nonsense_is_refused(world: World, body: bytes) -> None:
    reply = await world.api.post(f"/wx/push?{signed(world)}", body, as_=None)
    assert (reply.status, reply.code) == (401, "not_from_wechat")


async def test_a_body_too_large_is_refused(world: World) -> None:
    path = f"/wx/push?{signed(world)}"
    assert (await world.api.post(path, b"x" * (LARGEST_PUSH + 1), as_=None)).status == 413
    assert (await world.api.post(path, b"x" * LARGEST_PUSH, as_=None)).status == 401


async def test_case_27_repeats_count_once(world: World, li: Member) -> None:
    assert await allow(world, "li", copies=3) == [TAKEN] * 3
    assert await left(world, li) == 1


async def test_case_27_repeats_at_the_same_moment_count_once(world: World, li: Member) -> None:
    event = popup(await openid_of(world, "li"))
    answers = await asyncio.gather(*(push(world, event) for _ in range(8)))
    assert answers == [TAKEN] * 8
    assert await left(world, li) == 1


async def test_case_27_an_answer_too_late_is_pushed_again(world: World, li: Member) -> None:
    """WeChat waits five seconds and asks three times; here it does not wait at all."""
    await open_push(world, timeout_seconds=0.0001)
    [answer] = await allow(world, "li")
    assert answer["status"] == 0
    await open_push(world)
    await world.advance(seconds=5)
    assert await calls(world, "/wx/push") == 2
    assert await left(world, li) == 1


async def test_a_no_and_a_ban_grant_nothing(world: World, li: Member) -> None:
    for answer in ("reject", "ban"):
        assert await allow(world, "li", answer=answer) == [TAKEN]
    assert await left(world, li) == 0


async def test_a_no_in_the_pop_up_leaves_earlier_grants(world: World, li: Member) -> None:
    await allow(world, "li")
    await allow(world, "li", answer="reject")
    assert await left(world, li) == 1


async def test_the_switch_in_the_settings_takes_one_template(world: World, li: Member) -> None:
    await allow(world, "li", TEMPLATE, OTHER)
    await allow(world, "li", TEMPLATE, OTHER)
    await world.wechat.do("users/li/unsubscribe", template_ids=[TEMPLATE])

    templates = (await world.api.get("/api/v1/me/message-templates", as_=li)).body["items"]
    assert {t["template_id"]: t["left"] for t in templates} == {
        **dict.fromkeys(world.deps.templates.values(), 0),
        OTHER: 2,
    }
    assert TEMPLATE in world.deps.templates.values()


async def test_a_grant_before_the_first_sign_in_is_not_lost(world: World) -> None:
    await open_push(world)
    await allow(world, "li")
    assert await left(world, await world.sign_in("li")) == 1


async def test_grants_of_others_are_others(world: World, li: Member) -> None:
    await allow(world, "wang")
    assert await left(world, li) == 0


@pytest.mark.parametrize(
    "event",
    [
        {"Event": "user_enter_tempsession", "SessionFrom": "x"},
        {"MsgType": "text", "Content": "你好", "MsgId": 1},
    ],
)
async def test_other_events_are_taken_and_forgotten(
    world: World, event: dict[str, Any]
) -> None:
    await open_push(world)
    assert await push(world, event | {"CreateTime": NOON_SECONDS}) == TAKEN
    assert await world.db.push_events.count_documents({}) == 0


# Receipts


async def sent_message(world: World, li: Member, key: str) -> tuple[str, str]:
    """Send Li a message without WeChat's own receipt; return its id and WeChat's number."""
    await open_push(world)
    await allow(world, "li")
    message_id = await tell(world, li, key)
    await world.work()
    message = await world.db.messages.find_one({"_id": message_id})
    assert message is not None
    return message_id, message["wechat_id"]


async def test_wechats_own_receipt_finds_its_message(world: World, li: Member) -> None:
    await open_push(world, sent_events=True)
    await allow(world, "li")
    message_id = await tell(world, li)
    await world.work()
    await world.advance(seconds=20)  # it may overtake the answer, and is pushed again then
    message = await world.db.messages.find_one({"_id": message_id})
    assert message is not None
    assert (message["delivery"], message["receipt_at"] is None) == ("sent", False)


@pytest.mark.parametrize(
    ("code", "status", "delivery"),
    [
        ("0", "success", "sent"),
        ("43101", "user refuse", "refused"),
        ("1", "system failed", "failed"),
    ],
)
async def test_a_receipt_tells_what_became_of_it(
    world: World, li: Member, code: str, status: str, delivery: str
) -> None:
    first, wechat_id = await sent_message(world, li, "b1")
    second, _ = await sent_message(world, li, "b2")
    assert await receipt(world, "li", wechat_id, code, status) == TAKEN

    assert await inbox(world, li) == {first: delivery, second: "sent"}
    message = await world.db.messages.find_one({"_id": first})
    assert message is not None
    assert message["problem"] == ("" if code == "0" else f"{code} {status}")
    assert (message["receipt_at"] is None, await world.work()) == (False, 0)


async def test_a_second_receipt_of_the_same_message_is_a_repeat(
    world: World, li: Member
) -> None:
    message_id, wechat_id = await sent_message(world, li, "b1")
    await receipt(world, "li", wechat_id)
    await receipt(world, "li", wechat_id, "1", "system failed")
    assert await inbox(world, li) == {message_id: "sent"}


async def test_a_receipt_of_a_message_that_is_not_ours_changes_nothing(
    world: World, li: Member
) -> None:
    message_id, _ = await sent_message(world, li, "b1")
    assert await receipt(world, "li", "77", "1", "system failed") == TAKEN
    assert await inbox(world, li) == {message_id: "sent"}


async def test_a_receipt_is_not_guessed_onto_one_of_two_lost_messages(
    world: World, li: Member
) -> None:
    await open_push(world)
    for number in range(2):
        await allow(world, "li")
        await world.wechat.fault(SEND, drop="after")
        await tell(world, li, f"b{number}")
    await world.work()
    assert set((await inbox(world, li)).values()) == {"unknown"}

    await receipt(world, "li", "4000000000000000001")
    assert set((await inbox(world, li)).values()) == {"unknown"}


async def test_a_receipt_that_overtakes_the_answer_is_kept(world: World, li: Member) -> None:
    message_id = await tell(world, li)
    grant = grant_id(await openid_of(world, "li"), TEMPLATE)
    assert await store.move(world.deps.db, message_id, Move.START, grant=grant)
    await receipt(world, "li", "7", "43101", "user refuse")
    assert not await store.move(world.deps.db, message_id, Move.ACCEPT, wechat_id="7")
    assert await inbox(world, li) == {message_id: "refused"}


async def test_a_receipt_that_could_be_two_messages_is_asked_for_again(
    world: World, li: Member
) -> None:
    lost, sending = await tell(world, li, "b1"), await tell(world, li, "b2")
    grant = grant_id(await openid_of(world, "li"), TEMPLATE)
    for message_id in (lost, sending):
        assert await store.move(world.deps.db, message_id, Move.START, grant=grant)
    assert await store.move(world.deps.db, lost, Move.LOSE)
    assert (await receipt(world, "li", "7", "43101", "user refuse"))["status"] == 503

    assert await store.move(world.deps.db, sending, Move.ACCEPT, wechat_id="7")
    assert await receipt(world, "li", "7", "43101", "user refuse") == TAKEN
    assert await inbox(world, li) == {lost: "unknown", sending: "refused"}


def signed(world: World) -> str:
    """Return a query signed as WeChat signs it in plain mode."""
    signer = WeChatSigner()
    signer.add_data(world.deps.push._token, "1772424000", "n")
    return urlencode({"signature": signer.signature, "timestamp": "1772424000", "nonce": "n"})
