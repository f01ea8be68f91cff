"""Lists that staff and heads work with: registered once, shown by a page and exported whole."""

from collections.abc import Awaitable, Callable
from typing import Any

from msgspec import Struct

from services.kernel.pages import ListQuery, Page
from services.kernel.paths import smallest_around
from services.kernel.permissions import Actor, Permission, require
from services.kernel.tables import Column

PlaceOf = Callable[[Any, Any, str], Awaitable[str]]


async def _of_itself(_deps: Any, _actor: Any, subject: str) -> str:
    return subject


def around(permission: Permission) -> PlaceOf:
    """Name the smallest place around all that the actor holds a permission for.

    For a list of something in all of them; "" when there is no place around them.
    """

    async def place_of(deps: Any, actor: Actor, subject: str) -> str:  # noqa: ARG001  # a PlaceOf
        held = actor.places(permission)
        return smallest_around(held) if held else ""

    return place_of


class List(Struct, frozen=True, kw_only=True):
    """One list. A package registers it in `feature.py`, and it can be exported from then on.

    `name`: how exports ask for it, e.g. `refunds`. `title`: what people call it. `needs`: what
    its own address asks for first; None where `read` alone decides.
    `query`: what may be asked of it; its filters and its `sort`.
    `read`: (deps, actor, query) → a page; (deps, actor, subject, query) where it is a list of
    something. It decides who may read, and its views mask what they may not.
    `subject`: what it is a list of ("place", "run_id"); empty for none.
    `place_of`: (deps, actor, subject) → the place that the audit names; the subject by itself.
    """

    name: str
    title: str
    needs: Permission | None = None
    query: type[ListQuery]
    columns: tuple[Column, ...]
    read: Callable[..., Awaitable[Page[Any]]]
    subject: str = "place"
    place_of: PlaceOf = _of_itself

    async def page(self, deps: Any, actor: Any, subject: str, query: ListQuery) -> Page[Any]:
        """Return a page as the actor may see it. Raises Forbidden, NotFound, InvalidInput."""
        if self.needs is not None:
            require(actor, self.needs)
        of = (subject,) if self.subject else ()
        return await self.read(deps, actor, *of, query)
