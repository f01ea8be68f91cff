"""Views of quotes: for the household, and for those who work on repairs there."""

from collections.abc import Sequence

from services.bills import actions as bills
from services.dependencies import Dependencies
from services.kernel.permissions import Actor
from services.kernel.views import show
from services.repairs.quotes.models import Quote, QuoteView


async def shown(deps: Dependencies, actor: Actor, quotes: Sequence[Quote]) -> list[QuoteView]:
    """Show quotes, with what became of their bills: one query however many."""
    ids = [quote.bill for quote in quotes if quote.bill]
    states = await bills.states_of(deps, ids) if ids else {}
    return [
        show(
            quote,
            QuoteView,
            quote_id=quote.id,
            repair_id=quote.repair,
            is_answered_by_me=quote.answered_by == actor.person_id,
            bill_id=(quote.bill or None) if quote.answered_by == actor.person_id else None,
            bill_state=states.get(quote.bill),
        )
        for quote in quotes
    ]


async def one(deps: Dependencies, actor: Actor, quote: Quote) -> QuoteView:
    [view] = await shown(deps, actor, [quote])
    return view
