"""Jobs of outages: what was reported shortly before is attached, and asked at the end.

Whoever announced one is reminded when its expected end has passed without a word.

One repair a transaction: hundreds of reports of one outage are as many small steps.
"""

from typing import Final

from services.audiences import actions as audiences
from services.audiences import holders
from services.cases import actions as cases
from services.cases import history
from services.dependencies import Dependencies, Transaction
from services.grants import actions as grants
from services.jobs import actions as jobs
from services.jobs.models import Again
from services.kernel.documents import Document
from services.kernel.permissions import Actor, Permission, Role
from services.messaging.broadcasts.models import Part, Source
from services.repairs import store as repairs
from services.repairs.kind import REPAIR
from services.repairs.models import Done, Repair
from services.repairs.outages import actions, attachments, notify, store, views
from services.repairs.outages.models import Outage
from services.repairs.outages.states import OutageState
from services.repairs.quotes import charges
from services.repairs.states import TABLE, RepairAction

NOT_FIXED: Final = (RepairAction.RETURN, RepairAction.REOPEN)
AT_ONCE: Final = 50  # repairs of a step of a job: some seconds


async def part(deps: Dependencies, key: str, after: str, limit: int) -> Part:
    """Return the next people of an announcement; none of one that does not hold any more."""
    outage_id, version = notify.outage_of(key)
    found = await store.find(deps.db, outage_id)
    if found is None or found.version != version or found.state is not OutageState.ANNOUNCED:
        return Part([], None)
    return await audiences.part(deps, notify.audience_of(found), after, limit)


async def attach(deps: Dependencies, payload: Document) -> Again | None:
    """Job: attach what was reported since an outage began, or shortly before, some a step."""
    outage = await store.find(deps.db, payload["outage_id"])
    if outage is None or not outage.categories:
        return None
    since = outage.begins_at - attachments.BEFORE
    found = await repairs.attachable(
        deps.db, outage.places, outage.categories, since, limit=AT_ONCE
    )
    for repair in found:
        if not await _attach(deps, outage.id, repair.id):
            return None  # it is over; what is attached was asked
    return Again(deps.now()) if len(found) == AT_ONCE else None


async def _attach(deps: Dependencies, outage_id: str, repair_id: str) -> bool:
    async def save(tx: Transaction) -> bool:
        found = await repairs.find(deps.db, repair_id, tx=tx)
        if found is None or found.outage:
            return True  # of another outage meanwhile
        if not await store.count_report(deps.db, tx, outage_id):
            return False
        await repairs.attach(deps.db, tx, repair_id, outage_id)
        return True

    return await deps.in_transaction(save)


async def close(deps: Dependencies, payload: Document) -> Again | None:
    """Job: ask all who reported an outage that is over whether it really is, some a step."""
    outage = await store.find(deps.db, payload["outage_id"])
    if outage is None or outage.state is not OutageState.ENDED:
        return None
    states = TABLE.sources(RepairAction.END_OUTAGE)
    found = await repairs.of_outage(deps.db, outage.id, states, limit=AT_ONCE)
    for repair_id in found:
        await _close(deps, outage, repair_id)
    return Again(deps.now()) if len(found) == AT_ONCE else None


async def _close(deps: Dependencies, outage: Outage, repair_id: str) -> None:
    """Ask who reported one repair. Whoever ended the outage holds what nobody else does.

    Work that somebody agreed to pay for goes on, and is billed at its own end: the outage was
    not what it is about.
    """

    async def save(tx: Transaction) -> None:
        found: Repair | None = await repairs.find(deps.db, repair_id, tx=tx)
        if found is None or found.state not in TABLE.sources(RepairAction.END_OUTAGE):
            return
        if found.outage_asked:
            return  # somebody said no since: it is an ordinary repair
        if await _is_answered(deps, tx, outage, found):
            await repairs.mark_outage_asked(deps.db, tx, repair_id)
            return
        if await charges.is_agreed(deps, tx, found):
            await repairs.attach(deps.db, tx, repair_id, "")
            return
        await charges.drop(deps, tx, found)
        done = Done(summary=f"{outage.kind.label}已恢复", at=outage.ended_at or deps.now())
        await cases.advance(
            deps,
            tx,
            Actor(outage.ended_by, ""),
            REPAIR,
            found,
            RepairAction.END_OUTAGE,
            done=done,
            holder=found.holder or outage.ended_by,
        )

    await deps.in_transaction(save)


async def _is_answered(
    deps: Dependencies, tx: Transaction, outage: Outage, found: Repair
) -> bool:
    """Tell whether somebody has said since the end of an outage that a repair is not fixed.

    It was finished on its own before, and all were asked then.
    """
    if not (found.returned or found.reopened) or outage.ended_at is None:
        return False
    moves = await history.moves(deps, tx, found.id)
    return any(move.action in NOT_FIXED and move.at >= outage.ended_at for move in moves)


async def remind(deps: Dependencies, payload: Document) -> None:
    """Job: remind of an outage whose expected end has passed; once of each such end.

    Nothing when it is over, or is expected to end at another time by now.
    """

    async def save(tx: Transaction) -> None:
        outage = await store.find(deps.db, payload["outage_id"], tx=tx)
        if outage is None or outage.version != payload["version"]:
            return
        if views.is_overdue(outage, deps.now()):
            await notify.remind(deps, tx, outage, await _responsible(deps, outage))

    await deps.in_transaction(save)


async def _responsible(deps: Dependencies, outage: Outage) -> set[str]:
    """Return who announced an outage, or the community's staff when that person left."""
    person = outage.announced_by
    actor = Actor(person, "", await grants.grants_of(deps, person))
    if actor.may(Permission.DISPATCH_REPAIRS, outage.compound):
        return {person}
    return await holders.acting_over(deps, outage.compound, (Role.COMMUNITY_STAFF,))


JOBS: Final[dict[str, jobs.Handler]] = {
    actions.ATTACH: attach,
    actions.CLOSE: close,
    actions.REMIND: remind,
}
BROADCASTS: Final = {notify.SOURCE: Source(part=part)}
