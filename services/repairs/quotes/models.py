"""Quotes (报价) of repairs in homes: what is kept, sent and seen of them."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.bills.states import BillState
from services.kernel.days import Day
from services.kernel.labels import Labelled
from services.repairs.prices.models import ItemCode, PriceKind, UnitFen, VersionNumber
from services.repairs.quotes.states import QuoteState

MOST_LINES: Final = 30
# More than any repair in an old flat costs: a slip of two digits is noticed. 50,000 yuan.
MOST_FEN: Final = 5_000_000

Quantity = Annotated[int, Meta(ge=1, le=1000)]
GuaranteeDays = Annotated[int, Meta(ge=0, le=3650)]


class QuoteLine(Struct, frozen=True, kw_only=True):
    """Line of a quote, with the item as the price list called it on that day.

    `code`: Item of the price list.
    `label`: Name of the item.
    `unit`: What one of it is.
    `kind`: Whether it is labour or material.
    `quantity`: How many units.
    `unit_fen`: Price of a unit, in fen.
    `amount_fen`: Price of the line, in fen.
    """

    code: Annotated[str, Meta(examples=["tap"])]
    label: Annotated[str, Meta(examples=["换水龙头"])]
    unit: Annotated[str, Meta(examples=["个"])]
    kind: PriceKind
    quantity: int
    unit_fen: int
    amount_fen: int


class Quote(Struct, kw_only=True):
    """Version of the quote of one repair. Nothing of what it offers ever changes.

    `reported_category`: as which the repair was reported; "" of old ones.
    `firm`: who offers it. `payee`, `account`, `payee_name`: into whose merchant account it is
    paid. `answered_by`: who said yes or no; who said yes owes the bill. `billed_at`: when the
    repair was done. `guaranteed_until`: last day on which the same fault is repaired free.
    """

    id: str = field(name="_id")  # a digest of repair and version
    repair: str
    number: str  # of the repair, for people
    place: str  # the home
    category: str
    reported_category: str = ""
    firm: str
    payee: str
    account: str
    payee_name: str
    version: int
    lines: list[QuoteLine]
    total_fen: int
    guarantee_days: int
    state: QuoteState = QuoteState.OFFERED
    offered_by: str
    offered_at: datetime
    answered_by: str = ""
    answered_at: datetime | None = None
    ended_by: str = ""
    ended_at: datetime | None = None
    bill: str = ""
    billed_at: datetime | None = None
    guaranteed_until: Day | None = None


class NewQuoteLine(Struct, forbid_unknown_fields=True, kw_only=True):
    """Line of a quote.

    `code`: Item of the price list.
    `quantity`: How many units of it.
    `unit_fen`: Price of a unit, in fen, within the band of the list.
    """

    code: ItemCode
    quantity: Quantity
    unit_fen: UnitFen


class NewQuote(Struct, forbid_unknown_fields=True, kw_only=True):
    """Quote of a repair.

    `after_version`: Latest quote of the repair that was seen; 0 for the first.
    `lines`: Labour and materials.
    `guarantee_days`: Days after the work in which the same fault is repaired free.
    """

    after_version: VersionNumber
    lines: Annotated[list[NewQuoteLine], Meta(min_length=1, max_length=MOST_LINES)]
    guarantee_days: GuaranteeDays


class LiftReason(Labelled):
    """Reason for which a repair is none of an earlier one's guarantee."""

    OTHER_FAULT = "other_fault", "不是同一个问题"
    DAMAGED = "damaged", "使用不当造成"


class LiftGuarantee(Struct, forbid_unknown_fields=True, kw_only=True):
    """Decision that a repair is to be paid although an earlier one is guaranteed.

    `reason`: Why.
    """

    reason: LiftReason


class QuoteView(Struct, kw_only=True):
    """Version of the quote of a repair.

    `quote_id`: Opaque id of the quote.
    `repair_id`: Opaque id of what is repaired.
    `version`: Number of the version, the first is 1.
    `lines`: Labour and materials.
    `total_fen`: What it costs in all, in fen.
    `guarantee_days`: Days after the work in which the same fault is repaired free.
    `payee_name`: Who receives the money.
    `state`: How far the quote is.
    `offered_at`: When it was offered.
    `answered_at`: When somebody of the home said yes or no; null before.
    `is_answered_by_me`: Whether it was I.
    `bill_id`: Id of the bill, for who owes it; null before, and for others.
    `bill_state`: State of the bill; null before there is one.
    `guaranteed_until`: Last day on which the same fault is repaired free; null before.
    """

    quote_id: str
    repair_id: str
    version: int
    lines: list[QuoteLine]
    total_fen: int
    guarantee_days: int
    payee_name: str
    state: QuoteState
    offered_at: datetime
    answered_at: datetime | None
    is_answered_by_me: bool
    bill_id: str | None
    bill_state: BillState | None
    guaranteed_until: Annotated[Day | None, Meta(examples=["2026-06-01"])]


class Quotes(Struct, kw_only=True):
    """Quotes of a repair.

    `items`: All versions, the latest first.
    """

    items: list[QuoteView]
