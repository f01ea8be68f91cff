from msgspec import Struct

from handlers.base import ApiHandler
from handlers.contract import Route, endpoint
from services.kernel.days import Day
from services.kernel.permissions import Permission
from services.ledger import actions
from services.ledger.models import TrialBalance


class SpanQuery(Struct, forbid_unknown_fields=True):
    from_day: Day
    to_day: Day


class TrialBalanceHandler(ApiHandler):
    @endpoint(needs=Permission.OPERATE)
    async def get(self, query: SpanQuery) -> TrialBalance:
        """Prove that the books of a span add up and that no journal was changed."""
        return await actions.trial_balance(self.deps, self.actor, query.from_day, query.to_day)


ROUTES = [Route("/api/v1/ledger/trial-balance", TrialBalanceHandler)]
