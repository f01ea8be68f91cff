"""Conflict of interest: what nobody does by office for a home, or with money, of their own.

Separation of duties: whoever decides about a home, its bills or its people must not belong to
it, and a firm disposes of its own money only. Each act of the audit declares its guard
(services/kernel/acts.py), and `require` is called where its row is written, in the act's own
transaction: an act that forgets to look is refused all the same.
"""

from collections.abc import Iterable
from enum import StrEnum, auto

from services.kernel.errors import Forbidden
from services.kernel.permissions import Actor


class Guard(StrEnum):
    """Guard of an act against conflicts of interest."""

    FREE = auto()  # for oneself, or nothing that a home gains or loses by
    OWN_HOME = auto()  # refused at a home of the actor's own
    BY_OFFICE = (
        auto()
    )  # who lives there may; by office nobody at their own: the service decides
    OWN_MONEY = auto()  # a firm's people only for their own firm's money: the service decides
    OWN_HOME_AND_MONEY = auto()  # both


AT_HOME = frozenset({Guard.OWN_HOME, Guard.OWN_HOME_AND_MONEY})


class OwnHome(Forbidden):
    """Staff decide nothing about a home that is, or would become, their own."""

    code = "own_home"


class OtherPayee(Forbidden):
    """The people of a firm decide nothing about money that another payee is owed."""

    code = "other_payee"


def homes_of(actor: Actor) -> frozenset[str]:
    """Return the homes that the actor belongs to today, in whatever way: also who only pays."""
    return frozenset(grant.place for grant in actor.grants if grant.role.by_living)


def require_not_own(actor: Actor, homes: Iterable[str]) -> None:
    """Raise OwnHome if one of the homes is the actor's own."""
    require_apart(homes_of(actor), homes)


def require_not_own_payment(actor: Actor, payer: str | None, homes: Iterable[str]) -> None:
    """Raise OwnHome for money that the actor paid, or that was paid for a home of theirs."""
    require_not_own(actor, homes)
    if payer == actor.person_id:
        raise OwnHome("自己付的款要由别的工作人员办理")


def require_apart(own: Iterable[str], homes: Iterable[str]) -> None:
    """Raise OwnHome if homes of somebody's own are among the homes that are decided about."""
    if not frozenset(own).isdisjoint(homes):
        raise OwnHome("自家的房屋要由别的工作人员办理")


def require(actor: Actor, guard: Guard, place: str) -> None:
    """Raise OwnHome for an act at a home of the actor's own, where its guard forbids that."""
    if guard in AT_HOME:
        require_not_own(actor, [place])
