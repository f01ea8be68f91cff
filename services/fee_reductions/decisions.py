"""Decisions on fee reductions: by who the compound's rule names, and never on one's own.

Whoever asked for a reduction or entered it does not decide on it, nor does anybody who belongs
to the home, will, or did on one of its days: two people stand behind each.
"""

from services.dependencies import Dependencies, Transaction
from services.fee_reductions import actions, jobs, notify, periods, store, views
from services.fee_reductions.models import (
    DecideReduction,
    EndReduction,
    Reduction,
    ReductionView,
    RevealDocument,
    RevealedDocument,
)
from services.fee_reductions.states import ReductionAction, ReductionMovedOn
from services.homes import household
from services.kernel import errors
from services.kernel.access import accessible
from services.kernel.interests import require_apart
from services.kernel.permissions import Actor
from services.residencies import actions as residencies
from services.residencies import owners
from services.reveals import actions as reveals


class OwnReduction(errors.Forbidden):
    """Whoever asked for a reduction, or entered it, does not decide on it."""

    code = "own_fee_reduction"


async def decide(
    deps: Dependencies, actor: Actor, reduction_id: str, wish: DecideReduction
) -> ReductionView:
    """Grant or refuse a request.

    Raises NotFound, Forbidden, OwnReduction, OwnHome, ReductionExists, HomeSold,
    ReductionMovedOn.
    """
    action = ReductionAction.GRANT if wish.grant else ReductionAction.REFUSE

    async def save(tx: Transaction) -> Reduction:
        found = await _hold(deps, tx, actor, reduction_id)
        if actor.person_id in (found.person, found.filed_by):
            raise OwnReduction("申请人或录入人不能自己决定,请另一位工作人员决定")
        if wish.grant:
            await periods.require_free(deps, tx, found)
            turns = await owners.turns_of(deps, [found.home], tx=tx)
            periods.require_unsold(found, turns.get(found.home, ()))
        decided = await store.move(
            deps.db,
            tx,
            found.id,
            action,
            decided_by=actor.person_id,
            decided_at=deps.now(),
            decision_sealed=found.seal(deps.vault, wish.reason, "decision"),
        )
        if decided is None:
            raise ReductionMovedOn(actions.MOVED_ON)
        await _follow(deps, tx, decided, granted=wish.grant)
        await actions.note(deps, tx, actor, action, decided)
        return decided

    return await views.view(deps, actor, await deps.in_transaction(save))


async def _follow(
    deps: Dependencies, tx: Transaction, decided: Reduction, *, granted: bool
) -> None:
    """Tell whose home it is, and plan what comes later."""
    await notify.tell(deps, tx, decided, await notify.concerned(deps, decided))
    if granted:
        await jobs.plan(deps, tx, decided)
    else:
        await actions.forget_later(deps, tx, decided)


async def _hold(
    deps: Dependencies, tx: Transaction, actor: Actor, reduction_id: str
) -> Reduction:
    """Return a reduction on which the actor decides, with its home held.

    Raises NotFound, Forbidden, OwnHome.
    """
    found = await _access(deps, actor, reduction_id, tx=tx)
    await household.hold(deps, tx, found.home)
    return found


async def _access(
    deps: Dependencies, actor: Actor, reduction_id: str, *, tx: Transaction | None = None
) -> Reduction:
    """Return a reduction on which the actor decides. Raises NotFound, Forbidden, OwnHome."""
    found = _allowed(actor, await store.find(deps.db, reduction_id, tx=tx))
    who, since = actor.person_id, found.from_day
    own = await residencies.homes_since(deps, who, found.home, since, tx=tx)
    require_apart(own, [found.home])
    return found


def _allowed(actor: Actor, found: Reduction | None) -> Reduction:
    """Return what the actor decides on. NotFound; Forbidden where another office does."""
    decider = found.decider.label if found else ""
    return accessible(
        actor,
        found,
        people=lambda one: [actor.person_id] if views.may_decide(actor, one) else [],
        missing=actions.MISSING,
        knows=lambda one: views.may_see(actor, one),
        forbidden=f"这项减免由{decider}决定",
    )


async def end(
    deps: Dependencies, actor: Actor, reduction_id: str, wish: EndReduction
) -> ReductionView:
    """End a reduction early: the home is lived in again, or the reason fell away.

    Raises NotFound, Forbidden, OwnHome, BadReduction, ReductionMovedOn.
    """

    async def save(tx: Transaction) -> Reduction:
        found = await _hold(deps, tx, actor, reduction_id)
        ended = await actions.end(deps, tx, actor, found, wish, ReductionAction.END)
        await notify.tell(deps, tx, ended, await notify.concerned(deps, ended))
        return ended

    return await views.view(deps, actor, await deps.in_transaction(save))


async def reveal(
    deps: Dependencies, actor: Actor, reduction_id: str, wish: RevealDocument
) -> RevealedDocument:
    """Show the whole number of a certificate to who decides; noted before it is shown.

    Raises NotFound, Forbidden, OwnHome.
    """
    found = await _access(deps, actor, reduction_id)
    fields = ["document"]
    await reveals.write_down(
        deps, actor, found.home, found.id, fields=fields, reason=wish.reason
    )
    return RevealedDocument(found.unseal(deps.vault, "document") or None)
