"""Household cards: who agreed, who sees it, when it goes."""

from datetime import timedelta
from typing import Any, Final

import pytest

from mongo_indexes import household_cards
from services.kernel.permissions import Role
from services.visits.cards import jobs
from tests.build import exports
from tests.build.cast import (
    COMMUNITY,
    LI_HOME,
    SUN_HOME,
    UNIT,
    WANG_HOME,
    appoint,
)
from tests.build.homes import people_of
from tests.build.offices import make_grid
from tests.build.photos import on_disk, sent
from tests.visits.conftest import Doors

CARDS: Final = "household-cards"
MINE: Final = "me/household-card"
BUILDING: Final = UNIT.rpartition(".")[0]
ILL: Final = "糖尿病,每天下午打针"
DOOR: Final = {"consent": "at_door"}


async def noted(doors: Doors, who: str = "head", home: str = LI_HOME, **more: Any) -> Any:
    body = {"kind": "best_time", "text": "晚上七点后", **DOOR, **more}
    return await doors.done(who, f"{CARDS}/{home}/entries", **body)


async def card(doors: Doors, who: str = "head", home: str = LI_HOME) -> list[Any]:
    return list((await doors.seen(who, f"{CARDS}/{home}"))["entries"])


async def ill(doors: Doors) -> str:
    """Li says in the app what only the grid's head and the community may read."""
    await doors.world.agree(await doors.member("li"), "care")
    body = {"home": LI_HOME, "kind": "health", "text": ILL}
    return str((await doors.done("li", f"{MINE}/entries", **body))["entry_id"])


async def kept(doors: Doors) -> list[Any]:
    return await doors.world.db[household_cards.COLLECTION].find().sort("_id", 1).to_list()


async def test_a_head_notes_after_asking_and_the_person_sees_and_corrects(doors: Doors) -> None:
    await doors.member("li")
    made = await noted(doors, residency_id="r0-li")
    assert (made["text"], made["consent"], made["noted_by"]) == (
        "晚上七点后",
        "at_door",
        "unit_head",
    )
    assert made["ends_on"] == "2027-03-02"
    assert "晚上七点后" not in str(await kept(doors))
    seen = await doors.seen("li", MINE)
    assert [each["text"] for each in seen["entries"]] == ["晚上七点后"]
    messages = (await doors.seen("li", "me/messages"))["items"]
    assert [each["template"] for each in messages] == ["card_noted"]
    assert "七点" not in str(messages)
    path = f"{MINE}/entries/{made['entry_id']}"
    empty = await doors.post("li", f"{path}/correction", text=None)
    assert (empty.status, empty.code) == (422, "card_needs_text")
    await doors.done("li", f"{path}/correction", text="上午")
    [now] = await card(doors)
    assert (now["text"], now["consent"], now["noted_by"]) == ("上午", "in_app", "unit_head")
    await doors.done("li", f"{path}/withdrawal")
    assert await card(doors) == []
    seen = await doors.seen("li", MINE)
    assert (seen["entries"], [each["state"] for each in seen["ended"]]) == ([], ["withdrawn"])
    [left] = await kept(doors)
    assert (left["kind"], left["text_sealed"], left["photos"]) == (None, "", [])
    acts = [each for each in await doors.acts() if each.startswith("card.")]
    assert sorted(acts) == ["card.corrected", "card.noted", "card.withdrawn"]


async def test_who_sees_the_card(doors: Doors) -> None:
    made = await noted(doors, residency_id="r0-li")
    for who in ("head", "staff"):
        assert [each["entry_id"] for each in await card(doors, who)] == [made["entry_id"]]
    path = f"{CARDS}/entries/{made['entry_id']}"
    for reply in (
        await doors.get("next_head", f"{CARDS}/{LI_HOME}"),
        await doors.post("next_head", f"{CARDS}/{LI_HOME}/entries", kind="has_dog", **DOOR),
        await doors.post("next_head", f"{CARDS}/{LI_HOME}/entries", kind="health", **DOOR),
        await doors.post("next_head", f"{path}/removal", reason="asked"),
        await doors.get("next_head", f"{CARDS}?place={UNIT}"),
        await doors.post("wang", f"{MINE}/entries/{made['entry_id']}/withdrawal"),
        await doors.post("mei", f"{MINE}/entries/{made['entry_id']}/withdrawal"),
    ):
        assert reply.status == 404, reply.body
    assert (await doors.seen("next_head", CARDS))["items"] == []
    for who in ("li", "admin"):
        assert (await doors.get(who, f"{CARDS}/{LI_HOME}")).status == 403
    assert (await doors.seen("mei", MINE))["entries"] == []


