"""Broadcasts by the linked service account: to who allowed none and follows it."""

from typing import Any

import pytest

from services.followers import actions as followers
from services.messaging.broadcasts.models import Quiet
from services.messaging.deliveries import receipts
from services.people import actions as people_actions
from services.wechat.events import Receipt, TemplateSent
from tests.build.broadcasts import begin, check, entries, finish, neighbours
from tests.build.cast import WANG_HOME, Estate
from tests.build.mailbox import allow, arrived, follow, open_service_push
from tests.build.sign_ins import Member
from tests.build.world import World

pytestmark = pytest.mark.slow
NEVER = Quiet(from_hour=0, to_hour=0)


@pytest.fixture
async def people(estate: Estate) -> dict[str, Member]:
    return await neighbours(estate)


async def test_who_allowed_none_but_follows_the_service_account_gets_it_there(
    world: World, people: dict[str, Member]
) -> None:
    await open_service_push(world, sent_events=True)
    unionid = (await world.wechat.do("users/wang"))["unionid"]
    openid = await world.wechat.openid("wang")
    known = await people_actions.find_or_add(world.deps, openid, unionid=unionid)
    assert known.id == people["wang"].person_id
    await allow(world, "li")
    await follow(world, "wang")
    await world.work()
    broadcast = await begin(world, quiet=NEVER)
    assert (await finish(world, broadcast)).counts.sent == 2
    rows = await entries(world, broadcast)
    ways = {name: rows[member.person_id].get("channel") for name, member in people.items()}
    assert ways == {"li": "mini_program", "wang": "service_account", "mei": None, "sun": None}
    assert len(await arrived(world, "wang")) == 0
    await world.advance(seconds=1)  # WeChat's receipt is pushed
    rows = await entries(world, broadcast)
    assert rows[people["wang"].person_id]["receipt_at"] is not None
    await check(world, broadcast)


async def test_a_follower_who_blocks_the_account_was_not_reached(
    world: World, people: dict[str, Member]
) -> None:
    await open_service_push(world)
    unionid = (await world.wechat.do("users/wang"))["unionid"]
    openid = await world.wechat.openid("wang")
    await people_actions.find_or_add(world.deps, openid, unionid=unionid)
    await follow(world, "wang")
    await world.work()
    broadcast = await begin(world, quiet=NEVER)
    await finish(world, broadcast)
    row = (await entries(world, broadcast))[people["wang"].person_id]

    async def bounce(tx: Any) -> None:
        [follower] = (await followers.openids(world.deps, [people["wang"].person_id])).values()
        told = TemplateSent(
            created_at=world.clock.now,
            dedupe_key="t1",
            openid=follower,
            message_id=row["wechat_id"],
            receipt=Receipt.BLOCKED,
            status="failed:user block",
        )
        await receipts.record_of_service(world.deps, tx, told)

    await world.deps.in_transaction(bounce)
    row = (await entries(world, broadcast))[people["wang"].person_id]
    assert (row["delivery"], row["problem"]) == ("refused", "failed:user block")
    home = await world.db.broadcast_homes.find_one({"home": WANG_HOME})
    assert home is not None
    assert home["pushed_at"] is None
