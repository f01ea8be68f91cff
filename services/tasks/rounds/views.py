"""Views of rounds and their plans."""

from collections.abc import Sequence

from services.cases import access as cases
from services.dependencies import Dependencies, Transaction
from services.kernel.access import accessible
from services.kernel.permissions import Actor, Permission
from services.kernel.views import show
from services.places import actions as places
from services.tasks.rounds import store
from services.tasks.rounds.kind import MISSING, ROUND, barred
from services.tasks.rounds.models import (
    NOTE,
    Check,
    Round,
    RoundItemView,
    RoundPlan,
    RoundPlanItem,
    RoundPlanView,
    RoundView,
    WholeRoundView,
)
from services.tasks.rounds.states import TABLE, RoundAction


async def access(
    deps: Dependencies, actor: Actor, round_id: str, *, tx: Transaction | None = None
) -> Round:
    """Return a round of whoever holds its office, or one above it, at its place. NotFound."""
    found = accessible(
        actor,
        await store.find(deps.db, round_id, tx=tx),
        Permission.DO_TASKS,
        at=lambda made: made.place,
        missing=MISSING,
    )
    refused = barred(actor, found)
    if refused is not None:
        raise refused
    return found


async def whole(deps: Dependencies, actor: Actor, found: Round) -> WholeRoundView:
    """View of one round, with its items."""
    [seen] = await shown(deps, actor, [found])
    checks = [_check(deps, found, check) for check in found.checks]
    return show(seen, WholeRoundView, checks=checks)


def _check(deps: Dependencies, found: Round, check: Check) -> RoundItemView:
    return show(
        check,
        RoundItemView,
        category=check.category or None,
        note=note_of(deps, found, check),
        target=check.target or None,
        filed=check.filed or None,
    )


def note_of(deps: Dependencies, found: Round, check: Check) -> str | None:
    """Return what was noted at an item; None for nothing."""
    return NOTE.open(deps.vault, found.id, check.note_sealed) if check.note_sealed else None


async def shown(deps: Dependencies, actor: Actor, found: Sequence[Round]) -> list[RoundView]:
    """Views of rounds, as the actor can act on them."""
    addresses = await places.addresses(deps, [made.place for made in found])
    return [
        show(
            made,
            RoundView,
            round_id=made.id,
            plan_id=made.plan,
            address=addresses.get(made.place, made.place),
            left=made.left,
            unfiled=made.unfiled,
            lapses_at=made.lapses_at if TABLE.find(made.state, RoundAction.LAPSE) else None,
            steps=cases.steps_of(actor, ROUND, made, deps.now(), party=None),
        )
        for made in found
    ]


async def plans(deps: Dependencies, found: Sequence[RoundPlan]) -> list[RoundPlanView]:
    """Views of plans of rounds."""
    addresses = await places.addresses(deps, [plan.place for plan in found])
    return [
        show(
            plan,
            RoundPlanView,
            plan_id=plan.id,
            items=[show(item, RoundPlanItem) for item in plan.items],
            address=addresses.get(plan.place, plan.place),
        )
        for plan in found
    ]
