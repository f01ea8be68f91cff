"""Papers: entered by heads, drawn for a second entry, and decided where the two differ."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from mongo_indexes import survey_answers, survey_results, survey_second_entries
from server.dependencies import open_mongo
from server.settings import Settings
from services.kernel.permissions import Actor, Grant, Role
from services.kernel.today import Part
from services.surveys import jobs
from services.surveys.second_entries import draws, store, today
from services.surveys.second_entries.models import SecondEntry, key_of
from tests.build.cast import (
    COMPOUND,
    LI_HOME,
    SUN_HOME,
    UNIT,
    WANG_HOME,
    ZHAO_HOME,
    Estate,
    appoint,
)
from tests.build.homes import get, post
from tests.build.notices import send
from tests.build.query_recorder import FindRecorder
from tests.build.surveys import NO, YES, act, answer, counted, enter, mine, opened, seen

SUBDISTRICT = COMPOUND.rsplit(".", 2)[0]
IDS = [f"answer{number}" for number in range(95)]


def test_a_tenth_is_drawn_whatever_the_order() -> None:
    one = draws.drawn("survey", IDS)
    assert len(one) == 10
    assert draws.drawn("survey", IDS[::-1]) == one
    assert draws.drawn("another", IDS) != one
    assert one[0] == min(IDS, key=lambda each: draws.rank("survey", each))
    assert [draws.size(count) for count in (0, 1, 10, 11, 100)] == [0, 1, 1, 2, 10]


async def kept(estate: Estate) -> list[tuple[str, bool, list[str]]]:
    rows = await estate.world.db[survey_answers.COLLECTION].find().sort("home").to_list()
    return [(row["home"], row["paper"], row["choices"]) for row in rows]


async def test_a_paper_never_takes_the_place_of_what_the_home_answered(estate: Estate) -> None:
    survey_id = await opened(estate)
    assert (await answer(estate, survey_id, "li")).status == 200
    refused = await enter(estate, survey_id, LI_HOME, NO)
    assert (refused.status, refused.code) == (409, "survey_answered_by_home")
    assert "请住户自己改" in refused.body["title"]
    assert (await enter(estate, survey_id, WANG_HOME, NO)).status == 200
    assert (await enter(estate, survey_id, WANG_HOME, YES)).status == 200
    assert await kept(estate) == [
        (WANG_HOME, True, ["1", "1=1"]),
        (LI_HOME, False, ["1", "1=1"]),
    ]
    [shown] = (await mine(estate, survey_id, "wang"))["answers"]
    assert (shown["paper"], shown["mine"], shown["answers"]) == (True, False, [])
    assert (await answer(estate, survey_id, "wang", NO)).status == 200
    assert (WANG_HOME, False, ["1", "1=2"]) in await kept(estate)


async def test_who_may_not_enter_a_paper(estate: Estate) -> None:
    survey_id = await opened(estate)
    assert (await enter(estate, survey_id, SUN_HOME)).status == 404  # the next staircase
    assert (await enter(estate, survey_id, ZHAO_HOME, who="staff")).status == 404  # not asked
    assert (await enter(estate, survey_id, LI_HOME, who="wang")).status == 403
    payer = await enter(estate, survey_id, LI_HOME, relation="payer")
    assert (payer.status, payer.code) == (422, "survey_relation_not_asked")
    person = await opened(estate, per="person")
    alone = await enter(estate, person, LI_HOME)
    assert (alone.status, alone.code) == (409, "survey_no_paper")


async def drawn(estate: Estate) -> str:
    """Let a survey with two papers close; return its id. One of them is drawn."""
    survey_id = await opened(estate)
    for home in (LI_HOME, WANG_HOME):
        assert (await enter(estate, survey_id, home)).status == 200
    await counted(estate, survey_id)
    return survey_id


async def entries(estate: Estate, who: str = "staff", query: str = "") -> list[dict[str, Any]]:
    place = UNIT if who == "head" else COMPOUND
    reply = await get(estate, who, f"places/{place}/survey-second-entries?limit=50{query}")
    assert reply.status == 200, reply.body
    return list(reply.body["items"])


async def again(estate: Estate, entry_id: str, who: str, answers: Any) -> Any:
    wish = {"answers": answers, "relation": "owner"}
    return await send(estate, "PUT", who, f"survey-second-entries/{entry_id}", **wish)


async def test_a_tenth_of_the_papers_is_entered_again_by_somebody_else(estate: Estate) -> None:
    survey_id = await drawn(estate)
    [entry] = await entries(estate)
    ids = [row["_id"] for row in await estate.world.db.survey_answers.find().to_list()]
    [row] = await estate.world.db[survey_second_entries.COLLECTION].find().to_list()
    assert (row["answer"], row["of"]) == (draws.drawn(survey_id, ids)[0], 2)
    waiting = await seen(estate, survey_id)
    assert (waiting["entries_to_settle"], waiting["counted_at"]) == (1, None)
    told = (await get(estate, "staff", "me/messages?limit=50")).body["items"]
    assert [each["template"] for each in told].count("survey_entries") == 1
    early = await act(estate, survey_id, "publish")
    assert (early.code, early.body["details"]["entries_to_settle"]) == ("survey_not_counted", 1)
    own = await again(estate, entry["entry_id"], "head", YES)
    assert (own.status, own.code) == (403, "survey_entered_by_you")
    blind = await get(estate, "staff", f"survey-second-entries/{entry['entry_id']}")
    assert (blind.body["first"], blind.body["mine_first"]) == ([], False)
    done = await again(estate, entry["entry_id"], "staff", YES)
    assert (done.status, done.body["state"]) == (200, "same")
    twice = await again(estate, entry["entry_id"], "staff", NO)
    assert (twice.status, twice.code) == (409, "survey_entry_moved_on")
    await estate.world.work()
    assert (await seen(estate, survey_id))["counted_at"] is not None


@pytest.mark.parametrize(("keep", "choices"), [("first", "1=1"), ("second", "1=2")])
async def test_the_community_decides_where_two_entries_differ(
    estate: Estate, keep: str, choices: str
) -> None:
    await appoint(estate.world.deps, Role.UNIT_HEAD, UNIT.replace("u2", "u1"), "sun")
    survey_id = await drawn(estate)
    [entry] = await entries(estate)
    path = f"survey-second-entries/{entry['entry_id']}"
    none = await post(estate, "staff", f"{path}/decide", keep="second", reason="看过原件")
    assert (none.status, none.code) == (409, "survey_no_second_entry")
    done = await again(estate, entry["entry_id"], "staff", NO)
    assert (done.status, done.body["state"]) == (200, "different")
    await estate.world.work()
    assert (await seen(estate, survey_id))["counted_at"] is None
    shown = (await get(estate, "staff", path)).body
    assert (shown["first"][0]["choices"], shown["second"][0]["choices"]) == ([1], [2])
    assert (await get(estate, "head", path)).body["first"] == []
    assert (await post(estate, "head", f"{path}/decide", keep=keep, reason="x")).status == 403
    told = await post(estate, "staff", f"{path}/decide", keep=keep, reason="看过原件")
    assert (told.status, told.body["decision"]) == (200, keep)
    row = await estate.world.db.survey_answers.find_one({"home": entry["home"]})
    assert row is not None
    assert row["choices"] == ["1", choices]
    await estate.world.work()
    assert (await seen(estate, survey_id))["counted_at"] is not None


async def test_a_paper_that_is_lost_is_decided_without_a_second_entry(estate: Estate) -> None:
    survey_id = await drawn(estate)
    [entry] = await entries(estate, query="&state=waiting")
    path = f"survey-second-entries/{entry['entry_id']}/decide"
    told = await post(estate, "staff", path, keep="first", reason="原件丢失")
    assert (told.status, told.body["state"]) == (200, "decided")
    await estate.world.work()
    assert (await seen(estate, survey_id))["counted_at"] is not None


async def test_what_the_only_member_of_staff_entered_the_subdistrict_decides(
    estate: Estate,
) -> None:
    await appoint(estate.world.deps, Role.SUBDISTRICT_STAFF, SUBDISTRICT, "sun")
    survey_id = await opened(estate)
    assert (await enter(estate, survey_id, who="staff")).status == 200
    await counted(estate, survey_id)
    listed = await get(estate, "sun", f"places/{SUBDISTRICT}/survey-second-entries")
    [entry] = listed.body["items"]
    path = f"survey-second-entries/{entry['entry_id']}"
    wish = {"keep": "first", "reason": "看过原件"}
    own = await post(estate, "staff", f"{path}/decide", **wish)
    assert (own.status, own.code) == (403, "survey_entered_by_you")
    assert (await get(estate, "sun", path)).body["first"] == []  # there is no difference
    told = await post(estate, "sun", f"{path}/decide", **wish)
    assert (told.status, told.body["state"]) == (200, "decided")
    await estate.world.work()
    assert (await seen(estate, survey_id))["counted_at"] is not None
    assert (await get(estate, "sun", f"homes/{entry['home']}/residents")).status in {403, 404}


async def test_of_a_survey_that_is_withdrawn_nothing_is_to_be_settled(estate: Estate) -> None:
    survey_id = await drawn(estate)
    [entry] = await entries(estate, query="&state=waiting")
    assert (await act(estate, survey_id, "withdraw", because="写错了")).status == 200
    path = f"survey-second-entries/{entry['entry_id']}"
    for late in (
        await post(estate, "staff", f"{path}/decide", keep="first", reason="看过原件"),
        await again(estate, entry["entry_id"], "staff", YES),
    ):
        assert (late.status, late.code) == (409, "survey_entry_moved_on")
        assert late.body["details"] == {"state": "withdrawn"}
    await estate.world.work()
    assert await entries(estate, query="&state=waiting") == []
    assert (await seen(estate, survey_id))["state"] == "withdrawn"


@pytest.mark.parametrize("when", ["before they are written", "after they are written"])
async def test_what_is_drawn_while_a_survey_is_withdrawn_is_left_to_nobody(
    estate: Estate, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    """The worker that draws has read the survey as closed; the other job runs meanwhile."""
    survey_id, put = await opened(estate), store.put
    assert (await enter(estate, survey_id, LI_HOME)).status == 200
    assert (await act(estate, survey_id, "close")).status == 200
    await estate.member("staff")

    async def overtaken(db: Any, rows: Any) -> None:
        if when.startswith("after"):
            await put(db, rows)
        assert (await act(estate, survey_id, "withdraw", because="问错了")).status == 200
        await estate.world.work()
        if when.startswith("before"):
            await put(db, rows)

    monkeypatch.setattr(store, "put", overtaken)
    await jobs.settle(estate.world.deps, {"survey_id": survey_id})
    assert [each["state"] for each in await entries(estate)] == ["withdrawn"]
    told = (await get(estate, "staff", "me/messages?limit=50")).body["items"]
    assert "survey_entries" not in [each["template"] for each in told]


@pytest.mark.parametrize("step", ["enter", "decide"])
async def test_nothing_is_settled_of_a_survey_that_is_withdrawn_meanwhile(
    estate: Estate, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """The survey was closed as the entry was read, and its job has not come to the entry."""
    survey_id = await drawn(estate)
    [entry] = await entries(estate)
    before = await kept(estate)
    deps = estate.world.deps
    transaction = type(deps).in_transaction

    async def withdrawn_first(self: Any, save: Any) -> Any:
        monkeypatch.setattr(type(deps), "in_transaction", transaction)
        assert (await act(estate, survey_id, "withdraw", because="问错了")).status == 200
        return await transaction(self, save)

    await estate.member("staff")
    monkeypatch.setattr(type(deps), "in_transaction", withdrawn_first)
    path = f"survey-second-entries/{entry['entry_id']}/decide"
    if step == "enter":
        late = await again(estate, entry["entry_id"], "staff", NO)
    else:
        late = await post(estate, "staff", path, keep="first", reason="看过原件")
    assert (late.status, late.code) == (409, "survey_entry_moved_on")
    await estate.world.work()
    assert [each["state"] for each in await entries(estate)] == ["withdrawn"]
    assert await kept(estate) == before


async def test_an_entry_that_differs_is_withdrawn_with_its_survey(estate: Estate) -> None:
    survey_id = await drawn(estate)
    [entry] = await entries(estate)
    assert (await again(estate, entry["entry_id"], "staff", NO)).body["state"] == "different"
    assert (await act(estate, survey_id, "withdraw", because="问错了")).status == 200
    await estate.world.work()
    assert [each["state"] for each in await entries(estate)] == ["withdrawn"]


async def test_of_an_answer_and_papers_at_once_the_homes_own_stays(estate: Estate) -> None:
    survey_id = await opened(estate)
    for name in ("li", "mei", "head", "staff"):
        await estate.member(name)
    replies = await asyncio.gather(
        answer(estate, survey_id, "li"),
        enter(estate, survey_id, LI_HOME, NO),
        answer(estate, survey_id, "mei"),
        enter(estate, survey_id, LI_HOME, NO, who="staff"),
    )
    assert [replies[n].status for n in (0, 2)] == [200, 200]
    assert {reply.status for reply in replies} <= {200, 409}
    assert await kept(estate) == [(LI_HOME, False, ["1", "1=1"])]


async def test_nothing_is_drawn_nor_counted_of_what_was_withdrawn(estate: Estate) -> None:
    survey_id = await opened(estate)
    assert (await enter(estate, survey_id, LI_HOME)).status == 200
    assert (await act(estate, survey_id, "close")).status == 200
    assert (await act(estate, survey_id, "withdraw", because="问错了")).status == 200
    await estate.advance(minutes=3)
    await estate.world.work()
    payload = {"survey_id": survey_id}
    await jobs.count(estate.world.deps, payload)
    for collection in (survey_second_entries, survey_results):
        assert await estate.world.db[collection.COLLECTION].count_documents({}) == 0
    await estate.advance(days=11)
    await jobs.close(estate.world.deps, payload)
    assert (await seen(estate, survey_id))["state"] == "withdrawn"


async def test_papers_to_enter_again_are_on_the_lists_of_other_heads(estate: Estate) -> None:
    survey_id = await drawn(estate)
    [entry] = await entries(estate)
    deps = estate.world.deps
    await appoint(deps, Role.BUILDING_HEAD, UNIT.rpartition(".")[0], "13900000061")
    other = await estate.world.sign_in("building", "13900000061")

    async def listed(who: Any) -> list[str]:
        items = (await get(estate, who, "me/today")).body["items"]
        return [each["subject"] for each in items if each["kind"] == "surveys.second_entries"]

    assert await listed("head") == []  # who entered it first
    assert await listed(other) == [entry["entry_id"]]
    counts = (await get(estate, "staff", "today-counts")).body["items"]
    kinds = [kind["kind"] for row in counts for kind in row["kinds"] or ()]
    assert "surveys.second_entries" in kinds
    done = await send(
        estate,
        "PUT",
        other,
        f"survey-second-entries/{entry['entry_id']}",
        answers=YES,
        relation="owner",
    )
    assert done.status == 200, done.body
    assert await listed(other) == []
    assert survey_id


async def test_papers_of_a_grid_are_read_as_the_index_has_them(
    estate: Estate, base_settings: Settings
) -> None:
    """From building to building, page by page, and of other places nothing."""
    deps, buildings = estate.world.deps, [f"{COMPOUND}.b{n}" for n in range(70, 90)]
    rows = [
        SecondEntry(
            id=f"e{100 - order}-{number}",
            survey="s",
            answer="a",
            home=f"{building}.u1.{number}01",
            first_by="him",
            rank="",
            of=1,
        )
        for order, building in enumerate(buildings)
        for number in (1, 2)
    ]
    await store.put(deps.db, rows)
    mine = buildings[::2]
    head = Actor("head", "", tuple(Grant(Role.GRID_HEAD, each) for each in mine))
    put_off = key_of(rows[2])
    found, after = list[str](), None
    while page := await today.read(deps, head, Part(after=after, limit=3, without=[put_off])):
        found += [entry.key for entry in page]
        after = page[-1].position
    wanted = [key_of(row) for row in rows if row.home.rpartition(".u1")[0] in mine]
    assert found == sorted({*wanted} - {put_off})
    listener = FindRecorder()
    async with open_mongo(base_settings, event_listeners=[listener]) as mongo:
        watched = replace(deps, db=mongo[base_settings.mongodb_database])
        await today.read(watched, head, Part(limit=3))
    [asked] = listener.asked
    names = ("find", "filter", "sort", "limit", "hint")
    command = {name: asked[name] for name in names}
    plan = await deps.db.command("explain", command, verbosity="executionStats")
    assert "'stage': 'SORT'" not in str(plan["queryPlanner"]["winningPlan"])
    assert plan["executionStats"]["totalKeysExamined"] < len(rows) / 2
