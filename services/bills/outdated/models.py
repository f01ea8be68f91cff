"""Outdated bills: what is seen of bills that a correction of their home would change."""

from msgspec import Struct

from services.bills.models import BillView


class OutdatedBill(Struct, kw_only=True):
    """Issued bill that would be another one today, because its home was corrected since.

    `bill`: The bill as it was issued.
    `right_fen`: What it would come to today, in fen; 0 where there is no such home.
    `right_explanation`: How that is computed, in Chinese; empty for nothing.
    """

    bill: BillView
    right_fen: int
    right_explanation: str


class OutdatedPage(Struct, frozen=True):
    """Outdated bills of some homes. `after`: the last home looked at; "" at the end."""

    items: list[OutdatedBill]
    after: str
