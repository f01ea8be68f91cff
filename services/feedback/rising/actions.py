"""Words on the rise, for whoever oversees a place."""

from typing import Final

from services.dependencies import Dependencies
from services.feedback.rising import rises, store
from services.feedback.rising.models import RisingWords, RisingWordsQuery
from services.kernel import errors
from services.kernel.days import check_day
from services.kernel.permissions import Actor, Permission
from services.places import actions as places
from services.places.models import Kind

COUNTED: Final = (Kind.COMMUNITY, Kind.COMPOUND, Kind.BUILDING, Kind.UNIT)


class BadPlace(errors.InvalidInput):
    """Words are counted from a unit up to its community."""

    code = "rising_words_bad_place"


class BadWeek(errors.InvalidInput):
    """Only this week and the last one can be compared with the eight before."""

    code = "rising_words_bad_week"


async def of_place(
    deps: Dependencies, actor: Actor, place: str, query: RisingWordsQuery
) -> RisingWords:
    """Return the words on the rise at a place in a week: one query.

    Raises NotFound, BadPlace, BadWeek.
    """
    found = await places.access_place(deps, actor, place, Permission.OVERSEE_FEEDBACK)
    if found.kind not in COUNTED:
        raise BadPlace("热词按社区、小区、楼栋或单元查看")
    this = rises.week_of(deps.today())
    week = rises.week_of(check_day(query.week)) if query.week else this
    if week not in {this, *rises.weeks_before(this, 1)}:
        raise BadWeek("只能看本周和上周的热词")
    weeks = [week, *rises.weeks_before(week, rises.WEEKS)]
    by_week = await store.of_place(deps.db, place, weeks)
    items = [*rises.rising(by_week, week).values()]
    return RisingWords(place=place, week=week, items=items)
