"""Actions of who says something: filed, followed, added to, withdrawn, answered, said again."""

from typing import Final

from services.audit import actions as audit
from services.cases import history
from services.cases.actions import Words
from services.cases.models import EventView
from services.cases.parties import actions as parties
from services.consents import actions as consents
from services.dependencies import Dependencies, Transaction
from services.feedback import rungs, store, views, works
from services.feedback.filings import beginnings, contents, drafts, whereabouts
from services.feedback.kind import FEEDBACK, reading_of
from services.feedback.models import (
    AnswerFeedback,
    Feedback,
    FeedbackPhotos,
    FeedbackView,
    FileFeedback,
    SayMore,
    SimilarFeedbackQuery,
)
from services.feedback.states import REOPENED_WITHIN, FeedbackAction
from services.kernel import errors
from services.kernel.acts import Act
from services.kernel.documents import Document
from services.kernel.pages import ListQuery, Page
from services.kernel.permissions import Actor, Permission
from services.people import actions as people
from services.photos import actions as photos
from services.quotas import actions as quotas
from services.quotas.models import SHARES, Quota

MOST_SIMILAR: Final = 10
MOST_ADDITIONS: Final = 20  # of one person in a day: each tells those with whom it lies


class TooManyFeedback(errors.Conflict):
    """As much was filed within a day as one may; `most` in details."""

    code = "too_many_feedback"
    details_type = errors.Most


class TooManyAdditions(errors.Conflict):
    """As much was added today as one may; `most` in details."""

    code = "feedback_too_many_additions"
    details_type = errors.Most


async def file(deps: Dependencies, actor: Actor, wish: FileFeedback) -> FeedbackView:
    """File what somebody has to say, for oneself or by heads and staff for somebody.

    Raises NotFound, Forbidden, ConsentNeeded, BadWay, BadAnonymity, BadAbout, TooManyFeedback.
    """
    await consents.check(deps, actor.person_id)
    draft = await drafts.draw_up(deps, actor, wish)
    told = await rungs.people_of(deps, draft) - {actor.person_id}

    async def save(tx: Transaction) -> Feedback:
        await consents.require(deps, tx, actor.person_id)
        await _require_room(deps, tx, actor)
        made = await beginnings.begin(deps, tx, actor, draft, told)
        await _note(deps, tx, actor, made)
        return made

    return await views.one(deps, actor, await deps.in_transaction(save))


async def _require_room(deps: Dependencies, tx: Transaction, actor: Actor) -> None:
    """Raise TooManyFeedback: each asks somebody for an answer. Offices write for many."""
    if actor.places(Permission.WRITE_FEEDBACK):
        return
    who = await people.counted_as(deps, actor.person_id)
    if not await quotas.take(deps, tx, Quota.FEEDBACK, who):
        most = SHARES[Quota.FEEDBACK].times
        raise TooManyFeedback("今天反映的事太多了,请明天再提交", most=most)


async def _note(deps: Dependencies, tx: Transaction, actor: Actor, case: Feedback) -> None:
    """Record the filing; of one without a name, neither which it is nor of what place."""
    if FEEDBACK.veiled(actor, case):
        await audit.record(deps, tx, actor, Act.FEEDBACK_FILED)
        return
    await audit.record(
        deps,
        tx,
        actor,
        Act.FEEDBACK_FILED,
        place=case.place,
        subject=case.id,
        on_behalf_of="" if case.person else case.id,
        kind=case.kind,
        photos=len(case.photo_ids),
    )


async def similar(
    deps: Dependencies, actor: Actor, query: SimilarFeedbackQuery
) -> Page[FeedbackView]:
    """What the actor said of the same place that ended within thirty days, newest first.

    To be said again instead of anew, so that it counts. Also what they said without a name.
    """
    since = deps.now() - REOPENED_WITHIN
    at = query.place, await whereabouts.coarse(deps, query.place)
    found = await store.ended_before(
        deps.db, actor.person_id, at, query.kind, since, limit=MOST_SIMILAR
    )
    return Page(await views.shown(deps, actor, found))


