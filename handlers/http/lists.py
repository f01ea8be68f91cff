"""Pages of lists: what a request for one says, and what a page holds."""

from collections.abc import Callable, Sequence
from typing import Annotated, Generic, TypeVar

from msgspec import Meta, Struct

from handlers.http import cursors
from services.kernel.types import Opaque

T = TypeVar("T")

Limit = Annotated[int, Meta(ge=1, le=100)]


class ListQuery(Struct, forbid_unknown_fields=True, kw_only=True):
    """Which part of a list.

    `limit`: Most items of a page.
    `cursor`: `next_cursor` of the page before; the first page without it.
    """

    limit: Limit = 50
    cursor: Opaque | None = None


class ShortListQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which part of a list whose items are read one by one."""

    limit: Limit = 20


class Page(Struct, Generic[T]):
    """One page of a list.

    `items`: Items of this page, in the order of the list.
    `next_cursor`: Send it as `cursor` for the next page; null on the last page.
    """

    items: list[T]
    next_cursor: str | None = None


def page(items: Sequence[T], limit: int, key: Callable[[T], str]) -> Page[T]:
    """Make a page. A full page may have a successor; a shorter one has none."""
    cursor = cursors.write(key(items[-1])) if len(items) == limit else None
    return Page(list(items), cursor)
