"""Home requests as a kind of case: whose they are, who knows of them, how long proof stays."""

from datetime import timedelta
from typing import Final

from mongo_indexes.home_requests import COLLECTION
from services.cases.kinds import Kind
from services.home_requests import notify, states
from services.home_requests.models import HomeRequest
from services.kernel import errors
from services.kernel.acts import Act
from services.kernel.permissions import Actor, Permission

# A month after the decision the photos go (PIPL art. 19: no longer than the purpose needs): the
# time in which the requester may complain and the community look once more.
PROOF_KEPT_FOR: Final = timedelta(days=30)


class OwnRequest(errors.Forbidden):
    """Advice or decision about one's own request, which nobody may give."""

    code = "own_request"


def barred(actor: Actor, request: HomeRequest) -> OwnRequest | None:
    """Return the error for a request of the actor's own; None for that of somebody else."""
    own = request.person == actor.person_id
    return OwnRequest("自己的申请要由别人办理") if own else None


HOME_REQUEST: Final = Kind(
    name="home_request",
    label="房屋绑定申请",
    collection=COLLECTION,
    model=HomeRequest,
    place="home",
    table=states.TABLE,
    missing="没有找到这个申请",
    moved_on=lambda request: states.moved_on(request.state),
    forbidden="这一步由社区办理",
    knows=lambda actor, request: actor.may(Permission.ADVISE_HOMES, request.home),
    barred=barred,
    own=lambda request: [request.person or request.filed_by],
    files_for=Permission.DECIDE_HOMES,
    photos_kept_for=PROOF_KEPT_FOR,
    photos_act=Act.HOME_PROOF_REMOVED,
    tell=notify.tell,
)
