"""Figures of feedback: counted as a naive recount does, and about nobody."""

from collections import Counter
from datetime import timedelta
from random import Random
from typing import Any, Final

import pytest

from mongo_indexes import feedback, places
from services.cases.models import CameBy
from services.feedback.figures import actions
from services.feedback.models import Feedback, FeedbackKind, Rung
from services.feedback.states import OPEN, FeedbackState
from services.kernel.days import month_of
from services.kernel.documents import to_document
from services.kernel.paths import ancestors, covers
from services.kernel.permissions import Role
from services.place_sums import jobs as place_sums
from tests.build.cast import (
    COMMUNITY,
    COMPOUND,
    LI_HOME,
    NEXT_UNIT,
    OTHER_COMPOUND,
    UNIT,
    ZHAO_HOME,
    appoint,
)
from tests.build.feedback import Voices
from tests.build.offices import BUILDING, GRID
from tests.build.query_recorder import QueryRecorder
from tests.build.world import Reply

SPAN: Final = {"from_month": "2025-11", "to_month": "2026-03"}
CITY: Final = "13900000081"
DISTRICT: Final = "13900000082"
THERE: Final = (COMPOUND, BUILDING, UNIT, LI_HOME, OTHER_COMPOUND)


async def enough(voices: Voices) -> None:
    """Let each unit have so many homes that a figure of it is about nobody."""
    units = (UNIT, NEXT_UNIT, ZHAO_HOME.rpartition(".")[0])
    numbers = (901, 902, 903, 904)
    await voices.households(*(f"{unit}.{n}" for unit in units for n in numbers))


async def ask(voices: Voices, who: Any, place: str = COMPOUND, **query: str) -> Reply:
    asked = "&".join(f"{name}={value}" for name, value in {**SPAN, **query}.items())
    return await voices.get(who, f"places/{place}/feedback-figures?{asked}")


async def figures(
    voices: Voices, who: Any, place: str = COMPOUND, **query: str
) -> dict[str, dict[str, Any]]:
    reply = await ask(voices, who, place, **query)
    assert reply.status == 200, reply.body
    return {item["key"]: item for item in reply.body["items"]}


async def said(voices: Voices, who: Any, place: str = COMPOUND) -> int:
    return int((await figures(voices, who, place))[""]["said"])


def made(voices: Voices, number: int, random: Random) -> Feedback:
    """Return a case as chance will have it."""
    days = random.choice([0, 3, 7, 20, 30, 45, 100])
    return Feedback(
        id=f"said{number:03d}",
        number=f"26-{number:04d}",
        place=random.choice(THERE[:3] if number % 4 == 0 else THERE),
        kind=random.choice([*FeedbackKind]),
        state=random.choice([*FeedbackState]),
        person=None,
        filed_by="somebody",
        way=CameBy.APP,
        anonymous=number % 4 == 0,
        created_at=voices.world.clock.now - timedelta(days=days),
        steps=1,
        rung=random.choice([*Rung]),
        first_rung=Rung.UNIT_HEAD,
        solved_rung=random.choice([*Rung][:2]),
        returned=random.choice([0, 0, 1, 2]),
        reopened=random.choice([0, 0, 1]),
        overdue=random.random() < 0.3,
    )


def recounted(found: list[Feedback], now: Any) -> dict[str, int | None]:
    """Return the figures of some cases, counted one by one as the page has them."""
    of = Counter(case.state for case in found)
    still = [case for case in found if case.state in OPEN]
    ages = [(now - case.created_at).days for case in still]
    solved = [case for case in found if case.state is FeedbackState.CONFIRMED]
    at_first = [
        case
        for case in solved
        if case.solved_rung is case.first_rung and not case.returned and not case.reopened
    ]
    noes = sum(case.returned for case in found)
    answers = len(solved) + noes
    return {
        "said": len(found),
        "open": len(still),
        "overdue": sum(case.overdue for case in still),
        "open_week": sum(age < 7 for age in ages),
        "open_month": sum(7 <= age < 30 for age in ages),
        "open_quarter": sum(30 <= age < 90 for age in ages),
        "open_longer": sum(age >= 90 for age in ages),
        "solved": len(solved),
        "thanked": of[FeedbackState.THANKED],
        "settled": of[FeedbackState.SETTLED],
        "silent": of[FeedbackState.CLOSED],
        "withdrawn": of[FeedbackState.WITHDRAWN],
        "returned": noes,
        "came_again": sum(case.reopened > 0 for case in found),
        "first_rung_share": len(at_first) * 10000 // len(solved) if solved else None,
        "satisfaction": len(solved) * 10000 // answers if answers else None,
    }


def key_of(case: Feedback, by: str, place: str) -> str:
    """Return the part that a case counts in."""
    if by == "month":
        return month_of(case.created_at)
    if by != "place":
        return str(getattr(case, by))
    known = ancestors(case.place)[: 6 if case.anonymous else 7]
    return known[: place.count(".") + 2][-1]


async def test_figures_equal_a_naive_recount(voices: Voices) -> None:
    random = Random(13)  # noqa: S311
    found = [made(voices, number, random) for number in range(120)]
    rows = [to_document(case) for case in found]
    await voices.world.db[feedback.COLLECTION].insert_many(rows)
    now = voices.world.clock.now
    for place in (COMMUNITY, COMPOUND, BUILDING, UNIT):
        meant = [case for case in found if covers(place, case.place)]
        if place == UNIT:
            meant = [case for case in meant if not case.anonymous]
        for by in ("kind", "place", "rung", "month"):
            parts: dict[str, list[Feedback]] = {"": meant}
            for case in meant:
                parts.setdefault(key_of(case, by, place), []).append(case)
            shown = await figures(voices, "staff", place, by=by)
            assert list(shown) == sorted(parts)
            for key, cases in parts.items():
                expected = recounted(cases, now)
                assert expected.items() <= shown[key].items(), (place, by, key)
    parts = await figures(voices, "staff", by="place", from_month="2026-03")
    assert {item["from_month"] for item in parts.values()} == {"2026-03"}
    assert parts[BUILDING]["label"] != BUILDING


