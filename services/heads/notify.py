"""Notices of hand-overs, to the next head."""

from typing import Final

from services.dependencies import Dependencies, Transaction
from services.heads.models import HandOver
from services.kernel.templates import Ask, Moment, Purpose, Template
from services.messaging import actions as messaging
from services.places import actions as places

HAND_OVER_OFFERED: Final = Template(
    key="hand_over_offered",
    title="请接收工作交接清单",
    body="{place}的{office}工作交接清单已备好,请核对后接收。",
    page="pages/heads/heads",
    data={"thing1": "place", "thing2": "office"},
    purpose=Purpose.REMINDER,
    asks=(Ask(Moment.AFTER_WORKING, "有工作要交接时提醒您"),),
)
TEMPLATES: Final = (HAND_OVER_OFFERED,)


async def values_of(deps: Dependencies, made: HandOver) -> dict[str, str]:
    """Return what the notice says. Ask before the transaction that sends it."""
    addresses = await places.addresses(deps, [made.place])
    return {"place": addresses.get(made.place, made.place), "office": made.role.label}


async def offered(
    deps: Dependencies, tx: Transaction, person: str, made: HandOver, values: dict[str, str]
) -> None:
    """Notify a next head that a list is offered to them."""
    await messaging.notify(
        deps,
        tx,
        person_id=person,
        template=HAND_OVER_OFFERED,
        key=made.id,
        values=values,
    )
