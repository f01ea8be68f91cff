"""Rules of the service account: token, followers, template messages, pushes of its own."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sandbox.keys import Keys
from tests.contracts.clients import MiniClient
from tests.contracts.stage import Control, Process, Receiver

SEND = "/cgi-bin/message/template/send"
INFO = "/cgi-bin/user/info"
PAGE = "pages/bills/bill?id=1"


@pytest.fixture
def service(process: Process, control: Control) -> MiniClient:
    """The service account, over the `control` that was just reset."""
    assert control.process is process
    return MiniClient(process, process.credentials["service_account"])


async def send(service: MiniClient, openid: str, token: str | None = None, **more: Any) -> Any:
    appid = service.process.credentials["mini_program"]["appid"]
    body = {
        "touser": openid,
        "template_id": "T1",
        "miniprogram": {"appid": appid, "pagepath": PAGE},
        "data": {"thing1": {"value": "停水通知"}},
    }
    return await service.asked(SEND, body | more, token)


async def follow(control: Control, name: str = "li", **wish: Any) -> str:
    return str((await control.do(f"users/{name}/follow", **wish))["openid"])


async def info(service: MiniClient, openid: str) -> Any:
    return await service.get(INFO, access_token=await service.token(), openid=openid)


async def test_a_follower_gets_as_many_messages_as_are_sent(
    service: MiniClient, control: Control
) -> None:
    openid = await follow(control)
    answers = [await send(service, openid) for _ in range(2)]
    assert [answer["errcode"] for answer in answers] == [0, 0]
    assert answers[0]["msgid"] != answers[1]["msgid"]
    first, _ = await control.get("service-account/messages", openid=openid)
    assert first["data"] == {"thing1": "停水通知"}
    assert (first["appid"], first["pagepath"]) == (
        service.process.credentials["mini_program"]["appid"],
        PAGE,
    )


async def test_the_same_client_msg_id_is_one_message_for_ten_minutes(
    service: MiniClient, control: Control
) -> None:
    openid = await follow(control)
    first = await send(service, openid, client_msg_id="m1")
    assert await send(service, openid, client_msg_id="m1") == first
    await control.advance(600)
    assert (await send(service, openid, client_msg_id="m1"))["msgid"] != first["msgid"]


async def test_who_does_not_follow_gets_nothing(service: MiniClient, control: Control) -> None:
    openid = await follow(control)
    await control.do("users/li/unfollow")
    assert (await send(service, openid))["errcode"] == 43004
    assert await control.get("service-account/messages") == []
    assert "does not follow" in await control.refusal("users/li/unfollow")


@pytest.mark.parametrize(
    ("more", "errcode"),
    [
        ({"template_id": ""}, 40037),
        ({"template_id": "gone"}, 40037),
        ({"data": {"thing1": {"value": ""}}}, 47003),
        ({"data": {}}, 47003),
        ({"miniprogram": {"appid": "wx0", "pagepath": PAGE}}, 40013),
        ({"touser": "o" * 28}, 40003),
    ],
)
async def test_what_a_message_must_be(
    service: MiniClient, control: Control, more: dict[str, Any], errcode: int
) -> None:
    await control.do("settings", deleted_templates=["gone"])
    assert (await send(service, await follow(control), **more))["errcode"] == errcode


async def test_an_openid_of_the_mini_program_is_none_of_the_account(
    service: MiniClient, control: Control
) -> None:
    ours = await control.openid("li")
    assert ours != await follow(control)
    assert (await send(service, ours))["errcode"] == 40003
    assert (await info(service, ours))["errcode"] == 40003


async def test_tokens_of_one_do_not_work_for_the_other(
    service: MiniClient, mini: MiniClient, control: Control
) -> None:
    openid = await follow(control)
    assert (await send(service, openid, await mini.token()))["errcode"] == 48001
    answer = await mini.send_message(await control.openid("li"), token=await service.token())
    assert answer["errcode"] == 48001
    await control.do("tokens/evict", app="service_account")
    assert (await mini.send_message(await control.openid("li")))["errcode"] == 43101


async def test_the_unionid_is_the_one_of_the_mini_program(
    service: MiniClient, mini: MiniClient, control: Control
) -> None:
    openid = await follow(control)
    told = await info(service, openid)
    assert "errcode" not in told
    code = (await control.do("users/li/login-code", unionid=True))["code"]
    assert told["unionid"] == (await mini.login(code))["unionid"]
    await control.do("settings", open_platform=True)
    code = (await control.do("users/wang/login-code"))["code"]
    assert "unionid" in await mini.login(code)


async def test_of_strangers_only_that_they_are_strangers(
    service: MiniClient, control: Control
) -> None:
    openid = await follow(control, unionid=False)
    assert "unionid" not in await info(service, openid)
    await control.do("users/li/unfollow")
    told = await info(service, openid)
    assert (told["subscribe"], told["openid"], "unionid" in told) == (0, openid, False)


@pytest.mark.parametrize("fault", [{"errcode": 45009}, {"errcode": -1}])
async def test_it_fails_as_it_is_told_to(
    service: MiniClient, control: Control, fault: dict[str, int]
) -> None:
    openid = await follow(control)
    await control.fault(SEND, **fault)
    assert (await send(service, openid))["errcode"] == fault["errcode"]
    assert (await send(service, openid))["errcode"] == 0


async def test_it_pushes_to_an_address_of_its_own(
    service: MiniClient, control: Control, receiver: Receiver
) -> None:
    """Plain here; what is sealed is opened by the product's own tests."""
    target = {"url": receiver.url, "mode": "plain"}
    await control.do("push", url=f"{receiver.url}/other", mode="plain")
    await control.do("service-account/push", **target)
    await control.do("settings", service_receipt="failed:user block")
    openid = await follow(control, copies=2)
    sent = await send(service, openid)
    await control.advance(0)
    await control.do("users/li/unfollow", copies=0)

    events = [json.loads(delivery.body) for delivery in receiver.deliveries]
    assert [event["Event"] for event in events[:2]] == ["subscribe"] * 2
    receipts = [event for event in events if event["Event"] == "TEMPLATESENDJOBFINISH"]
    assert {(e["MsgID"], e["Status"], e["FromUserName"]) for e in receipts} == {
        (sent["msgid"], "failed:user block", openid)
    }
    assert {delivery.path for delivery in receiver.deliveries} == {"/notify"}


def test_a_folder_of_an_earlier_version_gets_an_account(tmp_path: Path) -> None:
    path = Keys(tmp_path, 0).credentials_path
    kept = msgspec.json.decode(path.read_bytes())
    del kept["service_account"]
    path.write_bytes(msgspec.json.encode(kept))
    found = Keys(tmp_path, 0).credentials.service_account
    after = msgspec.json.decode(path.read_bytes())
    assert after == {**kept, "service_account": msgspec.to_builtins(found)}
    assert Keys(tmp_path, 0).credentials.service_account == found