async def test_figures_follow_a_life(voices: Voices) -> None:
    """Asked of whoever said it: a yes at the first rung, a no that goes one up, and silence."""
    first, second, third = [await voices.file("li") for _ in range(3)]
    for case_id in (first, second, third):
        await voices.solve("head", case_id)
    await voices.do("li", first, "answer", solved=True)
    await voices.do("li", second, "answer", solved=False)
    await voices.solve("building", second)
    await voices.do("li", second, "answer", solved=True)
    await voices.advance(days=8)
    found = (await figures(voices, "staff"))[""]
    assert (found["solved"], found["silent"], found["returned"]) == (2, 1, 1)
    assert (found["first_rung_share"], found["satisfaction"]) == (5000, 6666)


async def test_what_has_no_name_is_told_of_no_unit(voices: Voices) -> None:
    await enough(voices)
    await voices.file("li")
    await voices.file("wang", anonymous=True)
    row = await voices.world.db.feedback.find_one({"anonymous": True})
    assert row is not None
    assert row["place"] == UNIT
    told = {"": 2, UNIT: 1, BUILDING: 1}
    for who in ("staff", "building"):
        shown = await figures(voices, who, BUILDING, by="place")
        assert {key: each["said"] for key, each in shown.items()} == told
    for who in ("staff", "head"):
        assert await said(voices, who, UNIT) == 1


async def test_of_few_homes_nothing_is_told_but_to_who_oversees(voices: Voices) -> None:
    deps = voices.world.deps
    await appoint(deps, Role.DISTRICT_STAFF, "cc.chaoyang", DISTRICT)
    district = await voices.world.sign_in("district", DISTRICT)
    await enough(voices)
    await voices.file("li")
    await voices.file("li", place=COMPOUND)
    assert await said(voices, district) == 2
    await voices.world.db[places.COLLECTION].delete_many(
        {"kind": "home", "_id": {"$ne": LI_HOME}}
    )
    await place_sums.rebuild(deps)
    seats = (("head", UNIT), ("building", BUILDING), ("manager", COMPOUND))
    for who, where in (*seats, (district, COMPOUND)):
        shown = (await figures(voices, who, where))[""]
        assert (shown["said"], shown["is_without_few"]) == (0, True), who
    shown = (await figures(voices, "staff"))[""]
    assert (shown["said"], shown["is_without_few"]) == (2, False)


async def test_a_complaint_about_a_head_is_in_no_figure_of_theirs(voices: Voices) -> None:
    await enough(voices)
    await voices.file("li")
    await voices.file("li", kind="complaint", about="unit_head")
    await voices.file("li", kind="complaint", about="community_staff")
    assert await said(voices, "head", UNIT) == 1
    assert await said(voices, "building", BUILDING) == 1
    assert await said(voices, "manager") == 1
    assert await said(voices, "staff") == 2
    assert await said(voices, "subdistrict") == 3


async def test_figures_are_one_query_that_its_index_covers(
    voices: Voices, monkeypatch: pytest.MonkeyPatch
) -> None:
    await voices.file("li")
    await voices.member("staff")
    asked, begin = [], QueryRecorder.started

    def started(recorder: QueryRecorder, event: Any) -> None:
        if event.command.get(event.command_name) == feedback.COLLECTION:
            asked.append(dict(event.command))
        begin(recorder, event)

    monkeypatch.setattr(QueryRecorder, "started", started)
    for by in ("kind", "place", "rung", "month"):
        await figures(voices, "staff", by=by)
    assert len(asked) == 4
    for command in asked:
        wish = {name: command[name] for name in ("aggregate", "pipeline", "hint")}
        wish = {"explain": {**wish, "cursor": {}}, "verbosity": "executionStats"}
        plan = str(await voices.world.db.command(wish))
        assert ("IXSCAN" in plan, "'stage': 'FETCH'" in plan) == (True, False)
        assert "'totalDocsExamined': 0" in plan


@pytest.mark.parametrize(
    ("place", "query", "code"),
    [
        (LI_HOME, {}, "feedback_figures_below_unit"),
        (GRID, {}, "ask_its_buildings"),
        (COMPOUND, {"to_month": "2025-10"}, "feedback_figures_bad_months"),
        (COMPOUND, {"to_month": "2028-03"}, "feedback_figures_bad_months"),
        (COMPOUND, {"by": "age"}, "invalid_input"),
    ],
)
async def test_what_cannot_be_meant_is_refused(
    voices: Voices, place: str, query: dict[str, str], code: str
) -> None:
    reply = await ask(voices, "staff", place, **query)
    assert (reply.status, reply.code) == (422, code), reply.body


async def test_of_more_parts_than_are_shown_none_is(
    voices: Voices, monkeypatch: pytest.MonkeyPatch
) -> None:
    await voices.file("li")
    await voices.file("li", kind="praise")
    monkeypatch.setattr(actions, "MOST_PARTS", 1)
    reply = await ask(voices, "staff")
    assert (reply.code, reply.body["details"]["most"]) == ("too_many_feedback_figures", 1)
