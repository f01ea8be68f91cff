"""Notices of hand-overs, to the next head."""

from services.dependencies import Dependencies, Transaction
from services.heads.models import HandOver
from services.messaging import actions as messaging
from services.messaging.templates import TemplateKey
from services.places import actions as places


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
        template=TemplateKey.HAND_OVER_OFFERED,
        key=made.id,
        values=values,
    )
