"""Messages about keys, to who borrowed one."""

from typing import Final

from services.dependencies import Dependencies, Transaction
from services.kernel.templates import Ask, Moment, Purpose, Template
from services.keys.models import Loan
from services.messaging import actions as messaging

KEY_OVERDUE: Final = Template(
    key="key_overdue",
    title="请归还钥匙",
    body="{home}借用的{door}钥匙应在{back_on}归还,请尽快交还。谢谢您!",
    page="pages/keys/keys",
    data={"thing1": "home", "thing2": "door", "date3": "back_on"},
    purpose=Purpose.REMINDER,
    asks=(Ask(Moment.AFTER_REPORTING, "该还钥匙时提醒您"),),
)
TEMPLATES: Final = (KEY_OVERDUE,)


async def notify_of_delay(
    deps: Dependencies, tx: Transaction, loan: Loan, address: str
) -> None:
    """Notify a borrower that the day to bring the key back is over."""
    await messaging.notify(
        deps,
        tx,
        person_id=loan.person,
        template=KEY_OVERDUE,
        key=loan.id,
        values={"home": address, "door": loan.door, "back_on": loan.back_on},
    )
