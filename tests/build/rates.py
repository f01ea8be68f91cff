"""A random town with bills, and its rates counted from the bills by definition alone."""

from collections.abc import Callable, Iterable, Sequence
from random import Random
from typing import Any, Final

from services.bills.models import Bill
from services.dependencies import Dependencies
from services.fees.models import FeeKind
from services.kernel.days import month_of, plus_months, start_of
from services.kernel.documents import to_document
from services.places.models import LADDER, Grid, Kind, Place
from tests.build import template
from tests.build.cast import sums_complete
from tests.build.world import NOON, World
from tests.services.test_place_sums import bill, issue, settle

MONTHS: Final = [plus_months("2025-06", number) for number in range(6)]
CITY: Final = "cc"
COMMUNITIES: Final = ("cc.chaoyang.guilin.xincheng", "cc.nanguan.minkang.shuguang")
COMPOUNDS: Final = tuple(f"{each}.c{number}" for each in COMMUNITIES for number in (1, 2))
UNITS: Final = tuple(f"{c}.b{b}.u{u}" for c in COMPOUNDS for b in (1, 2) for u in (1, 2))
GRID: Final = f"{COMMUNITIES[0]}.g1"
# One of the first compound and one of the second; no other building is in a grid.
IN_GRID: Final = [f"{COMPOUNDS[0]}.b1", f"{COMPOUNDS[1]}.b2"]
Row = dict[str, Any]


async def town(world: World, *, is_kept: bool = True, is_added: bool = True) -> None:
    """Have the town, the same each time.

    `is_kept`: whether sums are kept of its bills. `is_added`: whether they are in the rows.
    """

    async def make(world: World) -> None:
        if is_kept:
            await sums_complete(world.deps)
        await _make(world)
        if is_kept and is_added:
            await sums_complete(world.deps)

    await template.make(world, f"rates {is_kept} {is_added}", make)


async def _make(world: World) -> None:
    """Write the places, and issue and settle bills of their homes by chance."""
    chance = Random(15)  # noqa: S311
    await world.db.places.insert_many([to_document(place) for place in _places()])
    units = {unit: chance.choice((1, 2, 6)) for unit in UNITS}
    paths = [f"{unit}.{number}" for unit, count in units.items() for number in range(count)]
    made = [_place(path, Kind.HOME) for path in paths]
    await world.db.places.insert_many([to_document(place) for place in made])
    due = [
        bill(home, kind, month)
        for home in paths
        for kind in FeeKind
        for month in MONTHS
        if chance.random() < 0.8
    ]
    await issue(world.deps, due)
    await pay(world.deps, due, chance)


async def pay(deps: Dependencies, due: Sequence[Bill], chance: Random) -> None:
    """Settle most of some bills, those of one moment together: early, late, or never."""
    moments: dict[str, list[str]] = {}
    for each in due:
        if chance.random() < 0.7:
            day = f"{plus_months(each.period, chance.randrange(5))}-2{chance.randrange(3)}"
            moments.setdefault(day, []).append(each.id)
    for day, ids in sorted(moments.items()):
        await settle(deps, ids, start_of(day))


def _places() -> list[Place]:
    paths = {
        ".".join(unit.split(".")[:depth]) for unit in UNITS for depth in range(1, len(LADDER))
    }
    above = [_place(path, LADDER[path.count(".")]) for path in sorted(paths)]
    grid = Grid(
        id=GRID,
        kind=Kind.GRID,
        name="第一网格",
        address="第一网格",
        created_at=NOON,
        buildings=IN_GRID,
    )
    return [*above, grid]


def _place(path: str, kind: Kind) -> Place:
    name = path.rpartition(".")[2]
    return Place(id=path, kind=kind, name=name, address=f"地址{path}", created_at=NOON)


async def issued(world: World) -> list[Row]:
    """Return the bills that count, as they are kept."""
    return await world.db.bills.find({"state": {"$in": ["owing", "paid"]}}).to_list()


def recounted(
    bills: Iterable[Row], month: str, is_of: Callable[[str], bool], kind: str | None = None
) -> list[tuple[int, int]]:
    """Return (numerator, denominator) of the three rates by their definitions."""
    own = [b for b in bills if is_of(b["home"]) and kind in {None, b["kind"]}]
    now = [b for b in own if b["period"] == month]
    homes = {b["home"] for b in now}
    owing = {b["home"] for b in now if b["state"] == "owing"}
    old = [b for b in own if b["period"] < month and b["due_on"] < f"{month}-01"]
    late = [b for b in old if b["state"] == "owing" or month_of(b["paid_at"]) >= month]
    back = [b for b in late if b["state"] == "paid" and month_of(b["paid_at"]) == month]
    return [
        (len(homes - owing), len(homes)),
        (_fen(b for b in now if b["state"] == "paid"), _fen(now)),
        (_fen(back), _fen(late)),
    ]


def _fen(bills: Iterable[Row]) -> int:
    return sum(b["amount_fen"] for b in bills)
