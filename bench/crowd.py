"""A community of any size, written straight into the database: homes, people, grants.

Two people belong to most homes, and every twentieth person to a second home at the other end. A
share of them allowed one message, and WeChat does not know of every tenth of these grants: it
refuses them (43101).
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from sandbox.openids import openid_of
from services.dependencies import Dependencies
from services.kernel.documents import digest_id, to_document
from services.messaging.models import digest, grant_id
from services.people.models import Person
from services.places.models import LADDER, Kind, Place, Usage
from services.residencies.models import Relation, Residency, Way

COMMUNITY: Final = "cc.chaoyang.guilin.xincheng"
GRANTED: Final = 0.3
REFUSED: Final = 0.1
AT_ONCE: Final = 2_000
HOMES_IN_A_UNIT: Final = 24
UNITS_IN_A_BUILDING: Final = 4
Rows = list[dict[str, Any]]


class Crowd:
    """`size` people of one compound; `name` is its segment."""

    def __init__(self, deps: Dependencies, name: str, size: int) -> None:
        self.deps, self.name, self.size = deps, name, size
        self.compound = f"{COMMUNITY}.{name}"
        self.homes = [self._home(number) for number in range(size // 2)]

    def _home(self, number: int) -> str:
        unit = number // HOMES_IN_A_UNIT
        building, unit = divmod(unit, UNITS_IN_A_BUILDING)
        door = number % HOMES_IN_A_UNIT
        return f"{self.compound}.b{building:04d}.u{unit + 1}.{door + 101}"

    def person(self, number: int) -> str:
        return digest_id("crowd", self.name, number)

    def who(self, number: int) -> str:
        """Return what the stand-in calls somebody."""
        return f"{self.name}-{number}"

    def openid(self, number: int) -> str:
        return openid_of(self.deps.wechat.appid, self.who(number))

    def granted(self) -> list[int]:
        """Return who allowed one message, as far as the product knows."""
        return [n for n in range(self.size) if n * 7919 % 100 < GRANTED * 100]

    def known_to_wechat(self) -> list[int]:
        granted = self.granted()
        every = round(1 / REFUSED)
        return [n for i, n in enumerate(granted) if i % every]

    def homes_of(self, number: int) -> list[str]:
        mine = [self.homes[number // 2]]
        other = self.homes[-1 - number // 2]
        return mine if number % 20 or other in mine else [*mine, other]

    async def write(self, template_ids: Sequence[str]) -> None:
        """Write everything but what the stand-in knows."""
        now = self.deps.now()
        for name, rows in (
            ("places", self._places(now)),
            ("people", self._people(now)),
            ("residencies", self._residencies(now)),
            ("message_grants", self._grants(template_ids)),
        ):
            for batch in batches(rows):
                await self.deps.db[name].insert_many(batch, ordered=False)

    def _places(self, now: datetime) -> Iterator[dict[str, Any]]:
        known: set[str] = set()
        for home in self.homes:
            parts = home.split(".")
            for rung in range(LADDER.index(Kind.COMPOUND), len(parts)):
                path = ".".join(parts[: rung + 1])
                if path not in known:
                    known.add(path)
                    kind = LADDER[rung]
                    place = Place(
                        id=path,
                        kind=kind,
                        name=parts[rung],
                        address=parts[rung],
                        created_at=now,
                    )
                    if kind is Kind.HOME:
                        place.usage = Usage.FLAT
                    yield to_document(place)

    def _people(self, now: datetime) -> Iterator[dict[str, Any]]:
        for number in range(self.size):
            openid = self.openid(number)
            key = f"{self.deps.wechat.appid}:{openid}"
            yield to_document(
                Person(id=self.person(number), wechat_key=key, openid=openid, created_at=now)
            )

    def _residencies(self, now: datetime) -> Iterator[dict[str, Any]]:
        for number in range(self.size):
            for home in self.homes_of(number):
                row = Residency(
                    id=digest_id("crowd", self.name, number, home),
                    home=home,
                    relation=Relation.FAMILY if number % 2 else Relation.OWNER,
                    name_sealed="",
                    person=self.person(number),
                    bound_by=Way.REQUEST,
                    bound_at=now,
                    from_day="2020-01-01",
                    source="bench",
                )
                yield to_document(row)

    def _grants(self, template_ids: Sequence[str]) -> Iterator[dict[str, Any]]:
        for number in self.granted():
            openid = self.openid(number)
            for template_id in template_ids:
                yield {"_id": grant_id(openid, template_id), "who": digest(openid), "left": 1}


def batches(rows: Iterator[dict[str, Any]], at_once: int = AT_ONCE) -> Iterator[Rows]:
    batch: Rows = []
    for row in rows:
        batch.append(row)
        if len(batch) == at_once:
            yield batch
            batch = []
    if batch:
        yield batch
