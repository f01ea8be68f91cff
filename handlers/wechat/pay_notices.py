"""WeChat Pay webhooks: payment and refund notices.

The status decides whether WeChat sends a notice again; the body is for its log. Source:
docs/reference/wechat.md, Payment notices.
"""

from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from handlers.http.admission import Lane
from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from services.limits.models import Rate
from services.merchants.probes import echoes
from services.payments import notices

MAX_NOTICE_BYTES: Final = 64 * 1024
NOTICE_SECONDS: Final = 4.5  # WeChat waits five, then counts it as not heard

AccountKey = Annotated[
    str,
    Meta(
        pattern=r"^[0-9A-Za-z_-]{1,64}$(?!\n)",
        description="Key of the merchant account the notice is for.",
    ),
]


class NoticeFailure(msgspec.Struct):
    """Failure answer for WeChat's log; any status but 2xx makes it send the notice again.

    `code`: Always `FAIL`.
    `message`: What went wrong, in Chinese.
    """

    code: Literal["FAIL"]
    message: str


class NoticeHandler(ApiHandler):
    """No session here: a notice proves itself by its signature.

    A probe of our own has none: it is refused, and told in a header that it reached us.
    """

    lane = Lane.NOTICES
    max_body_bytes = MAX_NOTICE_BYTES
    failure = NoticeFailure

    def seconds(self) -> float:
        return NOTICE_SECONDS

    def refuse_probe(self) -> None:
        """Raise Forged for our own probe, which is no reason for an alarm in the log."""
        if echoes.answer(self.deps.vault, self.request.headers.get(echoes.HEADER, "")):
            raise notices.Forged("签名不对")

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        problem = self.problem_told(status_code, **kwargs)
        self.set_status(problem.status)
        if asked := self.request.headers.get(echoes.HEADER):
            self.set_header(echoes.HEADER, echoes.answer(self.deps.vault, asked))
        self.finish(msgspec.json.encode(NoticeFailure("FAIL", problem.title)))


class PaymentNoticeHandler(NoticeHandler):
    @endpoint(
        "receivePaymentNotice",
        needs=Access.PUBLIC,
        status=204,
        errors=("bad_signature", "unexpected_notice", "wechat_keys_unavailable"),
        rate=Rate.CALLBACK,
    )
    async def post(self, account: AccountKey, body: bytes) -> None:
        """Receive WeChat Pay's notice of a payment."""
        self.refuse_probe()
        await notices.receive_payment(self.deps, account, self.request.headers, body)


class CombinedNoticeHandler(NoticeHandler):
    @endpoint(
        "receiveCombinedNotice",
        needs=Access.PUBLIC,
        status=204,
        errors=("bad_signature", "unexpected_notice", "wechat_keys_unavailable"),
        rate=Rate.CALLBACK,
    )
    async def post(self, account: AccountKey, body: bytes) -> None:
        """Receive WeChat Pay's notice that a combined order was paid."""
        await notices.receive_combined(self.deps, account, self.request.headers, body)


class RefundNoticeHandler(NoticeHandler):
    @endpoint(
        "receiveRefundNotice",
        needs=Access.PUBLIC,
        status=204,
        errors=("bad_signature", "unexpected_notice", "wechat_keys_unavailable"),
        rate=Rate.CALLBACK,
    )
    async def post(self, account: AccountKey, body: bytes) -> None:
        """Receive WeChat Pay's notice of a refund."""
        await notices.receive_refund(self.deps, account, self.request.headers, body)


ROUTES = [
    Route("/wx/pay/notify/{account}", PaymentNoticeHandler),
    Route("/wx/pay/combined-notify/{account}", CombinedNoticeHandler),
    Route("/wx/pay/refund-notify/{account}", RefundNoticeHandler),
]
