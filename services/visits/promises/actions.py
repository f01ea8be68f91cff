"""Actions on promises to pay: noted by the head to whom one was given, and closed.

Only where the community lets its heads see which homes owe, and only of homes that do.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from pymongo.errors import DuplicateKeyError

from services.audit import actions as audit
from services.bills.unpaid_homes import actions as unpaid_homes
from services.dependencies import Dependencies, Transaction
from services.kernel import errors, interests
from services.kernel.access import accessible
from services.kernel.days import Day, check_day, end_of, plus_days
from services.kernel.documents import Document
from services.kernel.doors import Talk
from services.kernel.pages import Page
from services.kernel.permissions import Actor, Permission, require_at
from services.kernel.views import show
from services.places import actions as places
from services.visits.offices import households, keepers
from services.visits.promises import store
from services.visits.promises.models import (
    FARTHEST_DAYS,
    NewPromise,
    Promise,
    PromisesQuery,
    PromiseView,
)
from services.visits.promises.states import TABLE, PromiseAction

MISSING: Final = "没有找到这条承诺"
ENDED_KEPT: Final = timedelta(days=365)


class DebtsHidden(errors.Forbidden):
    """The community does not let its heads see which homes owe."""

    code = "debts_hidden"
    details_type = errors.MissingPermission


class NothingOwed(errors.Conflict):
    """The home owes nothing that it could promise to pay."""

    code = "nothing_owed"


class PromiseOpen(errors.Conflict):
    """The home has promised already; that promise waits still."""

    code = "promise_open"


class PromiseMovedOn(errors.Conflict):
    """The promise was kept or closed already."""

    code = "promise_moved_on"


class BadPromiseDay(errors.InvalidInput):
    """The day is over, or more than three months away."""

    code = "bad_promise_day"


async def note(deps: Dependencies, actor: Actor, wish: NewPromise) -> PromiseView:
    """Note a promise. A broken one of the same home to the same head is closed with it.

    Raises NotFound, DebtsHidden, BadPromiseDay, NothingOwed, PromiseOpen, OwnHome.
    """
    home = wish.home
    require_at(actor, Permission.PLAN_VISITS, home)
    _require_debts_seen(actor, home)
    await households.require_home(deps, home)
    _require_near(deps, wish.day)
    owed = await unpaid_homes.bills_owed(deps, home)
    if not owed:
        raise NothingOwed("这户没有未缴的费用")
    promise = await _draft(deps, actor, wish, owed)
    await _keep(deps, actor, promise)
    return await _one(deps, promise)


def _require_near(deps: Dependencies, day: str) -> None:
    """Raise BadPromiseDay unless a day is today or soon."""
    check_day(day)
    if not deps.today() <= day <= plus_days(deps.today(), FARTHEST_DAYS):
        raise BadPromiseDay("请选择今天起三个月之内的日期")


async def _keep(deps: Dependencies, actor: Actor, promise: Promise) -> None:
    """Keep a new promise, in the stead of broken ones. Raises PromiseOpen."""
    home, act = promise.home, TABLE.act(PromiseAction.NOTE)

    async def save(tx: Transaction) -> None:
        await places.use(deps, [home], tx=tx)
        promise.people = await households.still_open(deps, tx, promise.people)
        await store.close_broken(deps.db, tx, promise.keeper, home, ended(deps))
        await store.insert(deps.db, tx, promise)
        day, subject = promise.day, promise.id
        await audit.record(deps, tx, actor, act, place=home, subject=subject, day=day)
        for keep in deps.features.at_doors:
            await keep(deps, tx, actor, Talk(home=home, subject=subject, promised_for=day))

    try:
        await deps.in_transaction(save)
    except DuplicateKeyError:
        raise PromiseOpen("这户已有承诺在等,请先了结") from None


def _require_debts_seen(actor: Actor, home: str) -> None:
    """Raise DebtsHidden unless the actor may see at a home that it owes."""
    needs = Permission.VIEW_UNPAID
    if not actor.may(needs, home):
        raise DebtsHidden("社区没有开放三长查看欠费", needs=needs)


async def _draft(
    deps: Dependencies, actor: Actor, wish: NewPromise, owed: list[str]
) -> Promise:
    keeper = keepers.keeper_at(actor, wish.home, Permission.VIEW_UNPAID)
    household = await households.of_home(deps, wish.home)
    return Promise(
        id=deps.new_id(),
        home=wish.home,
        keeper=keeper.token,
        residencies=household.ids,
        people=household.people,
        bills=owed,
        day=wish.day,
        due_at=end_of(wish.day),
        state=TABLE.target(PromiseAction.NOTE),
        noted_by=actor.person_id,
        noted_at=deps.now(),
    )


def ended(deps: Dependencies) -> Document:
    """Return what a promise bears that is not open any more: a broken one too goes in time."""
    now = deps.now()
    return {"ended_at": now, "forget_at": now + ENDED_KEPT}


def mine(actor: Actor) -> list[str]:
    """Return the tokens of what the actor keeps, where heads see which homes owe."""
    return keepers.tokens(actor, Permission.VIEW_UNPAID)


async def listing(deps: Dependencies, actor: Actor, query: PromisesQuery) -> Page[PromiseView]:
    """Return the promises that were given to the actor's office, by day, none of own homes.

    Raises NotFound for a home elsewhere, DebtsHidden.
    """
    if query.home is not None:
        require_at(actor, Permission.PLAN_VISITS, query.home)
        _require_debts_seen(actor, query.home)
    page = await store.page(deps.db, mine(actor), query, apart=interests.homes_of(actor))
    homes = sorted({promise.home for promise in page.items})
    addresses = await places.addresses(deps, homes) if homes else {}
    return page.map(lambda promise: _view(promise, addresses))


async def days_of(deps: Dependencies, homes: Sequence[str]) -> dict[str, Day]:
    """Return home → the last day for which it promised to pay, of promises that wait still."""
    return await store.days_of(deps.db, homes, deps.now())


async def close(deps: Dependencies, actor: Actor, promise_id: str) -> PromiseView:
    """Close a promise: a mistake, or spoken about again.

    Raises NotFound, OwnHome, PromiseMovedOn.
    """
    tokens = {*mine(actor)}
    found = accessible(
        actor,
        await store.find(deps.db, promise_id),
        people=lambda promise: [actor.person_id] if promise.keeper in tokens else [],
        missing=MISSING,
    )
    interests.require_not_own(actor, [found.home])

    async def save(tx: Transaction) -> None:
        moved = await store.move(deps.db, tx, found.id, PromiseAction.CLOSE, ended(deps))
        if not moved:
            raise PromiseMovedOn("这条承诺已经兑现或了结")
        act = TABLE.act(PromiseAction.CLOSE)
        await audit.record(deps, tx, actor, act, place=found.home, subject=found.id)

    await deps.in_transaction(save)
    return await _one(deps, await store.find(deps.db, found.id) or found)


async def _one(deps: Dependencies, promise: Promise) -> PromiseView:
    return _view(promise, await places.addresses(deps, [promise.home]))


def _view(promise: Promise, addresses: dict[str, str]) -> PromiseView:
    address = addresses.get(promise.home, promise.home)
    return show(promise, PromiseView, promise_id=promise.id, address=address)
