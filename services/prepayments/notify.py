"""Messages about prepayments: what was paid from them, so that nobody pays it once more."""

from collections.abc import Sequence
from typing import Final

from services.bills.models import Bill
from services.dependencies import Dependencies, Transaction
from services.kernel.days import Day
from services.kernel.money import yuan
from services.kernel.templates import Ask, Moment, Purpose, Template
from services.messaging import actions as messaging
from services.prepayments.models import Prepayment
from services.residencies import owners

PREPAYMENT_USED: Final = Template(
    key="prepayment_used",
    title="已用预存款缴纳",
    body="{home}的{bills}已用预存款缴纳{amount},{owed},预存余额{left_amount}。",
    page="pages/bills/bills",
    data={
        "thing1": "home",
        "thing2": "bills",
        "amount3": "amount",
        "amount4": "left_amount",
        "thing5": "owed",
    },
    purpose=Purpose.PAYMENT,
    asks=(Ask(Moment.AFTER_PREPAYING, "用预存款缴费后告诉您"),),
)
TEMPLATES: Final = (PREPAYMENT_USED,)


async def people_of(deps: Dependencies, prepayment: Prepayment, day: Day) -> list[str]:
    """Return who owns the home today, or rents it and pays, where the money is theirs."""
    found = await owners.debtors_of(deps, [prepayment.home])
    rows = [
        row
        for row in found[prepayment.home]
        if row.to_day == prepayment.owners_until
        or (row.to_day is not None and row.to_day >= day)
    ]
    return sorted({row.person for row in rows if row.person})


async def notify_used(
    deps: Dependencies,
    tx: Transaction,
    people: Sequence[str],
    prepayment: Prepayment,
    bills: Sequence[tuple[str, Bill]],
    *,
    journal: str,
    address: str,
) -> None:
    """Tell people which bills their money paid, and what is left of it.

    `bills`: (title, bill) of those that were paid.
    """
    fen = sum(p.fen for _, bill in bills for p in bill.paid if p.journal == journal)
    owed_fen = sum(bill.owed_fen for _, bill in bills)
    first = bills[0][0]
    for person in people:
        await messaging.notify(
            deps,
            tx,
            person_id=person,
            template=PREPAYMENT_USED,
            key=journal,
            values={
                "home": address,
                "bills": first if len(bills) == 1 else f"{first}等{len(bills)}张账单",
                "amount": yuan(fen),
                "left_amount": yuan(prepayment.fen),
                "owed": f"还需缴{yuan(owed_fen)}元" if owed_fen else "不用再缴",
            },
        )
