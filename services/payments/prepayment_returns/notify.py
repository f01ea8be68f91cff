"""Messages about returns of prepaid money: to the owners whose money it is."""

from typing import Final

from services.dependencies import Dependencies, Transaction
from services.kernel.money import yuan
from services.kernel.templates import Ask, Moment, Purpose, Template
from services.messaging import actions as messaging
from services.payments.prepayment_returns.models import PrepaymentReturn
from services.places import actions as places
from services.prepayments.models import Prepayment
from services.residencies import owners, tenures
from services.residencies.models import OWNERS

PREPAYMENT_RETURN: Final = Template(
    key="prepayment_return",
    title="预存款退还",
    body="{home}预存的{fee}{amount}:{progress}。退还单号{number}。",
    page="pages/bills/bills",
    data={
        "thing1": "home",
        "thing2": "fee",
        "amount3": "amount",
        "thing4": "progress",
        "character_string5": "number",
    },
    purpose=Purpose.PAYMENT,
    asks=(Ask(Moment.AFTER_PREPAYING, "预存款退还时告诉您"),),
)
TEMPLATES: Final = (PREPAYMENT_RETURN,)
APPROVED: Final = "已批准退还,请到收款单位领取"
NOT_FETCHED: Final = "尚未领取,已转回预存"


def handed_out(made: PrepaymentReturn) -> str:
    """Return in which way money was handed out, as people are told."""
    return f"已退还({made.back.label})" if made.back else "已退还"


async def notify_owners(
    deps: Dependencies,
    tx: Transaction,
    made: PrepaymentReturn,
    prepayment: Prepayment,
    progress: str,
) -> None:
    """Tell those who owned the home while the money was theirs how far its return is."""
    addresses = await places.addresses(deps, [made.home])
    values = {
        "home": addresses.get(made.home, made.home),
        "fee": made.kind.label,
        "amount": yuan(made.amount_fen),
        "progress": progress,
        "number": made.number,
    }
    for person in await owners_of(deps, prepayment):
        await messaging.notify(
            deps,
            tx,
            person_id=person,
            template=PREPAYMENT_RETURN,
            key=f"{made.id}:{made.state.value}",
            values=values,
        )


async def owners_of(deps: Dependencies, prepayment: Prepayment) -> list[str]:
    """Return whose money it is: the owners of today, or those of their last day."""
    rows = (await owners.debtors_of(deps, [prepayment.home]))[prepayment.home]
    day = prepayment.owners_until or deps.today()
    found = [row for row in tenures.holders(rows, day) if row.relation in OWNERS]
    return sorted({row.person for row in found if row.person})
