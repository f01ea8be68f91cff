"""Keepers of visits, promises and what else a head notes: an office, or one member of staff.

What a head notes belongs to the office: whoever stands in for the head works with it, and the
next head after them; an end of the term ends it on the next request, because the office is read
from the grants of that moment. What somebody of the community notes is theirs alone: others see
its figures. A document bears its keeper as a token, "holder|place", so that "mine" is one
equality on one index: for a head the holder is the role, for others the person.
"""

from typing import Final

from msgspec import Struct

from services.kernel.errors import NotFound
from services.kernel.paths import covers
from services.kernel.permissions import (
    HEADS,
    Actor,
    Grant,
    Permission,
    Role,
)

# What offices of heads keep, as a condition: it is on their lists of the day, staff's is not.
OF_HEADS: Final = {"$regex": f"^({'|'.join(HEADS)})\\|"}


class Keeper(Struct, frozen=True):
    """Office by which somebody works at a home, and the token of what they keep there."""

    token: str
    role: Role
    office: str  # its place


def keeper_at(actor: Actor, home: str, *needs: Permission) -> Keeper:
    """Return the actor's office that is nearest to a home. Raises NotFound for none.

    `needs`: what the office has to give as well.
    """
    held = [grant for grant in _held(actor, *needs) if covers(grant.place, home)]
    if not held:
        raise NotFound("没有找到这套房屋")
    found = min(held, key=lambda grant: (_rung(grant.role), -len(grant.place)))
    return Keeper(_token(actor, found), found.role, found.place)


def tokens(actor: Actor, *needs: Permission) -> list[str]:
    """Return the tokens of all that the actor keeps at this moment. `needs`: as keeper_at()."""
    return sorted({_token(actor, grant) for grant in _held(actor, *needs)})


def _held(actor: Actor, *needs: Permission) -> list[Grant]:
    wanted = (Permission.PLAN_VISITS, *needs)
    return [grant for grant in actor.grants if all(grant.gives(each) for each in wanted)]


def _rung(role: Role) -> int:
    return HEADS.index(role) if role in HEADS else len(HEADS)


def _token(actor: Actor, grant: Grant) -> str:
    holder = grant.role if grant.role in HEADS else actor.person_id
    return f"{holder}|{grant.place}"