async def get(deps: Dependencies, actor: Actor, case_id: str) -> FeedbackView:
    """One feedback that the actor may know of. Raises NotFound."""
    return await views.one(deps, actor, await views.access(deps, actor, case_id))


async def mine(deps: Dependencies, actor: Actor, query: ListQuery) -> Page[FeedbackView]:
    """Feedback that the actor filed, newest first; for others only while in that office."""
    page = await parties.of_person(deps, FEEDBACK, actor.person_id, query)
    kept = await store.find_many(deps.db, [row.case for row in page.items])
    by_id = {case.id: case for case in kept}
    found = [
        by_id[row.case]
        for row in page.items
        if row.case in by_id and FEEDBACK.counts(actor, by_id[row.case], row)
    ]
    return Page(await views.shown(deps, actor, found), page.next_cursor)


async def events(
    deps: Dependencies, actor: Actor, case_id: str, query: ListQuery
) -> Page[EventView]:
    """The history of feedback that the actor may know of. Raises NotFound."""
    found = await views.access(deps, actor, case_id)
    return await history.of_case(deps, FEEDBACK, found, query, reading_of(actor, found))


async def attached(deps: Dependencies, actor: Actor, case_id: str) -> FeedbackPhotos:
    """Where what is attached can be seen, by whoever may know of the feedback. NotFound."""
    found = await views.access(deps, actor, case_id)
    reading = reading_of(actor, found)
    first = found.photo_ids if reading.remarks else []
    later = await history.photos(deps, found, reading)
    shown = list(dict.fromkeys([*first, *later]))
    return FeedbackPhotos(items=await photos.links_to(deps, shown, subject=found.id))


async def add(deps: Dependencies, actor: Actor, case_id: str, wish: SayMore) -> FeedbackView:
    """Add words and photos to what one said. Raises TooManyAdditions, BadAnonymity."""

    async def change(tx: Transaction, found: Feedback) -> Document:
        person_id = actor.person_id
        today = await history.count_today(deps, tx, found.id, FeedbackAction.ADD, person_id)
        if today >= MOST_ADDITIONS:
            raise TooManyAdditions("今天补充太多了,请明天再补充", most=MOST_ADDITIONS)
        if found.anonymous:
            await drafts.require_pictures(deps, wish.photo_ids)
        await contents.require_room(deps, tx, found, wish.photo_ids)
        await contents.attach(deps, tx, actor, found, wish.photo_ids)
        return {}

    words = Words(remark=wish.text, photo_ids=wish.photo_ids)
    action = FeedbackAction.ADD
    return await works.step(deps, actor, case_id, action, change=change, words=words)


async def withdraw(deps: Dependencies, actor: Actor, case_id: str, reason: str) -> FeedbackView:
    """Withdraw what one said, until it is over. Raises FeedbackMovedOn."""
    words = Words(remark=reason)
    return await works.step(deps, actor, case_id, FeedbackAction.WITHDRAW, words=words)


async def answer(
    deps: Dependencies, actor: Actor, case_id: str, wish: AnswerFeedback
) -> FeedbackView:
    """Say whether it is solved; a no goes one rung up.

    Raises NotFound, NotAsked, OwnWork, FeedbackMovedOn.
    """
    seen = await views.access(deps, actor, case_id)
    if not FEEDBACK.is_own(actor, seen):
        raise errors.Forbidden(FEEDBACK.forbidden)
    note = wish.note or ""
    found = await parties.answer(deps, actor, FEEDBACK, case_id, fixed=wish.solved, note=note)
    return await views.one(deps, actor, found)


async def reopen(deps: Dependencies, actor: Actor, case_id: str, reason: str) -> FeedbackView:
    """Say that what ended within thirty days is there again. Raises TooLate."""
    words = Words(remark=reason)
    return await works.step(deps, actor, case_id, FeedbackAction.REOPEN, words=words)
