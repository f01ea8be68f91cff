"""What was owed of a bill day by day: payments, what went back, notes, each from its day."""

from datetime import UTC, datetime
from typing import Any

import pytest

from services.bills.models import Bill, Noted, NoteKind, Portion
from services.bills.states import BillState
from services.fees.models import BillKind, HomeFee
from services.kernel.days import start_of
from services.late_charges import accounts, interest, lines
from services.late_charges.rules.models import LateRule
from services.ledger.models import Journal, Posting, receivable

AT = datetime(2026, 1, 1, 4, tzinfo=UTC)


def bill(paid: tuple[Portion, ...] = (), notes: tuple[Noted, ...] = ()) -> Bill:
    return Bill(
        id="bill",
        run_id="run",
        rule_id="rule",
        kind=BillKind.PROPERTY_FEE,
        home="cc.a.b.c.d.e.f.1",
        period="2026-01",
        months=1,
        slots=["-"],
        amount_fen=1000,
        explanation="-",
        account="firm",
        payee_name="物业",
        state=BillState.OWING,
        created_at=AT,
        paid=list(paid),
        notes=list(notes),
    )


def journal(own: str, kind: str, fen: int, day: str) -> Journal:
    """A journal of the payment "p" that posts so much to what is owed of the bill."""
    postings = [Posting(receivable("bill"), fen), Posting("wechat:firm", -fen)]
    made = Journal(id=own, kind=kind, place="cc", at=start_of(day), postings=postings)
    made.reference = {"counter_payment" if kind.startswith("counter") else "payment": "p"}
    return made


def note(kind: NoteKind, fen: int, day: str) -> Noted:
    return Noted(note="n", number="1", kind=kind, fen=fen, reason="-", at=start_of(day))


def owed(
    found: Bill, journals: list[Journal], *days: str, paid_on: str | None = None
) -> list[int]:
    paid_at = {"p": start_of(paid_on)} if paid_on else {}
    changes = accounts.changes_of(found, journals, paid_at)
    rows = dict(interest.balances(changes, "2026-02-01", "2026-06-30"))
    return [rows[day] for day in days]


ISSUED = journal("issue:bill", "issue", 1000, "2026-01-01")


def test_a_payment_counts_from_the_day_on_which_it_was_made() -> None:
    portion = Portion(journal="pay", fen=400, at=start_of("2026-03-10"))
    booked = journal("pay", "payment", -400, "2026-03-12")  # two days later
    days = ("2026-03-09", "2026-03-10", "2026-03-12")
    assert owed(bill((portion,)), [ISSUED, booked], *days) == [1000, 600, 600]
    # also one that was booked after the journals were read
    assert owed(bill((portion,)), [ISSUED], *days) == [1000, 600, 600]


def test_what_went_back_was_not_owed_meanwhile() -> None:
    """Of a portion that went back whole nothing is left on the bill; the journals know it."""
    journals = [
        ISSUED,
        journal("pay", "payment", -1000, "2026-03-10"),
        journal("refund", "refund", 1000, "2026-03-20"),
    ]
    days = ("2026-03-09", "2026-03-10", "2026-03-19", "2026-03-20")
    assert owed(bill(), journals, *days) == [1000, 0, 0, 1000]
    portion = Portion(journal="pay", fen=700, at=start_of("2026-03-10"))
    journals[2] = journal("refund", "refund", 300, "2026-03-20")
    assert owed(bill((portion,)), journals, *days) == [1000, 0, 0, 300]


@pytest.mark.parametrize(
    "kinds", [("payment", "refund"), ("counter_payment", "counter_refund")]
)
@pytest.mark.parametrize(
    ("back", "paid_on", "expected"),
    [
        (1000, "2026-03-05", [1000, 0, 0, 1000]),  # no portion is left that says when
        (1000, None, [1000, 1000, 0, 1000]),  # without a receipt: the day of the booking
        (400, "2026-03-05", [1000, 0, 0, 400]),
    ],
)
def test_what_went_back_was_paid_on_its_day_and_owed_again_from_the_refund_on(
    kinds: tuple[str, str], back: int, paid_on: str | None, expected: list[int]
) -> None:
    portion = Portion(journal="pay", fen=1000 - back, at=start_of("2026-03-05"))
    journals = [
        ISSUED,
        journal("pay", kinds[0], -1000, "2026-03-10"),
        journal("refund", kinds[1], back, "2026-03-20"),
    ]
    found = bill((portion,) if portion.fen else ())
    days = ("2026-03-04", "2026-03-05", "2026-03-19", "2026-03-20")
    assert owed(found, journals, *days, paid_on=paid_on) == expected


@pytest.mark.parametrize(
    ("kind", "fen", "before", "on", "after_notice"),
    [
        (NoteKind.CREDIT, -300, 700, 700, 700),  # it was never owed
        (NoteKind.DEBIT, 300, 1000, 1000, 1300),  # after time to pay it
        (NoteKind.WRITE_OFF, -1000, 1000, 0, 0),
    ],
)
def test_a_note_counts_from_when_it_is_fair(
    kind: NoteKind, fen: int, before: int, on: int, after_notice: int
) -> None:
    noted = journal("note:n", "note", fen, "2026-03-10")
    found = bill(notes=(note(kind, fen, "2026-03-10"),))
    days = ("2026-03-09", "2026-03-10", "2026-04-09", "2026-04-10")
    assert owed(found, [ISSUED, noted], *days) == [before, on, on, after_notice]


def rule(**more: Any) -> LateRule:
    made = {"place": "cc.a.b.c.d", "account": "firm", "start_day": "2026-01-01", "version": 1}
    made = {"id": "rule", **made}
    return LateRule(
        payee="payee",
        payee_name="物业",
        kinds=[HomeFee.PROPERTY_FEE],
        daily_rate=500,
        after_days=1,
        cap=None,
        stops=[],
        source="-",
        page=1,
        slots=[],
        proposed_by="-",
        proposed_at=AT,
        **{**made, **more},
    )


@pytest.mark.parametrize(
    ("more", "holds"),
    [
        ({}, True),
        ({"place": "cc.a.b.c.other"}, False),
        ({"account": "other"}, False),
        ({"start_day": "2026-01-02"}, False),
        ({"end_day": "2026-01-01"}, True),
        ({"end_day": "2025-12-31"}, False),
    ],
)
def test_a_rule_is_of_a_payee_in_a_compound_and_of_days(
    more: dict[str, str], *, holds: bool
) -> None:
    assert (lines.rule_of([rule(**more)], bill()) is not None) is holds


def test_of_two_rules_the_later_one_holds() -> None:
    early, late = rule(start_day="2025-01-01", version=2), rule()
    assert lines.rule_of([early, late], bill()) == late
    assert lines.rule_of([late, early], bill()) == late


@pytest.mark.parametrize(
    ("end_day", "held"),
    [
        ("2025-12-31", "early"),  # it never held on a day
        ("2025-06-30", "early"),
        ("2026-01-01", "late"),
    ],
)
def test_a_rule_that_ended_before_it_began_replaces_none(end_day: str, held: str) -> None:
    early, late = rule(start_day="2025-01-01", id="early"), rule(id="late", end_day=end_day)
    found = lines.rule_of([early, late], bill())
    assert found is not None
    assert found.id == held


def test_the_end_of_a_rule_brings_no_earlier_one_back() -> None:
    early = rule(start_day="2025-01-01")
    late = rule(start_day="2025-06-01", end_day="2025-12-31", version=2)
    assert lines.rule_of([early, late], bill()) is None
