"""Guarantee (保修期) of a paid repair: the same fault of the home is repaired free within it.

It binds the firm that was paid. A report is of the same fault when it has the same category, at
the same home, and came after the work was done. Categories are compared as they were reported,
too, and what a report was found to be under at first stays: the firm itself reclassifies. The
repair itself, once it is sent back or opened again, is free however long the guarantee is: what
is not fixed was paid already. The community may decide that it is none of it.
"""

from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.kernel.access import accessible
from services.kernel.acts import Act
from services.kernel.days import day_of
from services.kernel.permissions import Actor, Permission
from services.repairs import store as repairs
from services.repairs import views as repair_views
from services.repairs.kind import REPAIR
from services.repairs.models import Part, Repair, RepairView
from services.repairs.quotes import notify, store
from services.repairs.quotes.models import LiftReason, Quote
from services.repairs.quotes.refusals import NoGuarantee


async def find(
    deps: Dependencies, repair: Repair, *, tx: Transaction | None = None
) -> Quote | None:
    """Return the paid quote by which a repair is free; None when it is to be paid."""
    if repair.part is not Part.HOME or not repair.firm or repair.guarantee_lifted:
        return None
    since = day_of(repair.created_at)
    found = await store.billed_of(deps.db, repair.id, tx=tx)
    found += await store.guaranteed(deps.db, repair.place, since, tx=tx)
    return next((quote for quote in found if _covers(quote, repair)), None)


def _covers(quote: Quote, repair: Repair) -> bool:
    if quote.firm != repair.firm or quote.billed_at is None:
        return False
    if quote.repair in {repair.id, repair.guarantee_of}:
        return True
    same = _categories(quote) & _categories(repair)
    return bool(same) and quote.billed_at <= repair.created_at


def _categories(one: Quote | Repair) -> set[str]:
    return {one.category, one.reported_category} - {""}


async def source_of(deps: Dependencies, repair: Repair) -> str:
    """Return the id of the repair under whose guarantee a new report is; "" for none."""
    quote = await find(deps, repair)
    return quote.repair if quote else ""


async def lift(
    deps: Dependencies, actor: Actor, repair_id: str, reason: LiftReason
) -> RepairView:
    """Decide as the community that a repair is none of the guarantee: a quote may be offered.

    Raises NotFound, NoGuarantee.
    """

    async def save(tx: Transaction) -> Repair:
        found = accessible(
            actor,
            await repairs.hold(deps.db, tx, repair_id),
            Permission.DECIDE_REPAIR_APPEALS,
            at=lambda repair: repair.place,
            missing=REPAIR.missing,
        )
        quote = await find(deps, found, tx=tx)
        if quote is None:
            raise NoGuarantee("这个报修不在保修期内")
        await repairs.lift_guarantee(deps.db, tx, repair_id)
        found.guarantee_lifted = True
        about = {"place": found.place, "subject": found.id}
        act, facts = Act.REPAIR_GUARANTEE_LIFTED, {"reason": reason, "repair": quote.repair}
        await audit.record(deps, tx, actor, act, **about, **facts)
        await notify.lifted(deps, tx, found, reason)
        return found

    return await repair_views.one(deps, actor, await deps.in_transaction(save))
