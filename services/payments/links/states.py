"""State machine of a payment link. The table is the specification."""

from enum import StrEnum, auto
from typing import Final

from services.kernel import errors
from services.kernel.acts import Act
from services.kernel.labels import Labelled
from services.kernel.states import Table, Transition


class LinkState(Labelled):
    """State of a link. That it ran out, or that all is paid, is no state of its own."""

    OPEN = "open", "有效"
    WITHDRAWN = "withdrawn", "已收回"


class LinkAction(StrEnum):
    WITHDRAW = auto()
    LAPSE = auto()  # who asked left the product


S, A = LinkState, LinkAction
TABLE: Final = Table(
    S.OPEN,
    Transition(S.OPEN, A.WITHDRAW, S.WITHDRAWN, own=True, act=Act.PAYMENT_LINK_WITHDRAWN),
    Transition(S.OPEN, A.LAPSE, S.WITHDRAWN),
)


class PaymentLinkOver(errors.Conflict):
    """The link is too old or withdrawn, or who sent it does not pay these bills any more."""

    code = "payment_link_over"


class PaymentLinkUnknown(errors.NotFound):
    """No link has this token."""

    code = "payment_link_unknown"


class TooManyPaymentLinks(errors.Conflict):
    """Twenty links of the person can still be paid by; `most` in details."""

    code = "too_many_payment_links"
    details_type = errors.Most
