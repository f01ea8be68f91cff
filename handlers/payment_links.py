"""Endpoints of payment links: somebody else pays, who sees only what is owed."""

from typing import Annotated

from msgspec import Meta

from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from handlers.http.downloads import Download, drawn
from services.kernel.pages import Page, ShortListQuery
from services.limits.models import Rate
from services.payments.links import actions
from services.payments.links.models import (
    AskToPay,
    LinkedBills,
    NewPaymentLink,
    OpenLink,
    PayLink,
    PaymentLinkView,
)
from services.payments.models import PaymentOrder

LinkId = Annotated[
    str, Meta(min_length=1, max_length=64, description="Id of the link, as it was answered.")
]
TOGETHER = ("bill_already_paid", "different_payees", "different_fees")
OVER = ("payment_link_unknown", "payment_link_over")
TOKEN = "Qm9vdHN0cmFwTGluazEyMw"  # noqa: S105  # an example


class PaymentLinksHandler(ApiHandler):
    @endpoint("listMyPaymentLinks", needs=Access.SIGNED_IN)
    async def get(self, query: ShortListQuery) -> Page[PaymentLinkView]:
        """My links, newest first; without what opens them."""
        return await actions.listing(self.deps, self.actor, query)

    @endpoint(
        "createPaymentLink",
        needs=Access.SIGNED_IN,
        status=201,
        errors=("not_found", "forbidden", "too_many_payment_links", *TOGETHER),
        example=AskToPay(bill_ids=["3v9k…", "7m2q…"]),
        rate=Rate.ORDER,
    )
    async def post(self, body: AskToPay) -> NewPaymentLink:
        """Make a link, good for a week, by which somebody else pays bills of mine."""
        return await actions.create(self.deps, self.actor, body)


class PaymentLinkHandler(ApiHandler):
    @endpoint("withdrawPaymentLink", needs=Access.SIGNED_IN)
    async def delete(self, link_id: LinkId) -> None:
        """Withdraw a link of mine: it opens nothing any more."""
        await actions.withdraw(self.deps, self.actor, link_id)


class PaymentLinkCodeHandler(ApiHandler):
    @endpoint(
        "getPaymentLinkCode",
        needs=Access.SIGNED_IN,
        media_type="image/*",
        errors=("payment_link_over", "wechat_unavailable"),
        rate=Rate.GUESS,
    )
    async def get(self, link_id: LinkId) -> Download:
        """The mini-program code of a link of mine: PNG or JPEG, as WeChat draws it."""
        return drawn(await actions.picture(self.deps, self.actor, link_id))


class LinkedBillsHandler(ApiHandler):
    @endpoint(
        "readPaymentLink",
        needs=Access.SIGNED_IN,
        errors=OVER,
        example=OpenLink(token=TOKEN),
        rate=Rate.GUESS,
    )
    async def post(self, body: OpenLink) -> LinkedBills:
        """What is owed by a link that somebody sent me, and nothing else."""
        return await actions.get(self.deps, body)


class LinkPaymentsHandler(ApiHandler):
    @endpoint(
        "createLinkPayment",
        needs=Access.SIGNED_IN,
        status=201,
        errors=(
            *OVER,
            "bill_already_paid",
            "more_than_owed",
            "payment_in_progress",
            "payee_unavailable",
            "payment_refused",
            "wechat_pay_unavailable",
            "idempotency_key_reused",
            "request_in_progress",
        ),
        example=PayLink(token=TOKEN),
        rate=Rate.ORDER,
        is_idempotent=True,  # the open order of the same bills is handed out again
    )
    async def post(self, body: PayLink) -> PaymentOrder:
        """Make one WeChat order of mine for what is owed by a link, or for a part of it."""
        return await actions.pay(self.deps, self.actor, body)


ROUTES = [
    Route("/api/v1/payment-links", PaymentLinksHandler),
    Route("/api/v1/payment-links/opened", LinkedBillsHandler),
    Route("/api/v1/payment-links/payments", LinkPaymentsHandler),
    Route("/api/v1/payment-links/{link_id}", PaymentLinkHandler),
    Route("/api/v1/payment-links/{link_id}/code", PaymentLinkCodeHandler),
]
