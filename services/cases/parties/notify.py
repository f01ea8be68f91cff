"""Who is told of a step of a case."""

from collections.abc import Collection
from enum import StrEnum
from typing import Any, Final

from services.cases import ladder
from services.cases.kinds import Kind, Party, Side, Step
from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.people import actions as people

TELL_JOINERS: Final = "cases.tell_joiners"


async def tell(
    deps: Dependencies,
    tx: Transaction,
    kind: Kind,
    found: Any,
    news: StrEnum,
    *,
    to: Collection[str],
    side: Side,
    key: str,
) -> None:
    """Tell people of a step or of other news; nobody whose account was closed.

    What is erased next, or was, would find a message that nobody removes.
    """
    told = set(to) - await people.closed_among(deps, sorted(to)) if to else set[str]()
    if told:
        await kind.tell(deps, tx, found, news, sorted(told), side, key)


async def of_step(
    deps: Dependencies,
    tx: Transaction,
    kind: Kind,
    found: Any,
    step: Step[Any, Any],
    *,
    by: str,
    earlier: str,
) -> None:
    """Tell everybody whom the row of a step names, but whoever took it.

    Those who joined may be many: a job tells them. `earlier`: who held the case before.
    """
    at_work = set[str]()
    for party in step.tells:
        at_work |= await _of_party(deps, kind, found, party, earlier)
    if step.also:
        at_work |= await ladder.holders(deps, kind.place_of(found), step.also)
    reporters = {found.person} if Party.REPORTER in step.tells else set[str]()
    key = f"{found.id}:{found.steps}"
    for side, meant in ((Side.REPORT, reporters), (Side.WORK, at_work)):
        to = {person for person in meant if person} - {by}
        await tell(deps, tx, kind, found, step.action, to=to, side=side, key=key)
    if Party.JOINERS in step.tells and found.joiners:
        facts = {"name": kind.name, "case_id": found.id, "news": step.action, "by": by}
        await jobs.enqueue(deps, tx, TELL_JOINERS, key, told_as=key, **facts)


async def _of_party(
    deps: Dependencies, kind: Kind, found: Any, party: Party, earlier: str
) -> set[str]:
    match party:
        case Party.HOLDER:
            return {found.holder}
        case Party.EARLIER_HOLDER:
            return {earlier} - {found.holder}
        case Party.FIRST_RUNG:
            return await ladder.first_people(deps, kind, found)
        case Party.REPORTER | Party.JOINERS:
            return set()  # on the other side
