"""Authors of feedback, whom those with whom it lies may ask to call.

Never of what was said without a name: whoever asked would learn whose phone rings.
"""

from typing import Final

from services.dependencies import Dependencies
from services.feedback import views
from services.feedback.filings.authors import home_of
from services.feedback.kind import FEEDBACK, lies_with
from services.feedback.models import Feedback
from services.feedback.states import OPEN
from services.kernel import errors, interests
from services.kernel.callables import CallCircle, Callee, CallKind
from services.kernel.permissions import Actor, Permission


async def find(deps: Dependencies, actor: Actor, case_id: str) -> Callee:
    """Return who said something, to the office with which it lies, while it is open.

    Once somebody of the office has it, to them alone. Raises NotFound for who may not know of
    it, and below the community for what has no name; Forbidden for others, and when it is
    over; OwnHome for what somebody of the actor's own home said.
    """
    found = await views.access(deps, actor, case_id)
    _require_named(actor, found)
    if not lies_with(actor, found) or found.holder not in {"", actor.person_id}:
        raise errors.Forbidden("由办理这条民情的人联系")
    if found.state not in OPEN:
        raise errors.Forbidden("这条民情已经办完")
    interests.require_not_own(actor, [home_of(deps, found)])
    desks = {*found.desks}
    return Callee(
        person=found.person,
        place=found.place,
        circles=frozenset({CallCircle.CASE}),
        roles=frozenset(
            grant.role for grant in actor.grants if f"{grant.role}:{grant.place}" in desks
        ),
    )


def _require_named(actor: Actor, found: Feedback) -> None:
    """Refuse what has no name; the community has the reveal of the author for it."""
    if not found.anonymous:
        return
    if actor.may(Permission.OVERSEE_FEEDBACK, found.place):
        raise errors.Forbidden("匿名反映的不能请求通话")
    raise errors.NotFound(FEEDBACK.missing)


CALLABLES: Final = {"feedback": CallKind(label="民情", find=find)}
