"""Terms of repairs over HTTP, and which of them counts for a ticket."""

import asyncio
from pathlib import Path
from typing import Any, Final

import pytest
from pymongo.asynchronous.collection import AsyncCollection

from mongo_indexes import repair_terms
from services.kernel.documents import to_document
from services.repairs.classes import Danger
from services.repairs.terms import actions
from services.repairs.terms.defaults import DEFAULTS
from services.repairs.terms.models import TermsVersion
from services.working_time.models import WORKING_DAY, Pace, Span
from tests.build.cast import COMMUNITY, COMPOUND, LI_HOME, OTHER_COMPOUND, Estate
from tests.build.homes import acts
from tests.build.late_reads import one_behind
from tests.build.offices import firm_at
from tests.build.sign_ins import Member
from tests.build.world import Api, Reply, World
from tests.lists.case import Case, Item, Maker
from tests.lists.walk import walk

TODAY: Final = "2026-03-02"
NEW: Final = {"after_version": 0, "danger": "urgent", "from_day": TODAY}


def spans(minutes: int, pace: str = "continuous") -> dict[str, Any]:
    """Terms that are told apart by their response."""
    response, completion = minutes, minutes * 10
    return {
        "response": {"minutes": response, "pace": pace},
        "completion": {"minutes": completion, "pace": pace},
    }


async def write(
    api: Api, who: Member, place: str = COMPOUND, minutes: int = 60, **change: Any
) -> Reply:
    path = f"/api/v1/places/{place}/repair-terms"
    return await api.post(path, {**NEW, **spans(minutes), **change}, as_=who)


async def written(api: Api, who: Member, place: str, minutes: int, **change: Any) -> None:
    reply = await write(api, who, place, minutes, **change)
    assert reply.status == 201, reply.body


async def response(
    world: World,
    *,
    category: str = "water_leak",
    contract: str = "",
    day: str = TODAY,
    place: str = LI_HOME,
) -> int:
    """Return after how many minutes somebody must have answered."""
    found = await actions.of(
        world.deps, place, category, Danger.URGENT, contract_id=contract, day=day
    )
    assert found.completion.minutes >= found.response.minutes
    return found.response.minutes


async def contract_of(world: World, compound: str = COMPOUND) -> str:
    await firm_at(world, compound)
    found = await world.db.contracts.find_one({"place": compound})
    assert found is not None
    return str(found["_id"])


def test_danger_and_urgency_run_day_and_night() -> None:
    assert {danger: danger.pace for danger in Danger} == {
        Danger.DANGER: Pace.CONTINUOUS,
        Danger.URGENT: Pace.CONTINUOUS,
        Danger.NORMAL: Pace.WORKING,
        Danger.PLANNED: Pace.WORKING,
    }
    for danger, terms in DEFAULTS.items():
        assert terms.response.pace is terms.completion.pace is danger.pace


async def test_the_most_special_terms_count(world: World, admin: Member, staff: Member) -> None:
    """City, compound, contract; all categories, a group, a leaf: each wins over the last."""
    api, contract = world.api, await contract_of(world)
    assert await response(world) == DEFAULTS[Danger.URGENT].response.minutes
    said = [
        (admin, "cc", {}),
        (admin, "cc", {"category": "water"}),
        (admin, "cc", {"category": "water_leak"}),
        (staff, COMPOUND, {}),
        (staff, COMPOUND, {"category": "water"}),
        (staff, COMPOUND, {"category": "water_leak"}),
        (staff, COMPOUND, {"contract_id": contract}),
        (staff, COMPOUND, {"contract_id": contract, "category": "water"}),
        (staff, COMPOUND, {"contract_id": contract, "category": "water_leak"}),
    ]
    for number, (who, place, scope) in enumerate(said, start=1):
        await written(api, who, place, 10 * number, **scope)
        assert await response(world, contract=contract) == 10 * number
    assert await response(world) == 60
    assert await response(world, contract="another") == 60
    assert await response(world, contract=contract, category="tap_broken") == 80
    assert await response(world, contract=contract, category="lift_odd") == 70
    assert await response(world, category="lift_odd") == 40
    assert await response(world, place=OTHER_COMPOUND, category="no_water") == 20


async def effective(api: Api, who: Member, query: str = "") -> Reply:
    path = f"/api/v1/places/{COMPOUND}/repair-terms/effective{query}"
    return await api.get(path, as_=who)


