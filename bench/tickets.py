"""Repairs of a city of any size, written straight into the database.

A larger city has more communities, not fuller ones: a page of a unit shows as much in each.
Of the repairs 30 % are not over, half are of homes, whose texts are sealed.
"""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bench.crowd import batches
from services.cases.models import NO_DEADLINE, CameBy
from services.cases.parties.models import PartyRow, party_id
from services.dependencies import Dependencies
from services.kernel import words
from services.kernel.days import month_of
from services.kernel.documents import to_document
from services.kernel.paths import ancestors
from services.places.actions import compound_of
from services.places.models import LADDER, Kind, Place, Usage
from services.repairs.boards import keys
from services.repairs.categories import catalogue
from services.repairs.categories.models import Scope
from services.repairs.classes import Danger
from services.repairs.models import TEXT, Part, Repair
from services.repairs.ratings.models import Rating
from services.repairs.states import ON_HAND, OPEN, RepairState

CITY: Final = "cc"
IN_A_COMMUNITY: Final = 2_000
COMPOUNDS: Final = 2  # of a community, each with as many buildings of as many units
NOT_OVER: Final = 0.3
SPAN: Final = timedelta(days=160)  # four whole months, and more
MINE: Final = 30
CREW: Final = 5  # repairers of a compound
FIRM: Final = "firm"
ANSWERED_MINUTES: Final = 90  # on average
DONE_MINUTES: Final = 2 * 24 * 60
RATED: Final = 0.4
SCOPES: Final = {Part.HOME: Scope.HOME, Part.COMMON: Scope.COMMON}
S: Final = RepairState
OVER: Final = (S.CONFIRMED, S.CONFIRMED, S.CLOSED, S.CANCELLED)
DANGERS: Final = (*[Danger.NORMAL] * 6, *[Danger.PLANNED] * 2, Danger.URGENT, Danger.DANGER)
WHERE: Final = ("楼道", "一楼大厅", "三楼", "地下室", "电梯间", "小区门口", "楼顶", "车棚")
WHAT: Final = ("灯不亮", "墙皮脱落", "门锁坏了", "玻璃碎了", "扶手松动", "窗户关不上", "有异味")
RARE: Final = "马蜂窝"  # in one text of 40
NUMBER: Final = "26-0008"  # of one repair of each compound
SELDOM: Final = "stair_light"  # a category of few
GROUP: Final = "water"  # in which many lie
RARELY_BOTH: Final = ("楼道", "漏水")  # each in many texts, both in one of 40


