"""Answers to surveys: given in the app, entered from paper by heads.

A home has one answer, which whoever of its people answers last changes until the survey
closes. What a head enters from paper never takes the place of an answer that the home gave
itself, and gives way to one.
"""

from typing import Final

import msgspec
from pymongo.errors import DuplicateKeyError

from services.audit import actions as audit
from services.consents import actions as consents
from services.dependencies import Dependencies, Transaction
from services.kernel import errors
from services.kernel.access import accessible
from services.kernel.acts import Act
from services.kernel.permissions import Actor, Permission, require_at
from services.messaging.broadcasts import actions as broadcasts
from services.residencies.models import Relation
from services.surveys import notify, senders
from services.surveys import store as surveys
from services.surveys.answers import forms, mine, seats, store
from services.surveys.answers.forms import Filled
from services.surveys.answers.models import (
    AnswerSurvey,
    EnteredAnswer,
    EnterSurveyAnswer,
    MySurveyView,
    SurveyAnswer,
    answer_key,
)
from services.surveys.answers.seats import Seat
from services.surveys.models import Per, Survey
from services.surveys.states import SurveyState
from services.surveys.texts import store as texts
from services.surveys.texts.models import text_of

ITSELF: Final = "这户已经在手机上填过了,以住户自己填的为准;要改的话请住户自己改"


class SurveyOver(errors.Conflict):
    """The survey is closed or was withdrawn: nobody answers any more."""

    code = "survey_over"


class SurveyAsksOthers(errors.Conflict):
    """Whoever reads the survey is not asked by it, e.g. because they moved in later."""

    code = "survey_asks_others"


class SurveyHomeNeeded(errors.InvalidInput):
    """Several of the person's homes are asked, or none that was named is."""

    code = "survey_home_needed"


class SurveyAnsweredByHome(errors.Conflict):
    """The home answered itself: nobody enters another answer for it."""

    code = "survey_answered_by_home"


class SurveyNoPaper(errors.Conflict):
    """Each person has an answer of their own: nobody enters one for a home."""

    code = "survey_no_paper"


class SurveyRelationNotAsked(errors.InvalidInput):
    """The survey does not ask people with this relation to a home."""

    code = "survey_relation_not_asked"


async def give(
    deps: Dependencies, actor: Actor, survey_id: str, wish: AnswerSurvey
) -> MySurveyView:
    """Answer a survey, or change the answer.

    Raises NotFound, SurveyOver, SurveyAsksOthers, SurveyHomeNeeded, SurveyAnswerMisfit,
    ConsentNeeded.
    """
    survey = await mine.access(deps, actor, survey_id)
    _require_open(deps, survey)
    seat = await _seat(deps, actor, survey, wish.home)
    filled = forms.filled(survey.questions, wish.answers)
    await consents.check(deps, actor.person_id)
    made = _row(deps, actor, survey, seat, filled)
    made.person = actor.person_id

    async def save(tx: Transaction) -> None:
        await consents.require(deps, tx, actor.person_id)
        row = await _over_earlier(deps, tx, made)
        await _keep(deps, tx, row, filled)
        told = notify.broadcast_of(survey.id)
        await broadcasts.answered(deps, tx, told, actor.person_id, home=row.home, is_meant=True)
        place = row.home or survey.place
        act = Act.SURVEY_ANSWERED
        await audit.record(deps, tx, actor, act, place=place, subject=survey.id)

    try:
        await deps.in_transaction(save)
    except DuplicateKeyError:  # the same person answered from another account: now it is there
        await deps.in_transaction(save)
    return await mine.get(deps, actor, survey_id)


async def _over_earlier(
    deps: Dependencies, tx: Transaction, made: SurveyAnswer
) -> SurveyAnswer:
    """Return an answer as it takes the place of the one before, whatever account gave that."""
    earlier = await store.of_keys(deps.db, [made.survey], made.keys, tx=tx)
    if not earlier:
        return made
    before = earlier.get(made.id) or next(iter(earlier.values()))
    others = {key for key, row in earlier.items() if row.id != before.id}
    keys = [*dict.fromkeys([*before.keys, *(key for key in made.keys if key not in others)])]
    return msgspec.structs.replace(made, id=before.id, keys=keys)