async def test_what_is_of_the_home_all_who_live_there_see(doors: Doors) -> None:
    made = await noted(doors, kind="has_dog", text=None)
    for who in ("li", "mei"):
        [seen] = (await doors.seen(who, MINE))["entries"]
        assert (seen["entry_id"], seen["is_of_home"]) == (made["entry_id"], True)
    await doors.done("mei", f"{MINE}/entries/{made['entry_id']}/withdrawal")
    assert await card(doors) == []


async def test_the_consent_that_each_class_needs(doors: Doors) -> None:
    paper = [await sent(doors.world.api, await doors.member("staff"), purpose="visit")]
    on_paper = {"consent": "on_paper", "photo_ids": paper}
    sensitive = {"kind": "health", "text": ILL, "residency_id": "r0-li"}
    path = f"{CARDS}/{LI_HOME}/entries"
    for who, body, status, code in (
        ("head", {**sensitive, **on_paper}, 403, "forbidden"),
        ("staff", {**sensitive, **DOOR}, 422, "card_needs_consent"),
        ("staff", {**sensitive, "consent": "in_app"}, 422, "card_needs_consent"),
        ("staff", {**sensitive, "consent": "on_paper"}, 422, "card_needs_consent"),
        ("staff", {**sensitive, **on_paper, "text": None}, 422, "card_needs_text"),
        ("staff", {**sensitive, **on_paper, "residency_id": None}, 422, "card_needs_person"),
        ("staff", {**sensitive, **on_paper, "residency_id": "r2-wang"}, 404, "not_found"),
        ("head", {"kind": "has_dog", "consent": "in_app"}, 422, "card_needs_consent"),
    ):
        reply = await doors.post(who, path, **body)
        assert (reply.status, reply.code) == (status, code), (who, body)
    made = await doors.done("staff", path, **sensitive, **on_paper)
    assert (made["text"], made["sensitivity"]) == (None, "sensitive")
    assert (made["ends_on"], made["consent"]) == ("2026-08-29", "on_paper")
    assert (await doors.get("staff", f"photos/{paper[0]}/url")).status == 404
    twice = await doors.post("staff", path, **sensitive, **on_paper)
    assert (twice.status, twice.code) == (409, "card_exists")


async def test_one_fills_in_what_is_sensitive_after_a_consent_of_its_own(doors: Doors) -> None:
    body = {"home": LI_HOME, "kind": "health", "text": ILL}
    refused = await doors.post("li", f"{MINE}/entries", **body)
    assert (refused.status, refused.code) == (403, "consent_needed")
    assert refused.body["details"] == {"policy": "care", "version": 1}
    await ill(doors)
    again = await doors.post("li", f"{MINE}/entries", **body)
    assert (again.status, again.code) == (409, "card_exists")
    elsewhere = await doors.post("li", f"{MINE}/entries", **{**body, "home": WANG_HOME})
    assert elsewhere.status == 404


async def test_what_is_sensitive_is_shown_for_a_reason_that_is_kept(doors: Doors) -> None:
    entry_id = await ill(doors)
    assert await card(doors) == [], "a neighbour does not even know that there is something"
    [seen] = await card(doors, "staff")
    assert (seen["kind"], seen["text"]) == ("health", None)
    path, why = f"{CARDS}/entries/{entry_id}/reveal", {"reason": "care"}
    assert (await doors.post("head", path, **why)).status == 403
    staff = await doors.member("staff")
    await doors.world.confirm(staff)
    shown = await doors.done("staff", path, **why)
    assert (shown["text"], shown["photos"]) == (ILL, [])
    [row] = await doors.world.db.audit.find({"act": "privacy.revealed"}).to_list()
    assert (row["subject"], row["facts"]) == (entry_id, {"fields": ["card"], "reason": "care"})
    rows = await doors.world.db.audit.find().to_list()
    assert (ILL in str(rows), "health" in str(rows)) == (False, False)
    await doors.done("li", "me/consents/care/withdrawal")
    gone = await doors.post("staff", path, **why)
    assert gone.status == 404
    refused = await doors.post("li", f"{MINE}/entries/{entry_id}/renewal")
    assert (refused.status, refused.code) == (404, "not_found")  # over with the consent


async def test_what_was_filled_in_ends_with_the_consent_for_good(doors: Doors) -> None:
    entry_id = await ill(doors)
    await noted(doors, residency_id="r0-li")
    await doors.done("li", "me/consents/care/withdrawal")
    for who, kinds in (("staff", ["best_time"]), ("head", ["best_time"])):
        assert [each["kind"] for each in await card(doors, who)] == kinds
    assert (await doors.seen("staff", f"{CARDS}?kind=health"))["items"] == []
    assert [each["kind"] for each in (await doors.seen("li", MINE))["entries"]] == ["best_time"]
    await doors.world.agree(await doors.member("li"), "care")
    await jobs.look_after(doors.world.deps, {})
    assert sorted(each["state"] for each in await kept(doors)) == ["active", "withdrawn"]
    staff = await doors.member("staff")
    await doors.world.confirm(staff)
    path = f"{CARDS}/entries/{entry_id}/reveal"
    assert (await doors.post("staff", path, reason="care")).status == 404
    again = {"home": LI_HOME, "kind": "health", "text": ILL}
    await doors.done("li", f"{MINE}/entries", **again)


