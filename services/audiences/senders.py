"""Senders: by which office somebody writes to an audience, and who works on what it sends.

Everybody works on what their own office sends; staff of the community and above on that of the
offices below theirs, too. A firm does not see what the committee drafts about it, nor the other
way. Who works on something is kept with it as tokens "office|place", so that access to one and
the list of all are the same question.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Final, Protocol

from services.kernel.paths import ancestors, covers, smallest_around
from services.kernel.permissions import FIRM_ROLES, Actor, Role

OVERSEERS: Final = (
    Role.COMMUNITY_STAFF,
    Role.SUBDISTRICT_STAFF,
    Role.DISTRICT_STAFF,
    Role.CITY_STAFF,
    Role.ADMINISTRATOR,
)
# Each of their compounds is an office of its own, by another contract or election.
ONE_COMPOUND: Final = (*FIRM_ROLES, Role.COMMITTEE_MEMBER)


class Sent(Protocol):
    """What an office drafted or sent: a notice, a survey."""

    role: Role
    place: str
    senders: list[str]


def oversees(role: Role, other: Role) -> bool:
    """Tell whether an office works on what another sends, at its places."""
    if role is other:
        return True
    if role not in OVERSEERS:
        return False
    return other not in OVERSEERS or OVERSEERS.index(other) < OVERSEERS.index(role)


def covering(actor: Actor, roles: Iterable[Role], places: Sequence[str]) -> list[Role]:
    """Return the offices among some that the actor holds around all of some places."""
    return [
        role
        for role in roles
        if all(any(covers(held, place) for held in _held(actor, role)) for place in places)
    ]


def writes_to_all(actor: Actor, role: Role, places: Sequence[str]) -> bool:
    """Tell whether an office that covers some places may write to all of them at once."""
    return role not in ONE_COMPOUND or any(
        all(covers(held, place) for place in places) for held in _held(actor, role)
    )


def _held(actor: Actor, role: Role) -> list[str]:
    return [grant.place for grant in actor.grants if grant.role is role]


def tokens(actor: Actor, role: Role, places: Sequence[str]) -> list[str]:
    """Return the tokens of who works on what an office sends to some places.

    The places above all of them, and those by which the actor holds the office: the buildings
    of a grid lie in several compounds.
    """
    around = smallest_around(places)
    held = [each for each in _held(actor, role) if any(covers(each, p) for p in places)]
    return sorted({f"{role}|{place}" for place in (*ancestors(around), *held)})


def tokens_again(actor: Actor, found: Sent, places: Sequence[str]) -> list[str]:
    """Return the tokens of what is for other places by now; `actor` publishes or changes it.

    Whoever publishes it, it stays the office's that drafted it. Who holds that office for a
    place around some of the places alone works on it no more; who holds it for one of them, as
    the head of a grid does, still works on it.
    """
    lost = {f"{found.role}|{place}" for place in ancestors(found.place) if place not in places}
    return sorted({*found.senders} - lost | {*tokens(actor, found.role, places)})


def keys(actor: Actor, roles: Collection[Role], place: str | None = None) -> list[str]:
    """Return the tokens that the actor has, at one place of theirs or at all.

    `roles`: the offices that send.
    """
    return sorted(
        {
            f"{other}|{place or grant.place}"
            for grant in actor.grants
            if grant.role in roles and (place is None or covers(grant.place, place))
            for other in roles
            if oversees(grant.role, other)
        }
    )
