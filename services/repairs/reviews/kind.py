"""Reviews of bad ratings as a kind of case: the community answers, or its subdistrict hears.

A third kind of case by tables alone.
"""

from typing import Final

from mongo_indexes.repair_reviews import COLLECTION
from services.cases.kinds import Kind, Rung
from services.kernel import errors
from services.kernel.permissions import Actor, Permission, Role
from services.repairs.reviews import notify, states
from services.repairs.reviews.models import Review
from services.repairs.reviews.states import TABLE, ReviewState
from services.working_time.models import WORKING_DAY, Pace, Span

ANSWER: Final = "answer"
# The product's own: no law says how soon a community answers a bad rating.
ALLOWED: Final = Span(5 * WORKING_DAY, Pace.WORKING)


def knows(actor: Actor, review: Review) -> bool:
    """Tell whether somebody may know of a review: the community, and whose rating it is."""
    return review.person == actor.person_id or actor.may(
        Permission.DECIDE_REPAIR_APPEALS, review.place
    )


def _barred(actor: Actor, review: Review) -> Exception | None:
    """Return why somebody reviews nothing here: nobody does what is about themselves."""
    if actor.person_id in {review.person, review.worker}:
        return errors.Forbidden("与自己有关的评价由别的工作人员处理")
    return None


REVIEW: Final = Kind(
    name="repair_review",
    label="差评",
    collection=COLLECTION,
    model=Review,
    table=TABLE,
    missing="没有找到这条差评",
    moved_on=lambda review: states.moved_on(review.state),
    forbidden="差评由社区处理",
    knows=knows,
    barred=_barred,
    own=lambda review: [review.person],
    goals={ReviewState.OPEN: ANSWER},
    ladder=(
        Rung("社区", (Role.COMMUNITY_STAFF,), 0.0),
        Rung("街道", (Role.SUBDISTRICT_STAFF,), 0.5),
    ),
    tell=notify.tell,
)