async def test_what_is_sensitive_is_kept_by_the_office_that_may_know_of_it(
    doors: Doors,
) -> None:
    """Who heads both the staircase and the grid notes it as the grid's head."""
    grid = (await make_grid(doors.estate)).body["path"]
    await appoint(doors.world.deps, Role.GRID_HEAD, grid, "head")
    head = await doors.member("head")
    paper = [await sent(doors.world.api, head, purpose="visit")]
    signed = {"consent": "on_paper", "photo_ids": paper}
    await noted(doors, kind="health", text=ILL, residency_id="r0-li", **signed)
    [entry] = await kept(doors)
    assert (entry["keeper"], entry["role"]) == (f"grid_head|{BUILDING}", "grid_head")
    await doors.world.db.appointments.delete_many({"role": "unit_head", "place": UNIT})
    await appoint(doors.world.deps, Role.UNIT_HEAD, UNIT, "wang")
    await doors.estate.advance(days=155)
    assert [each.place for each in await doors.today("head", "visits.cards")] == [LI_HOME]
    assert await doors.today("wang", "visits.cards") == []
    ours = {"$set": {"keeper": f"unit_head|{UNIT}"}}
    await doors.world.db.household_cards.update_many({}, ours)
    assert await doors.today("wang", "visits.cards") == [], "whoever was to ask again"


async def test_the_head_of_the_grid_may_reveal(doors: Doors) -> None:
    entry_id = await ill(doors)
    grid = (await make_grid(doors.estate)).body["path"]
    await appoint(doors.world.deps, Role.GRID_HEAD, grid, "zhao")
    [seen] = await card(doors, "zhao")
    assert seen["entry_id"] == entry_id
    listed = (await doors.seen("zhao", f"{CARDS}?kind=health"))["items"]
    assert [each["entry_id"] for each in listed] == [entry_id]
    assert (await doors.seen("head", f"{CARDS}?kind=health"))["items"] == []


async def test_an_entry_is_asked_again_and_goes_by_itself(doors: Doors) -> None:
    await doors.member("li")
    made = await noted(doors, residency_id="r0-li")
    await doors.estate.advance(days=334)
    await jobs.look_after(doors.world.deps, {})
    assert await doors.today("head", "visits.cards") == []
    await appoint(
        doors.world.deps,
        Role.UNIT_HEAD,
        UNIT,
        "head",
        from_day="2027-01-01",
        to_day="2027-12-31",
    )
    await doors.estate.advance(days=1)
    await jobs.look_after(doors.world.deps, {})
    await jobs.look_after(doors.world.deps, {})
    told = [each["template"] for each in (await doors.seen("li", "me/messages"))["items"]]
    assert told == ["card_ends", "card_noted"]
    [entry] = await doors.today("head", "visits.cards")
    assert (entry.key, entry.subject) == (made["entry_id"], made["entry_id"])
    assert await doors.due("visits.cards", COMMUNITY) == {COMMUNITY: 1}
    path = f"{CARDS}/entries/{made['entry_id']}"
    renewed = await doors.done("head", f"{path}/renewal", **DOOR)
    assert renewed["ends_on"] == "2028-01-31"
    assert await doors.today("head", "visits.cards") == []
    await doors.estate.advance(days=365)
    assert (await doors.seen("li", MINE))["entries"] == [], "over, before the worker comes"
    await jobs.look_after(doors.world.deps, {})
    [left] = await kept(doors)
    assert (left["state"], left["text_sealed"]) == ("expired", "")
    assert left["forget_at"] - left["ended_at"] == timedelta(days=365)


async def test_what_is_sensitive_goes_after_half_a_year(doors: Doors) -> None:
    entry_id = await ill(doors)
    await doors.estate.advance(days=170)
    assert await doors.today("head", "visits.cards") == [], "whose it is not to know"
    await doors.done("li", f"{MINE}/entries/{entry_id}/renewal")
    await doors.estate.advance(days=179)
    await jobs.look_after(doors.world.deps, {})
    assert [each["state"] for each in await kept(doors)] == ["active"]
    await doors.estate.advance(days=1)
    await jobs.look_after(doors.world.deps, {})
    assert [each["state"] for each in await kept(doors)] == ["expired"]


