"""Parties of a mediation, whom its mediator may ask to call while it goes on."""

from typing import Final

from services.appointments import offices
from services.dependencies import Dependencies
from services.kernel import errors
from services.kernel.callables import CallCircle, Callee, CallKind
from services.kernel.permissions import Actor
from services.mediations import steps
from services.mediations.models import Circle
from services.mediations.parties import actions as parties
from services.mediations.parties import store
from services.mediations.parties.models import PHONE
from services.mediations.states import OPEN


async def find(deps: Dependencies, actor: Actor, party_id: str) -> Callee:
    """Return a party to the mediator of the dispute, while it goes on.

    Raises NotFound for who may not know of it; Forbidden for everybody but the mediator, and
    when it is over; MediationInterest. `place` is the community: a call tells no home.
    """
    found, circle = await steps.look(deps, actor, party_id.partition(":")[0])
    own = parties.get(await store.of(deps.db, found.id), party_id)
    if circle is not Circle.MEDIATOR:
        raise errors.Forbidden("由这件调解的调解员联系")
    if found.state not in OPEN:
        raise errors.Forbidden("这件调解已经结束")
    office = await offices.find(deps, found.appointment)
    phone = own.phone_sealed if own.person is None else ""
    return Callee(
        person=own.person,
        place=found.place,
        circles=frozenset({CallCircle.CASE}),
        roles=frozenset({office.role} if office else ()),
        phone=PHONE.open(deps.vault, own.id, phone) if phone else "",
    )


# As in every message of a mediation: a screen is seen by others.
CALLABLES: Final = {"mediation": CallKind(label="社区事务", find=find, veiled=True)}
