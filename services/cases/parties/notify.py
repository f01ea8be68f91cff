"""Who is told of a step of a case."""

from typing import Any, Final

from services.cases import ladder
from services.cases.kinds import Kind, Party, Side, Step
from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs

TELL_JOINERS: Final = "cases.tell_joiners"


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
    reporters: set[Any] = {found.person} if Party.REPORTER in step.tells else set()
    if Party.OWN in step.tells:
        reporters |= {*kind.own(found)}
    key = f"{found.id}:{found.steps}"
    at_work = kind.told(found, at_work - {""})
    for side, people in ((Side.REPORT, reporters), (Side.WORK, at_work)):
        if told := sorted(people - {by, "", None}):
            await kind.tell(deps, tx, found, step.action, told, side, key)
    if Party.JOINERS in step.tells and found.joiners:
        facts = {"name": kind.name, "case_id": found.id, "news": step.action, "by": by}
        await jobs.enqueue(deps, tx, TELL_JOINERS, key, told_as=key, **facts)


async def _of_party(
    deps: Dependencies, kind: Kind, found: Any, party: Party, earlier: str
) -> set[str]:
    match party:
        case Party.HOLDER:
            if not kind.is_in_hand(found):
                return set()
            return await ladder.people_at_work(deps, kind, found)
        case Party.EARLIER_HOLDER:
            return {earlier} - {found.holder}
        case Party.FIRST_RUNG:
            return await ladder.first_people(deps, kind, found)
        case Party.REPORTER | Party.OWN | Party.JOINERS:
            return set()  # on the other side
