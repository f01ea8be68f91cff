"""Departure from a home: by themself, by an owner of the home, by the community."""

from services.audit import actions as audit
from services.audit.models import Act
from services.dependencies import Dependencies, Transaction
from services.home_codes import store as home_codes_store
from services.homes import access, household
from services.homes import notify as homes_notify
from services.homes.household import Household
from services.homes.notify import News
from services.invitations import store as invitations_store
from services.kernel import errors
from services.kernel.days import check_day, day_of, plus_days
from services.kernel.permissions import Actor, Permission
from services.ownership.models import EndResidency
from services.places import actions as places
from services.residencies import actions as residencies
from services.residencies.models import OWNERS, Residency

P = Permission


class BadLastDay(errors.InvalidInput):
    """The last day is today or later, and no later than the one that is known."""

    code = "bad_last_day"


async def end(deps: Dependencies, actor: Actor, residency_id: str, wish: EndResidency) -> None:
    """End a relation on a day, or at once: then the next request is made without it.

    An owner who leaves lets go of the account only: who owns a home is the register's to say.
    """

    async def save(tx: Transaction) -> None:
        home, found = await access.access(deps, tx, actor, residency_id)
        _require_may_end(actor, home, found)
        last = _last_day(found, wish.last_day, day_of(deps.now()))
        if _lets_go(actor, found):
            await residencies.release(deps, tx, found, actor, wish.reason)
        else:
            await residencies.end(deps, tx, [found], last, actor=actor, because=wish.reason)
        await _after(deps, tx, actor, found)
        await audit.record(
            deps,
            tx,
            actor,
            Act.RESIDENCY_ENDED,
            place=found.home,
            subject=found.id,
            relation=found.relation,
            last_day=last,
            left=_lets_go(actor, found),
        )

    await deps.in_transaction(save)


def _require_may_end(actor: Actor, home: Household, found: Residency) -> None:
    """Their own; of a home one owns, whoever is no owner; for the community, anybody's.

    For the community, but not where oneself belongs.
    """
    mine = found.person == actor.person_id
    hosts = actor.may(P.MANAGE_HOME, found.home) and found.relation not in OWNERS
    if mine or hosts:
        return
    if not actor.may(P.DECIDE_HOMES, found.home):
        raise errors.Forbidden("这位住户要由社区办理")
    household.require_not_own(actor, home)


def _lets_go(actor: Actor, found: Residency) -> bool:
    return found.person == actor.person_id and found.relation in OWNERS


def _last_day(found: Residency, wished: str | None, today: str) -> str:
    if wished is None:
        return plus_days(today, -1)
    last = check_day(wished)
    if last < today or (found.to_day is not None and last > found.to_day):
        raise BadLastDay("最后一天应在今天到约定的结束日期之间", to_day=found.to_day)
    return last


async def _after(deps: Dependencies, tx: Transaction, actor: Actor, found: Residency) -> None:
    """Take back what hung on the relation, and tell whoever did not end it themself."""
    await home_codes_store.revoke(deps.db, [found.id], tx)
    if found.person is None:
        return
    if found.relation in OWNERS:
        await invitations_store.revoke_at(deps.db, found.home, tx, person=found.person)
    if found.person != actor.person_id:
        place = await places.get(deps, found.home)
        told = [found.person]
        await homes_notify.news(deps, tx, place, told, what=News.ENDED, key=found.id)
