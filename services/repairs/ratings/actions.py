"""Actions on ratings: given by who reported or joined a repair, answered by its firm."""

from typing import Final

from pymongo.errors import DuplicateKeyError

from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.firms import contracts
from services.kernel import errors, steps
from services.kernel.acts import Act
from services.kernel.pages import ListQuery, Page
from services.kernel.permissions import Actor, Permission
from services.places import actions as places
from services.repairs import notify, views
from services.repairs.figures import recounts
from services.repairs.models import Repair
from services.repairs.ratings import store
from services.repairs.ratings import views as rating_views
from services.repairs.ratings.models import (
    ANSWER,
    BAD,
    WORDS,
    AnswerRating,
    RateRepair,
    Rating,
    RatingsQuery,
    RatingView,
)
from services.repairs.reviews import beginnings as reviews
from services.repairs.states import RepairState, RepairStateDetails

TWICE: Final = "您已经评价过了"


class NotConfirmed(errors.Conflict):
    """A repair is rated once all who were asked said that it is fixed."""

    code = "repair_not_confirmed"
    details_type = RepairStateDetails


class RatedBefore(errors.Conflict):
    """Each who reported or joined a repair rates it once."""

    code = "repair_rated_before"


class NotTheirs(errors.Forbidden):
    """Who did a repair does not rate it, nor who wrote it down for somebody."""

    code = "repair_rating_not_theirs"


class RatingAnswered(errors.Conflict):
    """A rating is answered once."""

    code = "repair_rating_answered"


class OtherFirm(errors.Forbidden):
    """A rating is answered by the firm that did the repair, while it serves the compound."""

    code = "repair_rating_other_firm"


async def rate(
    deps: Dependencies, actor: Actor, repair_id: str, wish: RateRepair
) -> RatingView:
    """Rate a repair that is fixed, once; a bad rating opens a case with the community.

    Raises NotFound, Forbidden for who neither reported nor joined it, NotTheirs for who did
    it or wrote it down for somebody, NotConfirmed, RatedBefore.
    """
    rating_id = deps.new_id()

    async def save(tx: Transaction) -> Rating:
        found = await _access(deps, tx, actor, repair_id)
        rating = _draft(deps, actor, found, wish, rating_id)
        await store.insert(deps.db, tx, rating)
        if rating.is_bad:
            await reviews.open_for(deps, tx, actor, found, rating)
        await recounts.of_rating(deps, tx, found, rating.id)
        await _note(deps, tx, actor, Act.REPAIR_RATED, found, rating)
        return rating

    try:
        rated = await deps.in_transaction(save)
    except DuplicateKeyError:  # the same person at another phone was first
        raise RatedBefore(TWICE) from None
    return await rating_views.one(deps, actor, rated)


async def _access(deps: Dependencies, tx: Transaction, actor: Actor, repair_id: str) -> Repair:
    """Return a repair that the actor may rate now."""
    found, row = await views.access(deps, actor, repair_id, tx=tx)
    if row is None:
        raise errors.Forbidden("只有报修或加入报修的人可以评价")
    if views.is_in_work(actor.person_id, found, row):
        raise NotTheirs("自己修的、替别人报修的,由别人评价")
    if found.state is not RepairState.CONFIRMED:
        raise NotConfirmed("确认修好以后才能评价", state=found.state)
    if await store.of_rater(deps.db, tx, repair_id, actor.person_id):
        raise RatedBefore(TWICE)
    return found


def _draft(
    deps: Dependencies, actor: Actor, repair: Repair, wish: RateRepair, rating_id: str
) -> Rating:
    words = wish.words
    return Rating(
        id=rating_id,
        repair=repair.id,
        person=actor.person_id,
        place=repair.place,
        firm=repair.firm,
        speed=wish.speed,
        quality=wish.quality,
        manner=wish.manner,
        is_bad=min(wish.speed, wish.quality, wish.manner) <= BAD,
        words_sealed=WORDS.seal(deps.vault, rating_id, words) if words else "",
        rated_at=deps.now(),
    )


async def answer(
    deps: Dependencies, actor: Actor, repair_id: str, wish: AnswerRating
) -> RatingView:
    """Answer a rating as the manager of the firm that did the repair, once.

    Raises NotFound, Forbidden, OtherFirm, RatingAnswered.
    """

    async def save(tx: Transaction) -> Rating:
        found, _ = await views.access(deps, actor, repair_id, tx=tx)
        rating = await store.find(deps.db, tx, wish.rating_id)
        if not actor.may(Permission.ANSWER_RATINGS, found.place):
            raise errors.Forbidden("评价由物业经理回复")
        if rating is None or rating.repair != repair_id:
            raise errors.NotFound("没有找到这条评价")
        await _require_firm(deps, rating)
        now = deps.now()
        sealed = ANSWER.seal(deps.vault, rating.id, wish.text)
        if not await store.answer(deps.db, tx, rating, sealed, actor.person_id, now):
            raise RatingAnswered("这条评价已经回复过了")
        rating.answer_sealed, rating.answered_at = sealed, now
        if rating.person:
            key = f"{rating.id}:answer"
            await notify.progress(deps, tx, found, [rating.person], key, "物业回复了您的评价")
        await _note(deps, tx, actor, Act.REPAIR_RATING_ANSWERED, found, rating)
        return rating

    return await rating_views.one(deps, actor, await deps.in_transaction(save))


async def _require_firm(deps: Dependencies, rating: Rating) -> None:
    contract = await contracts.holding(deps, places.compound_of(rating.place))
    if contract is None or contract.firm != rating.firm:
        raise OtherFirm("这条评价是给其他物业的")


async def of_repair(
    deps: Dependencies, actor: Actor, repair_id: str, query: ListQuery
) -> Page[RatingView]:
    """Ratings of a repair: all for those who hand repairs out there, else one's own.

    Raises NotFound.
    """
    found, _ = await views.access(deps, actor, repair_id)
    page = await store.of_repair(deps.db, found.id, query, person=_only(actor, found))
    return page.of(await rating_views.shown(deps, actor, page.items))


def _only(actor: Actor, found: Repair) -> str | None:
    return None if actor.may(Permission.DISPATCH_REPAIRS, found.place) else actor.person_id


async def listing(
    deps: Dependencies, actor: Actor, place: str, query: RatingsQuery
) -> Page[RatingView]:
    """Ratings of repairs under a place, newest first, for its firm and the community."""
    await places.access_place(deps, actor, place, Permission.DISPATCH_REPAIRS)
    page = await store.page(deps.db, place, query)
    return page.of(await rating_views.shown(deps, actor, page.items))


async def forget(deps: Dependencies, tx: Transaction, person_id: str) -> bool:
    """Remove a step of a person's words and name; tell whether there may be more."""
    found = await store.of_person(deps.db, tx, person_id, limit=steps.AT_ONCE)
    await store.blank(deps.db, tx, found)
    return len(found) == steps.AT_ONCE


async def _note(
    deps: Dependencies,
    tx: Transaction,
    actor: Actor,
    act: Act,
    repair: Repair,
    rating: Rating,
) -> None:
    await audit.record(
        deps, tx, actor, act, place=repair.place, subject=repair.id, bad=rating.is_bad
    )
