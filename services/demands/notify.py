"""Messages that ask for what is owed: to who owes it, in fixed friendly words.

The text says what is owed, since when, and whom to ask, and never what happens otherwise:
threats.py is held against it.
"""

from collections.abc import Sequence
from typing import Final

from services.demands.models import Debt, Demand
from services.kernel.templates import Ask, Moment, Purpose, Template
from services.messaging.templates import write
from services.wechat import template_values

PAYMENT_REMINDER: Final = Template(
    key="payment_reminder",
    title="缴费提醒",
    body="{home}的{fee}共{amount}还没有缴,缴费期限是{due_on}。请您方便时缴纳;刚刚缴过的请不用理会。"
    "如有疑问或困难,请与{payee}联系。{note}",
    page="pages/bills/bills",
    data={"thing1": "home", "thing2": "fee", "amount3": "amount", "date4": "due_on"},
    purpose=Purpose.REMINDER,
    asks=(
        Ask(Moment.AFTER_BINDING, "忘了缴费时提醒您"),
        Ask(Moment.AFTER_LOOKING_AT_PAYMENTS, "忘了缴费时提醒您"),
    ),
)
TEMPLATES: Final = (PAYMENT_REMINDER,)


def values(debts: Sequence[Debt | Demand], address: str, note: str = "") -> dict[str, str]:
    """Return what a message about one person's debts speaks of.

    `address`: of the first home; of several homes the number is said.
    """
    homes = len({debt.home for debt in debts})
    lines = [line for debt in debts for line in debt.lines]
    return {
        "home": address if homes == 1 else f"{address}等{homes}处",
        "fee": "、".join(kind.label for kind in sorted({line.kind for line in lines})),
        "amount": template_values.amount(sum(line.owed_fen for line in lines)),
        "due_on": min(line.due_on for line in lines),
        "payee": "、".join(sorted({line.payee_name for line in lines})),
        "note": note,
    }


def text_of(debts: Sequence[Debt | Demand], address: str, note: str = "") -> str:
    """Return what somebody is told of debts."""
    written = write(PAYMENT_REMINDER, values(debts, address, note))
    return PAYMENT_REMINDER.body.format_map(written)