async def enter(
    deps: Dependencies, actor: Actor, home: str, survey_id: str, wish: EnterSurveyAnswer
) -> EnteredAnswer:
    """Enter what a home answered on paper; marked with who entered it.

    Raises NotFound, SurveyOver, SurveyNoPaper, SurveyRelationNotAsked, SurveyAnswerMisfit,
    SurveyAnsweredByHome, OwnHome.
    """
    require_at(actor, Permission.VIEW_RESIDENTS, home)
    survey = await _about(deps, actor, survey_id, home)
    _require_open(deps, survey)
    _require_paper(survey, wish.relation)
    filled = forms.filled(survey.questions, wish.answers)
    keys = (answer_key(deps.vault, survey.id, home),)
    row = _row(deps, actor, survey, Seat(home, home, wish.relation, keys), filled)
    row.paper, row.entered_by = True, actor.person_id

    async def save(tx: Transaction) -> None:
        before = await store.find(deps.db, row.id, tx=tx)
        if before is not None and not before.paper:
            raise SurveyAnsweredByHome(ITSELF)
        await _keep(deps, tx, row, filled)
        told = notify.broadcast_of(survey.id)
        await broadcasts.answered_for_home(deps, tx, told, home, is_meant=True)
        act = Act.SURVEY_ANSWER_ENTERED
        await audit.record(deps, tx, actor, act, place=home, subject=survey.id)

    await deps.in_transaction(save)
    said = forms.given(survey.questions, filled.choices, filled.texts)
    return EnteredAnswer(
        home=home, relation=wish.relation, answers=said, answered_at=row.answered_at
    )


def _require_paper(survey: Survey, relation: Relation) -> None:
    """Raise SurveyNoPaper, or SurveyRelationNotAsked for who is not asked."""
    if survey.per is Per.PERSON:
        raise SurveyNoPaper("这份意见每人一份,请本人在手机上填写")
    if relation not in survey.audience.relations:
        raise SurveyRelationNotAsked(f"这份意见不征求{relation.label}")


async def _about(deps: Dependencies, actor: Actor, survey_id: str, home: str) -> Survey:
    """Return a survey that asks a home. Raises NotFound for any other."""
    found = await surveys.find(deps.db, survey_id)
    asks = found is not None and await seats.is_asked(deps, found, home)
    return accessible(
        actor,
        found,
        people=lambda _: [actor.person_id] if asks else [],
        missing=senders.MISSING,
    )


def _require_open(deps: Dependencies, survey: Survey) -> None:
    if survey.state is SurveyState.WITHDRAWN:
        raise SurveyOver("这份征求意见已经撤回,不用填了")
    if survey.state is not SurveyState.OPEN or survey.closes_at <= deps.now():
        raise SurveyOver("填写时间已经结束,谢谢您的关心")


async def _seat(deps: Dependencies, actor: Actor, survey: Survey, home: str | None) -> Seat:
    """Return the seat that answers: of the home that is named, or the only one."""
    found = (await seats.of(deps, actor, [survey]))[survey.id]
    if not found:
        raise SurveyAsksOthers("这份意见没有征求您,不用填写")
    named = [seat for seat in found if seat.home == home] if home is not None else found
    if len(named) != 1:
        raise SurveyHomeNeeded("请选择代表哪套房屋填写")
    return named[0]


def _row(
    deps: Dependencies, actor: Actor, survey: Survey, seat: Seat, filled: Filled
) -> SurveyAnswer:
    return SurveyAnswer(
        id=seat.keys[0],
        keys=[*seat.keys],
        answerer=answer_key(deps.vault, survey.id, actor.counter),
        survey=survey.id,
        by_home=survey.per is Per.HOME,
        home=seat.home,
        place=seat.place,
        relation=seat.relation,
        choices=filled.choices,
        answered_at=deps.now(),
    )


async def _keep(deps: Dependencies, tx: Transaction, row: SurveyAnswer, filled: Filled) -> None:
    """Keep an answer and its words over those before, while the survey is open."""
    survey = await surveys.find(deps.db, row.survey, tx=tx)
    if survey is None:
        raise errors.NotFound(senders.MISSING)
    _require_open(deps, survey)
    await store.put(deps.db, tx, row)
    written = [text_of(deps, row, number, said) for number, said in filled.texts.items()]
    await texts.replace(deps.db, tx, row.id, written)
