"""Repairs and feedback of homes with their histories: most are over, some lie with somebody."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

from bench.city.layout import (
    HOMES_IN_A_UNIT,
    YEAR,
    Compound,
    Home,
    Layout,
    digest,
    id_at,
    person_id,
)
from bench.city.register import FIRM, staff_of_compound
from services.cases.actions import event_id_of
from services.cases.models import NO_DEADLINE, CameBy, Event
from services.cases.parties.models import PartyRow, party_id
from services.feedback import rungs
from services.feedback.boards.keys import fingerprints
from services.feedback.models import TEXT as FEEDBACK_TEXT
from services.feedback.models import Feedback, FeedbackKind, Rung
from services.feedback.states import FeedbackState
from services.kernel import words
from services.kernel.days import month_of
from services.kernel.paths import ancestors
from services.kernel.permissions import Role
from services.repairs.boards import keys
from services.repairs.categories import catalogue
from services.repairs.categories.models import Scope
from services.repairs.classes import Danger
from services.repairs.models import TEXT as REPAIR_TEXT
from services.repairs.models import Done, Part, Repair
from services.repairs.ratings.models import Rating
from services.repairs.states import RepairState

HOMES_WITH_A_REPAIR: Final = 2  # of this many homes one has a repair in a year
HOMES_WITH_FEEDBACK: Final = 4
COMMON: Final = 3  # of this many repairs one is of what all share
RECENT: Final = timedelta(days=60)  # what is younger is not over
STEPS: Final = (None, "accepted", "assigned", "on_the_way", "working", "done", "confirmed")
ACTIONS: Final = ("reported", "accept", "assign", "set_out", "start", "finish", "confirm")
SAID: Final = (None, "waiting", "taken", "answered", "confirmed")
DID: Final = ("reported", "open", "take", "solve", "confirm")
TEXTS: Final = (
    "厨房水管漏水,请尽快来人",
    "卫生间地漏堵了,麻烦看一下",
    "入户门锁坏了,打不开",
    "客厅暖气不热,家里有老人",
    "楼道堆放杂物,希望尽快处理",
    "夜里有人吵闹,希望有人管管",
)
OVERSEERS: Final = (Role.COMMUNITY_STAFF, Role.SUBDISTRICT_STAFF)
Row = tuple[str, Any]


class Cases:
    """Rows of repairs and feedback."""

    def __init__(self, layout: Layout) -> None:
        self.layout, self.vault = layout, layout.deps.vault
        tree = catalogue.of_city("cc", layout.now)
        self.categories = [one.code for one in tree if one.scope in {Scope.HOME, Scope.BOTH}]
        self.words_kept = kept = words.read().kept
        self.words_of = cache(kept)
        self.marks_of = cache(lambda text: fingerprints(layout.deps, kept(text)))

    def of_compound(self, compound: Compound) -> Iterator[Row]:
        for home in some(self.layout, compound, HOMES_WITH_A_REPAIR):
            yield from self._repair(compound, home)
        for home in some(self.layout, compound, HOMES_WITH_FEEDBACK):
            yield from self._feedback(home, head_of(compound, home))

    def _repair(self, compound: Compound, home: Home) -> Iterator[Row]:
        at, text = said_at(self.layout, home), TEXTS[home.number % len(TEXTS)]
        is_over = at < self.layout.now - RECENT
        repair_id = id_at(at, "repair", home.number)
        category = self.categories[home.number % len(self.categories)]
        due_at = None if is_over else at + timedelta(days=7)
        repairer = person_id(staff_of_compound(compound, 2))
        is_common = home.number % COMMON == 0
        place = home.path.rpartition(".")[0] if is_common else home.path
        made = Repair(
            id=repair_id,
            number=f"26-{home.number % 10_000:04d}",
            place=place,
            part=Part.COMMON if is_common else Part.HOME,
            category=category,
            danger=Danger.NORMAL,
            state=RepairState.CONFIRMED if is_over else RepairState.ASSIGNED,
            person=home.people[0],
            filed_by=home.people[0],
            way=CameBy.APP,
            created_at=at,
            steps=7 if is_over else 3,
            entered_at=at,
            text=text if is_common else "",
            text_sealed="" if is_common else REPAIR_TEXT.seal(self.vault, repair_id, text),
            text_shown=is_common,
            firm=FIRM,
            contract=digest("contract", compound.path),
            holder=repairer,
            due_at=due_at,
            sort_due=due_at or NO_DEADLINE,
            under=ancestors(place),
            rank=Danger.NORMAL.rank,
            compound=compound.path,
            month=month_of(at),
            accepted_at=at + timedelta(hours=2),
        )
        if is_over:
            made.done_at, made.visits = at + timedelta(days=2), 1
            made.done = Done(summary="已更换配件,试用正常", at=made.done_at)
            yield "repair_ratings", self._rating(made)
        facets = keys.facets_of(category, Danger.NORMAL)
        made.words = [
            *facets,
            *self.words_kept(made.number),
            *self.words_of(made.text or "室内"),
        ]
        yield "repairs", made
        yield from self._history("repair", made, ACTIONS, STEPS)

    def _rating(self, repair: Repair) -> Rating:
        return Rating(
            id=repair.id,
            repair=repair.id,
            person=repair.person,
            place=repair.place,
            firm=repair.firm,
            speed=5,
            quality=4,
            manner=5,
            is_bad=False,
            rated_at=repair.done_at or repair.created_at,
        )

    def _feedback(self, home: Home, head: str) -> Iterator[Row]:
        at, text = said_at(self.layout, home), TEXTS[home.number % len(TEXTS)]
        is_over = at < self.layout.now - RECENT
        case_id, due_at = id_at(at, "feedback", home.number), at + timedelta(days=40)
        desks = rungs.desks([Role.UNIT_HEAD], home.path)
        made = Feedback(
            id=case_id,
            number=f"26-{home.number % 10_000:04d}",
            place=home.path,
            kind=[*FeedbackKind][home.number % len(FeedbackKind)],
            state=FeedbackState.CONFIRMED if is_over else FeedbackState.WAITING,
            person=home.people[0],
            filed_by=home.people[0],
            way=CameBy.APP,
            created_at=at,
            steps=5 if is_over else 2,
            rung=Rung.UNIT_HEAD,
            first_rung=Rung.UNIT_HEAD,
            due_at=None if is_over else due_at,
            rung_due=None if is_over else due_at,
            sort_due=NO_DEADLINE if is_over else due_at,
            desks=desks,
            seen_at=sorted({*desks, *rungs.desks([*OVERSEERS], home.path)}),
            under=ancestors(home.path),
            words=self.marks_of(text),
            text_sealed=FEEDBACK_TEXT.seal(self.vault, case_id, text),
        )
        if is_over:
            made.holder = made.solved_by = head
            made.solved_rung, made.ended_at = Rung.UNIT_HEAD, at + timedelta(days=3)
        yield "feedback", made
        yield from self._history("feedback", made, DID, SAID)

    def _history(
        self, kind: str, case: Any, actions: tuple[str, ...], steps: tuple[str | None, ...]
    ) -> Iterator[Row]:
        for number in range(case.steps):
            yield (
                "case_events",
                Event(
                    id=event_id_of(case.id, number),
                    kind=kind,
                    case=case.id,
                    at=case.created_at + timedelta(hours=3 * number),
                    action=actions[number],
                    source=steps[max(0, number - 1)] if number else None,
                    target=steps[number] or "reported",
                    by=case.filed_by,
                ),
            )
        yield (
            "case_parties",
            PartyRow(
                id=party_id(case.id, case.filed_by),
                kind=kind,
                case=case.id,
                person=case.filed_by,
                is_reporter=True,
                joined_at=case.created_at,
            ),
        )


def head_of(compound: Compound, home: Home) -> str:
    """Return the head of a home's unit, who lives in its first home."""
    first = compound.homes[0].number
    return person_id(2 * (home.number - (home.number - first) % HOMES_IN_A_UNIT))


def some(layout: Layout, compound: Compound, homes: int) -> list[Home]:
    """Return of so many homes one for each year, as far as somebody of them signed in."""
    every = homes * YEAR // len(layout.periods)
    return [home for home in compound.homes[1::every] if home.people]


def said_at(layout: Layout, home: Home) -> datetime:
    """Return when something of a home was said: all over the months."""
    days = 30 * len(layout.periods)
    return layout.now - timedelta(days=1 + home.number * 37 % days, minutes=5)


def waits(layout: Layout, compound: Compound, unit: str) -> bool:
    """Tell whether feedback of a unit is not over."""
    said = some(layout, compound, HOMES_WITH_FEEDBACK)
    open_ones = [home for home in said if said_at(layout, home) >= layout.now - RECENT]
    return any(home.path.startswith(f"{unit}.") for home in open_ones)
