"""Doors that a notice leaves to knock at: listed for heads and senders, visited, reached."""

from datetime import timedelta
from typing import Any, Final

import pytest

from mongo_indexes import broadcast_homes, notice_visits
from services.kernel.documents import to_document
from services.messaging.broadcasts.models import BroadcastHome, home_id
from services.notices.visits.models import (
    MOST_PHOTOS,
    MOST_VISITS,
    REMARK,
    ToldWhom,
    Visit,
    VisitResult,
    visit_id,
)
from tests.build.cast import (
    COMPOUND,
    LI_HOME,
    NEXT_UNIT,
    SUN_HOME,
    UNIT,
    WANG_HOME,
    ZHAO_HOME,
    Estate,
)
from tests.build.homes import acts, at_once, get
from tests.build.notices import (
    OWNERS,
    act,
    delivered,
    doors,
    drafted,
    everybody,
    knock,
)
from tests.build.photos import PHOTOS, address
from tests.build.pictures import picture
from tests.lists.case import FORMULA, Case, Maker
from tests.lists.walk import walk


async def test_a_visit_that_told_somebody_or_left_a_paper_reaches_the_home(
    estate: Estate,
) -> None:
    await everybody(estate)
    notice_id = await delivered(estate)
    path, own = f"notices/{notice_id}/unreached", f"places/{UNIT}/unreached-homes"
    left = [(WANG_HOME, "inbox_only"), (LI_HOME, "inbox_only")]
    for result in ("nobody_there", "refused"):
        assert (await knock(estate, notice_id, WANG_HOME, result)).status == 201
        assert await doors(estate, own, "head") == left
    row = (await get(estate, "head", own)).body["items"][0]
    assert (row["visits"], row["last_visit_result"], row["people"]) == (2, "refused", 1)
    made = await knock(estate, notice_id, WANG_HOME, "paper_left", remark="门口\n已贴")
    assert (made.status, made.body["number"], made.body["remark"]) == (201, 3, "门口\n已贴")
    assert await doors(estate, own, "head") == left[1:]
    assert await doors(estate, path) == [(SUN_HOME, "inbox_only"), *left[1:]]
    kept = await estate.world.db.notice_visits.find_one({"number": 3})
    assert kept is not None
    assert "门口" not in str(kept)
    asked_again = await get(estate, "head", f"notices/{notice_id}/homes/{WANG_HOME}/visits")
    results = [each["result"] for each in asked_again.body["items"]]
    assert results == ["nobody_there", "refused", "paper_left"]
    staff = await knock(estate, notice_id, WANG_HOME, "refused", who="staff")
    assert (made.body["by"], staff.body["by"]) == ("unit_head", "community_staff")
    await estate.world.db.notice_visits.update_many({}, {"$unset": {"role": ""}})
    old = await get(estate, "head", f"notices/{notice_id}/homes/{WANG_HOME}/visits")
    assert [each["by"] for each in old.body["items"]] == [None] * 4  # kept before offices were
    [noted, *_] = await acts(estate.world, "notice.visited")
    assert (noted["place"], noted["facts"]["notice"]) == (WANG_HOME, notice_id)


async def test_a_visit_says_who_was_told_and_shows_a_paper_alone(estate: Estate) -> None:
    notice_id = await delivered(estate)
    head = await estate.member("head")
    uploaded = await estate.world.api.post(f"{PHOTOS}?purpose=visit", picture(), as_=head)
    photo_id = uploaded.body["photo_id"]
    for result, more in (
        ("told", {"told_whom": None}),
        ("refused", {"told_whom": "family"}),
        ("told", {"photo_ids": [photo_id]}),
    ):
        reply = await knock(estate, notice_id, LI_HOME, result, **more)
        assert (reply.status, reply.code) == (422, "bad_visit"), (result, more)
    for more in ({"remark": "长" * 201}, {"photo_ids": ["x"] * 4}, {"told_whom": "王大爷"}):
        reply = await knock(estate, notice_id, LI_HOME, "told", **more)
        assert reply.code == "invalid_input", more
    foreign = await knock(estate, notice_id, LI_HOME, "paper_left", photo_ids=["nothing"])
    assert foreign.status == 404
    made = await knock(estate, notice_id, LI_HOME, "paper_left", photo_ids=[photo_id])
    assert made.body["photo_ids"] == [photo_id]
    assert await address(estate.world.api, await estate.member("staff"), photo_id)
    wang = await estate.member("wang")
    assert (await estate.world.api.get(f"{PHOTOS}/{photo_id}/url", as_=wang)).status == 404
    refused = await estate.world.api.post(f"{PHOTOS}?purpose=visit", picture(), as_=wang)
    assert refused.status == 403


