"""Endpoints of quotes of repairs in homes: offered, answered by the household, taken back."""

from typing import Annotated

from msgspec import Meta

from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from services.kernel.permissions import Permission
from services.repairs.models import RepairView
from services.repairs.quotes import actions as quotes
from services.repairs.quotes import guarantees, offers
from services.repairs.quotes.models import (
    LiftGuarantee,
    LiftReason,
    NewQuote,
    NewQuoteLine,
    Quotes,
    QuoteView,
)

RepairId = Annotated[
    str, Meta(min_length=1, max_length=64, description="Id of the repair, as it was answered.")
]
QuoteId = Annotated[
    str, Meta(min_length=1, max_length=64, description="Id of the quote, as it was answered.")
]
ANSWER = ("not_found", "forbidden", "repair_quote_moved_on")


class RepairQuotesHandler(ApiHandler):
    @endpoint("listRepairQuotes", needs=Access.SIGNED_IN, errors=("not_found", "forbidden"))
    async def get(self, repair_id: RepairId) -> Quotes:
        """Quotes of a repair of my home, or of one where I work, the latest first."""
        return await quotes.listing(self.deps, self.actor, repair_id)

    @endpoint(
        "offerRepairQuote",
        needs=Permission.WORK_ON_REPAIRS,
        status=201,
        errors=(
            "not_found",
            "forbidden",
            "repair_moved_on",
            "repair_quote_not_home",
            "repair_quote_no_payee",
            "repair_quote_bad_total",
            "repair_quote_outdated",
            "repair_under_guarantee",
            "repair_price_unknown",
            "repair_price_out_of_band",
        ),
        example=NewQuote(
            after_version=0,
            lines=[NewQuoteLine(code="tap", quantity=1, unit_fen=3000)],
            guarantee_days=90,
        ),
    )
    async def post(self, repair_id: RepairId, body: NewQuote) -> QuoteView:
        """Say what a repair of mine costs; the household is asked for its yes."""
        return await offers.offer(self.deps, self.actor, repair_id, body)


class AcceptQuoteHandler(ApiHandler):
    @endpoint(
        "acceptRepairQuote",
        needs=Access.SIGNED_IN,
        errors=(*ANSWER, "repair_moved_on", "repair_quote_other_firm"),
    )
    async def post(self, quote_id: QuoteId) -> QuoteView:
        """Say yes to a quote: I owe it when the work is done."""
        return await quotes.accept(self.deps, self.actor, quote_id)


class DeclineQuoteHandler(ApiHandler):
    @endpoint("declineRepairQuote", needs=Access.SIGNED_IN, errors=ANSWER)
    async def post(self, quote_id: QuoteId) -> QuoteView:
        """Say no to a quote."""
        return await quotes.decline(self.deps, self.actor, quote_id)


class WithdrawQuoteHandler(ApiHandler):
    @endpoint("withdrawRepairQuote", needs=Permission.WORK_ON_REPAIRS, errors=ANSWER)
    async def post(self, quote_id: QuoteId) -> QuoteView:
        """Take a quote back before it is billed: nothing is to pay."""
        return await quotes.withdraw(self.deps, self.actor, quote_id)


class GuaranteeLiftHandler(ApiHandler):
    @endpoint(
        "liftRepairGuarantee",
        needs=Permission.DECIDE_REPAIR_APPEALS,
        errors=("not_found", "repair_no_guarantee"),
        example=LiftGuarantee(reason=LiftReason.OTHER_FAULT),
    )
    async def post(self, repair_id: RepairId, body: LiftGuarantee) -> RepairView:
        """Decide that a repair is none of an earlier one's guarantee, so that it may cost."""
        return await guarantees.lift(self.deps, self.actor, repair_id, body.reason)


ROUTES = [
    Route("/api/v1/repairs/{repair_id}/quotes", RepairQuotesHandler),
    Route("/api/v1/repairs/{repair_id}/guarantee-lift", GuaranteeLiftHandler),
    Route("/api/v1/repair-quotes/{quote_id}/accept", AcceptQuoteHandler),
    Route("/api/v1/repair-quotes/{quote_id}/decline", DeclineQuoteHandler),
    Route("/api/v1/repair-quotes/{quote_id}/withdraw", WithdrawQuoteHandler),
]
