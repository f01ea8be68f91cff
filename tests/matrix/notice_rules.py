"""Who gets what of notices: the rules of the rows in test_notices.py."""

from typing import Final

from services.audiences.senders import OVERSEERS
from services.kernel.permissions import Permission, Role
from tests.matrix.posts import Post, lies_in
from tests.matrix.rules import Outcome

P = Permission
OFFICE: Final = Role.FIRM_MANAGER


def works_on(post: Post, place: str) -> Outcome:
    """Who may touch a notice of a firm: its people there, and staff over the place."""
    if not post.places(P.SEND_NOTICES):
        return Outcome.FORBIDDEN
    held = {grant.role for grant in post.actor.grants if lies_in(place, grant.place)}
    return Outcome.ALLOWED if held & {OFFICE, *OVERSEERS} else Outcome.MISSING


def hangs_up(post: Post, place: str) -> Outcome:
    """Whoever works on it, and the heads of its people."""
    return Outcome.ALLOWED if is_head_of(post, place) else works_on(post, place)


def is_head_of(post: Post, place: str) -> bool:
    heads = {Role.UNIT_HEAD, Role.BUILDING_HEAD, Role.GRID_HEAD}
    own = [grant.place for grant in post.actor.grants if grant.role in heads]
    return any(lies_in(place, each) or lies_in(each, place) for each in own)


def submits(post: Post, place: str) -> Outcome:
    outcome = works_on(post, place)
    return Outcome.LANDED if outcome is Outcome.ALLOWED else outcome


def sees_doors(post: Post, place: str) -> Outcome:
    """Who sends sees figures; the homes behind them only who sees the residents as well."""
    outcome = works_on(post, place)
    is_blind = outcome is Outcome.ALLOWED and not post.may(P.VIEW_RESIDENTS, place)
    return Outcome.FORBIDDEN if is_blind else outcome


def owns(post: Post, place: str) -> Outcome:
    held = {grant.role for grant in post.actor.grants if lies_in(grant.place, place)}
    return Outcome.ALLOWED if Role.OWNER in held else Outcome.MISSING


def carries(post: Post, place: str) -> Outcome:
    """Whoever reads it by their home, and the heads of its people."""
    return Outcome.ALLOWED if is_head_of(post, place) else owns(post, place)


def answers(post: Post, place: str) -> Outcome:
    """A head reads what residents are asked, and is told that it is not for them."""
    outcome = owns(post, place)
    told = outcome is Outcome.MISSING and is_head_of(post, place)
    return Outcome.LANDED if told else outcome
