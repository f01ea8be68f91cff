"""Beginnings of reviews: a bad rating opens one, in the transaction that keeps it."""

from services.cases import actions as cases
from services.cases import deadlines, ladder
from services.dependencies import Dependencies, Transaction
from services.kernel.permissions import Actor
from services.repairs.models import Repair
from services.repairs.ratings.models import Rating
from services.repairs.reviews import notify, store
from services.repairs.reviews.kind import ALLOWED, ANSWER, REVIEW
from services.repairs.reviews.models import Review
from services.repairs.reviews.states import ReviewState


async def open_for(
    deps: Dependencies, tx: Transaction, actor: Actor, repair: Repair, rating: Rating
) -> None:
    """Open the review of a bad rating that is kept in the same transaction."""
    now = deps.now()
    clocks = await deadlines.begin(deps, repair.place, now, {ANSWER: ALLOWED})
    review = Review(
        id=deps.new_id(),
        repair=repair.id,
        rating=rating.id,
        number=repair.number,
        place=repair.place,
        firm=repair.firm,
        state=ReviewState.OPEN,
        person=rating.person,
        worker=repair.holder,
        created_at=now,
        entered_at=now,
        steps=1,
        clocks=clocks,
        due_at=clocks[ANSWER].due_at,
    )
    await store.insert(deps.db, tx, review)
    await cases.begin(deps, tx, actor, REVIEW, review)
    told = await ladder.first_people(deps, REVIEW, review)
    await notify.opened(deps, tx, review, sorted(told - {actor.person_id}))
