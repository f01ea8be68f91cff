"""Endpoint of the ledger: the trial balance."""

from msgspec import Struct

from handlers.http.base import ApiHandler
from handlers.http.contract import Route, endpoint
from services.kernel.days import Day
from services.kernel.permissions import Permission
from services.ledger import actions
from services.ledger.models import TrialBalance


class SpanQuery(Struct, forbid_unknown_fields=True):
    """Days between which the books are checked.

    `from_day`: First day of the span, in Beijing.
    `to_day`: Last day of the span, in Beijing.
    """

    from_day: Day
    to_day: Day


class TrialBalanceHandler(ApiHandler):
    @endpoint("getTrialBalance", needs=Permission.OPERATE)
    async def get(self, query: SpanQuery) -> TrialBalance:
        """Prove that the books of a span add up and that no journal was changed."""
        return await actions.trial_balance(self.deps, self.actor, query.from_day, query.to_day)


ROUTES = [Route("/api/v1/ledger/trial-balance", TrialBalanceHandler)]