async def test_entries_go_with_the_people(doors: Doors) -> None:
    await noted(doors, residency_id="r0-li")
    await noted(doors, kind="has_dog", text=None)
    await moved_out(doors, "r0-li")
    [left] = await card(doors)
    assert left["kind"] == "has_dog", "Mei lives there still"
    await moved_out(doors, "r1-mei")
    assert await card(doors) == []
    assert (await doors.seen("head", CARDS))["items"] == []
    await jobs.look_after(doors.world.deps, {})
    assert [each["state"] for each in await kept(doors)] == ["left", "left"]


async def moved_out(doors: Doors, residency_id: str) -> None:
    change = {"$set": {"to_day": "2026-03-01"}}
    await doors.world.db.residencies.update_one({"_id": residency_id}, change)


async def test_nobody_notes_at_home_or_for_nobody(doors: Doors) -> None:
    head = await doors.member("head")
    row = (await people_of(doors.world, WANG_HOME))[0]
    own = {**row, "_id": "r9", "person": head.person_id, "phone_index": None}
    await doors.world.db.residencies.insert_one(own)
    path = f"{CARDS}/{WANG_HOME}/entries"
    reply = await doors.post("head", path, kind="has_dog", **DOOR)
    assert (reply.status, reply.code) == (403, "own_home")
    await doors.world.db.residencies.delete_many({"home": LI_HOME})
    reply = await doors.post("head", f"{CARDS}/{LI_HOME}/entries", kind="has_dog", **DOOR)
    assert (reply.status, reply.code) == (409, "card_nobody_known")


async def test_a_head_removes_what_somebody_asks_to_remove(doors: Doors) -> None:
    photo = await sent(doors.world.api, await doors.member("head"), purpose="visit")
    made = await noted(doors, consent="on_paper", photo_ids=[photo])
    await doors.done("head", f"{CARDS}/entries/{made['entry_id']}/removal", reason="asked")
    await doors.world.work()
    assert (await card(doors), on_disk(doors.world.deps)) == ([], [])
    again = await doors.post(
        "head", f"{CARDS}/entries/{made['entry_id']}/removal", reason="asked"
    )
    assert again.status == 404


async def test_an_erased_person_leaves_no_card(doors: Doors) -> None:
    await ill(doors)
    await noted(doors, residency_id="r1-mei")
    await noted(doors, kind="has_dog", text=None)
    await noted(doors, home=SUN_HOME, who="next_head")
    li = await doors.member("li")
    body = {"home": LI_HOME, "purpose": "greeting", "outcome": "met", "minutes": "聊了聊"}
    await doors.done("head", "visits/unplanned", **body)
    await doors.world.confirm(li)
    await doors.done("li", "me/deletion", confirm="注销")
    left = sorted(each["residency"] for each in await kept(doors))
    assert left == ["", "", "r1-mei"], "ids of one instant have no order"
    assert li.person_id not in str(await kept(doors))
    await doors.world.work()
    [visit] = await doors.world.db.visits.find().to_list()
    assert (visit["minutes_sealed"], visit["people"], visit["outcome"]) == ("", [], "met")


async def test_the_register_knows_more_people_than_accounts(doors: Doors) -> None:
    """Noted of somebody who had not signed in, an entry is theirs once they have."""
    await noted(doors, residency_id="r0-li")
    [before] = await kept(doors)
    assert before["people"] == []
    li = await doors.member("li")
    assert [each["text"] for each in (await doors.seen("li", MINE))["entries"]] == [
        "晚上七点后"
    ]
    await jobs.look_after(doors.world.deps, {})
    [after] = await kept(doors)
    assert after["people"] == [li.person_id]


@pytest.mark.parametrize("place", ["", f"?place={UNIT}"])
async def test_lists_say_that_there_is_something_and_not_what(doors: Doors, place: str) -> None:
    await noted(doors, residency_id="r0-li")
    listed = await doors.seen("head", f"{CARDS}{place}")
    assert [each["kind"] for each in listed["items"]] == ["best_time"]
    assert "七点" not in str(listed)


async def test_an_export_has_ones_card_who_looked_and_no_minutes(doors: Doors) -> None:
    entry_id = await ill(doors)
    staff = await doors.member("staff")
    await doors.world.confirm(staff)
    await doors.done("staff", f"{CARDS}/entries/{entry_id}/reveal", reason="care")
    body = {"home": LI_HOME, "purpose": "check_in", "outcome": "met", "minutes": "聊了聊"}
    await doors.done("head", "visits/unplanned", **body)
    li = await doors.member("li")
    await doors.world.confirm(li)
    mine = (await exports.my_data(doors.world, li)).body
    [row] = mine["户卡"]["内容"]
    assert (row["内容"], row["内容类别"], row["同意方式"]) == (
        ILL,
        "健康状况",
        "本人在小程序里同意",
    )
    [visit] = mine["走访"]["内容"]
    assert (visit["目的"], visit["结果"]) == ("关爱看望", "见到住户")
    assert "聊了聊" not in str(mine)
    assert "查看完整信息" in str(mine)
