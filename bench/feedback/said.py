"""Feedback of a subdistrict of any size, written straight into the database.

A larger one has more communities, not fuller ones: a page of a unit shows as much in each, and
whoever looks after the subdistrict sees all of it. Of the cases 30 % are not over; of these
two thirds lie with the lowest rung, and one in twenty at the top, some of them overdue.
"""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bench.crowd import batches
from services.cases.models import NO_DEADLINE, CameBy
from services.cases.parties.models import PartyRow, party_id
from services.dependencies import Dependencies
from services.feedback import rungs
from services.feedback.boards import keys
from services.feedback.models import TEXT, About, Feedback, FeedbackKind, Rung
from services.feedback.states import IN_HAND, OPEN, FeedbackState
from services.kernel import words
from services.kernel.documents import to_document
from services.kernel.paths import ancestors
from services.kernel.permissions import Role
from services.places.models import LADDER, Kind, Place, Usage

SUBDISTRICT: Final = "cc.d0.s0"
IN_A_COMMUNITY: Final = 2_000
COMPOUNDS: Final = 2  # of a community, each with as many buildings of as many units
HOMES: Final = 5  # of a unit
NOT_OVER: Final = 0.3
SPAN: Final = timedelta(days=160)
MINE: Final = 30
NAMELESS: Final = 0.1
ABOUT_A_HEAD: Final = 0.03
S: Final = FeedbackState
OVER: Final = (S.CONFIRMED, S.CONFIRMED, S.CONFIRMED, S.CLOSED, S.THANKED, S.WITHDRAWN)
KINDS: Final = dict(zip(FeedbackKind, (30, 25, 25, 15, 5), strict=True))
RUNGS: Final = dict(zip(Rung, (60, 15, 12, 8, 5), strict=True))
WHERE: Final = ("楼道", "一楼大厅", "三楼", "地下室", "电梯间", "小区门口", "楼顶", "车棚")
WHAT: Final = (
    "堆放杂物",
    "灯光太暗",
    "有人乱停车",
    "异味很大",
    "夜里吵闹",
    "绿化枯了",
    "地面湿滑",
)
RARE: Final = "马蜂窝"  # in one text of 40
COMMON: Final = "楼道"
NUMBER: Final = "26-0008"  # of one case of each compound
OVERSEERS: Final = (Role.COMMUNITY_STAFF, Role.SUBDISTRICT_STAFF)


