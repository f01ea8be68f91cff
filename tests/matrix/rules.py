"""Expected answers of a route, derived from the table of permissions, never by hand."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from handlers.http.contract import Access, Contract
from services.kernel.permissions import Permission
from tests.matrix.posts import OWNER, Post


class Outcome(StrEnum):
    ALLOWED = "2xx"
    FORBIDDEN = "403"
    MISSING = "404"
    UNKNOWN = "401"
    LANDED = "as the row says"  # let in, and told why it cannot be


@dataclass(frozen=True)
class Aim:
    """Where the target of a call lies, or whose it is; `owner` None is the caller."""

    label: str
    place: str = ""
    owner: Post | None = None


Decide = Callable[[Post, Aim, Contract], Outcome | None]


@dataclass(frozen=True)
class Rule:
    """`decide`: None when a person and an aim make no cell. `reason`: of a rule of its own.

    `private`: answers are about whoever asks. `open`: they tell everybody of the aim.
    `by_place`: people ask about their own places, too.
    """

    aims: tuple[Aim, ...]
    decide: Decide
    reason: str = ""
    permission: Permission | None = None
    private: bool = False
    open: bool = False
    by_place: bool = False

    def needs(self, contract: Contract) -> Permission | None:
        """Return the permission that gives the scope of an answer; None: all one's places."""
        needs = contract.needs
        return self.permission or (needs if isinstance(needs, Permission) else None)

    def scope(self, post: Post, contract: Contract) -> tuple[str, ...]:
        """Return the places of which this route may tell somebody."""
        needs = self.needs(contract)
        if needs is not None:
            return post.places(needs)
        return tuple(grant.place for grant in post.actor.grants)


def at(
    *places: str, permission: Permission | None = None, seen: tuple[Permission, ...] = ()
) -> Rule:
    """A target that lies at a place. `permission`: when the contract says only SIGNED_IN.

    `seen`: who holds one of these there knows of the target, and is told 403 rather than 404.
    """

    def decide(post: Post, aim: Aim, contract: Contract) -> Outcome:
        if not post.signed_in:
            return Outcome.UNKNOWN
        needs = rule.needs(contract)
        assert needs is not None, "at() needs a permission"
        held = post.places(needs)
        if post.may(needs, aim.place):
            return Outcome.ALLOWED
        if any(post.may(permission, aim.place) for permission in seen):
            return Outcome.FORBIDDEN
        hides = contract.needs is Access.SIGNED_IN
        return Outcome.MISSING if held or hides else Outcome.FORBIDDEN

    aims = tuple(Aim(place, place) for place in places)
    rule = Rule(aims, decide, permission=permission, by_place=True)
    return rule


def somewhere() -> Rule:
    """What lies in all the places where one holds the permission."""

    def decide(post: Post, _: Aim, contract: Contract) -> Outcome:
        if not post.signed_in:
            return Outcome.UNKNOWN
        needs = contract.needs
        assert isinstance(needs, Permission), "somewhere() needs a permission"
        return Outcome.ALLOWED if post.places(needs) else Outcome.FORBIDDEN

    return Rule((Aim("all of mine"),), decide)


def citywide() -> Rule:
    """What belongs to no smaller place: only who holds the permission for the whole city."""

    def decide(post: Post, _: Aim, contract: Contract) -> Outcome:
        if not post.signed_in:
            return Outcome.UNKNOWN
        needs = contract.needs
        assert isinstance(needs, Permission), "citywide() needs a permission"
        held = any("." not in place for place in post.places(needs))
        return Outcome.ALLOWED if held else Outcome.FORBIDDEN

    return Rule((Aim("the whole city"),), decide)


def everyone(*, private: bool = True) -> Rule:
    """About oneself: whoever is signed in.

    `private`: False where heads and staff are told of their places, too.
    """

    def decide(post: Post, _: Aim, __: Contract) -> Outcome:
        return Outcome.ALLOWED if post.signed_in else Outcome.UNKNOWN

    return Rule((Aim("myself"),), decide, private=private)


def public(place: str = "") -> Rule:
    """Whatever everybody may know, of a place or of none."""

    def decide(*_: object) -> Outcome:
        return Outcome.ALLOWED

    return Rule((Aim("anybody", place),), decide, open=True)


def mine() -> Rule:
    """Things of one person: their own, and the same of somebody in the own place."""
    own, others = Aim("mine"), Aim("another's", owner=OWNER)

    def decide(post: Post, aim: Aim, contract: Contract) -> Outcome | None:
        if not post.signed_in:
            return Outcome.UNKNOWN if aim is others else None
        needs = contract.needs
        if isinstance(needs, Permission) and not post.places(needs):
            return Outcome.FORBIDDEN
        if aim is own:
            return Outcome.ALLOWED
        return None if post == OWNER else Outcome.MISSING

    return Rule((own, others), decide, private=True)


def decided(
    decide: Callable[[Post, str], Outcome],
    reason: str,
    *places: str,
    permission: Permission | None = None,
) -> Rule:
    """A route with a rule of its own. `reason` says why, and is read by people."""
    aims = tuple(Aim(place, place) for place in places) or (Aim("myself"),)

    def answer(post: Post, aim: Aim, _: Contract) -> Outcome:
        return decide(post, aim.place) if post.signed_in else Outcome.UNKNOWN

    return Rule(aims, answer, reason, permission)
