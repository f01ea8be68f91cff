"""Entries that somebody filled in in the app are theirs, whoever has the home after them."""

from typing import Any

from services.visits.cards import jobs
from tests.build import exports
from tests.build.cast import LI_HOME
from tests.visits.conftest import Doors
from tests.visits.test_cards import CARDS, ILL, MINE, card, ill, kept

OTHER_PHONE = "13900000077"
SAID = {"home": LI_HOME, "kind": "health", "text": "高血压"}


async def rebound(doors: Doors) -> None:
    """The community corrects the phone of Li's row: it is Zhou's from now on."""
    await doors.world.sign_in("zhou", OTHER_PHONE)
    wish = {"phone": OTHER_PHONE, "reason": "登记的号码写错了"}
    await doors.done("staff", "residencies/r0-li/phone", **wish)


async def zhou(doors: Doors, path: str, **body: Any) -> Any:
    member = await doors.world.sign_in("zhou", OTHER_PHONE)
    ask = doors.world.api
    url = f"/api/v1/{path}"
    return await (ask.post(url, body, as_=member) if body else ask.get(url, as_=member))


async def test_nobody_who_is_bound_after_somebody_has_what_they_filled_in(doors: Doors) -> None:
    entry_id = await ill(doors)
    dog = {"home": LI_HOME, "kind": "has_dog", "is_of_home": True}
    await doors.done("li", f"{MINE}/entries", **dog)
    await doors.done("li", f"{MINE}/entries", home=LI_HOME, kind="lives_alone")
    await rebound(doors)
    await doors.world.agree(await doors.world.sign_in("zhou", OTHER_PHONE), "care")
    seen = (await zhou(doors, MINE)).body
    assert [each["kind"] for each in seen["entries"]] == ["has_dog"], "which is of the home"
    assert [each["kind"] for each in await card(doors, "staff")] == ["has_dog"]
    assert (await doors.seen("staff", f"{CARDS}?kind=health"))["items"] == []
    await doors.world.confirm(await doors.member("staff"))
    path = f"{CARDS}/entries/{entry_id}/reveal"
    assert (await doors.post("staff", path, reason="care")).status == 404
    assert (await zhou(doors, f"{MINE}/entries/{entry_id}/renewal", x=1)).status == 404
    await jobs.look_after(doors.world.deps, {})
    assert sorted(each["state"] for each in await kept(doors)) == ["active", "left", "left"]
    seen = (await zhou(doors, MINE)).body
    assert (len(seen["entries"]), seen["ended"]) == (1, []), "nor that there was something"


async def test_an_export_has_nothing_that_another_filled_in(doors: Doors) -> None:
    await ill(doors)
    await rebound(doors)
    await jobs.look_after(doors.world.deps, {})
    member = await doors.world.sign_in("zhou", OTHER_PHONE)
    await doors.world.confirm(member)
    assert ILL not in str((await exports.my_data(doors.world, member)).body)


async def test_what_is_over_is_in_nobodys_way(doors: Doors) -> None:
    """Also before the worker has cleared it away: whose it is now fills in the same anew."""
    await ill(doors)
    await rebound(doors)
    await doors.world.agree(await doors.world.sign_in("zhou", OTHER_PHONE), "care")
    made = await zhou(doors, f"{MINE}/entries", **SAID)
    assert (made.status, made.body["text"]) == (201, "高血压")
    assert sorted(each["state"] for each in await kept(doors)) == ["active", "left"]


async def test_each_entry_of_a_home_is_by_itself_on_the_list_of_the_day(doors: Doors) -> None:
    ids = []
    for kind in ("has_dog", "lives_alone"):
        body = {"kind": kind, "consent": "at_door"}
        made = await doors.done("staff", f"{CARDS}/{LI_HOME}/entries", **body)
        ids.append(made["entry_id"])
    head = {"$set": {"keeper": "unit_head|" + LI_HOME.rpartition(".")[0]}}
    await doors.world.db.household_cards.update_many({}, head)
    await doors.estate.advance(days=300)
    await doors.world.db.household_cards.update_many(
        {}, {"$set": {"due_at": doors.world.clock.now}}
    )
    found = await doors.today("head", "visits.cards")
    assert {each.subject for each in found} == {*ids}
