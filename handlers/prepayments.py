"""Endpoints of prepayments: money for bills to come, and what is left of it."""

from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from handlers.http.ids import HomePath
from services.fees.models import FeeKind
from services.kernel.pages import Page
from services.kernel.paths import PlacePath
from services.kernel.permissions import Permission
from services.limits.models import Rate
from services.payments.advances import actions as advances
from services.payments.advances.models import PayAhead
from services.payments.models import PaymentOrder
from services.prepayments import actions, offers
from services.prepayments.models import (
    MyPrepayments,
    OfferQuery,
    OfferView,
    PrepaymentsQuery,
    PrepaymentView,
)


class MyPrepaymentsHandler(ApiHandler):
    @endpoint("listMyPrepayments", needs=Permission.PAY_BILLS)
    async def get(self) -> MyPrepayments:
        """What my homes paid in advance, and how it moved."""
        return await actions.mine(self.deps, self.actor)

    @endpoint(
        "createPrepayment",
        needs=Permission.PAY_BILLS,
        status=201,
        errors=(
            "not_found",
            "nothing_ahead",
            "older_debt",
            "months_or_sum",
            "too_much_ahead",
            "bill_already_paid",
            "payment_in_progress",
            "payee_unavailable",
            "payment_refused",
            "wechat_pay_unavailable",
            "idempotency_key_reused",
            "request_in_progress",
        ),
        example=PayAhead(
            home="cc.chaoyang.guilin.xincheng.c07.b3.u2.502",
            kind=FeeKind.PROPERTY_FEE,
            months=3,
        ),
        rate=Rate.ORDER,
        is_idempotent=True,  # the open order of the same is handed out again
    )
    async def post(self, body: PayAhead) -> PaymentOrder:
        """Make one WeChat order for bills of a home to come, of a year at most."""
        return await advances.pay(self.deps, self.actor, body)


class PrepaymentOfferHandler(ApiHandler):
    @endpoint("getPrepaymentOffer", needs=Access.SIGNED_IN, errors=("not_found", "other_payee"))
    async def get(self, home: HomePath, query: OfferQuery) -> OfferView:
        """What a home may pay in advance for a fee, and what each number of months costs."""
        return await offers.shown(self.deps, self.actor, home, query)


class PlacePrepaymentsHandler(ApiHandler):
    @endpoint("listPrepayments", needs=Permission.VIEW_DEBTORS)
    async def get(self, place: PlacePath, query: PrepaymentsQuery) -> Page[PrepaymentView]:
        """What homes under a place paid in advance; to a firm what it holds itself."""
        return await actions.listing(self.deps, self.actor, place, query)


ROUTES = [
    Route("/api/v1/me/prepayments", MyPrepaymentsHandler),
    Route("/api/v1/homes/{home}/prepayment-offer", PrepaymentOfferHandler),
    Route("/api/v1/places/{place}/prepayments", PlacePrepaymentsHandler),
]
