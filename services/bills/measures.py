"""Measures of bills: what was billed and paid, arrears, and what is owed, by place.

Source of the figures: the city's plan, 长府办发〔2021〕12号, art. 13 and 20. Bills of a month
are those whose first month it is; drafts and void bills never count. What is counted in homes
is one home, however many bills it has of a month: a month of two payees has two. Charges beside
the runs (meters, shared costs, services) are in no rate, and count with what is owed. Repairs
in homes are no fees, and never count.
"""

from typing import Final

from mongo_indexes.bills import COLLECTION
from services.bills.models import OF_FEES, OF_HOMES, owed_today
from services.bills.states import BillState
from services.bills.sums import figures
from services.kernel.days import months_from, plus_months, start_of
from services.kernel.documents import Document
from services.kernel.measures import FEN, HOMES, Figure, Measure, Scan, Span, sum_if

ISSUED: Final = {"state": {"$in": [BillState.OWING, BillState.PAID]}}
DUE: Final = {"$sum": "$due_fen"}
OWED: Final = {"$sum": "$owed_fen"}
ONE: Final = {"$sum": 1}


def _in(span: Span) -> Document:
    return {"period": {"$in": months_from(span.period, span.months)}}


def _before(span: Span) -> Document:
    """Return the condition for earlier months: their bills may be arrears of a span."""
    return {"period": {"$lt": span.period}}


def _of_kind(span: Span) -> Document:
    return {"kind": span.kind} if span.kind else OF_FEES


def _billed(span: Span) -> tuple[Scan, ...]:
    scan = Scan(
        index="issued_fees",
        match={**_in(span), **ISSUED, **_of_kind(span)},
        each={
            "due_fen": DUE,
            "received_fen": {"$sum": {"$subtract": ["$due_fen", "$owed_fen"]}},
            "owing": {"$max": {"$eq": ["$state", BillState.OWING]}},
        },
        sums={
            "billed_homes": ONE,
            "paid_homes": {"$sum": {"$cond": ["$owing", 0, 1]}},
            "due_fen": {"$sum": "$due_fen"},
            "received_fen": {"$sum": "$received_fen"},
        },
    )
    return (scan,)


def _cells(months: Document) -> tuple[Scan, ...]:
    """Return the homes billed for each fee and month, of all fees, as "fee|month"."""
    scan = Scan(
        index="issued_fees",
        match={**months, **ISSUED, **OF_FEES},
        each={"bills": ONE},
        sums={"homes": ONE},
        cells=("kind", "period"),
    )
    return (scan,)


def _arrears(span: Span) -> tuple[Scan, ...]:
    """Return what is owed now, and what was paid since the span began: in it, or after it."""
    first_day = f"{span.period}-01"
    end = start_of(f"{plus_months(span.period, span.months)}-01")
    old = {**_before(span), "due_on": {"$lt": first_day}, **_of_kind(span)}
    owing = Scan(
        index="owing",
        match={"state": BillState.OWING, **old},
        sums={"remaining_fen": OWED},
    )
    since = start_of(first_day)
    within = {"$and": [{"$gte": ["$paid.at", since]}, {"$lt": ["$paid.at", end]}]}
    paid = Scan(
        index="received_portions",
        match={**old, "paid.at": {"$gte": since}},
        of_each="paid",
        sums={
            "recovered_fen": sum_if(within, "$paid.fen"),
            "remaining_fen": sum_if({"$gte": ["$paid.at", end]}, "$paid.fen"),
        },
    )
    return (owing, paid)


MEASURES: Final = (
    Measure(
        name="bills.billed",
        collection=COLLECTION,
        path="home",
        figures={
            "billed_homes": Figure("已出账户数", HOMES),
            "paid_homes": Figure("已缴清户数", HOMES),
            "due_fen": Figure("应收金额", FEN),
            "received_fen": Figure("实收金额", FEN),
        },
        scans=_billed,
        kept=figures.BILLED,
    ),
    Measure(
        name="bills.arrears",
        collection=COLLECTION,
        path="home",
        figures={
            "recovered_fen": Figure("已清缴往期欠费", FEN),
            "remaining_fen": Figure("期末往期欠费", FEN),
        },
        scans=_arrears,
        kept=figures.ARREARS,
    ),
    Measure(
        name="bills.homes_billed",
        collection=COLLECTION,
        path="home",
        figures={"homes": Figure("各费用各月出账户数", HOMES)},
        scans=lambda span: _cells(_in(span)),
        kept=figures.HOMES_BILLED,
    ),
    Measure(
        name="bills.homes_billed_before",
        collection=COLLECTION,
        path="home",
        figures={"homes": Figure("往期各费用各月出账户数", HOMES)},
        scans=lambda span: _cells(_before(span)),
        kept=figures.HOMES_BILLED_BEFORE,
    ),
    Measure(
        name="bills.owed",
        collection=COLLECTION,
        path="home",
        figures={
            "owing_homes": Figure("欠费户数", HOMES),
            "owing_fen": Figure("欠费金额", FEN),
        },
        scans=(
            Scan(
                index="owing",
                match=lambda today: {**owed_today(today), **OF_HOMES},
                each={"owing_fen": OWED},
                sums={"owing_homes": ONE, "owing_fen": {"$sum": "$owing_fen"}},
            ),
        ),
    ),
)