async def test_it_is_told_which_terms_count_today_and_who_set_them(
    world: World, admin: Member, staff: Member
) -> None:
    """Nobody needs to have written any: the product's own are told, too."""
    api = world.api

    async def told(query: str = "") -> tuple[str, int, bool]:
        reply = await effective(api, staff, query)
        assert reply.status == 200, reply.body
        assert [row["danger"] for row in reply.body["items"]] == [*Danger]
        [row] = [row for row in reply.body["items"] if row["danger"] == "urgent"]
        return row["origin"], row["response"]["minutes"], row["version_id"] is None

    assert await told() == ("default", DEFAULTS[Danger.URGENT].response.minutes, True)
    await written(api, admin, "cc", 10)
    assert await told() == ("city", 10, False)
    await written(api, staff, COMPOUND, 20, category="water")
    assert await told("?category=water_leak") == ("compound", 20, False)
    assert await told("?category=lift_odd") == await told() == ("city", 10, False)
    contract = await contract_of(world)
    await written(api, staff, COMPOUND, 30, contract_id=contract)
    assert await told() == await told("?category=water_leak") == ("contract", 30, False)
    assert (await effective(api, staff)).body["contract_id"] == contract
    reply = await effective(api, staff, "?category=nothing")
    assert (reply.status, reply.code) == (422, "bad_repair_terms")


def test_the_page_tells_the_products_own_terms() -> None:
    """A row for each class, in hours and days as people count them."""
    page = Path(__file__).parents[2] / "docs" / "explanation" / "repairs.md"
    text = page.read_text(encoding="utf-8")
    for danger, terms in DEFAULTS.items():
        said = [amount(span) for span in (terms.response, terms.completion)]
        assert f"| {danger.label} (`{danger}`) | {said[0]} | {said[1]} |" in text, danger


def amount(span: Span) -> str:
    """Return a span in the largest unit in which it is whole."""
    if span.pace is Pace.WORKING:
        days, rest = divmod(span.minutes, WORKING_DAY)
        assert not rest
        return f"{days} working day{'s' if days > 1 else ''}"
    hours, rest = divmod(span.minutes, 60)
    return f"{span.minutes} minutes" if rest else f"{hours} hours"


async def test_a_version_counts_from_its_day_on_until_the_next(
    world: World, staff: Member
) -> None:
    await written(world.api, staff, COMPOUND, 60)
    planned = {"after_version": 1, "from_day": "2026-04-01"}
    await written(world.api, staff, COMPOUND, 30, **planned)
    assert await response(world, day="2026-03-31") == 60
    assert await response(world, day="2026-04-01") == 30
    await written(world.api, staff, COMPOUND, 45, after_version=2, from_day="2026-03-10")
    assert [await response(world, day=day) for day in (TODAY, "2026-03-10", "2026-04-01")] == [
        60,
        45,
        45,
    ]
    silent = {"response": None, "completion": None, "after_version": 3}
    await written(world.api, staff, COMPOUND, 0, **silent, from_day="2026-05-01")
    default = DEFAULTS[Danger.URGENT]
    assert await response(world, day="2026-05-01") == default.response.minutes


async def test_terms_of_another_class_do_not_count(world: World, staff: Member) -> None:
    await written(world.api, staff, COMPOUND, 7, danger="danger")
    assert await response(world) == DEFAULTS[Danger.URGENT].response.minutes
    found = await actions.of(
        world.deps, LI_HOME, "gas_smell", Danger.DANGER, contract_id="", day=TODAY
    )
    assert (found.response, found.completion) == (
        Span(7, Pace.CONTINUOUS),
        Span(70, Pace.CONTINUOUS),
    )
    [kept] = await world.db.repair_terms.find().to_list()
    assert found.version_id == kept["_id"]


