"""Where the homes of a city lie and who lives there: all of it follows from a home's number.

A larger city has more compounds, not fuller ones. Nothing is kept of a home that was written,
so that a million of them take no more memory than a thousand.
"""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from services.dependencies import Dependencies
from services.fees.models import FeeKind
from services.kernel.days import month_of, plus_months, start_of
from services.kernel.documents import NEW_ID_LENGTH, RANDOM_BITS, encode
from services.places.models import LADDER, Kind
from services.residencies.models import Relation

CITY: Final = "cc"
HOMES_IN_A_UNIT: Final = 24
UNITS_IN_A_BUILDING: Final = 4
IN_A_BUILDING: Final = HOMES_IN_A_UNIT * UNITS_IN_A_BUILDING
COMPOUNDS_IN_A_COMMUNITY: Final = 4
COMMUNITIES_IN_A_SUBDISTRICT: Final = 10
SUBDISTRICTS_IN_A_DISTRICT: Final = 6
BUILDINGS_OF_A_COMPOUND: Final = 5
SIGNED_UP: Final = 5  # of this many homes one has nobody who ever signed in
YEAR: Final = 12  # months
FIRST_SIGN_IN: Final = datetime(2023, 1, 1, tzinfo=UTC)


class Scale(NamedTuple):
    """How large a city is: its homes, the months it was in use, buildings of a compound."""

    homes: int
    months: int = YEAR
    buildings: int = BUILDINGS_OF_A_COMPOUND


class Dweller(NamedTuple):
    """Somebody of a home. `person`: their id; empty for who never signed in."""

    number: int
    home: str
    relation: Relation
    person: str

    @property
    def residency(self) -> str:
        return digest("residency", self.number)

    @property
    def phone(self) -> str:
        return f"+86138{self.number:08d}"


class Home(NamedTuple):
    number: int
    path: str

    @property
    def address(self) -> str:
        compound, building, unit, door = self.path.split(".")[4:]
        return f"{compound}小区{building[1:]}栋{unit[1:]}单元{door}室"

    @property
    def people(self) -> list[str]:
        return [one.person for one in dwellers(self) if one.person]


class Compound(NamedTuple):
    """A compound with its homes. `number`: counted from 0 over the city."""

    number: int
    path: str
    homes: list[Home]

    @property
    def community(self) -> str:
        return self.path.rpartition(".")[0]

    @property
    def buildings(self) -> list[str]:
        return list(dict.fromkeys(home.path.rsplit(".", 2)[0] for home in self.homes))

    @property
    def units(self) -> list[str]:
        return list(dict.fromkeys(home.path.rpartition(".")[0] for home in self.homes))


class Layout:
    """City of a scale at an instant. `periods`: its months, the present one last."""

    def __init__(self, deps: Dependencies, scale: Scale) -> None:
        self.deps, self.scale = deps, scale
        self.now = deps.now().replace(microsecond=0)
        this = month_of(self.now)
        self.periods = [plus_months(this, -back) for back in range(scale.months - 1, -1, -1)]
        direct = [key for key, of in deps.merchants.items() if of.account.mode == "direct"]
        self.accounts = dict(zip(FeeKind, direct, strict=False))

    @property
    def count(self) -> int:
        """Number of compounds."""
        return -(-self.scale.homes // (self.scale.buildings * IN_A_BUILDING))

    def compounds(self) -> Iterator[Compound]:
        for number in range(self.count):
            yield self.compound(number)

    def compound(self, number: int) -> Compound:
        whole = self.scale.buildings * IN_A_BUILDING
        first, last = number * whole, min((number + 1) * whole, self.scale.homes)
        path = compound_path(number)
        homes = [Home(n, home_path(path, n - first)) for n in range(first, last)]
        return Compound(number, path, homes)

    def issued_at(self, period: str) -> datetime:
        """Return when the bills of a month were published: on its first day, never later."""
        return min(start_of(f"{period}-01") + timedelta(hours=9), self.now - timedelta(days=1))


def compound_path(number: int) -> str:
    community = number // COMPOUNDS_IN_A_COMMUNITY
    subdistrict = community // COMMUNITIES_IN_A_SUBDISTRICT
    district = subdistrict // SUBDISTRICTS_IN_A_DISTRICT
    return f"{CITY}.d{district:02d}.s{subdistrict:03d}.x{community:04d}.c{number:05d}"


def home_path(compound: str, number: int) -> str:
    building, door = divmod(number, IN_A_BUILDING)
    unit, door = divmod(door, HOMES_IN_A_UNIT)
    return f"{compound}.b{building + 1}.u{unit + 1}.{door // 4 + 1}{door % 4 + 1:02d}"


def dwellers(home: Home) -> list[Dweller]:
    """Return who belongs to a home: an owner, and in every other one somebody of the family."""
    relations = [Relation.OWNER, Relation.FAMILY][: 1 + home.number % 2]
    numbers = [2 * home.number + each for each in range(len(relations))]
    here = home.number % SIGNED_UP != SIGNED_UP - 1
    return [
        Dweller(number, home.path, relation, person_id(number) if here else "")
        for number, relation in zip(numbers, relations, strict=True)
    ]


def kind_of(path: str) -> Kind:
    return LADDER[path.count(".")]


def person_id(number: int) -> str:
    """Return an id as the product gives them: people came one after the other, years ago."""
    return id_at(FIRST_SIGN_IN + timedelta(seconds=number), "person", number)


def id_at(at: datetime, *parts: object) -> str:
    """Return the id of something written at an instant, the same in each run."""
    bits = int.from_bytes(hashed(*parts)[: RANDOM_BITS // 8])
    return encode(int(at.timestamp() * 1000) << RANDOM_BITS | bits, NEW_ID_LENGTH)


def digest(*parts: object) -> str:
    """Return an id that says nothing, the same in each run."""
    return encode(int.from_bytes(hashed(*parts)), NEW_ID_LENGTH)


def hashed(*parts: object) -> bytes:
    return hashlib.sha256("|".join(map(str, parts)).encode()).digest()
