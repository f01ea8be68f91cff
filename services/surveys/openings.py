"""Openings of surveys: opened, extended, closed, published, withdrawn.

An opening writes the state, the audit and the start of one broadcast: as much for a city as for
a staircase. Whoever is asked is told by the broadcast's own job.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from msgspec import Struct

from services.audiences import doors, readers
from services.audiences import senders as audience_senders
from services.audiences.models import Audience
from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.kernel import errors
from services.kernel.paths import smallest_around
from services.kernel.permissions import Actor
from services.messaging.broadcasts import actions as broadcasts
from services.surveys import actions, notify, senders, states, views
from services.surveys.actions import SurveyBadEnd, end_of
from services.surveys.answers import retention
from services.surveys.models import (
    ExtendSurvey,
    OpenSurvey,
    PublishSurvey,
    Survey,
    SurveyView,
    WithdrawSurvey,
)
from services.surveys.second_entries import actions as second_entries
from services.surveys.states import SurveyAction, SurveyState

CLOSE: Final = "surveys.close"  # the job that closes at the end
SETTLE: Final = "surveys.settle"  # the job that begins to count
# An answer that was on its way when a survey closed is kept by then: no request is as long.
SETTLED_AFTER: Final = timedelta(minutes=2)


class SurveyNotCountedDetails(Struct, frozen=True, kw_only=True):
    """What the results wait for.

    `entries_to_settle`: Paper answers whose second entry is missing or differs; with none,
    they are counted in some minutes.
    """

    entries_to_settle: int


class SurveyNotCounted(errors.Conflict):
    """The results are not counted yet; `entries_to_settle` in details says why."""

    code = "survey_not_counted"
    details_type = SurveyNotCountedDetails


async def open_to_all(
    deps: Dependencies, actor: Actor, survey_id: str, wish: OpenSurvey
) -> SurveyView:
    """Open a survey: all who are meant are asked, and what is asked is fixed.

    Raises NotFound, SurveyMovedOn, SurveyBadEnd, and what drafting does.
    """
    found = await actions.access_seen(deps, actor, survey_id, wish.revision)
    states.require(found.state, SurveyAction.OPEN)
    frozen = await actions.require_allowed(deps, actor, found.audience, found.per)
    senders.office_of(actor, frozen.places)
    end_of(found.closes_at, deps.now())
    changes = {
        **_taken(frozen),
        "senders": audience_senders.tokens_again(actor, found, frozen.places),
        "opened_at": deps.now(),
        "opened_by": actor.person_id,
    }

    async def save(tx: Transaction) -> Survey:
        made = await actions.move(deps, tx, found, SurveyAction.OPEN, **changes)
        await broadcasts.start(deps, tx, notify.opened(made))
        await _close_at(deps, tx, made)
        await actions.note(deps, tx, actor, SurveyAction.OPEN, made)
        return made

    return await views.view(deps, await deps.in_transaction(save))


def _taken(frozen: Audience) -> dict[str, Any]:
    """Return what follows from an audience as it is now; grids may have other buildings."""
    return {
        "audience": frozen,
        "place": smallest_around(frozen.places),
        "places": list(frozen.places),
        "readers": readers.readers(frozen),
        "doors": doors.tokens(frozen),
    }


async def _close_at(deps: Dependencies, tx: Transaction, made: Survey) -> None:
    """Promise to close at the end. The job of an earlier end finds a later one and waits."""
    key = f"{made.id}:{made.closes_at.isoformat()}"
    await jobs.enqueue(deps, tx, CLOSE, key, due_at=made.closes_at, survey_id=made.id)


async def extend(
    deps: Dependencies, actor: Actor, survey_id: str, wish: ExtendSurvey
) -> SurveyView:
    """Give more time to answer. Raises NotFound, SurveyMovedOn, SurveyBadEnd."""
    found = await actions.access(deps, actor, survey_id)
    states.require(found.state, SurveyAction.EXTEND)
    until = end_of(wish.closes_at, deps.now())
    if until <= found.closes_at:
        raise SurveyBadEnd("新的截止时间要晚于原来的")

    async def save(tx: Transaction) -> Survey:
        made = await actions.move(deps, tx, found, SurveyAction.EXTEND, closes_at=until)
        await _close_at(deps, tx, made)
        at = until.isoformat()
        await actions.note(deps, tx, actor, SurveyAction.EXTEND, made, closes_at=at)
        return made

    return await views.view(deps, await deps.in_transaction(save))


async def close(deps: Dependencies, actor: Actor, survey_id: str) -> SurveyView:
    """Close a survey before its end. Raises NotFound, SurveyMovedOn."""
    found = await actions.access(deps, actor, survey_id)
    return await views.view(deps, await finish(deps, actor, found))


async def finish(deps: Dependencies, by: Actor, found: Survey) -> Survey:
    """Close a survey. `by`: whom the audit names. Raises SurveyMovedOn."""
    states.require(found.state, SurveyAction.CLOSE)
    now: datetime = deps.now()

    async def save(tx: Transaction) -> Survey:
        made = await actions.move(deps, tx, found, SurveyAction.CLOSE, closed_at=now)
        due = now + SETTLED_AFTER
        await jobs.enqueue(deps, tx, SETTLE, found.id, due_at=due, survey_id=found.id)
        await actions.note(deps, tx, by, SurveyAction.CLOSE, made)
        return made

    return await deps.in_transaction(save)


async def publish(
    deps: Dependencies, actor: Actor, survey_id: str, wish: PublishSurvey
) -> SurveyView:
    """Publish the results to those who were asked.

    Raises NotFound, SurveyMovedOn, SurveyNotCounted.
    """
    found = await actions.access(deps, actor, survey_id)
    states.require(found.state, SurveyAction.PUBLISH)
    if found.counted_at is None:
        left = await second_entries.count_open(deps, found.id)
        message = f"还有{left}份纸质意见没有核对完" if left else "结果正在统计,请稍后再公布"
        raise SurveyNotCounted(message, entries_to_settle=left)
    changes = {
        "summary": wish.summary or "",
        "published_at": deps.now(),
        "published_by": actor.person_id,
    }

    async def save(tx: Transaction) -> Survey:
        made = await actions.move(deps, tx, found, SurveyAction.PUBLISH, **changes)
        await broadcasts.start(deps, tx, notify.published(made))
        await actions.note(deps, tx, actor, SurveyAction.PUBLISH, made)
        return made

    return await views.view(deps, await deps.in_transaction(save))


async def withdraw(
    deps: Dependencies, actor: Actor, survey_id: str, wish: WithdrawSurvey
) -> SurveyView:
    """Withdraw a survey, also while it is told about. Raises NotFound, SurveyMovedOn."""
    found = await actions.access(deps, actor, survey_id)
    states.require(found.state, SurveyAction.WITHDRAW)
    changes = {
        "withdrawn_at": deps.now(),
        "withdrawn_by": actor.person_id,
        "withdrawn_because": wish.because,
    }

    async def save(tx: Transaction) -> Survey:
        made = await actions.move(deps, tx, found, SurveyAction.WITHDRAW, **changes)
        if found.state is not SurveyState.DRAFT:
            title, body = notify.withdrawn(made)
            await retention.promise(deps, tx, made.id)
            await jobs.enqueue(deps, tx, second_entries.WITHDRAW, made.id, survey_id=made.id)
            for told in notify.broadcasts_of(made):
                await broadcasts.stop(deps, tx, told, title=title, body=body)
        await actions.note(deps, tx, actor, SurveyAction.WITHDRAW, made)
        return made

    return await views.view(deps, await deps.in_transaction(save))
