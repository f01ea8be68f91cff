"""Messages about corrections of bills, to who owes them."""

from collections.abc import Iterable
from typing import Final

from services.bill_notes.models import Note
from services.bills.models import Bill
from services.dependencies import Dependencies, Transaction
from services.kernel.money import yuan
from services.kernel.templates import Ask, Moment, Purpose, Template
from services.messaging import actions as messaging
from services.places import actions as places

BILL_CORRECTED: Final = Template(
    key="bill_corrected",
    title="账单有更正",
    body="{home}的{bill}有更正:{change},原因:{reason}。现在还需缴{amount}。给您添麻烦了。",
    page="pages/bills/bills",
    data={"thing1": "home", "thing2": "bill", "thing3": "reason", "amount4": "amount"},
    purpose=Purpose.PAYMENT,
    asks=(Ask(Moment.AFTER_LOOKING_AT_PAYMENTS, "账单有更正时告诉您"),),
)
TEMPLATES: Final = (BILL_CORRECTED,)


async def notify_debtors(
    deps: Dependencies, tx: Transaction, people: Iterable[str], note: Note, bill: Bill
) -> None:
    """Tell who owes a bill what was corrected, and what is left to pay of it."""
    address = (await places.addresses(deps, [bill.home])).get(bill.home, bill.home)
    sign = "减少" if note.fen < 0 else "增加"
    values = {
        "home": address,
        "bill": note.title,
        "change": f"{note.kind.label}{sign}{yuan(abs(note.fen))}元",
        "reason": note.reason,
        "amount": yuan(bill.owed_fen),
    }
    for person in people:
        await messaging.notify(
            deps, tx, person_id=person, template=BILL_CORRECTED, key=note.id, values=values
        )
