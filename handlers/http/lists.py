"""Pages of lists whose actions return plain lists."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from handlers.http import cursors
from services.kernel.pages import Limit, ListQuery, Page, ShortListQuery

__all__ = ["Limit", "ListQuery", "Page", "ShortListQuery", "page"]

T = TypeVar("T")


def page(items: Sequence[T], limit: int, key: Callable[[T], str]) -> Page[T]:
    """Make a page. A full page may have a successor; a shorter one has none."""
    cursor = cursors.write(key(items[-1])) if len(items) == limit else None
    return Page(list(items), cursor)
