"""Reporters of repairs, whom those who do them may ask to call."""

from typing import Final

from services.dependencies import Dependencies
from services.kernel import errors
from services.kernel.callables import CallCircle, Callee, CallKind
from services.kernel.permissions import Actor, Permission
from services.repairs import views
from services.repairs.models import PHONE
from services.repairs.states import OPEN


async def find(deps: Dependencies, actor: Actor, repair_id: str) -> Callee:
    """Return who reported a repair, to who does it or hands it out, while it is open.

    Raises NotFound for who may not know of it; Forbidden for others, and when it is over.
    """
    repair, _ = await views.access(deps, actor, repair_id)
    works = actor.may(Permission.WORK_ON_REPAIRS, repair.place)
    hands_out = actor.may(Permission.DISPATCH_REPAIRS, repair.place)
    if not works or not (hands_out or repair.holder == actor.person_id):
        raise errors.Forbidden("由办理这个报修的人联系")
    if repair.state not in OPEN:
        raise errors.Forbidden("这个报修已经办完")
    sealed = repair.phone_sealed
    return Callee(
        person=repair.person,
        place=repair.place,
        circles=frozenset({CallCircle.CASE}),
        roles=actor.roles(Permission.WORK_ON_REPAIRS, repair.place),
        phone=PHONE.open(deps.vault, repair.id, sealed) if sealed else "",
    )


CALLABLES: Final = {"repair": CallKind(label="报修", find=find)}
