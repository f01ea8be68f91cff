"""Webhook /wx/push/service-account: who follows the linked service account, and who no more."""

import asyncio
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest
from wechatpy.utils import WeChatSigner

from services.followers import actions as followers
from services.followers.models import follower_id
from services.pushes import actions as pushes
from services.pushes.actions import App
from tests.build.mailbox import (
    allow,
    follow,
    left,
    open_push,
    open_service_push,
    push,
    unfollow,
)
from tests.build.sign_ins import Member
from tests.build.world import World

PATH = "/wx/push/service-account"
TAKEN = {"status": 200, "body": "success"}
INFO = "/cgi-bin/user/info"


@pytest.fixture(autouse=True)
async def _pushed(world: World) -> None:
    await open_service_push(world)


async def bound(world: World, name: str = "li") -> str:
    """Sign somebody in with the unionid, as where both apps are bound; return the person."""
    code = await world.wechat.login_code(name, unionid=True)
    reply = await world.api.post("/api/v1/sessions/wechat", {"code": code}, as_=None)
    assert reply.status == 201, reply.body
    found = await world.db.people.find_one({"openid": await world.wechat.openid(name)})
    assert found is not None
    return str(found["_id"])


async def service_openid(world: World, name: str = "li") -> str:
    return str((await world.wechat.do(f"users/{name}", app="service_account"))["openid"])


async def reachable(world: World, person: str) -> bool:
    return bool(await followers.reachable(world.deps, [person]))


async def kept(world: World) -> dict[str, Any]:
    [found] = await world.db.followers.find().to_list()
    return dict(found)


@pytest.mark.parametrize("form", ["json", "xml"])
async def test_who_follows_can_be_told(world: World, form: str) -> None:
    await open_service_push(world, format=form)
    li, wang = await bound(world, "li"), await bound(world, "wang")
    assert await follow(world, "li") == [TAKEN]
    assert not await reachable(world, li)  # who it is, WeChat is asked afterwards
    assert await world.work() == 1

    openid = await service_openid(world)
    assert await followers.openids(world.deps, [li, wang]) == {li: openid}
    assert (await kept(world))["followed_at"] == world.clock.now


async def test_who_follows_before_the_first_sign_in_can_be_told_after_it(world: World) -> None:
    await follow(world, "li")
    await world.work()
    assert await reachable(world, await bound(world))


async def test_who_does_not_follow_any_more_cannot_be_told_at_once(world: World) -> None:
    li = await bound(world)
    await follow(world, "li")
    await world.work()
    assert await unfollow(world, "li") == [TAKEN]
    assert not await reachable(world, li)
    await world.work()

    found = await kept(world)
    assert (found["union_key"], found["unfollowed_at"] is None) == (None, False)
    await follow(world, "li")
    await world.work()
    assert await reachable(world, li)
    assert (await kept(world))["unfollowed_at"] is None


async def test_repeats_also_at_the_same_moment_count_once(world: World) -> None:
    openid = await service_openid(world)
    event = {"Event": "subscribe", "FromUserName": openid, "CreateTime": 1_772_424_000}
    answers = await asyncio.gather(
        *(push(world, event, app="service_account") for _ in range(6))
    )
    assert answers == [TAKEN] * 6
    assert await follow(world, "li", copies=3) == [TAKEN] * 3
    assert (await kept(world))["changes"] == 2
    assert await world.work() == 2


@pytest.mark.parametrize("name", ["subscribe", "unsubscribe"])
async def test_a_push_that_was_overtaken_changes_nothing(world: World, name: str) -> None:
    """What WeChat says when it is asked counts, in whatever order its pushes come."""
    li = await bound(world)
    await follow(world, "li")
    if name == "subscribe":
        await unfollow(world, "li")
    await world.work()
    late = {"Event": name, "FromUserName": await service_openid(world), "CreateTime": 1_772_000}
    assert await push(world, late, app="service_account") == TAKEN
    await world.work()
    assert await reachable(world, li) == (name == "unsubscribe")


