"""Actions on quotes: offered by who does a repair, answered by the household, taken back.

A quote is of one repair in a home. What was accepted never changes: a changed quote is a new
version that needs a new yes.
"""

from typing import Any, Final

from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.firms import contracts
from services.kernel import errors
from services.kernel.access import accessible
from services.kernel.documents import Document
from services.kernel.permissions import Actor, Permission
from services.people import actions as people
from services.places import actions as places
from services.repairs import states as repair_states
from services.repairs import store as repairs
from services.repairs import views as repair_views
from services.repairs.kind import REPAIR, is_household, knows
from services.repairs.models import Repair
from services.repairs.quotes import notify, store, views
from services.repairs.quotes.models import Quote, Quotes, QuoteView
from services.repairs.quotes.refusals import OtherFirm, moved_on
from services.repairs.quotes.states import TABLE, QuoteAction, QuoteState
from services.repairs.states import UNDER_WAY

MISSING: Final = "没有找到这个报价"
FORBIDDEN: Final = "报价由住户答复"


async def listing(deps: Dependencies, actor: Actor, repair_id: str) -> Quotes:
    """Return all quotes of a repair, for its household and those who work on repairs there.

    Its household are those who belonged to the home when it was reported.

    Raises NotFound, and Forbidden for who wrote the repair down for somebody else.
    """
    found, _ = await repair_views.access(deps, actor, repair_id)
    works = actor.may(Permission.WORK_ON_REPAIRS, found.place)
    sees = works or is_household(actor, found.place, found.created_at)
    if not sees and found.person != actor.person_id:
        raise errors.Forbidden("只有住户和维修人员可以看报价")
    return Quotes(
        items=await views.shown(deps, actor, await store.of_repair(deps.db, found.id))
    )


async def agreed(deps: Dependencies, repair_id: str) -> Quote | None:
    """Return the quote of a repair that its household said yes to, for who may see it."""
    states = (QuoteState.ACCEPTED, QuoteState.BILLED)
    found = await store.of_repair(deps.db, repair_id)
    return next((quote for quote in found if quote.state in states), None)


async def accept(deps: Dependencies, actor: Actor, quote_id: str) -> QuoteView:
    """Accept a quote as one of the household, and owe it once the work is done.

    The same person again is the same yes. Raises NotFound, Forbidden, QuoteMovedOn, OtherFirm,
    RepairMovedOn.
    """

    async def save(tx: Transaction) -> Quote:
        quote = await _held(deps, tx, actor, quote_id)
        is_same = (quote.state, quote.answered_by) == (QuoteState.ACCEPTED, actor.person_id)
        if is_same:
            await _note(deps, tx, actor, quote, QuoteAction.ACCEPT, again=True)
            return quote
        await people.require_open(deps, tx, actor.person_id)
        await _require_doing(deps, tx, quote)
        return await _answer(deps, tx, actor, quote, QuoteAction.ACCEPT)

    return await views.one(deps, actor, await deps.in_transaction(save))


async def decline(deps: Dependencies, actor: Actor, quote_id: str) -> QuoteView:
    """Decline a quote as one of the household. Raises NotFound, Forbidden, QuoteMovedOn."""

    async def save(tx: Transaction) -> Quote:
        quote = await _held(deps, tx, actor, quote_id)
        return await _answer(deps, tx, actor, quote, QuoteAction.DECLINE)

    return await views.one(deps, actor, await deps.in_transaction(save))


async def _held(deps: Dependencies, tx: Transaction, actor: Actor, quote_id: str) -> Quote:
    """Return a quote that is the actor's to answer, its repair locked against other steps.

    So of a yes and the end of the work at once, one sees the other.
    """
    quote = accessible(
        actor,
        await store.find(deps.db, quote_id, tx=tx),
        Permission.VIEW_HOME,
        at=lambda quote: quote.place,
        missing=MISSING,
        known_by=(Permission.WORK_ON_REPAIRS,),
        forbidden=FORBIDDEN,
    )
    accessible(
        actor,
        await repairs.hold(deps.db, tx, quote.repair),
        people=lambda repair: [actor.person_id] if knows(actor, repair) else [],
        missing=MISSING,
    )
    return quote


async def _require_doing(deps: Dependencies, tx: Transaction, quote: Quote) -> None:
    """Raise unless the repair is under way, and still that firm's by a contract of today."""
    found: Repair | None = await repairs.find(deps.db, quote.repair, tx=tx)
    if found is None:
        raise errors.NotFound(REPAIR.missing)
    if quote.state is not QuoteState.OFFERED:
        raise moved_on(quote.state)
    if found.state not in UNDER_WAY:
        raise repair_states.moved_on(found.state)
    if found.firm != quote.firm or not await serves(deps, quote):
        raise OtherFirm("报价的物业企业不再负责这个报修,请等新的报价")


async def serves(deps: Dependencies, quote: Quote) -> bool:
    """Tell whether the firm that offered a quote serves the compound today."""
    contract = await contracts.holding(deps, places.compound_of(quote.place))
    return contract is not None and contract.firm == quote.firm


async def _answer(
    deps: Dependencies, tx: Transaction, actor: Actor, quote: Quote, action: QuoteAction
) -> Quote:
    said = {"answered_by": actor.person_id, "answered_at": deps.now()}
    if not await store.move(deps.db, tx, quote, action, **said):
        raise moved_on(quote.state)
    await notify.answered(deps, tx, quote)
    await _note(deps, tx, actor, quote, action)
    return quote


async def withdraw(deps: Dependencies, actor: Actor, quote_id: str) -> QuoteView:
    """Withdraw a quote before it is billed, as who offered it, does it or hands repairs out.

    Raises NotFound, Forbidden, QuoteMovedOn.
    """

    async def save(tx: Transaction) -> Quote:
        quote = accessible(
            actor,
            await store.find(deps.db, quote_id, tx=tx),
            TABLE.needs(QuoteAction.WITHDRAW),
            at=lambda quote: quote.place,
            missing=MISSING,
            known_by=(Permission.VIEW_HOME,),
            forbidden=REPAIR.forbidden,
        )
        found = await repairs.hold(deps.db, tx, quote.repair)
        mine = actor.person_id in {quote.offered_by, found.holder if found else ""}
        if not mine and not actor.may(Permission.DISPATCH_REPAIRS, quote.place):
            raise errors.Forbidden(REPAIR.forbidden)
        gone = {"ended_by": actor.person_id, "ended_at": deps.now()}
        if not await store.move(deps.db, tx, quote, QuoteAction.WITHDRAW, **gone):
            raise moved_on(quote.state)
        await notify.ended(deps, tx, quote)
        await _note(deps, tx, actor, quote, QuoteAction.WITHDRAW)
        return quote

    return await views.one(deps, actor, await deps.in_transaction(save))


async def _note(
    deps: Dependencies,
    tx: Transaction,
    actor: Actor,
    quote: Quote,
    action: QuoteAction,
    **more: Any,
) -> None:
    about = {"place": quote.place, "subject": quote.id}
    facts: Document = {
        "repair": quote.repair,
        "version": quote.version,
        "amount_fen": quote.total_fen,
    }
    await audit.record(deps, tx, actor, TABLE.act(action), **about, **facts, **more)
