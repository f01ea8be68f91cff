"""Actions on reviews: the community answers a bad rating, or closes it with a reason."""

from collections.abc import Sequence

from services.cases import access as access_to_cases
from services.cases import actions as cases
from services.cases import history
from services.cases.actions import Words
from services.cases.models import EventView, Reading
from services.dependencies import Dependencies, Transaction
from services.kernel import steps
from services.kernel.access import accessible
from services.kernel.pages import ListQuery, Page
from services.kernel.permissions import Actor, Permission
from services.kernel.views import show
from services.places import actions as places
from services.repairs.reviews import store
from services.repairs.reviews.kind import REVIEW
from services.repairs.reviews.models import Review, ReviewsQuery, ReviewView
from services.repairs.reviews.states import ReviewAction


async def answer(deps: Dependencies, actor: Actor, review_id: str, text: str) -> ReviewView:
    """Answer a bad rating. Raises NotFound, Forbidden, ReviewMovedOn."""
    return await _step(deps, actor, review_id, ReviewAction.ANSWER, Words(remark=text))


async def close(deps: Dependencies, actor: Actor, review_id: str, text: str) -> ReviewView:
    """Close a review of which nothing is to be done. Raises as `answer`."""
    return await _step(deps, actor, review_id, ReviewAction.CLOSE, Words(remark=text))


async def note(deps: Dependencies, actor: Actor, review_id: str, text: str) -> ReviewView:
    """Write a remark for the community. Raises as `answer`."""
    words = Words(remark=text, internal=True)
    return await _step(deps, actor, review_id, ReviewAction.REMARK, words)


async def _step(
    deps: Dependencies, actor: Actor, review_id: str, action: ReviewAction, words: Words
) -> ReviewView:
    found = await cases.act(deps, actor, REVIEW, review_id, action, words=words)
    [view] = await _shown(deps, actor, [found])
    return view


async def get(deps: Dependencies, actor: Actor, review_id: str) -> ReviewView:
    """One review of the community, or of a rating of mine. Raises NotFound."""
    [view] = await _shown(deps, actor, [await _access(deps, actor, review_id)])
    return view


async def events(
    deps: Dependencies, actor: Actor, review_id: str, query: ListQuery
) -> Page[EventView]:
    """The history of a review, the earliest first. Raises NotFound."""
    found = await _access(deps, actor, review_id)
    internal = actor.may(Permission.DECIDE_REPAIR_APPEALS, found.place)
    reading = Reading(reader=actor.person_id, internal=internal)
    return await history.of_case(deps, REVIEW, found, query, reading)


async def listing(
    deps: Dependencies, actor: Actor, place: str, query: ReviewsQuery
) -> Page[ReviewView]:
    """Reviews of bad ratings under a place, newest first."""
    await places.access_place(deps, actor, place, Permission.DECIDE_REPAIR_APPEALS)
    page = await store.page(deps.db, place, query)
    return page.of(await _shown(deps, actor, page.items))


async def _access(deps: Dependencies, actor: Actor, review_id: str) -> Review:
    return accessible(
        actor,
        await store.find(deps.db, review_id),
        Permission.DECIDE_REPAIR_APPEALS,
        at=lambda review: review.place,
        people=lambda review: [review.person],
        missing=REVIEW.missing,
    )


async def _shown(deps: Dependencies, actor: Actor, found: Sequence[Review]) -> list[ReviewView]:
    addresses = await places.addresses(deps, [review.place for review in found])
    return [
        show(
            review,
            ReviewView,
            review_id=review.id,
            repair_id=review.repair,
            rating_id=review.rating,
            address=addresses.get(review.place, review.place),
            is_mine=review.person == actor.person_id,
            steps=access_to_cases.steps_of(actor, REVIEW, review, deps.now(), party=None),
        )
        for review in found
    ]


async def forget(deps: Dependencies, tx: Transaction, person_id: str) -> bool:
    """Remove whose rating was reviewed, a step of it; tell whether there may be more."""
    found = await store.of_person(deps.db, tx, person_id, limit=steps.AT_ONCE)
    await store.blank(deps.db, tx, found)
    return len(found) == steps.AT_ONCE
