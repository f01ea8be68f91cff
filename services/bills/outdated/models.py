"""Outdated bills: what is seen of bills that would be others today."""

from typing import Literal

from msgspec import Struct

from services.bills.models import BillView
from services.fees.models import FeeKind
from services.kernel.days import Month
from services.kernel.pages import ListQuery


class OutdatedBillsQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which outdated bills to list.

    `state`: Owed ones, which can be voided and billed again, or paid ones; both without it.
    `kind`: Fee that is billed; all of them without it.
    `period_from`: Earliest first month of a bill.
    `period_to`: Latest first month of a bill.
    """

    state: Literal["owing", "paid"] | None = None
    kind: FeeKind | None = None
    period_from: Month | None = None
    period_to: Month | None = None


class OutdatedBill(Struct, kw_only=True):
    """Issued bill that would be another one today: its home was corrected, sold or let off.

    `bill`: The bill as it was issued.
    `right_fen`: What it would come to today, in fen; 0 where there is no such home.
    `right_explanation`: How that is computed, in Chinese; empty for nothing.
    `same_owners`: Whether the same owners would owe it; what others owe is voided and billed
    anew, a note only changes how much it is.
    """

    bill: BillView
    right_fen: int
    right_explanation: str
    same_owners: bool