async def test_only_a_home_that_is_meant_is_visited_by_who_sees_it(estate: Estate) -> None:
    notice_id, draft_id = await delivered(estate), await drafted(estate)
    for home, who, status in (
        (SUN_HOME, "head", 404),  # of another staircase
        (ZHAO_HOME, "staff", 404),  # not meant
        (f"{UNIT}.999", "head", 404),
        (LI_HOME, "li", 403),
    ):
        assert (await knock(estate, notice_id, home, who=who)).status == status, home
        path = f"notices/{notice_id}/homes/{home}/visits"
        assert (await get(estate, who, path)).status == status
    assert (await knock(estate, draft_id, LI_HOME)).status == 404
    await act(estate, notice_id, "withdraw", because="取消")
    late = await knock(estate, notice_id, LI_HOME)
    assert (late.status, late.code) == (409, "notice_moved_on")
    assert late.body["details"] == {"state": "withdrawn"}
    assert await doors(estate, f"places/{UNIT}/unreached-homes", "head") == []
    assert len(await doors(estate, f"notices/{notice_id}/unreached")) == 3
    assert await estate.world.db.notice_visits.count_documents({}) == 0


async def test_a_home_that_was_merged_since_is_no_door_any_more(estate: Estate) -> None:
    await everybody(estate)
    notice_id = await delivered(estate)
    merged = {"retired_from": "2026-03-01", "merged_into": LI_HOME}
    await estate.world.db.places.update_one({"_id": WANG_HOME}, {"$set": merged})
    assert await doors(estate, f"places/{UNIT}/unreached-homes", "head") == [
        (LI_HOME, "inbox_only")
    ]
    left = [home for home, _ in await doors(estate, f"notices/{notice_id}/unreached")]
    assert left == [SUN_HOME, LI_HOME]
    assert (await knock(estate, notice_id, WANG_HOME)).status == 404
    reach = await get(estate, "staff", f"notices/{notice_id}/reach")
    assert reach.body["here"]["homes"]["meant"] == 3  # it was meant, and told


