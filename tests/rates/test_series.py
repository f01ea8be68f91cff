"""Series of a random town: what is counted of each level is what its bills say, and adds up."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import pytest

from server.dependencies import open_dependencies
from server.settings import Settings
from services.firms.models import Contract
from services.firms.months import firms_of
from services.kernel.measures import Span
from services.kernel.paths import covers
from services.kernel.permissions import Actor, Grant, Role
from services.place_sums import jobs as place_sums
from services.statistics import actions, series
from services.statistics.models import (
    MonthRates,
    PlaceSeriesQuery,
    Rates,
    SeriesBy,
    SeriesQuery,
)
from services.statistics.series import BadMonths, TooManyParts
from tests.build import rates as town
from tests.build.offices import firm_at
from tests.build.rates import CITY, COMMUNITIES, COMPOUNDS, GRID, IN_GRID, MONTHS, recounted
from tests.build.world import NOON, World
from tests.services.test_place_sums_reads import Commands

pytestmark = pytest.mark.slow

ALL: Final = Actor("admin", "", (Grant(Role.ADMINISTRATOR, CITY),))
UNSEEN: Final = Actor("city", "", (Grant(Role.CITY_STAFF, CITY),))
FIRST, LAST = MONTHS[1], MONTHS[-1]
Of = Callable[[str], bool]


def asked(by: str | None = None, kind: str | None = None) -> PlaceSeriesQuery:
    return PlaceSeriesQuery(
        from_month=FIRST, to_month=LAST, kind=kind, by=SeriesBy(by) if by else None
    )


def fractions(rates: Rates | None) -> list[tuple[int, int]]:
    assert rates is not None
    assert rates.arrears_recovery_rate is not None
    each = (rates.household_rate, rates.amount_rate, rates.arrears_recovery_rate)
    return [(rate.numerator, rate.denominator) for rate in each]


def counted(months: Sequence[MonthRates]) -> dict[str, list[tuple[int, int]]]:
    return {each.period: fractions(each.rates) for each in months}


def added(parts: Sequence[dict[str, list[tuple[int, int]]]], month: str) -> list[Any]:
    own = [part[month] for part in parts if month in part]
    return [tuple(map(sum, zip(*rates, strict=True))) for rates in zip(*own, strict=True)]


def under(*places: str) -> Of:
    return lambda home: any(covers(place, home) for place in places)


async def agree(world: World, place: str, by: str, kind: str | None = None) -> None:
    """Each part, and the whole, is what its bills say; and the parts add up to the whole."""
    bills = await town.issued(world)
    found = await series.of_place(world.deps, ALL, place, asked(by, kind))
    whole = counted(found.points)
    parts = {part.part: counted(part.points) for part in found.parts}
    assert parts
    for month in MONTHS[1:]:
        assert whole[month] == recounted(bills, month, under(place), kind)
        assert whole[month] == added(list(parts.values()), month)
        for path, told in parts.items():
            if path.startswith(CITY) and by != "grid":
                assert told[month] == recounted(bills, month, under(path), kind)


LEVELS: Final = [
    *((CITY, by) for by in ("district", "community", "compound", "building", "unit")),
    ("cc.chaoyang", "compound"),
    (COMMUNITIES[1], "grid"),
    (COMPOUNDS[0], "building"),
    (f"{COMPOUNDS[0]}.b1", "unit"),
]


@pytest.mark.parametrize("state", ["counted", "pending", "added", "rebuilt"])
async def test_each_level_is_what_its_bills_say_and_adds_up(world: World, state: str) -> None:
    await town.town(world, is_kept=state != "counted", is_added=state != "pending")
    if state == "rebuilt":
        await world.db.place_sums.update_many({"depth": 3}, {"$set": {"cells": {}}})
        await place_sums.rebuild(world.deps)
    for place, by in LEVELS if state == "added" else LEVELS[-3:]:
        await agree(world, place, by)
    await agree(world, CITY, "subdistrict", "waste_fee")


async def test_a_home_has_a_series_of_its_own(world: World) -> None:
    await town.town(world)
    home = f"{town.UNITS[0]}.0"
    found = await series.of_place(world.deps, ALL, home, asked())
    bills = await town.issued(world)
    assert counted(found.points) == {m: recounted(bills, m, under(home)) for m in MONTHS[1:]}


async def test_a_grid_is_its_buildings_wherever_they_lie(world: World) -> None:
    await town.town(world)
    bills = await town.issued(world)
    right = {month: recounted(bills, month, under(*IN_GRID)) for month in MONTHS[1:]}
    found = await series.of_place(world.deps, ALL, COMMUNITIES[0], asked("grid"))
    rest, grid = sorted(found.parts, key=lambda part: part.part)
    assert [(each.part, each.name) for each in (rest, grid)] == [
        ("", series.NO_GRID),
        (GRID, "第一网格"),
    ]
    assert counted(grid.points) == right
    others = [f"{COMPOUNDS[0]}.b2", f"{COMPOUNDS[1]}.b1"]
    assert counted(rest.points) == {m: recounted(bills, m, under(*others)) for m in right}
    head = Actor("head", "", tuple(Grant(Role.GRID_HEAD, each) for each in IN_GRID))
    for who in (ALL, head):
        own = await series.of_place(world.deps, who, GRID, asked("building"))
        assert counted(own.points) == right
        assert [part.part for part in own.parts] == IN_GRID


async def test_the_firms_of_a_city_add_up_to_it(world: World) -> None:
    """One firm serves a compound until August, the other from September on, and another one."""
    await town.town(world)
    one = await firm_at(world, COMPOUNDS[0], name="一号物业", to_day="2027-12-31")
    two = await firm_at(world, COMPOUNDS[1], name="二号物业")
    days = {"from_day": "2025-01-01", "to_day": "2025-08-31"}
    await world.db.contracts.update_one({"firm": one}, {"$set": days})
    await world.db.contracts.update_one({"firm": two}, {"$set": {"from_day": "2025-01-01"}})
    row = await world.db.contracts.find_one({"firm": two})
    assert row is not None
    later = {**row, "_id": "later", "place": COMPOUNDS[0], "from_day": "2025-09-01"}
    await world.db.contracts.insert_one(later)

    bills = await town.issued(world)
    found = await series.of_place(world.deps, ALL, CITY, asked("firm"))
    parts = {part.name: counted(part.points) for part in found.parts}
    assert set(parts) == {"一号物业", "二号物业", series.NO_FIRM}
    for month, told in counted(found.points).items():
        is_first = month < "2025-09"
        firsts = [COMPOUNDS[0]] if is_first else []
        seconds = [COMPOUNDS[1]] if is_first else [COMPOUNDS[0], COMPOUNDS[1]]
        for name, served in (("一号物业", firsts), ("二号物业", seconds)):
            right = recounted(bills, month, under(*served)) if served else None
            assert parts[name].get(month) == right
        assert added(list(parts.values()), month) == told

    query = SeriesQuery(from_month=FIRST, to_month=LAST)
    own = await series.of_firm(world.deps, ALL, two, query)
    assert counted(own.points) == parts["二号物业"]
    assert [(part.part, len(part.points)) for part in own.parts] == [
        (COMPOUNDS[0], 3),
        (COMPOUNDS[1], 5),
    ]
    assert (own.firm_name, own.unseen_compounds) == ("二号物业", 0)
    manager = Actor("m", "", (Grant(Role.FIRM_MANAGER, COMPOUNDS[1]),))
    narrow = await series.of_firm(world.deps, manager, two, query)
    assert [part.part for part in narrow.parts] == [COMPOUNDS[1]]
    assert narrow.unseen_compounds == 1


def contract(firm: str, from_day: str, to_day: str, place: str = COMPOUNDS[0]) -> Contract:
    return Contract(
        id=firm + from_day,
        firm=firm,
        place=place,
        from_day=from_day,
        to_day=to_day,
        agreed_to_day=to_day,
        signed_by="test",
        signed_at=NOON,
    )


@pytest.mark.parametrize(
    ("contracts", "served"),
    [
        ([("one", "2025-01-01", "2025-06-30"), ("two", "2025-07-01", "2026-01-01")], "one two"),
        ([("one", "2025-01-01", "2025-07-15"), ("two", "2025-07-16", "2026-01-01")], "one one"),
        ([("two", "2025-06-02", "2025-06-20"), ("one", "2025-06-21", "2025-06-30")], "two -"),
        ([("one", "2025-07-31", "2025-07-31")], "- one"),
        ([("one", "2025-06-10", "2025-06-09")], "- -"),  # ended before it began
        ([("one", "2025-08-01", "2026-01-01"), ("two", "2024-01-01", "2025-05-31")], "- -"),
    ],
)
def test_a_month_is_of_one_firm(contracts: list[tuple[str, str, str]], served: str) -> None:
    made = [contract(*each) for each in contracts]
    found = firms_of(made, ["2025-06", "2025-07"])
    told = [found.get((COMPOUNDS[0], month), "-") for month in ("2025-06", "2025-07")]
    assert told == served.split()


@pytest.mark.parametrize("by", ["compound", "unit"])
async def test_what_is_withheld_of_a_month_is_withheld_of_the_series(
    world: World, by: str
) -> None:
    await town.town(world)
    found = await series.of_place(world.deps, UNSEEN, CITY, asked(by))
    told = {(part.part, m.period): m.rates for part in found.parts for m in part.points}
    whole = {month.period: month.rates for month in found.points}
    hidden = 0
    for month in MONTHS[1:]:
        alone = await actions.rates_of(world.deps, UNSEEN, CITY, Span(month), by=actions.By(by))
        assert whole[month] == alone.rates
        assert len(alone.parts) > 1
        for part in alone.parts:
            assert told[part.place, month] == part.rates
            hidden += part.rates is None or part.rates.arrears_recovery_rate is None
    assert hidden


async def test_a_sum_of_parts_is_told_where_each_of_them_is(world: World) -> None:
    await town.town(world)
    buildings = await series.of_place(world.deps, UNSEEN, CITY, asked("building"))
    grids = await series.of_place(world.deps, UNSEEN, CITY, asked("grid"))
    told = {part.part: part.points for part in buildings.parts}
    [grid] = [part for part in grids.parts if part.part == GRID]
    for number, month in enumerate(grid.points):
        own = [told[building][number].rates for building in IN_GRID]
        assert (month.rates is None) == (None in own)
    assert None in [month.rates for part in grids.parts for month in part.points]
    assert [month.rates for month in buildings.points] == [m.rates for m in grids.points]


async def test_the_queries_are_as_many_however_much_is_asked_for(
    world: World, base_settings: Settings
) -> None:
    await town.town(world)
    recorder, counts = Commands(), []
    async with open_dependencies(
        base_settings, world.clock, mongo_options={"event_listeners": [recorder]}
    ) as deps:
        for place, by, first in (
            (f"{COMPOUNDS[0]}.b1", "unit", "2025-12"),
            (CITY, "unit", "2023-01"),
            (CITY, "grid", "2023-01"),
            (CITY, "firm", "2023-01"),
        ):
            recorder.names.clear()
            query = PlaceSeriesQuery(from_month=first, to_month="2025-12", by=SeriesBy(by))
            await series.of_place(deps, UNSEEN, place, query)
            counts.append(len(recorder.names))
    one, *many = counts
    assert max(many) <= one + 2  # who is in which grid, and what it is called


@pytest.mark.parametrize(
    ("first", "last"), [("2025-02", "2025-01"), ("2023-01", "2026-01"), ("2025-12", "2024-12")]
)
async def test_too_many_months_and_none_are_said(world: World, first: str, last: str) -> None:
    query = PlaceSeriesQuery(from_month=first, to_month=last)
    with pytest.raises(BadMonths):
        await series.of_place(world.deps, ALL, CITY, query)


@pytest.mark.parametrize("limit", ["MOST_COUNTED", "MOST_SHOWN"])
async def test_more_parts_than_an_answer_has_are_refused(
    world: World, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    await town.town(world)
    monkeypatch.setattr(series, limit, 8 * len(MONTHS[1:]) - 1)
    assert (await series.of_place(world.deps, ALL, CITY, asked("compound"))).parts
    with pytest.raises(TooManyParts):
        await series.of_place(world.deps, ALL, CITY, asked("building"))
