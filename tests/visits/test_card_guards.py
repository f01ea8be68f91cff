"""Guards of household cards: whose they are, who is kept out, and two who act at once."""

import asyncio
from typing import Any

from mongo_indexes import household_cards
from services.residencies.models import Relation
from services.visits.cards import jobs
from tests.build.cast import LI_HOME, WANG_HOME, live_there
from tests.build.homes import people_of
from tests.visits.conftest import Doors
from tests.visits.test_cards import CARDS, DOOR, MINE, ill, kept, noted


async def test_nobody_asks_again_or_reveals_at_home(doors: Doors) -> None:
    entry_id, staff = await ill(doors), await doors.member("staff")
    row = (await people_of(doors.world, LI_HOME))[0]
    own = {**row, "_id": "r9", "person": staff.person_id, "phone_index": None}
    await doors.world.db.residencies.insert_one(own)
    await doors.world.confirm(staff)
    path = f"{CARDS}/entries/{entry_id}"
    for reply in (
        await doors.post("staff", f"{path}/reveal", reason="care"),
        await doors.post("staff", f"{path}/renewal", **DOOR),
    ):
        assert (reply.status, reply.code) == (403, "own_home")


async def test_of_two_who_remove_an_entry_one_does(doors: Doors) -> None:
    made = await noted(doors)
    await doors.member("staff")
    path = f"{CARDS}/entries/{made['entry_id']}/removal"
    both = await asyncio.gather(
        *(doors.post(who, path, reason="wrong") for who in ("head", "staff"))
    )
    assert [reply.status < 300 for reply in both].count(True) == 1
    assert [each for each in await doors.acts() if each == "card.removed"] == ["card.removed"]


async def test_what_was_of_a_home_goes_with_whoever_lived_there_alone(doors: Doors) -> None:
    wang = await doors.member("wang")
    await noted(doors, home=WANG_HOME, kind="has_dog", text=None)
    await doors.world.confirm(wang)
    await doors.done("wang", "me/deletion", confirm="注销")
    assert await kept(doors) == []


async def test_who_only_pays_for_a_home_is_no_part_of_its_card(doors: Doors) -> None:
    await live_there(doors.world.deps, [(LI_HOME, "wang", Relation.PAYER)])
    wang = await doors.member("wang")
    bound = {"$set": {"person": wang.person_id}}
    await doors.world.db.residencies.update_one({"home": LI_HOME, "relation": "payer"}, bound)
    await noted(doors, kind="has_dog", text=None)
    people = (await doors.seen("head", f"{CARDS}/{LI_HOME}"))["people"]
    assert {each["relation"] for each in people} == {"owner", "family"}
    assert {each["name_masked"] for each in people} == {"l*", "m*"}
    assert (await doors.seen("wang", MINE))["entries"] == []
    told = (await doors.seen("wang", "me/messages"))["items"]
    assert [each for each in told if each["template"] == "card_noted"] == []
    await doors.world.db.residencies.delete_many(
        {"home": LI_HOME, "relation": {"$ne": "payer"}}
    )
    body = {"home": LI_HOME, "kind": "has_dog"}
    assert (await doors.post("wang", f"{MINE}/entries", **body)).status == 404


async def test_no_entry_is_of_whoever_closes_the_account_at_that_moment(doors: Doors) -> None:
    li = await doors.member("li")
    await noted(doors, residency_id="r0-li")
    closed = {"$set": {"closed_at": doors.world.clock.now}}
    await doors.world.db.people.update_one({"_id": li.person_id}, closed)
    await doors.world.db[household_cards.COLLECTION].update_many({}, {"$set": {"people": []}})
    await noted(doors, kind="has_dog", text=None)
    await jobs.look_after(doors.world.deps, {})
    assert [each["people"] for each in await kept(doors)] == [[], []]


async def test_a_card_holds_so_many_entries(doors: Doors, monkeypatch: Any) -> None:
    monkeypatch.setattr("services.visits.cards.actions.MOST_ENTRIES", 1)
    made = await noted(doors, residency_id="r0-li")
    await doors.done("head", f"{CARDS}/entries/{made['entry_id']}/removal", reason="wrong")
    path, kinds = f"{CARDS}/{LI_HOME}/entries", ("has_dog", "lives_alone")
    both = await asyncio.gather(*(doors.post("head", path, kind=k, **DOOR) for k in kinds))
    assert sorted(reply.status for reply in both) == [201, 409]
    assert [reply.code for reply in both if reply.status == 409] == ["card_full"]
