"""Participants of a shared cost: the homes that take part, each with what is split by.

What nobody wrote down is never guessed: homes without an area, or without a number of persons,
are named in the refusal, and the whole cost waits.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from services.dependencies import Dependencies
from services.kernel import errors
from services.kernel.paths import covers
from services.places import actions as places
from services.places import homes as place_homes
from services.places.models import Kind, Place, Usage
from services.shared_costs.models import MOST_HOMES, NewSharedCost, Split
from services.shared_costs.refusals import BadSharedCost, UnmeasuredHome, UnmeasuredHomes

NAMED: Final = 200  # homes in one refusal


async def of(deps: Dependencies, place: str, request: NewSharedCost) -> list[Place]:
    """Return the homes that take part, by path, as they were on the last day of the cost.

    Raises BadSharedCost, TooLarge.
    """
    found = await places.of_kind_under(
        deps, place, Kind.HOME, after="", limit=MOST_HOMES + 1, retired=True
    )
    if len(found) > MOST_HOMES:
        raise errors.TooLarge(f"一次最多分摊到 {MOST_HOMES} 户,请按楼栋分开登记")
    _require_left_out(place, request, {home.id for home in found})
    day, left_out, usages = request.to_day, set(request.left_out), set(request.usages)
    then = [place_homes.on(home, day) for home in found if place_homes.standing(home, day)]
    part = [home for home in then if home.id not in left_out]
    part = [home for home in part if (home.usage or Usage.FLAT) in usages]
    if not part:
        raise BadSharedCost("这里没有参加分摊的房屋")
    return part


def _require_left_out(place: str, request: NewSharedCost, homes: set[str]) -> None:
    if bool(request.left_out) != bool(request.left_out_because):
        raise BadSharedCost("不参加分摊的房屋和原因请一起填写")
    if wrong := sorted(set(request.left_out) - homes):
        at = "这里" if covers(place, wrong[0]) else "别处"
        raise BadSharedCost(f"不参加分摊的房屋里有{at}没有的房屋: {wrong[0]}")


async def weights(
    deps: Dependencies, request: NewSharedCost, homes: Sequence[Place]
) -> dict[str, int]:
    """Return home → what its share is by. Raises BadSharedCost, UnmeasuredHomes."""
    if request.persons and request.split is not Split.PERSONS:
        raise BadSharedCost("只有按人数分摊才填写各户人数")
    found = _measured(request, homes)
    if missing := [home for home in homes if home.id not in found]:
        raise await _unmeasured(deps, request.split, missing)
    if not any(found.values()):
        raise BadSharedCost("参加分摊的房屋都没有人,无法按人数分摊")
    return found


def _measured(request: NewSharedCost, homes: Sequence[Place]) -> dict[str, int]:
    match request.split:
        case Split.HOME:
            return {home.id: 1 for home in homes}
        case Split.AREA:
            return {home.id: home.area for home in homes if home.area is not None}
        case Split.PERSONS:
            return _persons(request, {home.id for home in homes})


def _persons(request: NewSharedCost, homes: set[str]) -> dict[str, int]:
    """Return home → its persons. Raises BadSharedCost for a home without a part, or twice."""
    given: Mapping[str, int] = {each.home: each.persons for each in request.persons}
    if len(given) != len(request.persons):
        raise BadSharedCost("有房屋的人数填写了两次")
    if wrong := sorted(given.keys() - homes):
        raise BadSharedCost(f"填写了人数的房屋没有参加分摊: {wrong[0]}")
    return dict(given)


async def _unmeasured(
    deps: Dependencies, split: Split, missing: Sequence[Place]
) -> UnmeasuredHomes:
    named = missing[:NAMED]
    addresses = await places.addresses(deps, [home.id for home in named])
    homes = [UnmeasuredHome(home=home.id, address=addresses[home.id]) for home in named]
    what = "面积" if split is Split.AREA else "人数"
    message = f"有 {len(missing)} 户没有登记{what},补全后再分摊"
    return UnmeasuredHomes(message, count=len(missing), homes=homes)
