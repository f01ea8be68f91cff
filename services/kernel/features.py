"""Features: what each package registers of itself, and what the whole product has of it.

A package of services/ with any of it has `feature.py` with `FEATURE`; `server/features.py`
finds them, as the collections are found. Whoever needs them all takes `deps.features`.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from enum import IntEnum
from graphlib import TopologicalSorter
from typing import Any, Final, TypeVar

from msgspec import Struct

from services.kernel.callables import CallKind
from services.kernel.days import Day, Month
from services.kernel.documents import Document
from services.kernel.doors import Talk
from services.kernel.findings import FindingTarget
from services.kernel.lists import List
from services.kernel.measures import Measure
from services.kernel.personal_data import Holding
from services.kernel.projections import Projection
from services.kernel.sums import SumSource
from services.kernel.templates import Template
from services.kernel.today import TodayKind
from services.kernel.work import WorkFigure, WorkMeasure

# services.jobs.actions.Handler, as seen from below the dependencies that it takes.
Job = Callable[[Any, Document], Awaitable[Any]]
# (deps, tx, person_id): a part of closing an account, or of what must be over before it.
Part = Callable[[Any, Any, str], Awaitable[None]]
# (deps, tx, person_id): a step of an erasure; True while there may be more to do.
Step = Callable[[Any, Any, str], Awaitable[bool]]
# (deps, actor, writer): writes a file and finishes it.
Export = Callable[[Any, Any, Any], Awaitable[None]]
# (deps, actor, export): raises what says that somebody may not have a file any more.
ExportAccess = Callable[[Any, Any, Any], Awaitable[None]]
# (deps, tx, subject_id, state): what becomes of a content when its check ends.
Checked = Callable[[Any, Any, str, Any], Awaitable[None]]
# (deps, subject_ids): subject_id → what people call it, of contents that are checked.
About = Callable[[Any, Sequence[str]], Awaitable[Mapping[str, str]]]
# (deps, homes, month): those of the homes that are meant.
Selection = Callable[[Any, Sequence[str], Month], Awaitable[set[str]]]
# (deps, tx, home, days): what becomes of what a home owes, by the first days of other owners.
HandOver = Callable[[Any, Any, str, Sequence[Day]], Awaitable[None]]
# (deps, tx, bills): what becomes of bills that are issued or voided, and of their homes.
OfBills = Callable[[Any, Any, Sequence[Any]], Awaitable[None]]
# (deps, tx, actor, talk): what is kept of a talk about fees at a door.
AtDoor = Callable[[Any, Any, Any, Talk], Awaitable[None]]
R = TypeVar("R")


class Lane(IntEnum):
    """Lane of the outbox: what sort of work a job is, the most urgent first.

    Kept in the row as its number, by which the index sorts.
    """

    MONEY = 0  # payments, refunds, and what checks them
    URGENT = 1  # news of an emergency
    PEOPLE = 2  # what one person's act asks for: one message, one deadline
    NEWS = 3  # one thing told to many
    LONG = 4  # may take minutes: files, imports, erasures, bill runs


class Schedule(Struct, frozen=True):
    """Run `kind` every `every`, counted from the epoch plus `offset` (both in UTC)."""

    kind: str
    every: timedelta
    offset: timedelta = timedelta()
    catch_up: bool = False  # whether each missed occurrence counts, or only the latest


class Feature(Struct, frozen=True, kw_only=True):
    """Registration of one package. `jobs`: name of a job → what does it.

    `lanes`: name of one of them → its lane, where that is not Lane.PEOPLE.
    `templates`: its messages.
    `holdings`: what its collections hold about people.
    `require_free`: raises while a person may not be erased.
    `withdrawn`: key of a policy → ends what somebody agreed to by it, in the transaction that
    withdraws the consent; a later consent is to what comes later.
    `close`: ends what makes somebody of them, in the transaction that closes the account.
    `before`: the packages whose part of that comes later, because this one reads what theirs
    removes.
    `forget`: a step of what is cleared afterwards, of a bounded number of rows, harmless to
    repeat, and independent of what other packages have cleared.
    `forgets`: what people call what it clears.
    `lists`: what staff and heads work with; each can be exported.
    `exports`: kind of a file → (deps, actor, writer) that writes it. `export_access`: the same
    kind → who may still have such a file; the person whose data it is, always.
    `measures`: figures of places that it counts. `sums`: what sums are kept of.
    `broadcasts`: name of a source of people who are told something →
    services.messaging.broadcasts.models.Source.
    `checked`: kind of a content that others see → what is done when its check ends
    (services/content_checks). `checked_about`: the same kind → what such contents are about,
    for whoever judges them.
    `selections`: field of an audience that narrows its homes → which of some homes are meant.
    `cases`: kinds of cases, services.cases.kinds.Kind.
    `today`: kinds of entries of the list of what a head has to do.
    `callables`: name of a kind of matters → whom somebody may call about one.
    `findings`: what a finding of a round can become.
    `work`: what it counts of a head's work in a month.
    `hand_over`: what it writes in the transaction in which a home changes hands.
    `owing`: what it does about the homes of bills in the transaction that issues these, or
    voided them. `voided`: the same for bills that are about to be voided.
    `projections`: documents that say what the journals say, and how they are held against them.
    `at_door`: what it keeps of a talk about fees, in the transaction that keeps the visit.
    """

    jobs: Mapping[str, Job] = {}
    lanes: Mapping[str, Lane] = {}
    schedules: tuple[Schedule, ...] = ()
    templates: tuple[Template, ...] = ()
    holdings: tuple[Holding, ...] = ()
    require_free: Part | None = None
    withdrawn: Mapping[str, Part] = {}
    close: Part | None = None
    before: tuple[str, ...] = ()
    forget: Step | None = None
    forgets: str = ""
    lists: tuple[List, ...] = ()
    exports: Mapping[str, Export] = {}
    export_access: Mapping[str, ExportAccess] = {}
    measures: tuple[Measure, ...] = ()
    sums: tuple[SumSource, ...] = ()
    broadcasts: Mapping[str, Any] = {}
    checked: Mapping[str, Checked] = {}
    checked_about: Mapping[str, About] = {}
    selections: Mapping[str, Selection] = {}
    cases: tuple[Any, ...] = ()
    today: tuple[TodayKind, ...] = ()
    callables: Mapping[str, CallKind] = {}
    findings: tuple[FindingTarget, ...] = ()
    work: tuple[WorkMeasure, ...] = ()
    hand_over: HandOver | None = None
    owing: OfBills | None = None
    voided: OfBills | None = None
    projections: tuple[Projection, ...] = ()
    at_door: AtDoor | None = None


class Features:
    """All features: package → its registration, in the order of the packages' names.

    `lanes`: name of a job → its lane. `templates`: key → the message of that name.
    `holdings`: as an export shows them. `closings`: in the order in which they are done.
    `withdrawals`: key of a policy → what ends with a consent to it.
    `erasure`: package → its step; `forgets`: package → what people call what it clears.
    `measures`: name → figures of places. `sums`: name → what sums are kept of.
    `checked`: kind of a content → what is done when its check ends. `checked_about`: kind of a
    content → what some are about. `cases`: name → kind. `today`: kinds of entries by weight.
    `callables`: name → kind of matters that somebody may be called about.
    `findings`: name → what a finding can become.
    `work`: what is counted of heads' work, in the order of the packages; `work_figures`: name →
    what it is. `hand_overs`: what is written when a home changes hands.
    `owing`, `voided`: what is done with bills when they are.
    `at_doors`: what is kept of a talk about fees.
    Raises ValueError for what two packages register by one name, since one of them would never
    be seen, and for the lane of a job that is not the package's; KeyError for a package of
    `before` that registers nothing; CycleError for a circle.
    """

    def __init__(self, found: Mapping[str, Feature]) -> None:
        features = [found[package] for package in sorted(found)]
        self.jobs: Final = _once(each.jobs for each in features)
        self.lanes: Final = _lanes(features)
        keyed = _once({one.key: one} for each in features for one in each.templates)
        self.templates: Final = dict(sorted(keyed.items()))
        self.schedules: Final = tuple(one for each in features for one in each.schedules)
        held = [holding for each in features for holding in each.holdings]
        self.holdings: Final = tuple(sorted(held, key=lambda holding: holding.rank))
        self.guards: Final = tuple(e.require_free for e in features if e.require_free)
        self.withdrawals: Final = _once(each.withdrawn for each in features)
        self.closings: Final = tuple(
            part for package in _order(found) if (part := found[package].close)
        )
        self.erasure: Final = {
            package: step for package in sorted(found) if (step := found[package].forget)
        }
        self.forgets: Final = {package: found[package].forgets for package in self.erasure}
        named = _once({one.name: one} for each in features for one in each.lists)
        self.lists: Final = {name: named[name] for name in sorted(named)}
        self.exports: Final = _once(each.exports for each in features)
        self.export_access: Final = _once(each.export_access for each in features)
        self.broadcasts: Final = _once(each.broadcasts for each in features)
        self.measures: Final = _once(
            {one.name: one} for each in features for one in each.measures
        )
        self.sums: Final = _once({one.name: one} for each in features for one in each.sums)
        self.checked: Final = _once(each.checked for each in features)
        self.checked_about: Final = _once(each.checked_about for each in features)
        self.selections: Final = _once(each.selections for each in features)
        self.cases: Final = _once({one.name: one} for each in features for one in each.cases)
        kinds = _once({one.name: one} for each in features for one in each.today)
        self.today: Final = tuple(
            sorted(kinds.values(), key=lambda one: (one.weight, one.name))
        )
        self.callables: Final = _once(each.callables for each in features)
        self.findings: Final = _once(
            {one.name: one} for each in features for one in each.findings
        )
        self.work: Final = tuple(one for each in features for one in each.work)
        self.projections: Final = _once(
            {one.name: one} for each in features for one in each.projections
        )
        self.owing: Final = tuple(each.owing for each in features if each.owing)
        self.voided: Final = tuple(each.voided for each in features if each.voided)
        self.hand_overs: Final = tuple(e.hand_over for e in features if e.hand_over)
        self.at_doors: Final = tuple(e.at_door for e in features if e.at_door)
        self.work_figures: Final[dict[str, WorkFigure]] = _once(
            one.figures for one in self.work
        )


def _once(registered: Iterable[Mapping[str, R]]) -> dict[str, R]:
    """Return all that is registered. Raises ValueError for what two packages do."""
    found: dict[str, R] = {}
    for each in registered:
        if twice := found.keys() & each.keys():
            raise ValueError(f"registered by two packages: {', '.join(sorted(twice))}")
        found |= each
    return found


def _lanes(features: Iterable[Feature]) -> dict[str, Lane]:
    """Return the lane of every job. Raises ValueError for that of a job that is not there."""
    lanes: dict[str, Lane] = {}
    for each in features:
        if unknown := each.lanes.keys() - each.jobs.keys():
            raise ValueError(f"lanes of no job: {', '.join(sorted(unknown))}")
        lanes |= dict.fromkeys(each.jobs, Lane.PEOPLE) | dict(each.lanes)
    return lanes


def _order(found: Mapping[str, Feature]) -> list[str]:
    """Return the packages, each before those that it must come before."""
    order = TopologicalSorter({package: set[str]() for package in sorted(found)})
    for package in sorted(found):
        for later in found[package].before:
            order.add(later, package)
    return list(order.static_order())
