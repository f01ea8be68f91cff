"""Charge (单项收费): a bill of something ordered once, made beside the monthly runs."""

from datetime import datetime

from msgspec import Struct

from services.bills import store
from services.bills.due_days import NOTICE_DAYS, due_on
from services.bills.models import Bill
from services.bills.states import BillAction
from services.dependencies import Dependencies, Transaction
from services.fees.models import BillKind
from services.fees.payees import actions as payees
from services.kernel.days import day_of
from services.kernel.documents import digest_id
from services.ledger import actions as ledger
from services.ledger.models import Journal, Posting, income, receivable
from services.places import actions as places


class Charge(Struct, frozen=True, kw_only=True):
    """What is charged. `source`: id of what was ordered; it is charged once, ever.

    `debtor`: who ordered it. `payee`, `account`, `payee_name`: who is paid, as they were when
    it was ordered. `explanation`: the whole computation on one line, in Chinese.
    """

    kind: BillKind
    source: str
    home: str
    debtor: str
    payee: str
    account: str
    payee_name: str
    amount_fen: int
    explanation: str


async def issue(deps: Dependencies, tx: Transaction, charge: Charge) -> Bill:
    """Make a bill that is owed from now on. The caller sees to it that it is asked for once.

    DuplicateKeyError when its source was charged before.
    """
    now = deps.now()
    bill = _draft(charge, now)
    bill.due_on = due_on(bill, day_of(now))
    await store.insert_drafts(deps.db, tx, [bill])
    changes = {"issued_at": now, "due_on": bill.due_on}
    await store.move(deps.db, tx, [bill.id], BillAction.ISSUE, **changes)
    await payees.mark_charged(deps, tx, {bill.payee})
    await ledger.post(deps, tx, journal_of(bill, now))
    return bill


def _draft(charge: Charge, at: datetime) -> Bill:
    """Return the bill of one day: who may dispose of it is asked for that day only."""
    today = day_of(at)
    return Bill(
        id=digest_id("charge", charge.kind, charge.source),
        run_id="",
        rule_id="",
        kind=charge.kind,
        home=charge.home,
        period=today[:7],
        months=1,
        from_day=today,
        to_day=today,
        slots=[f"{charge.kind}|{charge.source}"],
        amount_fen=charge.amount_fen,
        explanation=charge.explanation,
        payee=charge.payee,
        account=charge.account,
        payee_name=charge.payee_name,
        due_days=NOTICE_DAYS,
        debtor=charge.debtor,
        created_at=at,
    )


def journal_of(bill: Bill, at: datetime) -> Journal:
    """Return the journal by which a bill becomes a debt."""
    compound = places.compound_of(bill.home)
    return Journal(
        id=f"issue:{bill.id}",
        kind="issue",
        place=compound,
        at=at,
        postings=[
            Posting(receivable(bill.id), bill.amount_fen),
            Posting(income(bill.kind, compound), -bill.amount_fen),
        ],
        reference={"bill": bill.id, "run": bill.run_id},
    )
