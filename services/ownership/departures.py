"""Departure of a resident from a home: by themselves, by an owner, by the community."""

from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.home_codes import actions as home_codes
from services.homes import access, household, notify
from services.homes.household import Household
from services.homes.notify import News
from services.invitations import actions as invitations
from services.kernel import errors
from services.kernel.acts import Act
from services.kernel.days import check_day, plus_days
from services.kernel.permissions import Actor, Permission
from services.ownership.models import EndResidency
from services.places import actions as places
from services.residencies import actions as residencies
from services.residencies.models import OWNERS, Residency


class BadLastDay(errors.InvalidInput):
    """The last day must be today or later, and no later than the one that is known."""

    code = "bad_last_day"
    details_type = errors.LatestDay


async def end(deps: Dependencies, actor: Actor, residency_id: str, wish: EndResidency) -> None:
    """End a relation to a home on a day, or at once: then the next request is without it.

    An owner who leaves is unbound only: who owns a home is the register's to say. Raises
    BadLastDay, ResidencyOver, OwnHome, Forbidden.
    """

    async def save(tx: Transaction) -> None:
        home, found = await access.access(deps, tx, actor, residency_id)
        _require_may_end(actor, home, found)
        last = _last_day(found, wish.last_day, deps.today())
        if _is_owner_leaving(actor, found):
            await residencies.release(deps, tx, actor, found, wish.reason)
        else:
            await residencies.end(deps, tx, actor, [found], last, because=wish.reason)
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
            left=_is_owner_leaving(actor, found),
        )

    await deps.in_transaction(save)


def _require_may_end(actor: Actor, home: Household, found: Residency) -> None:
    """Raise Forbidden unless the actor may end this relation.

    Everybody may end their own, an owner those of the home's other people, the community any,
    but for homes of their own (OwnHome).
    """
    mine = found.person == actor.person_id
    hosts = actor.may(Permission.MANAGE_HOME, found.home) and found.relation not in OWNERS
    if mine or hosts:
        return
    if not actor.may(Permission.DECIDE_HOMES, found.home):
        raise errors.Forbidden("这位住户要由社区办理")
    household.require_not_own(actor, home)


def _is_owner_leaving(actor: Actor, found: Residency) -> bool:
    return found.person == actor.person_id and found.relation in OWNERS


def _last_day(found: Residency, wished: str | None, today: str) -> str:
    if wished is None:
        return plus_days(today, -1)
    last = check_day(wished)
    if last < today or (found.to_day is not None and last > found.to_day):
        raise BadLastDay("最后一天应在今天到约定的结束日期之间", to_day=found.to_day)
    return last


async def _after(deps: Dependencies, tx: Transaction, actor: Actor, found: Residency) -> None:
    """Revoke what hung on the relation, and notify its person unless they ended it."""
    await home_codes.revoke(deps, tx, [found.id])
    if found.person is None:
        return
    if found.relation in OWNERS:
        await invitations.revoke_at(deps, tx, found.home, person=found.person)
    if found.person != actor.person_id:
        place = await places.get(deps, found.home)
        told = [found.person]
        await notify.news(deps, tx, place, told, what=News.ENDED, key=found.id)
