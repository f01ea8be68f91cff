"""Followers: the second way to tell somebody something, beside the mini-program's messages."""

from dataclasses import replace

import pytest

from services.bills.runs.notify import BILL_ISSUED
from services.dependencies import Transaction
from services.followers import actions as followers
from services.followers import privacy
from services.messaging.templates import write
from services.people import actions as people
from services.people import identity
from services.wechat.errors import Reaction, WeChatError
from services.wechat.template_values import BadTemplateValue
from tests.build.cast import Estate
from tests.build.mailbox import VALUES, follow, open_service_push, unfollow
from tests.build.world import World

SEND = "/cgi-bin/message/template/send"
KEY = BILL_ISSUED.key
PAGE = "pages/bills/bill?id=b1"


async def add(world: World, name: str = "li") -> str:
    """Add a person whose unionid WeChat told; return their id."""
    unionid = (await world.wechat.do(f"users/{name}"))["unionid"]
    openid = await world.wechat.openid(name)
    return (await people.find_or_add(world.deps, openid, unionid=unionid)).id


async def followed(world: World, name: str = "li") -> tuple[str, str]:
    """Return (person, openid in the service account) of somebody who follows it."""
    await open_service_push(world)
    person = await add(world, name)
    await follow(world, name)
    await world.work()
    return person, (await followers.openids(world.deps, [person]))[person]


async def send(world: World, openid: str, **values: str) -> str:
    said = write(BILL_ISSUED, VALUES | values)
    return await followers.send(world.deps, openid, KEY, said, PAGE, client_id="m1")


async def test_a_follower_gets_the_message_with_its_page(world: World) -> None:
    _, openid = await followed(world)
    number = await send(world, openid, home="新城小区7栋3单元2502号(原机械厂家属院东侧)")
    assert number
    assert await send(world, openid) == number  # the same message to WeChat
    [message] = await world.wechat.get("service-account/messages", openid=openid)
    assert (message["appid"], message["pagepath"]) == (world.deps.wechat.appid, PAGE)
    assert message["template_id"] == f"stand-in-service-{KEY}"
    assert message["data"] == {
        "thing1": "新城小区7栋3单元2502号(原机械厂…",
        "thing2": "物业费",
        "thing3": "2026年3月",
        "amount4": "51.18元",
        "date5": "2026年3月31日",
    }


async def test_a_refusal_says_who_does_not_follow_any_more(world: World) -> None:
    person, openid = await followed(world)
    await unfollow(world, "li", copies=0)
    with pytest.raises(WeChatError) as refused:
        await send(world, openid)
    assert (refused.value.errcode, refused.value.reaction) == (43004, Reaction.REFUSED)
    assert await followers.reachable(world.deps, [person]) == set()


@pytest.mark.parametrize(
    ("fault", "reaction"),
    [
        ({"errcode": 45009}, Reaction.DAILY_QUOTA),
        ({"errcode": 40037}, Reaction.CONFIG),
        ({"errcode": -1}, Reaction.BUSY),
        ({"drop": "after"}, Reaction.UNKNOWN),
    ],
)
async def test_other_failures_are_the_callers_and_nobodys_fault(
    world: World, fault: dict[str, int | str], reaction: Reaction
) -> None:
    person, openid = await followed(world)
    await world.wechat.fault(SEND, **fault)
    with pytest.raises(WeChatError) as refused:
        await send(world, openid)
    assert refused.value.reaction is reaction
    assert await followers.reachable(world.deps, [person]) == {person}


async def test_what_wechat_would_not_take_is_not_sent(world: World) -> None:
    _, openid = await followed(world)
    with pytest.raises(BadTemplateValue):
        await followers.send(world.deps, openid, KEY, {**VALUES, "due_on": "bald"}, PAGE)
    assert await world.wechat.calls(SEND) == []


async def test_the_account_has_templates_of_its_own(world: World) -> None:
    _, openid = await followed(world)
    assert world.deps.service is not None
    without = replace(world.deps, service=replace(world.deps.service, templates={}))
    assert followers.carries(world.deps, KEY)
    assert not followers.carries(without, KEY)
    with pytest.raises(followers.NotCarried):
        await followers.send(without, openid, KEY, VALUES)


