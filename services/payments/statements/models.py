"""Statements of a home for a year: what is seen of them."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from services.fees.models import HomeFee
from services.kernel.days import Day, Month
from services.kernel.labels import Labelled

Year = Annotated[int, Meta(ge=2000, le=2100, examples=[2026])]


How = Annotated[str, Meta(examples=["微信支付"])]
Reference = Annotated[str, Meta(examples=["2026-000017"])]


class EntryKind(Labelled):
    """Kind of a movement of what a home owes."""

    BILLED = "billed", "出账"
    PAID = "paid", "缴费"
    REFUNDED = "refunded", "退款"
    VOIDED = "voided", "账单作废"
    CORRECTED = "corrected", "更正"


class StatementQuery(Struct, forbid_unknown_fields=True, kw_only=True):
    """Year of the statement.

    `year`: Calendar year in Beijing.
    """

    year: Year


class StatementEntry(Struct, kw_only=True):
    """Movement of what a home owes, as the books have it.

    `at`: When it was booked.
    `paid_at`: When the money was paid, by whoever took it; null where none was.
    `kind`: What it was.
    `how`: How money came or went, as people say it; empty where none did.
    `fee`: Fee it is about.
    `title`: Bill it is about, e.g. 2026年11月物业费.
    `period`: First month of the bill.
    `amount_fen`: By how much more is owed since, in fen; less than nothing for a payment.
    `reference`: Number of the receipt, or of the correction; empty where there is none.
    """

    at: datetime
    paid_at: datetime | None
    kind: EntryKind
    how: How
    fee: HomeFee
    title: str
    period: Month
    amount_fen: int
    reference: Reference


class StatementSum(Struct, kw_only=True):
    """Sums of one fee over a year, in fen; what was owed, billed and so on come to `end_fen`.

    `fee`: Fee that it is about.
    `start_fen`: What was owed when the year began.
    `billed_fen`: What was billed in it.
    `paid_fen`: What was paid in it.
    `refunded_fen`: What was given back in it, and is owed again.
    `voided_fen`: What was billed and taken back in it.
    `corrected_fen`: By how much corrections of it made more owed, or less.
    `end_fen`: What was owed when the year ended, or is owed now.
    """

    fee: HomeFee
    start_fen: int
    billed_fen: int
    paid_fen: int
    refunded_fen: int
    voided_fen: int
    corrected_fen: int
    end_fen: int


class Statement(Struct, kw_only=True):
    """What was billed of a home in a year, and paid, as whoever asks may see it.

    `place`: Path of the home.
    `address`: Address of the home, as people say it.
    `year`: Calendar year in Beijing.
    `to_day`: Last day of it that the statement has: the last of the year, or today.
    `sums`: Sums of each fee.
    `entries`: Each movement, the earliest first.
    """

    place: str
    address: str
    year: int
    to_day: Day
    sums: list[StatementSum]
    entries: list[StatementEntry]
