"""Client of the service account: template messages, followers, a token of its own."""

import pytest

from services.wechat.errors import Reaction, WeChatError, WeChatUnavailable
from services.wechat.mini_program import MiniProgram
from services.wechat.models import UserInfo
from services.wechat.service_account import ServiceAccount
from tests.services.wechat.desk import TEMPLATE, Desk

SEND = "/cgi-bin/message/template/send"
INFO = "/cgi-bin/user/info"
DATA = {"thing1": "物业费已收到"}
PAGE = "pages/bills?id=7"


async def refusal(
    service: ServiceAccount, openid: str, template: str = TEMPLATE
) -> WeChatError:
    with pytest.raises(WeChatError) as refused:
        await service.send_template_message(openid, template, data=DATA, page=PAGE)
    return refused.value


async def test_a_message_arrives_and_opens_the_mini_program(
    service: ServiceAccount, desk: Desk
) -> None:
    openid = await desk.follow()
    number = await service.send_template_message(openid, TEMPLATE, data=DATA, page=PAGE)
    [message] = await desk.get("service-account/messages", openid=openid)
    assert int(number) > 0
    assert message["data"] == DATA
    assert (message["appid"], message["pagepath"]) == (desk.appid, PAGE)


async def test_a_message_may_open_nothing(service: ServiceAccount, desk: Desk) -> None:
    openid = await desk.follow()
    await service.send_template_message(openid, TEMPLATE, data=DATA)
    [message] = await desk.get("service-account/messages", openid=openid)
    assert (message["appid"], message["pagepath"]) == ("", "")


async def test_wechat_sends_the_same_client_id_once(
    service: ServiceAccount, desk: Desk
) -> None:
    openid = await desk.follow()
    told = {"data": DATA, "client_id": "M" * 32}
    first = await service.send_template_message(openid, TEMPLATE, **told)
    assert await service.send_template_message(openid, TEMPLATE, **told) == first
    assert len(await desk.get("service-account/messages", openid=openid)) == 1
    with pytest.raises(ValueError, match="33"):
        await service.send_template_message(openid, TEMPLATE, data=DATA, client_id="M" * 33)


async def test_who_does_not_follow_does_not_want_it(
    service: ServiceAccount, desk: Desk
) -> None:
    openid = await desk.follow()
    await desk.do("users/li/unfollow")
    refused = await refusal(service, openid)
    assert (refused.errcode, refused.reaction) == (43004, Reaction.REFUSED)


async def test_an_openid_of_the_mini_program(service: ServiceAccount, desk: Desk) -> None:
    refused = await refusal(service, await desk.openid())
    assert (refused.errcode, refused.reaction) == (40003, Reaction.UNBOUND)


async def test_a_template_the_account_does_not_have(
    service: ServiceAccount, desk: Desk
) -> None:
    await desk.do("settings", deleted_templates=["gone"])
    refused = await refusal(service, await desk.follow(), "gone")
    assert (refused.errcode, refused.reaction) == (40037, Reaction.CONFIG)


@pytest.mark.parametrize(
    ("errcode", "reaction"),
    [
        (45009, Reaction.DAILY_QUOTA),
        (45011, Reaction.MINUTE_LIMIT),
        (47003, Reaction.PERMANENT),
        (48001, Reaction.CONFIG),
    ],
)
async def test_other_refusals(
    service: ServiceAccount, desk: Desk, errcode: int, reaction: Reaction
) -> None:
    openid = await desk.follow()
    await desk.fault(SEND, errcode=errcode)
    assert (await refusal(service, openid)).reaction is reaction
    assert await desk.count(SEND) == 1


async def test_busy_is_certainly_unsent_and_a_lost_answer_is_not(
    service: ServiceAccount, desk: Desk
) -> None:
    """Neither is tried again here: the first may be, the second never."""
    openid = await desk.follow()
    await desk.fault(SEND, errcode=-1)
    busy = await refusal(service, openid)
    await desk.fault(SEND, drop="after")
    lost = await refusal(service, openid)
    assert isinstance(busy, WeChatUnavailable)
    assert isinstance(lost, WeChatUnavailable)
    assert (busy.unknown, lost.unknown) == (False, True)
    assert await desk.count(SEND) == 2


async def test_an_evicted_token_is_renewed_and_the_other_apps_is_left_alone(
    service: ServiceAccount, mini: MiniProgram, desk: Desk
) -> None:
    openid, token = await desk.follow(), await mini.tokens.get()
    await service.tokens.get()
    await desk.do("tokens/evict", app="service_account")
    assert await service.send_template_message(openid, TEMPLATE, data=DATA)
    assert await mini.tokens.get() == token != await service.tokens.get()


async def test_what_is_known_of_a_follower(service: ServiceAccount, desk: Desk) -> None:
    openid = await desk.follow()
    [unionid] = {(await desk.do("users/li"))["unionid"]}
    seconds = int(desk.clock().timestamp())
    await desk.fault(INFO, errcode=-1)  # asking again is harmless
    found = await service.user_info(openid)
    assert found == UserInfo(subscribe=1, subscribe_time=seconds, unionid=unionid)
    assert found.follows


async def test_what_is_known_of_others(service: ServiceAccount, desk: Desk) -> None:
    openid = await desk.follow(unionid=False)
    assert (await service.user_info(openid)).unionid is None
    await desk.do("users/li/unfollow")
    assert await service.user_info(openid) == UserInfo(subscribe=0)
