"""Town of the matrix: its places, its people, and data of every kind everywhere."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from mongo_indexes import contracts, firms, payees, places
from services.fees.models import FeeKind
from services.fees.payees.models import Payee
from services.firms.models import Contract, Firm
from services.kernel.documents import new_id, to_document
from services.places.models import LADDER, Grid, Kind, Place, Usage
from tests.build.offices import credit_code
from tests.build.world import World
from tests.matrix.marks import Watch
from tests.matrix.posts import (
    COMPOUND,
    GRIDS,
    HOMES,
    OTHER_COMPOUND,
    POSTS,
    UNITS,
    Position,
    Post,
)
from tests.matrix.seats import FAR_DAY, FIRST_DAY, Seats, Someone


@dataclass
class Town:
    world: World
    seats: Seats
    watch: Watch
    people: dict[Post, Someone] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    months: Iterator[int] = field(default_factory=count)

    async def insert(self, collection: str, struct: Any) -> str:
        """Write a document as the product keeps it; return its id."""
        document = to_document(struct)
        await self.world.db[collection].insert_one(document)
        return str(document["_id"])

    def new_id(self) -> str:
        return new_id(self.world.deps.now())


@dataclass
class Scene:
    """What a maker is told: where the target shall lie, and whose it shall be."""

    town: Town
    place: str
    owner: Someone

    @property
    def number(self) -> int:
        """Return a number that was not used before."""
        return next(self.town.numbers)


Maker = Callable[[Scene], Awaitable[str | dict[str, str]]]
Furniture = tuple[tuple[Maker, tuple[str, ...]], ...]


async def build(world: World) -> Town:
    serving = await _firms(world)
    town = Town(world, Seats(world.deps, world.db, serving), Watch(world.db))
    await _places(town)
    for post in POSTS:
        town.people[post] = await town.seats.seat(post)
    return town


async def furnish(town: Town, furniture: Furniture) -> None:
    """Let there be something of everything everywhere: what nobody has cannot leak."""
    for make, where in furniture:
        for place in where:
            near = [town.people[p] for p in POSTS if p.held and p.held[0][1] == place]
            someone = near[0] if near else await town.seats.seat(Post(Position.STRANGER))
            await make(Scene(town, place, someone))


async def _firms(world: World) -> dict[str, str]:
    """Write three firms: two that serve a compound, and one whose contract ended yesterday."""
    now, found = world.deps.now(), {}
    spans: dict[str, tuple[str, str]] = {
        place: (place, FAR_DAY) for place in (COMPOUND, OTHER_COMPOUND)
    }
    spans[""] = (COMPOUND, "2026-03-01")
    for number, (key, (place, to_day)) in enumerate(spans.items(), start=900):
        firm = Firm(
            id=new_id(now),
            name=f"物业{number}",
            credit_code=credit_code(number),
            added_by="test",
            added_at=now,
        )
        contract = Contract(
            id=new_id(now),
            firm=firm.id,
            place=place,
            from_day=FIRST_DAY,  # and for all the months that the matrix bills
            to_day=to_day,
            agreed_to_day=to_day,
            signed_by="test",
            signed_at=now,
        )
        await world.db[firms.COLLECTION].insert_one(to_document(firm))
        payee = Payee(
            id=new_id(now),
            place=place,
            name=firm.name,
            account="firm" if key else "",
            kinds=[FeeKind.PROPERTY_FEE],
            firm=firm.id,
            from_day=FIRST_DAY,
            written_by="test",
            written_at=now,
        )
        await world.db[contracts.COLLECTION].insert_one(to_document(contract))
        await world.db[payees.COLLECTION].insert_one(to_document(payee))
        found[key] = firm.id
    return found


async def _places(town: Town) -> None:
    now = town.world.deps.now()
    paths = {".".join(p.split(".")[: n + 1]) for p in (*UNITS, *HOMES) for n in range(8)}
    for number, path in enumerate(sorted(paths)):
        kind = LADDER[path.count(".")]
        is_home = kind is Kind.HOME
        place = Place(
            id=path,
            kind=kind,
            name=path.rpartition(".")[2],
            address=f"{path.replace('.', '路')}号",
            area=5000 + number if is_home else None,
            usage=Usage.FLAT if is_home else None,
            source="test",
            created_at=now,
        )
        await town.insert(places.COLLECTION, place)
    for path, buildings in GRIDS.items():
        grid = Grid(
            id=path,
            kind=Kind.GRID,
            name=f"网格{path[-3:]}",
            address="网格",
            created_at=now,
            buildings=list(buildings),
        )
        await town.insert(places.COLLECTION, grid)