async def test_an_answer_that_a_push_overtook_is_not_written(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The later push has a job of its own, which may be done first."""
    li = await bound(world)
    await follow(world, "li")
    assert world.deps.service is not None
    client = world.deps.service.client
    ask = client.user_info

    async def slowly(openid: str) -> Any:
        info = await ask(openid)
        monkeypatch.setattr(client, "user_info", ask)
        await unfollow(world, "li")
        assert await world.work() == 1
        return info

    monkeypatch.setattr(client, "user_info", slowly)
    assert await world.work() == 1
    assert not await reachable(world, li)


async def test_whom_wechat_still_names_but_who_does_not_follow_is_not_reachable(
    world: World,
) -> None:
    li = await bound(world)
    await follow(world, "li")
    await world.wechat.fault(INFO, body_patch={"subscribe": 0})
    await world.work()
    assert not await reachable(world, li)
    assert (await kept(world))["unfollowed_at"] == world.clock.now


async def test_who_never_followed_and_ceases_to_leaves_nothing(world: World) -> None:
    await follow(world, "li", copies=0)
    assert await unfollow(world, "li") == [TAKEN]
    assert await world.db.followers.count_documents({}) == 0
    assert await world.work() == 0


@pytest.mark.parametrize(
    "craft",
    [
        {"sign": "bad"},
        {"sign": "missing"},
        {"sign": "tampered"},
        {"mode": "plain"},
        {"appid": "wx1111111111111111"},
        {"sign": "bad", "format": "xml"},
    ],
)
async def test_what_is_not_wechats_changes_nothing(world: World, craft: dict[str, Any]) -> None:
    event = {"Event": "subscribe", "FromUserName": await service_openid(world)}
    answer = await push(world, event, app="service_account", **craft)
    assert answer["status"] == 401
    assert await world.db.followers.count_documents({}) == 0
    assert await world.db.push_events.count_documents({}) == 0


async def test_one_app_cannot_speak_for_the_other(world: World, li: Member) -> None:
    """Neither with the other's signature, nor with its own about the other's matters."""
    service = f"{world.api.base}{PATH}"
    await world.wechat.do("push", url=service)
    follows = {"Event": "subscribe", "FromUserName": await service_openid(world)}
    assert (await push(world, follows))["status"] == 401

    await open_push(world)
    assert await push(world, follows) == TAKEN
    assert await world.db.followers.count_documents({}) == 0

    await world.wechat.do("service-account/push", url=f"{world.api.base}/wx/push")
    [answer] = await follow(world, "li")
    assert answer["status"] == 401
    await open_service_push(world)
    row = {"TemplateId": "stand-in-bill_issued", "SubscribeStatusString": "accept"}
    event = {"Event": "subscribe_msg_popup_event", "List": [row]}
    event["FromUserName"] = await world.wechat.openid("li")
    assert await push(world, event, app="service_account") == TAKEN
    assert await left(world, li) == 0
    assert await allow(world, "li") == [TAKEN]


@pytest.mark.parametrize("status", ["success", "failed:user block", "failed: system failed"])
async def test_a_receipt_of_no_message_of_ours_is_taken(world: World, status: str) -> None:
    event = {"Event": "TEMPLATESENDJOBFINISH", "MsgID": 7, "Status": status}
    event["FromUserName"] = await service_openid(world)
    assert await push(world, event, app="service_account") == TAKEN
    assert await world.db.push_events.count_documents({"kind": "TemplateSent"}) == 1


async def test_the_address_is_proved(world: World) -> None:
    assert world.deps.service is not None
    signer = WeChatSigner()
    signer.add_data(world.deps.service.push._token, "1772424000", "n")
    query = {"signature": signer.signature, "timestamp": "1772424000", "nonce": "n"}
    reply = await world.api.get(f"{PATH}?{urlencode(query)}&echostr=5312", as_=None)
    assert (reply.status, reply.raw) == (200, b"5312")
    reply = await world.api.get(f"/wx/push?{urlencode(query)}&echostr=5312", as_=None)
    assert (reply.status, reply.code) == (401, "not_from_wechat")


async def test_where_no_account_is_linked_nothing_is_wechats(world: World) -> None:
    off = replace(world.deps, service=None)
    with pytest.raises(pushes.NotFromWeChat):
        await pushes.verify_url(off, App.SERVICE_ACCOUNT, {})
    with pytest.raises(pushes.NotFromWeChat):
        await pushes.receive(off, App.SERVICE_ACCOUNT, {}, b"{}", "application/json")


# What the job does when WeChat does not answer as it should


@pytest.mark.parametrize("errcode", [40001, 45009, 45011])
async def test_wechat_is_asked_again_later(world: World, errcode: int) -> None:
    li = await bound(world)
    await follow(world, "li")
    await world.wechat.fault(INFO, match={"times": 3}, errcode=errcode)
    await world.work()
    assert not await reachable(world, li)
    for _ in range(3):
        await world.advance(days=1)
        await world.work()
    assert await reachable(world, li)


async def test_what_wechat_refuses_for_good_waits_for_a_person(world: World) -> None:
    await follow(world, "li")
    await world.wechat.fault(INFO, errcode=48001)
    await world.work()
    [job] = await world.db.outbox.find({"kind": "followers.identify"}).to_list()
    assert (job["state"], "48001" in job["last_error"]) == ("dead", True)


async def test_somebody_of_another_account_is_dropped(world: World) -> None:
    await follow(world, "li")
    await world.wechat.fault(INFO, errcode=40003)
    await world.work()
    assert await world.db.followers.count_documents({}) == 0


async def test_where_the_apps_are_not_bound_nobody_is_reachable(world: World) -> None:
    li = await bound(world)
    await follow(world, "li", unionid=False)
    await world.work()
    found = await kept(world)
    assert (found["union_key"], found["followed_at"] is None) == (None, False)
    assert not await reachable(world, li)


async def test_jobs_name_no_openid(world: World) -> None:
    openid = await service_openid(world)
    await follow(world, "li")
    assert world.deps.service is not None
    [job] = await world.db.outbox.find().to_list()
    named = follower_id(world.deps.service.client.appid, openid)
    assert job["payload"] == {"follower": named}
    assert openid not in str(job)