class Said:
    """`size` cases of a subdistrict; `deps`: whose database they are written into."""

    def __init__(self, deps: Dependencies, size: int) -> None:
        self.deps, self.size = deps, size
        self.communities = [f"{SUBDISTRICT}.x{n:03d}" for n in range(size // IN_A_COMMUNITY)]
        halves = range(COMPOUNDS)
        self.units = [
            f"{community}.c{c}.b{b}.u{u}"
            for u in halves
            for b in halves
            for c in halves
            for community in self.communities
        ]
        # Those of one community, of which the others have as many.
        self.nearest = sorted(each for each in self.units if ".x000." in each)
        self.chance = random.Random(7)  # noqa: S311  # the same subdistrict in each run
        self._words: dict[str, list[str]] = {}

    async def write(self) -> None:
        for name, rows in (
            ("places", self._places()),
            ("feedback", self._cases()),
            ("case_parties", self._parties()),
        ):
            for batch in batches(rows, 5_000):
                await self.deps.db[name].insert_many(batch, ordered=False)

    def _places(self) -> Iterator[dict[str, Any]]:
        known = dict.fromkeys(each for unit in self.units for each in ancestors(unit))
        homes = [f"{unit}.{101 + door}" for unit in self.units for door in range(HOMES)]
        for path in (*known, *homes):
            kind = LADDER[path.count(".")]
            place = Place(
                id=path, kind=kind, name=path, address=path, created_at=self.deps.now()
            )
            if kind is Kind.HOME:
                place.usage = Usage.FLAT
            yield to_document(place)

    def _cases(self) -> Iterator[dict[str, Any]]:
        now = self.deps.now().replace(microsecond=0).astimezone(UTC)
        for number in range(self.size):
            case = self._case(number, now)
            self._laid(case, now)
            yield to_document(case)

    def _case(self, number: int, now: datetime) -> Feedback:
        chance, unit = self.chance, self.units[number % len(self.units)]
        nameless = chance.random() < NAMELESS
        [kind] = chance.choices([*KINDS], [*KINDS.values()])
        [rung] = chance.choices([*RUNGS], [*RUNGS.values()])
        case_id, text = f"{number:026d}", _text(number // len(self.units))
        made = Feedback(
            id=case_id,
            number=f"26-{number // (COMPOUNDS * len(self.communities)):04d}",
            place=unit if nameless else f"{unit}.{101 + chance.randrange(HOMES)}",
            kind=kind,
            state=chance.choice(OPEN if chance.random() < NOT_OVER else OVER),
            person=person_of(number),
            filed_by=person_of(number),
            way=CameBy.APP,
            anonymous=nameless,
            created_at=now - SPAN * ((self.size - number) / self.size),
            steps=1,
            rung=rung,
            first_rung=Rung.UNIT_HEAD,
            is_top=rung is Rung.SUBDISTRICT_STAFF,
            text_sealed=TEXT.seal(self.deps.vault, case_id, text),
        )
        made.words = self._fingerprints(made.number, kind.label, text)
        if kind is FeedbackKind.COMPLAINT and chance.random() < ABOUT_A_HEAD:
            made.about, made.about_people = About.UNIT_HEAD, [f"head {unit}"]
        return made

    def _laid(self, case: Feedback, now: datetime) -> None:
        """Give a case what its steps would have written: with whom it lies, until when."""
        chance, role = self.chance, rungs.ROLES[case.rung]
        if case.state is S.WITH_FIRM:
            role = Role.FIRM_MANAGER
        passed = [rungs.ROLES[each] for each in rungs.ORDER[: rungs.ORDER.index(case.rung)]]
        case.desks = rungs.desks([role], case.place)
        seen = rungs.desks([*OVERSEERS, *passed], case.place)
        case.seen_at, case.under = sorted({*seen, *case.desks}), ancestors(case.place)
        if case.state in {S.TAKEN, S.ANSWERED, S.CONFIRMED}:
            case.holder = f"holder {case.desks[0]}"
        if case.state in {S.CONFIRMED, S.CLOSED}:
            case.solved_by, case.solved_rung = case.holder, case.rung
            case.ended_at = case.created_at + timedelta(days=chance.randint(1, 20))
        if case.state in IN_HAND:
            early = -3_000 if case.is_top else 0
            case.due_at = now + timedelta(minutes=chance.randint(early, 27_000))
            case.rung_due = None if case.is_top else case.due_at
            case.overdue = case.due_at < now
        case.sort_due = case.due_at or NO_DEADLINE

    def _fingerprints(self, *texts: str) -> list[str]:
        """Return the keys of some texts; the subdistrict has few different ones."""
        found: dict[str, None] = {}
        for text in texts:
            if text not in self._words:
                self._words[text] = keys.fingerprints(self.deps, words.read().kept(text))
            found |= dict.fromkeys(self._words[text])
        return [*found]

    def _parties(self) -> Iterator[dict[str, Any]]:
        for number in range(self.size):
            case, person = f"{number:026d}", person_of(number)
            row = PartyRow(
                id=party_id(case, person),
                kind="feedback",
                case=case,
                person=person,
                is_reporter=True,
                joined_at=self.deps.now(),
            )
            yield to_document(row)


def person_of(number: int) -> str:
    """Return who said something: one resident said much, each other one thing."""
    return "resident" if number < MINE else f"resident{number}"


def _text(number: int) -> str:
    """Return one of some hundred texts; the same for each unit."""
    if number % 40 == 0:
        return f"{WHERE[number % len(WHERE)]}有{RARE}"
    where = COMMON if number % 3 else WHERE[number % len(WHERE)]
    return f"{where}{WHAT[number % len(WHAT)]},希望尽快处理"
