"""Endpoints of deposits (押金): taken at the counter, decided by two, given back."""

from typing import Annotated

from msgspec import Meta

from handlers.http.base import ApiHandler
from handlers.http.contract import Route, endpoint
from handlers.http.ids import HomePath
from services.counter_payments.models import CounterWay
from services.counter_payments.refunds.models import PayOut, PayoutWay
from services.deposits import actions, payouts
from services.deposits.models import (
    AskDepositReturn,
    DecideDepositReturn,
    DepositKind,
    DepositsQuery,
    DepositView,
    MyDeposits,
    ObjectToDeduction,
    ReviewDepositReturn,
    TakeDeposit,
)
from services.kernel.pages import Page
from services.kernel.paths import PlacePath
from services.kernel.permissions import Permission

PathDepositId = Annotated[
    str, Meta(max_length=64, description="Id of the deposit, as lists show it.")
]
REFUSED = ("deposit_moved_on", "other_payee", "own_home")


class HomeDepositsHandler(ApiHandler):
    @endpoint(
        "takeDeposit",
        needs=Permission.TAKE_PAYMENTS,
        status=201,
        errors=(
            "own_home",
            "other_payee",
            "bad_payment_day",
            "voucher_used",
            "unknown_payee",
            "payee_may_not_charge",
        ),
        example=TakeDeposit(
            kind=DepositKind.RENOVATION,
            why="502装修,验收后退还",
            payer_name="李娜",
            payee_id="01kt9a7c4m8q2v5x1z3b6d0e9j",
            amount_fen=200_000,
            way=CounterWay.CASH,
            voucher="Y-000123",
        ),
        is_idempotent=True,  # a voucher is booked once
    )
    async def post(self, home: HomePath, body: TakeDeposit) -> DepositView:
        """Book a deposit that somebody pays for a home; it is owed to them, and no income."""
        return await actions.take(self.deps, self.actor, home, body)


class MyDepositsHandler(ApiHandler):
    @endpoint("listMyDeposits", needs=Permission.PAY_BILLS)
    async def get(self) -> MyDeposits:
        """Deposits that are or were kept for my homes, and what became of each."""
        return await actions.mine(self.deps, self.actor)


class DepositsHandler(ApiHandler):
    @endpoint("listDeposits", needs=Permission.TAKE_PAYMENTS)
    async def get(self, place: PlacePath, query: DepositsQuery) -> Page[DepositView]:
        """Deposits of homes under a place, with how long each is kept."""
        return await actions.listing(self.deps, self.actor, place, query)


class ReturnHandler(ApiHandler):
    @endpoint(
        "askDepositReturn",
        needs=Permission.REFUND_PAYMENTS,
        errors=(*REFUSED, "bad_deposit"),
        example=AskDepositReturn(),
    )
    async def post(self, deposit_id: PathDepositId, body: AskDepositReturn) -> DepositView:
        """Ask that a deposit is given back, in full or less a deduction."""
        return await actions.ask(self.deps, self.actor, deposit_id, body)


class DecisionHandler(ApiHandler):
    @endpoint(
        "decideDepositReturn",
        needs=Permission.RUN_BILLS,
        errors=(*REFUSED, "same_person"),
        example=DecideDepositReturn(approve=True, reason="验收合格"),
    )
    async def post(self, deposit_id: PathDepositId, body: DecideDepositReturn) -> DepositView:
        """Approve the return that somebody else asked for, or leave the deposit kept."""
        return await actions.decide(self.deps, self.actor, deposit_id, body)


class ReviewHandler(ApiHandler):
    @endpoint(
        "reviewDepositReturn",
        needs=Permission.RUN_BILLS,
        errors=REFUSED,
        example=ReviewDepositReturn(take_back=True, reason="交款人提出异议,重新核实"),
    )
    async def post(self, deposit_id: PathDepositId, body: ReviewDepositReturn) -> DepositView:
        """Take an approval back while nothing was paid out, or answer an objection to it.

        What is taken back stays kept, and its return is asked for and decided anew.
        """
        return await actions.review(self.deps, self.actor, deposit_id, body)


class PayoutHandler(ApiHandler):
    @endpoint(
        "giveDepositBack",
        needs=Permission.REFUND_PAYMENTS,
        errors=(
            *REFUSED,
            "payout_incomplete",
            "not_enough_cash",
            "delivery_open",
            "voucher_used",
        ),
        example=PayOut(way=PayoutWay.TRANSFER, voucher="T-000123"),
    )
    async def post(self, deposit_id: PathDepositId, body: PayOut) -> DepositView:
        """Give back a deposit whose return was approved, as cash or by a transfer."""
        return await payouts.pay_out(self.deps, self.actor, deposit_id, body)


class ObjectionHandler(ApiHandler):
    @endpoint(
        "appealDeduction",
        needs=Permission.TAKE_PAYMENTS,
        errors=REFUSED,
        example=ObjectToDeduction(note="墙面不是我弄坏的"),
    )
    async def post(self, deposit_id: PathDepositId, body: ObjectToDeduction) -> DepositView:
        """Keep what the payer says against a deduction."""
        return await actions.object_to(self.deps, self.actor, deposit_id, body)


ROUTES = [
    Route("/api/v1/me/deposits", MyDepositsHandler),
    Route("/api/v1/homes/{home}/deposits", HomeDepositsHandler),
    Route("/api/v1/places/{place}/deposits", DepositsHandler),
    Route("/api/v1/deposits/{deposit_id}/return", ReturnHandler),
    Route("/api/v1/deposits/{deposit_id}/return-decision", DecisionHandler),
    Route("/api/v1/deposits/{deposit_id}/review", ReviewHandler),
    Route("/api/v1/deposits/{deposit_id}/payout", PayoutHandler),
    Route("/api/v1/deposits/{deposit_id}/objection", ObjectionHandler),
]
