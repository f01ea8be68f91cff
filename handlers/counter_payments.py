"""Endpoints of counter payments: money taken without WeChat, and its receipts."""

from typing import Annotated

from msgspec import Meta

from handlers.http.base import ApiHandler
from handlers.http.contract import Route, endpoint
from handlers.http.downloads import Download
from services.counter_payments import actions, advances
from services.counter_payments.models import (
    CounterPaymentDetails,
    CounterPaymentsQuery,
    CounterPaymentView,
    CounterWay,
    TakeAhead,
    TakePayment,
)
from services.fees.models import FeeKind
from services.kernel.pages import Page
from services.kernel.paths import PlacePath
from services.kernel.permissions import Permission
from services.kernel.sheets import PDF

CounterPaymentId = Annotated[
    str,
    Meta(min_length=1, max_length=64, description="Id of the payment, as lists show it."),
]


class CounterPaymentsHandler(ApiHandler):
    @endpoint(
        "takePayment",
        needs=Permission.TAKE_PAYMENTS,
        status=201,
        errors=(
            "not_found",
            "own_home",
            "other_payee",
            "bad_payment_day",
            "voucher_used",
            "bill_already_paid",
            "different_payees",
            "different_fees",
            "more_than_owed",
            "payment_in_progress",
        ),
        example=TakePayment(bill_ids=["3v9k…"], way=CounterWay.CASH, voucher="A-000123"),
        is_idempotent=True,  # a voucher is booked once
    )
    async def post(self, body: TakePayment) -> CounterPaymentDetails:
        """Book cash, a transfer or a card payment for bills of one payee, with its receipt."""
        return await actions.take(self.deps, self.actor, body)


class CounterPrepaymentsHandler(ApiHandler):
    @endpoint(
        "takePrepayment",
        needs=Permission.TAKE_PAYMENTS,
        status=201,
        errors=(
            "not_found",
            "own_home",
            "other_payee",
            "bad_payment_day",
            "voucher_used",
            "nothing_ahead",
            "older_debt",
            "months_or_sum",
            "too_much_ahead",
            "bill_already_paid",
            "payment_in_progress",
        ),
        example=TakeAhead(
            home="cc.chaoyang.guilin.xincheng.c07.b3.u2.502",
            kind=FeeKind.PROPERTY_FEE,
            months=3,
            way=CounterWay.CASH,
            voucher="A-000124",
        ),
        is_idempotent=True,  # a voucher is booked once
    )
    async def post(self, body: TakeAhead) -> CounterPaymentDetails:
        """Book cash, a transfer or a card payment for bills of a home to come."""
        return await advances.take(self.deps, self.actor, body)


class CounterPaymentHandler(ApiHandler):
    @endpoint("getCounterPayment", needs=Permission.TAKE_PAYMENTS)
    async def get(self, counter_payment_id: CounterPaymentId) -> CounterPaymentDetails:
        """A counter payment whole."""
        return await actions.get(self.deps, self.actor, counter_payment_id)


class CounterReceiptHandler(ApiHandler):
    @endpoint(
        "getCounterReceipt",
        needs=Permission.TAKE_PAYMENTS,
        media_type=PDF,
        errors=("paper_too_long",),
    )
    async def get(self, counter_payment_id: CounterPaymentId) -> Download:
        """The receipt of a counter payment on paper, with a code to check it by."""
        number, made = await actions.printed_receipt(self.deps, self.actor, counter_payment_id)
        return Download(made, PDF, f"收据{number}.pdf")


class PlaceCounterPaymentsHandler(ApiHandler):
    @endpoint("listCounterPayments", needs=Permission.TAKE_PAYMENTS)
    async def get(
        self, place: PlacePath, query: CounterPaymentsQuery
    ) -> Page[CounterPaymentView]:
        """Counter payments of a compound or a part of it; to a firm those to itself."""
        return await actions.listing(self.deps, self.actor, place, query)


ROUTES = [
    Route("/api/v1/counter-prepayments", CounterPrepaymentsHandler),
    Route("/api/v1/counter-payments", CounterPaymentsHandler),
    Route("/api/v1/counter-payments/{counter_payment_id}", CounterPaymentHandler),
    Route("/api/v1/counter-payments/{counter_payment_id}/receipt/sheet", CounterReceiptHandler),
    Route("/api/v1/places/{place}/counter-payments", PlaceCounterPaymentsHandler),
]