async def test_it_is_off_unless_configured(world: World) -> None:
    person, openid = await followed(world)
    off = replace(world.deps, service=None)
    assert await followers.openids(off, [person]) == {}
    assert not followers.carries(off, KEY)
    with pytest.raises(followers.NotCarried):
        await followers.send(off, openid, KEY, VALUES)


async def test_an_account_that_took_another_ones_place_knows_none_of_its_followers(
    world: World,
) -> None:
    person, _ = await followed(world)
    assert world.deps.service is not None
    other = replace(world.deps.service, client=world.deps.wechat)  # type: ignore[arg-type]
    assert await followers.openids(replace(world.deps, service=other), [person]) == {}


async def test_the_unionid_is_noted_only_while_an_account_is_linked(world: World) -> None:
    openid = await world.wechat.openid()
    off = replace(world.deps, service=None)
    first = await people.find_or_add(off, openid, unionid="o6_li")
    assert first.union_key is None
    later = await people.find_or_add(world.deps, openid, unionid="o6_li")
    assert (later.id, later.union_key) == (first.id, identity.union_key_of("o6_li"))
    again = await people.find_or_add(world.deps, openid)
    assert again.union_key == later.union_key
    assert "o6_li" not in str(await world.db.people.find_one({"_id": first.id}))


async def test_a_person_of_before_is_not_reachable(world: World) -> None:
    """Rows of earlier versions have no key."""
    person, _ = await followed(world)
    await world.db.people.update_one({"_id": person}, {"$unset": {"union_key": ""}})
    assert await followers.openids(world.deps, [person]) == {}


async def test_many_are_asked_for_at_once(world: World) -> None:
    li, openid = await followed(world)
    wang, other = await followed(world, "wang")
    sun = await add(world, "sun")
    asked = [li, wang, sun, "nobody"]
    assert await followers.openids(world.deps, asked) == {li: openid, wang: other}
    assert await followers.reachable(world.deps, []) == set()


async def close(world: World, person: str) -> None:
    async def save(tx: Transaction) -> None:
        for part in world.deps.features.closings:
            await part(world.deps, tx, person)

    await world.deps.in_transaction(save)


async def kept(world: World) -> list[str]:
    """Return the openids that are kept of followers."""
    rows = await world.db.followers.find({"appid": {"$gt": ""}}).to_list()
    return [row["openid"] for row in rows]


async def test_an_erasure_removes_the_follower(estate: Estate) -> None:
    world = estate.world
    await world.sign_in("li")
    person, _ = await followed(world)
    _, wang = await followed(world, "wang")
    await close(world, person)
    assert await kept(world) == [wang]
    erased = await world.db.people.find_one({"_id": person})
    assert erased is not None
    assert erased["union_key"] is None


async def test_an_erasure_removes_who_ceased_to_follow(estate: Estate) -> None:
    world = estate.world
    person, _ = await followed(world)
    await unfollow(world, "li")
    await world.work()
    await close(world, person)
    assert await kept(world) == []


async def test_who_is_erased_before_wechat_says_who_it_is_stays_unknown(estate: Estate) -> None:
    world = estate.world
    await open_service_push(world)
    person = await add(world)
    await follow(world, "li")
    await close(world, person)
    await world.work()
    assert await kept(world) == []
    await unfollow(world, "li")
    await follow(world, "li")
    await world.work()
    back = await add(world)
    assert await followers.reachable(world.deps, [back]) == {back}  # followed anew


async def test_what_a_job_wrote_while_an_account_was_closed_goes_too(estate: Estate) -> None:
    world = estate.world
    person, _ = await followed(world)
    [row] = await world.db.followers.find().to_list()
    await close(world, person)
    await world.db.followers.insert_one(row)

    async def forget(tx: Transaction) -> None:
        assert not await privacy.forget(world.deps, tx, person)

    await world.deps.in_transaction(forget)
    assert await kept(world) == []
