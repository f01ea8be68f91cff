"""Requesters of a home, whom the head who is asked and who decides may ask to call."""

from typing import Final

from services.cases import access
from services.dependencies import Dependencies
from services.home_requests.kind import HOME_REQUEST
from services.home_requests.models import HomeRequest
from services.home_requests.states import OPEN, RequestState
from services.kernel import errors
from services.kernel.callables import CallCircle, Callee, CallKind
from services.kernel.permissions import Actor, Permission


async def find(deps: Dependencies, actor: Actor, request_id: str) -> Callee:
    """Return who asks for a home, to its heads until they gave advice, then to who decides.

    Raises NotFound for who may not know of it; Forbidden for others, and when it is over.
    """
    advises, decides = Permission.ADVISE_HOMES, Permission.DECIDE_HOMES
    found: HomeRequest = await access.access(deps, actor, HOME_REQUEST, request_id, advises)
    if found.state not in OPEN:
        raise errors.Forbidden("这个申请已经处理完")
    is_advised = found.state is not RequestState.WITH_HEAD
    needs = decides if is_advised or actor.may(decides, found.home) else advises
    if not actor.may(needs, found.home):
        raise errors.Forbidden("由社区联系申请人")
    return Callee(
        person=found.person,
        place=found.home,
        circles=frozenset({CallCircle.CASE}),
        roles=actor.roles(needs, found.home),
    )


CALLABLES: Final = {"home_request": CallKind(label=HOME_REQUEST.label, find=find)}
