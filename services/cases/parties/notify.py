"""Who is told of a step of a case."""

from typing import Any, Final

from services.cases import ladder
from services.cases.kinds import Kind, Party, Side, Step
from services.dependencies import Dependencies, Transaction
from services.grants import actions as grants
from services.jobs import actions as jobs
from services.kernel.permissions import Actor

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
    at_work -= {"", *await kind.kept_people(deps, found)}
    reporters = set[Any]()
    if Party.REPORTER in step.tells:
        reporters = await _reporters(deps, kind, found, at_work)
    if Party.OWN in step.tells:
        reporters |= {*kind.own(found)}
    key = f"{found.id}:{found.steps}"
    for side, people in ((Side.REPORT, reporters), (Side.WORK, at_work)):
        if told := sorted(people - {by, "", None}):
            await kind.tell(deps, tx, found, step.action, told, side, key)
    if Party.JOINERS in step.tells and found.joiners:
        facts = {"name": kind.name, "case_id": found.id, "news": step.action, "by": by}
        await jobs.enqueue(deps, tx, TELL_JOINERS, key, told_as=key, **facts)


async def _reporters(deps: Dependencies, kind: Kind, found: Any, at_work: set[str]) -> set[Any]:
    """Return whose case it is, or who files for them and is told in their place.

    Who files is told once: not of what they are told at work.
    """
    if found.person is not None or not kind.tells_filer:
        return {found.person}
    held = await grants.grants_of(deps, found.filed_by)
    filer = Actor(found.filed_by, "", held)
    return {found.filed_by} - at_work if kind.files(filer, found) else set()


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
