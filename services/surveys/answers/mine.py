"""Surveys as who is asked sees them: which ask me, and what my homes and I answered."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.audiences import readers
from services.dependencies import Dependencies
from services.kernel.access import accessible
from services.kernel.pages import Page
from services.kernel.paths import covers
from services.kernel.permissions import Actor, Permission
from services.kernel.views import show
from services.surveys import questions, senders
from services.surveys import store as surveys
from services.surveys.answers import forms, seats, store
from services.surveys.answers.models import (
    MySurvey,
    MySurveyAnswer,
    MySurveysQuery,
    MySurveyView,
    SurveyAnswer,
)
from services.surveys.answers.seats import Seat
from services.surveys.models import Survey
from services.surveys.states import SurveyState
from services.surveys.texts import store as texts
from services.surveys.texts.models import words_of


async def access(deps: Dependencies, actor: Actor, survey_id: str) -> Survey:
    """Return a survey that somebody is asked by, or was. Raises NotFound."""
    keys = {*await readers.reader_keys(deps, actor)}
    return accessible(
        actor,
        await surveys.find(deps.db, survey_id),
        people=lambda one: [] if keys.isdisjoint(one.readers) else [actor.person_id],
        missing=senders.MISSING,
    )


async def access_form(deps: Dependencies, actor: Actor, survey_id: str) -> Survey:
    """Return a survey for those it asks, and for who enters papers of its homes.

    A head knocks for it: it is not in their list, and asks them nothing. Raises NotFound.
    """
    found = await surveys.find(deps.db, survey_id)
    if found is not None and _carries(actor, found):
        return found
    return await access(deps, actor, survey_id)


def _carries(actor: Actor, survey: Survey) -> bool:
    if survey.state is SurveyState.DRAFT or not survey.audience.relations:
        return False
    held = actor.places(Permission.VIEW_RESIDENTS)
    return any(covers(a, b) or covers(b, a) for a in held for b in survey.places)


async def listing(deps: Dependencies, actor: Actor, query: MySurveysQuery) -> Page[MySurvey]:
    """Return the surveys that ask me, the newest first; withdrawn ones for seven days."""
    keys = await readers.reader_keys(deps, actor)
    page = await surveys.shown_page(deps.db, keys, deps.now(), query)
    found = await seats.of(deps, actor, page.items)
    answered = await _answered(deps, page.items, found)
    return page.map(lambda each: show(each, MySurvey, **_fields(deps, each, found, answered)))


async def _answered(
    deps: Dependencies,
    found: Sequence[Survey],
    mine: dict[str, list[Seat]],
) -> dict[str, SurveyAnswer]:
    """Return key → answer, of all seats in some surveys: one query."""
    asked = [each.id for each in found if mine[each.id]]
    keys = [key for each in asked for seat in mine[each] for key in seat.keys]
    return await store.of_keys(deps.db, asked, keys) if asked else {}


def _fields(
    deps: Dependencies,
    survey: Survey,
    found: dict[str, list[Seat]],
    answered: dict[str, SurveyAnswer],
) -> dict[str, Any]:
    mine = found[survey.id]
    is_open = survey.state is SurveyState.OPEN and survey.closes_at > deps.now()
    return {
        "survey_id": survey.id,
        "asks_me": is_open and bool(mine),
        "is_answered": bool(mine)
        and all(not answered.keys().isdisjoint(each.keys) for each in mine),
        "because": survey.withdrawn_because,
    }


async def get(deps: Dependencies, actor: Actor, survey_id: str) -> MySurveyView:
    """Return a survey as who is asked sees it, with what was answered. Raises NotFound."""
    survey = await access_form(deps, actor, survey_id)
    found = await seats.of(deps, actor, [survey])
    answered = await _answered(deps, [survey], found)
    is_out = survey.state is not SurveyState.WITHDRAWN
    fields = _fields(deps, survey, found, answered)
    homes = [seat.home for seat in found[survey.id] if seat.home]
    return show(
        survey,
        MySurveyView,
        **fields,
        text=survey.text if is_out else "",
        questions=questions.shown(survey.questions) if is_out else [],
        homes=homes if fields["asks_me"] else [],
        answers=await _answers(deps, actor, survey, answered) if is_out else [],
        summary=survey.summary if survey.state is SurveyState.PUBLISHED else "",
    )


async def _answers(
    deps: Dependencies, actor: Actor, survey: Survey, answered: Mapping[str, SurveyAnswer]
) -> list[MySurveyAnswer]:
    """Show answers: what was chosen to who chose it, to others of the home that it answered."""
    kept = [*{row.id: row for row in answered.values()}.values()]
    mine = [row.id for row in kept if row.person == actor.person_id]
    written = await texts.of_answers(deps.db, mine) if mine else []
    words = {(each.answer, each.question): words_of(deps, each) for each in written}
    return [
        MySurveyAnswer(
            home=row.home or None,
            mine=row.id in mine,
            paper=row.paper,
            answers=forms.given(
                survey.questions,
                row.choices,
                {number: said for (answer, number), said in words.items() if answer == row.id},
            )
            if row.id in mine
            else [],
            answered_at=row.answered_at,
        )
        for row in kept
    ]