class Tickets:
    """`size` repairs of a city; `deps`: whose database they are written into.

    Reported over the same months, however many: a compound has as many in each of them.
    """

    def __init__(self, deps: Dependencies, size: int) -> None:
        self.deps, self.size = deps, size
        self.communities = [
            f"{CITY}.d{n % 7}.s{n % 21}.x{n:03d}" for n in range(size // IN_A_COMMUNITY)
        ]
        halves = range(COMPOUNDS)
        self.units = [
            f"{community}.c{c}.b{b}.u{u}"
            for u in halves
            for b in halves
            for c in halves
            for community in self.communities
        ]
        self.chance = random.Random(7)  # noqa: S311  # the same city in each run
        tree = catalogue.of_city(CITY, deps.now())
        self.categories = {
            part: [one.code for one in tree if one.scope in {SCOPES[part], Scope.BOTH}]
            for part in Part
        }
        self._words: dict[str, list[str]] = {}
        self._rated: list[Repair] = []

    async def write(self) -> None:
        for name, rows in (
            ("places", self._places()),
            ("repairs", self._repairs()),
            ("case_parties", self._parties()),
            ("repair_ratings", self._ratings()),
        ):
            for batch in batches(rows, 5_000):
                await self.deps.db[name].insert_many(batch, ordered=False)

    def _places(self) -> Iterator[dict[str, Any]]:
        known = dict.fromkeys(each for unit in self.units for each in ancestors(unit))
        homes = [f"{unit}.{door}" for unit in self.units for door in range(101, 106)]
        for path in (*known, *homes):
            kind = LADDER[path.count(".")]
            place = Place(
                id=path, kind=kind, name=path, address=path, created_at=self.deps.now()
            )
            if kind is Kind.HOME:
                place.usage = Usage.FLAT
            yield to_document(place)

    def _repairs(self) -> Iterator[dict[str, Any]]:
        now = self.deps.now().replace(microsecond=0).astimezone(UTC)
        for number in range(self.size):
            yield to_document(self._repair(number, now))

    def _repair(self, number: int, now: datetime) -> Repair:
        chance, unit = self.chance, self.units[number % len(self.units)]
        part = chance.choice([*Part])
        place = f"{unit}.{chance.randint(101, 105)}" if part is Part.HOME else unit
        state = chance.choice(OPEN if chance.random() < NOT_OVER else OVER)
        repair_id, text = f"{number:026d}", _text(number // len(self.units))
        codes = self.categories[part]
        at = min(int(chance.expovariate(0.4)), len(codes) - 1)
        danger = chance.choice(DANGERS)
        runs = state in OPEN and state not in {S.PAUSED, S.DONE}
        due_at = now + timedelta(minutes=chance.randint(-3_000, 27_000)) if runs else None
        made = Repair(
            id=repair_id,
            number=f"26-{number // (COMPOUNDS * len(self.communities)):04d}",
            place=place,
            part=part,
            category=codes[at],
            danger=danger,
            state=state,
            person=None,
            filed_by="somebody",
            way=CameBy.APP,
            created_at=now - SPAN * ((self.size - number) / self.size),
            steps=1,
            holder=self.repairer(unit, chance.randrange(CREW)) if state in ON_HAND else "",
            due_at=due_at,
            sort_due=due_at or NO_DEADLINE,
            overdue=due_at is not None and due_at < now,
            under=ancestors(place),
            rank=danger.rank,
        )
        if part is Part.HOME:
            made.text_sealed = TEXT.seal(self.deps.vault, repair_id, text)
        else:
            made.text, made.text_shown = text, True
        self._live(made)
        facets = keys.facets_of(made.category, made.danger)
        made.words = [
            *facets,
            *words.read().kept(made.number),
            *self._kept(made.text or "室内"),
        ]
        return made

    def _live(self, repair: Repair) -> None:
        """Give a repair what its steps would have written, of which figures are made."""
        chance = self.chance
        repair.compound, repair.month = compound_of(repair.place), month_of(repair.created_at)
        # The community holds those of the other compound.
        repair.firm = FIRM if repair.compound.endswith("c0") else ""
        if repair.state in {S.REPORTED, S.CANCELLED}:
            return
        repair.accepted_at = repair.created_at + timedelta(
            minutes=chance.expovariate(1 / ANSWERED_MINUTES)
        )
        if repair.state in {S.DONE, S.CONFIRMED, S.CLOSED}:
            repair.visits = chance.choice((1, 1, 1, 2))
            repair.returned = repair.visits - 1
            took = timedelta(minutes=chance.expovariate(1 / DONE_MINUTES))
            repair.done_at = repair.accepted_at + took
        if repair.state is S.CONFIRMED and chance.random() < RATED:
            self._rated.append(repair)

    def _ratings(self) -> Iterator[dict[str, Any]]:
        for repair in self._rated:
            speed, quality, manner = self.chance.choices((3, 4, 5), k=3)
            row = Rating(
                id=repair.id,
                repair=repair.id,
                person=None,
                place=repair.place,
                firm=repair.firm,
                speed=speed,
                quality=quality,
                manner=manner,
                is_bad=False,
                rated_at=self.deps.now(),
            )
            yield to_document(row)

    def _kept(self, text: str) -> list[str]:
        """Return the words of a text; the city has few different ones."""
        if text not in self._words:
            self._words[text] = words.read().kept(text)
        return self._words[text]

    def repairer(self, unit: str, number: int) -> str:
        compound = unit.rsplit(".", 2)[0]
        return f"{compound}:{number}"

    def _parties(self) -> Iterator[dict[str, Any]]:
        """Yield who reported: many repairs of one resident, and one of each other."""
        for number in range(self.size):
            person = "resident" if number < MINE else f"resident{number}"
            case = f"{number:026d}"
            row = PartyRow(
                id=party_id(case, person),
                kind="repair",
                case=case,
                person=person,
                joined_at=self.deps.now(),
            )
            yield to_document(row)


def _text(number: int) -> str:
    """Return one of some hundred texts; the same for each unit."""
    if number % 40 == 0:
        return f"{WHERE[number % len(WHERE)]}有{RARE}"
    if number % 40 == 1:
        return "".join(RARELY_BOTH)
    if number % 4 == 0:
        return f"{WHERE[1 + number % (len(WHERE) - 1)]}漏水,请尽快来人"
    where = RARELY_BOTH[0] if number % 3 else WHERE[number % len(WHERE)]
    return f"{where}{WHAT[number % len(WHAT)]},麻烦看一下"