async def test_a_home_is_visited_twenty_times_at_most_also_at_once(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.notices.visits.actions.MOST_VISITS", 2)
    notice_id = await delivered(estate)
    await estate.member("head")
    await estate.member("staff")
    replies = await at_once(
        *(knock(estate, notice_id, LI_HOME, who=who) for who in ("head", "staff", "head"))
    )
    assert sorted(reply.status for reply in replies) == [201, 201, 409]
    [over] = [reply for reply in replies if reply.status == 409]
    assert (over.code, over.body["details"]) == ("too_many_visits", {"most": 2})


def test_what_is_kept_is_bounded_as_what_is_sent() -> None:
    kept = notice_visits.VALIDATOR["properties"]
    assert kept["number"]["maximum"] == MOST_VISITS
    assert kept["photos"]["maxItems"] == MOST_PHOTOS


async def test_a_visit_that_is_sent_twice_is_one(estate: Estate) -> None:
    notice_id, head = await delivered(estate), await estate.member("head")
    path = f"/api/v1/notices/{notice_id}/homes/{LI_HOME}/visits"
    wish = {"result": "nobody_there"}
    ids = set()
    for _ in range(2):
        reply = await estate.world.api.post(path, wish, as_=head, key="once")
        ids.add(reply.body["visit_id"])
    assert len(ids) == await estate.world.db.notice_visits.count_documents({}) == 1


async def test_the_list_of_a_head_is_of_what_is_shown_now_and_of_rules_if_pinned(
    estate: Estate,
) -> None:
    await delivered(estate, title="规定", kind="policy")
    await delivered(estate, title="短", shown_until="2026-03-02T05:00:00Z")
    await delivered(
        estate, title="隔壁", audience={"places": [NEXT_UNIT], "relations": ["owner"]}
    )
    await delivered(
        estate, title="一户", audience={"places": [LI_HOME], "relations": ["owner"]}
    )
    await delivered(estate, title="置顶规定", kind="policy", pinned=True)
    path = f"places/{UNIT}/unreached-homes"
    found = (await get(estate, "head", path)).body["items"]
    assert {item["title"] for item in found} == {"短", "一户", "置顶规定"}
    assert [item["home"] for item in found] == [WANG_HOME] * 2 + [LI_HOME] * 3
    await estate.advance(hours=2)
    found = (await get(estate, "head", path)).body["items"]
    assert {item["title"] for item in found} == {"一户", "置顶规定"}
    for place, who in ((NEXT_UNIT, "head"), (COMPOUND, "head"), (UNIT, "li")):
        status = 403 if who == "li" else 404
        assert (await get(estate, who, f"places/{place}/unreached-homes")).status == status
    assert len(await doors(estate, f"places/{COMPOUND}/unreached-homes")) == 5


async def rows_of(estate: Estate, *notice_ids: str) -> None:
    """Homes of notices that were not reached, for each reason, and a visit of some."""
    world, made, visits = estate.world, [], []
    for number in range(8):
        for notice_id in notice_ids:
            home, broadcast = f"{UNIT}.60{number}", f"notices:{notice_id}"
            row = BroadcastHome(
                id=home_id(broadcast, home),
                broadcast=broadcast,
                home=home,
                people=[] if number % 3 == 0 else ["p1", "p2"],
                pushed_at=world.clock.now if number % 3 == 1 else None,
                reached=number == 7,
            )
            made.append(to_document(row))
            visits += [visit(estate, notice_id, home, n) for n in range(1, number % 3 + 1)]
    await world.db[broadcast_homes.COLLECTION].delete_many({})
    await world.db[broadcast_homes.COLLECTION].insert_many(made)
    await world.db[notice_visits.COLLECTION].insert_many(visits)


def visit(estate: Estate, notice_id: str, home: str, number: int) -> dict[str, Any]:
    made_id = visit_id(notice_id, home, number)
    made = Visit(
        id=made_id,
        notice=notice_id,
        home=home,
        number=number,
        result=[*VisitResult][number - 1],
        told_whom=ToldWhom.OWNER if number == 1 else None,
        remark_sealed=REMARK.seal(estate.world.deps.vault, made_id, FORMULA),
        by="head",
        at=estate.world.clock.now + timedelta(minutes=number),
    )
    return to_document(made)


async def of_unreached(estate: Estate) -> Case:
    notice_id = await delivered(estate, audience={**OWNERS, "places": [COMPOUND]})
    await rows_of(estate, notice_id)
    return Case(
        who=await estate.member("staff"),
        readers=[await estate.member("admin")],
        stranger=await estate.member("head"),
        path=f"/api/v1/notices/{notice_id}/unreached",
        subject=notice_id,
        place=COMPOUND,
        filters=[
            {"because": "nobody_bound"},
            {"because": "inbox_only", "place": UNIT},
            {"because": "pushed_not_opened"},
            {"place": f"{UNIT}.601"},
        ],
        orders={"": "home"},
        rows=7,
        matches={"place": lambda item, place: f"{item['home']}.".startswith(f"{place}.")},
        free_text=False,
    )


async def of_doors(estate: Estate) -> Case:
    ids = [await delivered(estate, title=title) for title in (FORMULA, "停电")]
    await rows_of(estate, *ids)
    return Case(
        who=await estate.member("head"),
        readers=[await estate.member("staff")],
        stranger=await estate.member("li"),
        path=f"/api/v1/places/{UNIT}/unreached-homes",
        subject=UNIT,
        place=UNIT,
        filters=[{"because": why} for why in ("nobody_bound", "inbox_only")],
        orders={"": "home,notice_id"},
        rows=14,
    )


async def of_visits(estate: Estate) -> Case:
    notice_id = await delivered(estate)
    await rows_of(estate, notice_id)
    return Case(
        who=await estate.member("staff"),
        stranger=await estate.member("head"),
        path=f"/api/v1/notices/{notice_id}/visits",
        subject=notice_id,
        place=COMPOUND,
        filters=[{"result": "told"}, {"result": "paper_left"}],
        orders={"": "home,number"},
        rows=7,
    )


MAKERS: Final[dict[str, Maker]] = {
    "notice_unreached": of_unreached,
    "notice_visits": of_visits,
    "unreached_homes": of_doors,
}


@pytest.mark.parametrize("name", MAKERS)
async def test_a_list_is_sorted_filtered_paged_and_exported(estate: Estate, name: str) -> None:
    await walk(estate.world, name, await MAKERS[name](estate))
