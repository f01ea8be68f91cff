"""Actions on rounds of demands: started by staff for a place, and followed."""

from collections.abc import Sequence

from services.audit import actions as audit
from services.demands import creditors, threats
from services.demands.actions import role_at
from services.demands.creditors import Creditor
from services.demands.rounds import store
from services.demands.rounds.jobs import GATHER
from services.demands.rounds.models import (
    DemandRoundsQuery,
    DemandRoundView,
    DemandSkipsQuery,
    DemandSkipView,
    Round,
    Skip,
    StartDemandRound,
)
from services.demands.rounds.states import TABLE, RoundAction
from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.kernel.access import accessible
from services.kernel.interests import homes_of
from services.kernel.pages import Page
from services.kernel.permissions import Actor, Permission, require_at
from services.kernel.views import show
from services.places import actions as places

MISSING = "没有找到这次催缴"


async def start(
    deps: Dependencies, actor: Actor, place: str, wish: StartDemandRound
) -> DemandRoundView:
    """Ask the homes of a place that are late. Raises NotFound, DemandThreat, OtherPayee."""
    await places.access_place(deps, actor, place, Permission.SEND_DEMANDS)
    note = threats.check(wish.note)
    creditor = await creditors.of_actor(deps, actor, place)
    made = _draft(deps, actor, place, wish, creditor=creditor)
    made.note = note

    async def save(tx: Transaction) -> None:
        await begin(deps, tx, made)
        facts = {"place": place, "subject": made.id, "way": made.way}
        await audit.record(deps, tx, actor, TABLE.act(RoundAction.START), **facts)

    await deps.in_transaction(save)
    return (await _views(deps, [made]))[0]


def _draft(
    deps: Dependencies, actor: Actor, place: str, wish: StartDemandRound, *, creditor: Creditor
) -> Round:
    return Round(
        id=deps.new_id(),
        place=place,
        way=wish.way,
        kind=wish.kind,
        accounts=None if creditor.accounts is None else [*creditor.accounts],
        firm=creditor.firm,
        overdue_days=wish.overdue_days,
        every_days=wish.every_days,
        pay_within=wish.pay_within,
        by=actor.person_id,
        role=role_at(actor, place),
        apart=sorted(homes_of(actor)),
        day=deps.today(),
        started_at=deps.now(),
        state=TABLE.target(RoundAction.START),
    )


async def begin(deps: Dependencies, tx: Transaction, made: Round) -> bool:
    """Begin a round in the caller's transaction; False when it is there."""
    begun = await store.insert(deps.db, tx, made)
    if begun:
        await jobs.enqueue(deps, tx, GATHER, made.id, round_id=made.id)
    return begun


async def access(deps: Dependencies, actor: Actor, round_id: str) -> Round:
    """Return a round at a place where the actor sees who owes. Raises NotFound."""
    return accessible(
        actor,
        await store.find(deps.db, round_id),
        Permission.VIEW_DEBTORS,
        at=lambda found: found.place,
        missing=MISSING,
    )


async def get(deps: Dependencies, actor: Actor, round_id: str) -> DemandRoundView:
    return (await _views(deps, [await access(deps, actor, round_id)]))[0]


async def listing(
    deps: Dependencies, actor: Actor, place: str, query: DemandRoundsQuery
) -> Page[DemandRoundView]:
    """Return the rounds under a place, the latest first. Raises NotFound."""
    require_at(actor, Permission.VIEW_DEBTORS, place)
    found = await store.page(deps.db, place, query)
    return found.of(await _views(deps, found.items))


async def place_of(deps: Dependencies, actor: Actor, round_id: str) -> str:
    return (await access(deps, actor, round_id)).place


async def skipped(
    deps: Dependencies, actor: Actor, round_id: str, query: DemandSkipsQuery
) -> Page[DemandSkipView]:
    """Return who was left out of a round and why, by home. Raises NotFound."""
    found = await access(deps, actor, round_id)
    page = await store.skips(deps.db, found.id, query)
    homes = sorted({skip.home for skip in page.items})
    addresses = await places.addresses(deps, homes) if homes else {}
    return page.map(lambda skip: _skip_view(skip, addresses.get(skip.home, skip.home)))


def _skip_view(skip: Skip, address: str) -> DemandSkipView:
    until = skip.household or None
    return show(skip, DemandSkipView, place=skip.home, address=address, owners_until=until)


async def _views(deps: Dependencies, found: Sequence[Round]) -> list[DemandRoundView]:
    addresses = await places.addresses(deps, sorted({each.place for each in found}))
    return [
        show(
            each,
            DemandRoundView,
            round_id=each.id,
            address=addresses.get(each.place, each.place),
            planned=not each.by,
        )
        for each in found
    ]
