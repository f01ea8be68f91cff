"""Guarantee (保修期) of a paid repair: the same fault of the home is repaired free within it.

It binds the firm that was paid. A report is of the same fault when it has the same category, at
the same home, and came after the work was done. Categories are compared as they were reported,
too, and what a report was found to be under at first stays: the firm itself reclassifies. The
repair itself, once it is sent back or opened again, is free however long the guarantee is: what
is not fixed was paid already. The community may decide that it is none of it: a decision about
the quotes that were paid by then, not about one that is paid for this repair since.
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
    return next(iter(await _covering(deps, repair, tx=tx)), None)


async def _covering(
    deps: Dependencies, repair: Repair, *, tx: Transaction | None = None
) -> list[Quote]:
    """Return the paid quotes by each of which a repair is free, its own first."""
    if repair.part is not Part.HOME or not repair.firm:
        return []
    since = day_of(repair.created_at)
    found = await store.billed_of(deps.db, repair.id, tx=tx)
    found += await store.guaranteed(deps.db, repair.place, since, tx=tx)
    return [quote for quote in found if _covers(quote, repair)]


def _covers(quote: Quote, repair: Repair) -> bool:
    if quote.firm != repair.firm or quote.billed_at is None or _is_lifted(quote, repair):
        return False
    if quote.repair in {repair.id, repair.guarantee_of}:
        return True
    same = _categories(quote) & _categories(repair)
    return bool(same) and quote.billed_at <= repair.created_at


def _is_lifted(quote: Quote, repair: Repair) -> bool:
    """Tell whether the community decided that a repair is none of a quote's guarantee.

    Of decisions from before quotes were named: of each quote but the repair's own.
    """
    if repair.guarantee_lifted and not repair.lifted_quotes:
        return quote.repair != repair.id
    return quote.id in repair.lifted_quotes


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

    What is paid for it afterwards has a guarantee again. Raises NotFound, NoGuarantee.
    """

    async def save(tx: Transaction) -> Repair:
        found = accessible(
            actor,
            await repairs.hold(deps.db, tx, repair_id),
            Permission.DECIDE_REPAIR_APPEALS,
            at=lambda repair: repair.place,
            missing=REPAIR.missing,
        )
        quotes = await _covering(deps, found, tx=tx)
        if not quotes:
            raise NoGuarantee("这个报修不在保修期内")
        quote, lifted = quotes[0], [each.id for each in quotes]
        await repairs.lift_guarantee(deps.db, tx, repair_id, lifted)
        found.guarantee_lifted = True
        about = {"place": found.place, "subject": found.id}
        act, facts = Act.REPAIR_GUARANTEE_LIFTED, {"reason": reason, "repair": quote.repair}
        await audit.record(deps, tx, actor, act, **about, **facts)
        await notify.lifted(deps, tx, found, quote, reason)
        return found

    return await repair_views.one(deps, actor, await deps.in_transaction(save))
