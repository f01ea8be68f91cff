"""Turnout of surveys: figures for who asks, homes for the heads of a place."""

from collections import Counter
from collections.abc import Sequence

from services.audiences import doors
from services.dependencies import Dependencies
from services.kernel import errors
from services.kernel.days import day_of
from services.kernel.pages import Page
from services.kernel.paths import covers, in_order
from services.kernel.permissions import Actor, Permission
from services.kernel.views import show
from services.messaging.broadcasts import actions as broadcasts
from services.messaging.broadcasts import reach
from services.places import actions as places
from services.places import grids
from services.places import homes as places_homes
from services.places.models import Kind
from services.statistics import hidden_homes, small_groups
from services.statistics.hidden_homes import UNIT_DEPTH
from services.statistics.small_groups import REGISTER, Group
from services.surveys import actions as surveys
from services.surveys import notify, senders
from services.surveys import store as surveys_store
from services.surveys.models import DEPTHS, PlaceSurvey, PlaceSurveysQuery, Survey
from services.surveys.states import SurveyState
from services.surveys.turnout.models import (
    Turnout,
    TurnoutPart,
    TurnoutQuery,
    UnansweredHome,
    UnansweredQuery,
)


class SurveyNotOpened(errors.Conflict):
    """The survey was not opened yet: nobody was asked."""

    code = "survey_not_opened"


async def of_survey(
    deps: Dependencies, actor: Actor, survey_id: str, query: TurnoutQuery
) -> Turnout:
    """Return how many homes answered. Raises NotFound, SurveyNotOpened."""
    survey = await surveys.access(deps, actor, survey_id)
    if survey.opened_at is None:
        raise SurveyNotOpened("这份征求意见还没有发出")
    units = await _units(deps, survey)
    hidden = _hidden(actor, survey, units)
    parts = _cut(units, max(DEPTHS[query.by], survey.place.count(".") + 1))
    addresses = await places.addresses(deps, sorted(parts)) if parts else {}
    whole = sum(parts.values(), Counter[str]())
    return Turnout(
        place=survey.place,
        **_told(survey.place, whole, hidden),
        parts=[
            TurnoutPart(
                place=part,
                address=addresses.get(part, part),
                **_told(part, parts[part], hidden),
            )
            for part in sorted(parts, key=in_order)
        ],
    )


async def _units(deps: Dependencies, survey: Survey) -> dict[str, Counter[str]]:
    """Return unit → homes asked and answered.

    A home that was retired before the end, and had not answered, is none of them: nobody
    could answer for it any more. Its answer counts like any other.
    """
    told = notify.broadcast_of(survey.id)
    day = day_of(survey.closed_at or deps.now())
    gone = await places_homes.retired_under(deps, survey.places, day)
    silent = await broadcasts.unanswered_among(deps, told, gone)
    lost = Counter(".".join(home.split(".")[:UNIT_DEPTH]) for home in silent)
    found = await reach.homes(deps, told, survey.place, UNIT_DEPTH)
    return {
        unit: Counter(homes=homes.meant - lost[unit], answered=homes.answered)
        for unit, homes in found.items()
        if homes.meant > lost[unit]
    }


def _cut(units: dict[str, Counter[str]], depth: int) -> dict[str, Counter[str]]:
    """Return place → homes asked and answered, of the places at a depth."""
    found: dict[str, Counter[str]] = {}
    for unit, homes in units.items():
        part = ".".join(unit.split(".")[:depth])
        found.setdefault(part, Counter()).update(homes)
    return found


def _told(place: str, counted: Counter[str], hidden: frozenset[str]) -> dict[str, int | None]:
    if small_groups.is_withheld(place, hidden):
        return {"homes": None, "answered": None}
    return {"homes": counted["homes"], "answered": counted["answered"]}


def _hidden(actor: Actor, survey: Survey, units: dict[str, Counter[str]]) -> frozenset[str]:
    """Return the highest places whose turnout tells of too few homes to this sender."""
    if actor.may(Permission.VIEW_RESIDENTS, survey.place):
        return frozenset()
    strange = hidden_homes.unseen(actor, survey.place, units, Permission.VIEW_RESIDENTS)
    if not strange:
        return frozenset()
    groups = {unit: Group({REGISTER: homes["homes"]}) for unit, homes in strange.items()}
    return small_groups.withheld(survey.place, groups)


async def at_place(
    deps: Dependencies, actor: Actor, place: str, query: PlaceSurveysQuery
) -> Page[PlaceSurvey]:
    """Return the open surveys that ask homes of a place, the newest first: to knock for them.

    Raises NotFound for a place whose residents the actor does not see.
    """
    spots = await _spots(deps, actor, place)
    page = await surveys_store.open_at(deps.db, doors.keys(spots), query)
    return page.map(lambda each: show(each, PlaceSurvey, survey_id=each.id))


async def unanswered(
    deps: Dependencies, actor: Actor, place: str, query: UnansweredQuery
) -> Page[UnansweredHome]:
    """Return the homes of a place that have not answered a survey, by path.

    Who, and never what; none that is retired by today. Raises NotFound for a place whose
    residents the actor does not see, and for a survey that asks nobody there.
    """
    spots = await _spots(deps, actor, place)
    survey = await surveys_store.find(deps.db, query.survey_id)
    if survey is None or not _asks_there(survey, spots):
        raise errors.NotFound(senders.MISSING)
    told = notify.broadcast_of(survey.id)
    gone = await places_homes.retired_under(deps, spots, deps.today())
    page = await broadcasts.unanswered(deps, told, spots, query, without=gone)
    homes = [row.home for row in page.items]
    addresses = await places.addresses(deps, homes) if homes else {}
    return page.map(
        lambda row: UnansweredHome(
            survey_id=survey.id,
            home=row.home,
            address=addresses.get(row.home, ""),
            title=survey.title,
            closes_at=survey.closes_at,
            people=len(row.people),
        )
    )


def _asks_there(survey: Survey, spots: Sequence[str]) -> bool:
    is_out = survey.state not in {SurveyState.DRAFT, SurveyState.WITHDRAWN}
    return is_out and any(covers(a, b) or covers(b, a) for a in survey.places for b in spots)


async def _spots(deps: Dependencies, actor: Actor, place: str) -> list[str]:
    """Return a place, or the buildings of a grid: its head holds the office at each of them."""
    buildings = (await grids.buildings_of(deps, [place])).get(place, [])
    if buildings and all(actor.may(Permission.VIEW_RESIDENTS, each) for each in buildings):
        return buildings
    found = await places.access_place(deps, actor, place, Permission.VIEW_RESIDENTS)
    return buildings if found.kind is Kind.GRID else [place]
