"""Views of fee reductions: whose they are, who may see which, and what each sees."""

from collections.abc import Sequence

from services.dependencies import Dependencies
from services.fee_reductions.models import Reduction, ReductionView
from services.fee_reductions.rules.models import Decider
from services.kernel import masking
from services.kernel.days import day_of
from services.kernel.permissions import Actor, Permission, Role
from services.kernel.views import show
from services.places import actions as places


def is_own(actor: Actor, found: Reduction) -> bool:
    """Tell whether an owner sees a reduction of a home: what was asked for in their time.

    Who bought the home is not told what its seller was let off, not even on the day itself.
    """
    if found.person == actor.person_id:
        return True
    since = actor.since(Permission.MANAGE_HOME)
    return found.home in since and since[found.home] < day_of(found.created_at)


def may_see(actor: Actor, found: Reduction) -> bool:
    """Tell whether an office sees a reduction: hardship is for the community alone."""
    sensitive = found.cause.is_sensitive
    needs = Permission.KEEP_EXEMPTIONS if sensitive else Permission.ENTER_REDUCTIONS
    return actor.may(needs, found.home)


def knows(actor: Actor, found: Reduction) -> bool:
    """Tell whether a reduction is the actor's own, or of a place of their office."""
    return is_own(actor, found) or may_see(actor, found)


def may_decide(actor: Actor, found: Reduction) -> bool:
    """Tell whether an office decides on it, as the compound's rule says who does."""
    needs = Permission.DECIDE_REDUCTIONS
    if found.decider is Decider.FIRM:
        return Role.FIRM_MANAGER in actor.roles(needs, found.home)
    is_community = actor.may(Permission.KEEP_EXEMPTIONS, found.home)
    return is_community and actor.may(needs, found.home)


async def views(
    deps: Dependencies, actor: Actor, found: Sequence[Reduction]
) -> list[ReductionView]:
    """Show reductions: proof and notes to those who decide, and to whose request it is."""
    addresses = await places.addresses(deps, sorted({one.home for one in found}))
    return [_view(deps, actor, one, addresses.get(one.home, one.home)) for one in found]


async def view(deps: Dependencies, actor: Actor, found: Reduction) -> ReductionView:
    """Show one reduction."""
    [shown] = await views(deps, actor, [found])
    return shown


def _view(deps: Dependencies, actor: Actor, found: Reduction, address: str) -> ReductionView:
    sees_proof = found.filed_by == actor.person_id or may_decide(actor, found)
    document = found.unseal(deps.vault, "document")
    return show(
        found,
        ReductionView,
        reduction_id=found.id,
        address=address,
        by_staff=found.person is None,
        document_masked=masking.document(document) if document else None,
        note=found.unseal(deps.vault, "note") or None if sees_proof else None,
        photo_ids=found.photo_ids if sees_proof else None,
        reason=found.unseal(deps.vault, "decision") or None,
        ended_because=found.unseal(deps.vault, "ending") or None,
    )