async def test_terms_are_found_by_one_query(
    world: World, staff: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    await written(world.api, staff, COMPOUND, 60)
    find, asked = AsyncCollection.find, list[str]()

    def counted(self: Any, *given: Any, **more: Any) -> Any:
        asked.append(self.name)
        return find(self, *given, **more)

    monkeypatch.setattr(AsyncCollection, "find", counted)
    assert await response(world) == 60
    assert asked == ["repair_terms"]


async def test_of_two_versions_at_once_one_is_the_next(world: World, staff: Member) -> None:
    wishes = [write(world.api, staff, minutes=minutes) for minutes in (30, 60)]
    replies = sorted(await asyncio.gather(*wishes), key=lambda reply: reply.status)
    assert [reply.status for reply in replies] == [201, 409]
    assert (replies[1].code, replies[1].body["details"]) == (
        "repair_terms_moved_on",
        {"version": 1},
    )
    assert await world.db.repair_terms.count_documents({}) == 1
    [row] = await acts(world, "repair.terms_set")
    assert (row["subject"], row["facts"]["version"]) == (replies[0].body["version_id"], 1)


async def test_the_same_version_sent_again_is_the_same(world: World, staff: Member) -> None:
    won, lost = await one_behind(world.deps, write(world.api, staff), write(world.api, staff))
    assert (won.status, lost.status) == (201, 201), lost.body
    assert won.body == lost.body
    rows = await acts(world, "repair.terms_set")
    assert sorted(row["facts"].get("again", False) for row in rows) == [False, True]


@pytest.mark.parametrize(
    ("wish", "status", "code"),
    [
        ({"from_day": "2026-03-01"}, 422, "bad_repair_terms"),
        ({"from_day": "2026-02-30"}, 422, "invalid_input"),
        ({"response": None}, 422, "bad_repair_terms"),
        ({"completion": None}, 422, "bad_repair_terms"),
        (spans(60, "working"), 422, "bad_repair_terms"),
        ({"completion": {"minutes": 30, "pace": "continuous"}}, 422, "bad_repair_terms"),
        ({"completion": {"minutes": 0, "pace": "continuous"}}, 422, "invalid_input"),
        ({"completion": {"minutes": 10**9, "pace": "continuous"}}, 422, "invalid_input"),
        ({"category": "nothing"}, 422, "bad_repair_terms"),
        ({"contract_id": "nothing"}, 422, "bad_repair_terms"),
        ({"place": COMMUNITY}, 422, "bad_repair_terms"),
        ({"place": LI_HOME}, 422, "bad_repair_terms"),
        ({"place": "cc"}, 404, "not_found"),
        ({"after_version": 1}, 409, "repair_terms_moved_on"),
    ],
)
async def test_terms_that_cannot_be_meant_are_refused(
    world: World, staff: Member, wish: dict[str, Any], status: int, code: str
) -> None:
    reply = await write(world.api, staff, **wish)
    assert (reply.status, reply.code) == (status, code)
    assert await world.db.repair_terms.count_documents({}) == 0


async def test_the_contract_is_one_of_the_compound(world: World, staff: Member) -> None:
    other = await contract_of(world, OTHER_COMPOUND)
    reply = await write(world.api, staff, contract_id=other)
    assert (reply.status, reply.code) == (422, "bad_repair_terms")


async def of_repair_terms(estate: Estate) -> Case:
    made = [
        TermsVersion(
            id=f"terms{number}",
            place=(COMPOUND, OTHER_COMPOUND)[number % 2],
            contract="contract" if number % 3 else "",
            category=("", "water", "unheard_of")[number % 3],
            danger=[*Danger][number % 4],
            version=number + 1,
            from_day=f"202{number}-01-01",
            response=None if number == 5 else Span(30, Pace.WORKING),
            completion=None if number == 5 else Span(60, Pace.CONTINUOUS),
            set_by="test",
            set_at=estate.world.clock.now,  # ties
        )
        for number in range(6)
    ]
    kept = estate.world.db[repair_terms.COLLECTION]
    await kept.insert_many([to_document(one) for one in made])
    return Case(
        who=await estate.member("staff"),
        readers=[await estate.member("admin")],
        stranger=await estate.member("head"),
        path=f"/api/v1/places/{COMMUNITY}/repair-terms",
        subject=COMMUNITY,
        place=COMMUNITY,
        filters=[
            {"danger": "urgent"},
            {"category": "water", "contract_id": "contract"},
            {"begun_by": "2023-06-01"},
        ],
        orders={"place": "place,version_id", "newest": "-set_at,-version_id"},
        rows=6,
        matches={"begun_by": _begun_by},
        free_text=False,  # nobody types anything into them
    )


def _begun_by(item: Item, day: str) -> bool:
    return str(item["from_day"]) <= day


MAKERS: Final[dict[str, Maker]] = {"repair_terms": of_repair_terms}


@pytest.mark.parametrize("name", MAKERS)
async def test_a_list_is_as_all_are(estate: Estate, name: str) -> None:
    await walk(estate.world, name, await MAKERS[name](estate))
