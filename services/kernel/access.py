"""Access to one thing that was found: who may have it, who may know of it, who may not.

What somebody may not know of looks missing (404), so that nobody learns by trying ids what
exists in other homes; who sees it elsewhere anyway is told plainly that this is not for them
(403). All guards of single documents are calls of the one function here.
"""

from collections.abc import Callable, Collection, Iterable
from typing import TypeVar

from services.kernel.errors import Forbidden, NotFound
from services.kernel.permissions import Actor, Permission

T = TypeVar("T")


def accessible(
    actor: Actor,
    found: T | None,
    *needs: Permission,
    at: Callable[[T], str] = lambda _: "",
    people: Callable[[T], Iterable[str | None]] = lambda _: (),
    missing: str,
    known_by: Collection[Permission] = (),
    knows: Callable[[T], bool] = lambda _: False,
    forbidden: str = "",
) -> T:
    """Return what was found to who holds one of `needs` at its place, or whose own it is.

    `at`: its place. `people`: ids of whose own it is. Raises NotFound (`missing`) when there is
    none and for everybody else, but Forbidden (`forbidden`) for who holds one of `known_by`
    there and so may know of it, or of whom `knows` says so.
    """
    if found is None:
        raise NotFound(missing)
    place = at(found)
    if actor.person_id in people(found) or any(actor.may(each, place) for each in needs):
        return found
    if knows(found) or any(actor.may(each, place) for each in known_by):
        raise Forbidden(forbidden)
    raise NotFound(missing)
