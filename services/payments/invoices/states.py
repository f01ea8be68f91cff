"""State machine of a request for an invoice. The table is the specification."""

from enum import StrEnum, auto
from typing import Final

from services.kernel.acts import Act
from services.kernel.errors import Conflict
from services.kernel.labels import Labelled
from services.kernel.permissions import Permission
from services.kernel.states import Table, Transition


class InvoiceState(Labelled):
    REQUESTED = "requested", "待开票"
    SENT = "sent", "已开票"
    RED = "red", "已红冲"  # the firm took the invoice back by a red-letter one


class InvoiceAction(StrEnum):
    ASK = auto()  # again: with another title, or anew after the first was taken back
    SEND = auto()
    RED_LETTER = auto()


S, A, INVOICES = InvoiceState, InvoiceAction, Permission.KEEP_INVOICES
TABLE: Final = Table(
    S.REQUESTED,
    Transition(S.REQUESTED, A.ASK, S.REQUESTED, own=True, act=Act.INVOICE_ASKED),
    Transition(S.RED, A.ASK, S.REQUESTED, own=True, act=Act.INVOICE_ASKED),
    Transition(S.REQUESTED, A.SEND, S.SENT, INVOICES, act=Act.INVOICE_SENT),
    Transition(S.SENT, A.RED_LETTER, S.RED, INVOICES, act=Act.INVOICE_RED_LETTERED),
)


class InvoiceMovedOn(Conflict):
    """The request is not in a state in which this can be done; somebody may have been first."""

    code = "invoice_moved_on"


class ReceiptReversed(Conflict):
    """All of the receipt went back: there is nothing to invoice."""

    code = "receipt_reversed"


class ReceiptNotReversed(Conflict):
    """Nothing of the receipt went back: its invoice stands."""

    code = "receipt_not_reversed"
