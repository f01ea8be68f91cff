"""Turnout: how many homes answered, and which did not, for whom that concerns; never what."""

from services.kernel.permissions import Role
from tests.build.cast import (
    COMPOUND,
    LI_HOME,
    SUN_HOME,
    UNIT,
    WANG_HOME,
    Estate,
    appoint,
    homes,
)
from tests.build.homes import get
from tests.build.surveys import act, answer, drafted, enter, opened


async def unanswered(estate: Estate, survey_id: str, who: str, place: str) -> list[str]:
    path = f"places/{place}/survey-unanswered?survey_id={survey_id}"
    reply = await get(estate, who, path)
    assert reply.status == 200, reply.body
    return [item["home"] for item in reply.body["items"]]


async def test_a_head_sees_who_has_not_answered_and_not_what(estate: Estate) -> None:
    survey_id = await opened(estate)
    assert (await answer(estate, survey_id, "li")).status == 200  # before homes are gathered
    await estate.world.work()
    assert await unanswered(estate, survey_id, "head", UNIT) == [WANG_HOME]
    assert await unanswered(estate, survey_id, "staff", COMPOUND) == [SUN_HOME, WANG_HOME]
    assert (await enter(estate, survey_id, WANG_HOME)).status == 200
    assert await unanswered(estate, survey_id, "head", UNIT) == []
    path = f"places/{COMPOUND}/survey-unanswered?survey_id={survey_id}"
    assert (await get(estate, "head", path)).status == 404
    assert (await get(estate, "li", path)).status == 403


async def retire(estate: Estate, home: str) -> None:
    change = {"$set": {"retired_from": estate.world.deps.today()}}
    assert (await estate.world.db.places.update_one({"_id": home}, change)).matched_count == 1


async def told(estate: Estate, survey_id: str) -> tuple[int, int]:
    reply = await get(estate, "staff", f"surveys/{survey_id}/turnout?by=unit")
    parts = reply.body["parts"]
    whole = (reply.body["homes"], reply.body["answered"])
    assert whole == tuple(sum(part[name] for part in parts) for name in ("homes", "answered"))
    return whole


async def test_of_a_home_that_was_retired_nobody_waits_for_an_answer(estate: Estate) -> None:
    survey_id = await opened(estate)
    assert (await answer(estate, survey_id, "li")).status == 200
    await estate.world.work()
    assert await told(estate, survey_id) == (3, 1)
    for home in (WANG_HOME, LI_HOME):  # the one that answered is counted still
        await retire(estate, home)
    assert await unanswered(estate, survey_id, "head", UNIT) == []
    assert await unanswered(estate, survey_id, "staff", COMPOUND) == [SUN_HOME]
    assert await told(estate, survey_id) == (2, 1)


async def test_what_was_asked_until_the_end_is_counted_for_good(estate: Estate) -> None:
    survey_id = await opened(estate)
    await estate.world.work()
    assert (await act(estate, survey_id, "close")).status == 200
    await estate.advance(days=1)
    await retire(estate, WANG_HOME)
    assert await told(estate, survey_id) == (3, 0)
    assert await unanswered(estate, survey_id, "staff", COMPOUND) == [SUN_HOME, LI_HOME]


async def test_a_head_finds_what_to_knock_for_and_the_form(estate: Estate) -> None:
    outside = {"places": [COMPOUND], "relations": ["owner"]}
    survey_id = await opened(estate, audience=outside)
    await drafted(estate)
    listed = await get(estate, "head", f"places/{UNIT}/surveys")
    assert [item["survey_id"] for item in listed.body["items"]] == [survey_id]
    form = await get(estate, "head", f"me/surveys/{survey_id}")
    assert (form.status, form.body["asks_me"], form.body["homes"]) == (200, False, [])
    assert len(form.body["questions"]) == 5
    assert (await get(estate, "head", "me/surveys")).body["items"] == []
    assert (await answer(estate, survey_id, "head")).status == 404
    assert (await get(estate, "mei", f"me/surveys/{survey_id}")).status == 404
    assert (await get(estate, "head", f"places/{COMPOUND}/surveys")).status == 404


async def test_turnout_is_told_by_building_and_unit(estate: Estate) -> None:
    survey_id = await opened(estate)
    await estate.world.work()
    await answer(estate, survey_id, "li")
    await answer(estate, survey_id, "mei")
    found = await get(estate, "staff", f"surveys/{survey_id}/turnout?by=unit")
    assert (found.body["homes"], found.body["answered"]) == (3, 1)
    parts = [(p["place"], p["homes"], p["answered"]) for p in found.body["parts"]]
    assert parts == [(UNIT.replace("u2", "u1"), 1, 0), (UNIT, 2, 1)]
    whole = await get(estate, "staff", f"surveys/{survey_id}/turnout")
    assert [part["homes"] for part in whole.body["parts"]] == [3]
    early = await get(estate, "staff", f"surveys/{await drafted(estate)}/turnout")
    assert (early.status, early.code) == (409, "survey_not_opened")


async def test_who_may_not_see_the_homes_is_told_of_no_few(estate: Estate) -> None:
    await appoint(estate.world.deps, Role.COMMITTEE_MEMBER, COMPOUND, "zhao")
    own = {"places": [COMPOUND], "relations": ["owner"]}
    survey_id = await opened(estate, "zhao", audience=own)
    await estate.world.work()
    found = await get(estate, "zhao", f"surveys/{survey_id}/turnout?by=unit")
    assert (found.body["homes"], found.body["answered"]) == (None, None)
    assert {part["answered"] for part in found.body["parts"]} == {None}
    path = f"places/{LI_HOME}/survey-unanswered?survey_id={survey_id}"
    assert (await get(estate, "zhao", path)).status == 403


async def test_few_homes_are_not_told_by_subtraction(estate: Estate) -> None:
    """Eight homes of one staircase and the whole would tell of the one of the other."""
    await homes(estate.world.deps, {f"{UNIT}.{number}": 6000 for number in range(601, 607)})
    await appoint(estate.world.deps, Role.COMMITTEE_MEMBER, COMPOUND, "zhao")
    own = {"places": [COMPOUND], "relations": ["owner"]}
    survey_id = await opened(estate, "zhao", audience=own)
    await estate.world.work()
    found = await get(estate, "zhao", f"surveys/{survey_id}/turnout?by=unit")
    parts = {part["place"]: part["homes"] for part in found.body["parts"]}
    told = [place for place, count in {**parts, COMPOUND: found.body["homes"]}.items() if count]
    assert told in ([], [COMPOUND])
    assert (await get(estate, "staff", f"surveys/{survey_id}/turnout")).body["homes"] == 9
