"""Corrections of the register, home by home, by whoever imports it.

The register was wrong about a flat: its area, its use or its room number. A correction has a
paper, a reason and a first day. Bills that are drafted later follow it.
"""

from services.dependencies import Dependencies, Transaction
from services.home_corrections import entries, store, views
from services.home_corrections.entries import Why
from services.home_corrections.models import (
    Change,
    CorrectHome,
    CorrectionsQuery,
    HomeCorrectionView,
)
from services.homes import household
from services.homes.household import Household
from services.kernel import errors
from services.kernel.days import check_day
from services.kernel.interests import require_apart
from services.kernel.pages import Page
from services.kernel.paths import parent
from services.kernel.permissions import Actor, Permission, require_at
from services.places import actions as places
from services.places import homes
from services.places.doors import door_key, door_number
from services.places.models import Place, TakenPath
from services.residencies import actions as residencies


class BadFirstDay(errors.InvalidInput):
    """A correction counts from a day that has come: today or earlier."""

    code = "bad_first_day"
    details_type = errors.LatestDay


class NothingCorrected(errors.InvalidInput):
    """What is said to be right is what is written already."""

    code = "nothing_corrected"


class BadHomeName(errors.InvalidInput):
    """A room number is what the door shows: no note, no name."""

    code = "bad_home_name"


class HomeNameTaken(errors.Conflict):
    """Another home of the unit has this room number: one of the two is to be merged."""

    code = "home_name_taken"
    details_type = TakenPath


async def correct(
    deps: Dependencies, actor: Actor, home: str, wish: CorrectHome
) -> HomeCorrectionView:
    """Correct area, use or room number of a home, the first two from a day on.

    Raises NotFound, OwnHome, BadFirstDay, NothingCorrected, HomeNameTaken.
    """
    require_at(actor, Permission.IMPORT_REGISTER, home)
    check_first_day(deps, wish.from_day)

    async def save(tx: Transaction) -> HomeCorrectionView:
        held = await household.hold(deps, tx, home)
        await require_strange(deps, tx, actor, held, wish.from_day)
        now = await _right(deps, tx, held.place, wish)
        why = Why(from_day=wish.from_day, document=wish.document, reason=wish.reason)
        by = actor.person_id
        row = entries.draft(deps, held.place, Change.CORRECTED, why, by=by, now=now)
        await homes.write(deps, tx, now)
        await entries.write(deps, tx, actor, row)
        return views.view(deps, row, now.address)

    return await deps.in_transaction(save)


async def require_strange(
    deps: Dependencies, tx: Transaction, actor: Actor, held: Household, from_day: str
) -> None:
    """Raise OwnHome if the actor belongs to a home, will, or did since a day.

    Who moved out yesterday still owes for the months that a correction is about.
    """
    home = held.place.id
    own = await residencies.homes_since(deps, actor.person_id, home, from_day, tx=tx)
    require_apart(own, [home])


def check_first_day(deps: Dependencies, day: str) -> None:
    """Raise BadFirstDay for a day to come: what is not yet so is no correction."""
    if check_day(day) > deps.today():
        raise BadFirstDay("生效日期不能晚于今天", to_day=deps.today())


async def _right(deps: Dependencies, tx: Transaction, old: Place, wish: CorrectHome) -> Place:
    """Return the home as it is said to be.

    Raises BadHomeName, NothingCorrected, HomeNameTaken.
    """
    now = homes.corrected(old, wish.from_day, area=wish.area, usage=wish.usage)
    now.name = door_number(wish.name, now.usage) if wish.name else old.name
    if not now.name:
        raise BadHomeName("房号看不懂,请只写门牌上的号码,如 502")
    said = ("name", "area", "usage", "earlier")
    if all(getattr(now, name) == getattr(old, name) for name in said):
        raise NothingCorrected("与现在登记的一样,不需要更正")
    above = await require_free_name(deps, tx, now)
    now.address = homes.address(above.address, now.name, now.usage)
    now.renamed = old.renamed or now.name != old.name
    return now


async def require_free_name(deps: Dependencies, tx: Transaction, home: Place) -> Place:
    """Return the place above; raise HomeNameTaken when it has another home of this name.

    It is held, so that of two homes that are given one name at once the second sees the first.
    """
    above = await places.hold(deps, tx, parent(home.id) or "")
    if above is None:
        raise errors.NotFound("没有找到这套房屋所在的单元")
    numbers = await homes.numbers_under(deps, tx, [above.id])
    for there in sorted(numbers.get((above.id, door_key(home.name)), set()) - {home.id}):
        raise HomeNameTaken("本单元已有这个房号,如是同一套请合并", path=there)
    return above


async def count_under(deps: Dependencies, place: str) -> int:
    """Count the corrections under a place: another number says that homes are others now."""
    return await store.count_under(deps.db, place)


async def homes_corrected(
    deps: Dependencies, place: str, *, since: str, limit: int
) -> dict[str, str]:
    """Return home → first day of its earliest correction, of homes under a place.

    `since`: the home to begin with.
    """
    return await store.homes_corrected(deps.db, place, since=since, limit=limit)


async def listing(
    deps: Dependencies, actor: Actor, place: str, query: CorrectionsQuery
) -> Page[HomeCorrectionView]:
    """Return the corrections under a place, by home and time unless asked otherwise."""
    require_at(actor, Permission.IMPORT_REGISTER, place)
    page = await store.page(deps.db, place, query)
    return page.of(await views.views(deps, page.items))
