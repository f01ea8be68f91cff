"""Seats: for whom somebody may answer a survey.

Whoever was meant as it opened and belongs there still: a resident since before that day, the
holder of an office who was told. Who moved in later was not asked.
"""

from collections.abc import Sequence

from msgspec import Struct

from services.dependencies import Dependencies
from services.kernel.days import day_of
from services.kernel.paths import covers
from services.kernel.permissions import Actor
from services.messaging.broadcasts import actions as broadcasts
from services.places import actions as places
from services.places.homes import standing
from services.places.models import Kind
from services.residencies import actions as residencies
from services.residencies.models import Relation, Residency
from services.surveys import notify
from services.surveys.answers.models import OFFICE, answer_key
from services.surveys.models import Per, Survey
from services.surveys.states import SurveyState


class Seat(Struct, frozen=True):
    """One answer that somebody may give. `home`: empty of an office's.

    `keys`: by which it is found again. Of a home, its own. Of a person, their entries in the
    register that are asked, and what limits count them by: these stay what they are when
    somebody erases their account, signs in again or proves their phone from another one, so
    that nobody answers twice (services/surveys/answers/store.py).
    """

    home: str
    place: str
    relation: str
    keys: tuple[str, ...]


async def of(
    deps: Dependencies, actor: Actor, found: Sequence[Survey]
) -> dict[str, list[Seat]]:
    """Return survey → what the actor may answer in it; three queries however many."""
    rows = await residencies.of_person(deps, actor.person_id)
    kept = await places.find_many(deps, sorted({row.home for row in rows})) if rows else []
    today = deps.today()
    uses = {home.id: home.usage for home in kept if standing(home, today)}
    seats: dict[str, list[Seat]] = {}
    for survey in found:
        usages = survey.audience.usages
        mine = [
            row
            for row in sorted(rows, key=_rank)
            if row.home in uses
            and _was_meant(survey, row)
            and (not usages or uses[row.home] in usages)
        ]
        homes = {row.home: row for row in reversed(mine)}
        own = _keys(deps, survey, [actor.counter, *(row.id for row in mine)])
        seats[survey.id] = [
            Seat(
                home,
                home,
                homes[home].relation,
                own if survey.per is Per.PERSON else _keys(deps, survey, [home]),
            )
            for home in sorted(homes)
        ]
    by_office = [each for each in found if not seats[each.id]]
    return seats | await _offices(deps, actor, by_office)


def _keys(deps: Dependencies, survey: Survey, whose: Sequence[str]) -> tuple[str, ...]:
    return tuple(answer_key(deps.vault, survey.id, each) for each in whose)


def _rank(row: Residency) -> int:
    return [*Relation].index(row.relation)


def _was_meant(survey: Survey, row: Residency) -> bool:
    since = day_of(survey.opened_at) if survey.opened_at else ""
    return (
        row.relation in survey.audience.relations
        and row.from_day <= since
        and any(covers(place, row.home) for place in survey.audience.places)
    )


async def _offices(
    deps: Dependencies, actor: Actor, found: Sequence[Survey]
) -> dict[str, list[Seat]]:
    """Return the seats by office, of whoever was told for one and holds it still."""
    held = {survey.id: _held(actor, survey) for survey in found}
    ids = {notify.broadcast_of(each): each for each, places in held.items() if places}
    told = await broadcasts.told_for(deps, actor.person_id, [*ids])
    was_told = {ids[broadcast] for broadcast in told}
    return {
        survey.id: [_by_office(deps, actor, survey, held[survey.id])]
        if survey.id in was_told
        else []
        for survey in found
    }


def _held(actor: Actor, survey: Survey) -> list[str]:
    return sorted(
        grant.place
        for grant in actor.grants
        if grant.role in survey.audience.roles
        and any(
            covers(place, grant.place) or covers(grant.place, place)
            for place in survey.audience.places
        )
    )


def _by_office(deps: Dependencies, actor: Actor, survey: Survey, held: Sequence[str]) -> Seat:
    inside = [place for place in held if covers(survey.place, place)]
    keys = _keys(deps, survey, [actor.counter])
    return Seat("", inside[0] if inside else survey.place, OFFICE, keys)


async def is_asked(deps: Dependencies, survey: Survey, home: str) -> bool:
    """Tell whether a survey asks a home that stands today, whoever lives there."""
    audience = survey.audience
    if survey.state is SurveyState.DRAFT or not audience.relations:
        return False
    if not any(covers(place, home) for place in audience.places):
        return False
    found = await places.find_many(deps, [home])
    today = deps.today()
    return any(
        place.kind is Kind.HOME
        and standing(place, today)
        and (not audience.usages or place.usage in audience.usages)
        for place in found
    )
