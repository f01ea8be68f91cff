"""Actions on surveys before they are opened: drafted, changed; and who sees them."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec
from msgspec import UNSET, UnsetType

from services.audiences import actions as audiences
from services.audiences import readers
from services.audiences import senders as audience_senders
from services.audiences.models import Audience
from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.kernel import errors
from services.kernel.pages import Page
from services.kernel.paths import smallest_around
from services.kernel.permissions import Actor, Permission, scope_of
from services.surveys import questions, senders, states, store, views
from services.surveys.models import (
    ChangeSurvey,
    NewSurvey,
    Per,
    Survey,
    SurveysQuery,
    SurveySummary,
    SurveyView,
)
from services.surveys.states import TABLE, SurveyAction

# Of a draft, what no change of it touches.
FIXED: Final = frozenset({"id", "state", "author", "created_at", "revision"})
LONGEST: Final = timedelta(days=180)


class SurveyAudienceMisfit(errors.InvalidInput):
    """Nobody is asked because of debts, or of what they lack; homes have no offices."""

    code = "survey_audience_misfit"


class SurveyBadEnd(errors.InvalidInput):
    """The end is over already, is earlier than it was, or half a year away."""

    code = "survey_bad_end"


async def write(deps: Dependencies, actor: Actor, wish: NewSurvey) -> SurveyView:
    """Draft a survey.

    Raises NotFound, AudienceEmpty, SurveyAudienceMisfit, BadQuestions, SurveyNotYours,
    SurveyOnePlace, SurveyBadEnd.
    """
    made = await complete(deps, actor, wish)

    async def save(tx: Transaction) -> None:
        await store.insert(deps.db, tx, made)
        await note(deps, tx, actor, SurveyAction.EDIT, made)

    await deps.in_transaction(save)
    return await views.view(deps, made)


async def complete(deps: Dependencies, actor: Actor, wish: NewSurvey) -> Survey:
    """Return the survey that somebody wants to make, checked. Nothing is kept yet."""
    frozen = await require_allowed(deps, actor, wish.audience, wish.per)
    questions.check(wish.questions)
    now = deps.now()
    role = senders.office_of(actor, frozen.places)
    return Survey(
        id=deps.new_id(),
        role=role,
        place=smallest_around(frozen.places),
        places=list(frozen.places),
        senders=audience_senders.tokens(actor, role, frozen.places),
        author=actor.person_id,
        changed_by=actor.person_id,
        title=wish.title,
        text=wish.text,
        signed_by=wish.signed_by,
        questions=wish.questions,
        audience=wish.audience,
        per=wish.per,
        finest=wish.finest,
        by_relation=wish.by_relation,
        closes_at=end_of(wish.closes_at, now),
        created_at=now,
        changed_at=now,
    )


async def require_allowed(
    deps: Dependencies, actor: Actor, audience: Audience, per: Per
) -> Audience:
    """Return the audience as it is at this moment, if the actor may ask it so."""
    if readers.narrow(audience):
        raise SurveyAudienceMisfit("征求意见不能按欠费或联系方式选人")
    if per is Per.HOME and audience.roles:
        raise SurveyAudienceMisfit("每户一份时只能选住户;要问有职务的人,请选每人一份")
    await audiences.check(deps, actor, audience, Permission.SEND_SURVEYS)
    return await audiences.freeze(deps, audience)


def end_of(closes_at: datetime, now: datetime) -> datetime:
    """Return an end that is possible, as it is kept. Raises SurveyBadEnd."""
    # Before it is moved to UTC, which fails for an instant at the end of time.
    if not now < closes_at <= now + LONGEST:
        raise SurveyBadEnd("截止时间要晚于现在,半年以内")
    found = closes_at.astimezone(UTC).replace(microsecond=0)
    if found <= now:
        raise SurveyBadEnd("截止时间要晚于现在,半年以内")
    return found


async def change(
    deps: Dependencies, actor: Actor, survey_id: str, wish: ChangeSurvey
) -> SurveyView:
    """Change a draft. Raises SurveyMovedOn, and what `write` does."""
    found = await access_seen(deps, actor, survey_id, wish.revision)
    states.require(found.state, SurveyAction.EDIT)
    names = {*NewSurvey.__struct_fields__}
    said = {name: getattr(wish, name) for name in names if getattr(wish, name) is not UNSET}
    kept = {name: getattr(found, name) for name in names - said.keys()}
    made = await complete(deps, actor, NewSurvey(**kept, **said))
    changes = {n: getattr(made, n) for n in made.__struct_fields__ if n not in FIXED}
    if made.audience == found.audience:  # who puts a word right does not take it over
        tokens = audience_senders.tokens_again(actor, found, made.places)
        changes |= {"role": found.role, "senders": tokens}

    async def save(tx: Transaction) -> Survey:
        moved = await move(deps, tx, found, SurveyAction.EDIT, **changes)
        await note(deps, tx, actor, SurveyAction.EDIT, found)
        return moved

    return await views.view(deps, await deps.in_transaction(save))


async def access(deps: Dependencies, actor: Actor, survey_id: str) -> Survey:
    """Return a survey that the actor works on. Raises NotFound."""
    return senders.access(actor, await store.find(deps.db, survey_id))


async def access_seen(
    deps: Dependencies, actor: Actor, survey_id: str, revision: int | UnsetType
) -> Survey:
    """Return a survey as the actor read it, if they say so. Raises NotFound, SurveyMovedOn."""
    found = await access(deps, actor, survey_id)
    if revision not in {UNSET, found.revision}:
        raise states.moved_on(found.state)
    return found


async def move(
    deps: Dependencies, tx: Transaction, found: Survey, action: SurveyAction, **changes: Any
) -> Survey:
    """Move a survey along the table; return it as it is now. Raises SurveyMovedOn."""
    kept = msgspec.to_builtins(changes, builtin_types=(datetime,))
    if not await store.move(deps.db, tx, found, action, kept):
        raise states.moved_on(found.state)
    row = TABLE.find(found.state, action)
    state = (row.target if row else None) or found.state
    return msgspec.structs.replace(found, state=state, revision=found.revision + 1, **changes)


async def note(
    deps: Dependencies,
    tx: Transaction,
    actor: Actor,
    action: SurveyAction,
    found: Survey,
    **facts: Any,
) -> None:
    """Write the act of a move into the audit: the last thing in its transaction."""
    act, place = TABLE.act(action), found.place
    await audit.record(deps, tx, actor, act, place=place, subject=found.id, **facts)


async def get(deps: Dependencies, actor: Actor, survey_id: str) -> SurveyView:
    """Return a survey as its senders see it. Raises NotFound."""
    return await views.view(deps, await access(deps, actor, survey_id))


async def place_of(deps: Dependencies, actor: Actor, survey_id: str) -> str:
    """Return the place of a survey, for the audit of an export. Raises NotFound."""
    return (await access(deps, actor, survey_id)).place


async def listing(deps: Dependencies, actor: Actor, query: SurveysQuery) -> Page[SurveySummary]:
    """Return the surveys that the actor works on, the newest first unless asked otherwise.

    Raises NotFound for a place that is not theirs.
    """
    scope_of(actor, Permission.SEND_SURVEYS, query.place)
    page = await store.page(deps.db, senders.keys(actor, query.place), query)
    return page.of(await views.summaries(deps, page.items))
