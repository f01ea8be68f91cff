"""Actions on pauses of demands: set at a home, a compound or above, and lifted again."""

from collections.abc import Sequence
from typing import Any, Final

from services.audit import actions as audit
from services.demands import creditors
from services.demands.pauses import store
from services.demands.pauses.models import (
    REASON,
    DemandPausesQuery,
    DemandPauseView,
    Pause,
    SetDemandPause,
)
from services.demands.pauses.states import TABLE, PauseAction, PauseLifted
from services.dependencies import Dependencies, Transaction
from services.firms import actions as firms
from services.kernel import errors
from services.kernel.access import accessible
from services.kernel.days import Day, check_day, day_of, plus_days
from services.kernel.pages import Page
from services.kernel.paths import ancestors
from services.kernel.permissions import Actor, Permission, Role, require_at
from services.kernel.views import show
from services.places import actions as places
from services.places.models import Kind

MISSING: Final = "没有找到这次暂停"


class BadPauseDay(errors.InvalidInput):
    """The last day of the pause is over."""

    code = "bad_pause_day"


async def pause(
    deps: Dependencies, actor: Actor, place: str, wish: SetDemandPause
) -> DemandPauseView:
    """Set a pause. Raises NotFound, BadPauseDay, OwnHome."""
    found = await places.access_place(deps, actor, place, Permission.PAUSE_DEMANDS)
    if found.kind is Kind.HOME:  # offices above the community see no single home
        require_at(actor, Permission.VIEW_DEBTORS, place)
    if wish.until is not None and check_day(wish.until) < deps.today():
        raise BadPauseDay("请选择今天或以后的日期")
    firm = (
        await creditors.firm_of(deps, actor, place, Permission.PAUSE_DEMANDS)
        or wish.firm_id
        or ""
    )
    if firm and not await firms.names(deps, [firm]):
        raise errors.NotFound("没有找到这家物业企业")
    made = _draft(deps, actor, place, wish, firm=firm)

    async def save(tx: Transaction) -> None:
        await places.use(deps, [place], tx=tx)
        await store.insert(deps.db, tx, made)
        await _note(deps, tx, actor, made, PauseAction.SET, kind=made.kind)

    await deps.in_transaction(save)
    return (await _views(deps, [made]))[0]


def _draft(
    deps: Dependencies, actor: Actor, place: str, wish: SetDemandPause, *, firm: str
) -> Pause:
    pause_id, held = deps.new_id(), actor.roles(Permission.PAUSE_DEMANDS, place)
    return Pause(
        id=pause_id,
        place=place,
        of_home=place.count(".") + 1 == Kind.HOME.depth,
        firm=firm,
        kind=wish.kind,
        reason_sealed=REASON.seal(deps.vault, pause_id, wish.reason),
        from_day=deps.today(),
        until=wish.until,
        by=actor.person_id,
        role=next((role for role in Role if role in held), None),
        at=deps.now(),
        state=TABLE.target(PauseAction.SET),
    )


async def _note(
    deps: Dependencies,
    tx: Transaction,
    actor: Actor,
    about: Pause,
    action: PauseAction,
    **facts: Any,
) -> None:
    act = TABLE.act(action)
    await audit.record(deps, tx, actor, act, place=about.place, subject=about.id, **facts)


async def lift(deps: Dependencies, actor: Actor, pause_id: str) -> DemandPauseView:
    """Lift a pause; a firm's people only what is of their own firm.

    Raises NotFound, PauseLifted, OwnHome.
    """
    found = await _access(deps, actor, pause_id)

    async def save(tx: Transaction) -> None:
        changes = {"lifted_by": actor.person_id, "lifted_at": deps.now()}
        if not await store.lift(deps.db, tx, found.id, changes):
            raise PauseLifted("这里已经恢复催缴")
        await _note(deps, tx, actor, found, PauseAction.LIFT)

    await deps.in_transaction(save)
    return (await _views(deps, [await store.find(deps.db, found.id) or found]))[0]


async def _access(deps: Dependencies, actor: Actor, pause_id: str) -> Pause:
    """Return a pause at a place of the actor's. Raises NotFound, Forbidden."""
    found = accessible(
        actor,
        await store.find(deps.db, pause_id),
        Permission.PAUSE_DEMANDS,
        at=lambda it: it.place,
        missing=MISSING,
    )
    if found.of_home:
        require_at(actor, Permission.VIEW_DEBTORS, found.place)
    firm = await creditors.firm_of(deps, actor, found.place, Permission.PAUSE_DEMANDS)
    if firm and found.firm != firm:
        raise errors.Forbidden("这次暂停不是由贵公司设定的,请联系社区")
    return found


async def listing(
    deps: Dependencies, actor: Actor, place: str, query: DemandPausesQuery
) -> Page[DemandPauseView]:
    """Return the pauses at a place and below it. Raises NotFound.

    Those of single homes, and what was written of them, only to who sees who owes there.
    """
    require_at(actor, Permission.PAUSE_DEMANDS, place)
    sees_homes = actor.may(Permission.VIEW_DEBTORS, place)
    found = await store.page(deps.db, place, query, sees_homes=sees_homes)
    return found.of(await _views(deps, found.items))


async def around(deps: Dependencies, homes: Sequence[str]) -> list[Pause]:
    """Return the pauses that hold today at some homes, or at a place around them."""
    found = sorted({place for home in homes for place in ancestors(home)})
    return await store.at_places(deps.db, found, deps.today()) if found else []


async def ever_around(deps: Dependencies, homes: Sequence[str]) -> list[Pause]:
    """Return all pauses at some homes, or at a place around them, also those that are over."""
    found = sorted({place for home in homes for place in ancestors(home)})
    return await store.ever_at(deps.db, found) if found else []


def last_day_of(pause: Pause) -> Day | None:
    """Return the last day of a pause, the one before it was lifted; None while it goes on."""
    if pause.lifted_at is None:
        return pause.until
    last = plus_days(day_of(pause.lifted_at), -1)
    return min(last, pause.until or last)


async def _views(deps: Dependencies, found: Sequence[Pause]) -> list[DemandPauseView]:
    addresses = await places.addresses(deps, sorted({each.place for each in found}))
    names = await firms.names(deps, sorted({each.firm for each in found if each.firm}))
    return [
        show(
            each,
            DemandPauseView,
            pause_id=each.id,
            address=addresses.get(each.place, each.place),
            firm=names.get(each.firm, each.firm) if each.firm else None,
            reason=REASON.open(deps.vault, each.id, each.reason_sealed),
        )
        for each in found
    ]
