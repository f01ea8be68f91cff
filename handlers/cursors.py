"""Opaque cursors: what the last item of a page sorted by, in a form nobody should rely on."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import Annotated, TypeVar

from msgspec import Meta

from handlers.contract import Page
from services.kernel.errors import InvalidInput

T = TypeVar("T")

Limit = Annotated[int, Meta(ge=1, le=100)]
Cursor = Annotated[str, Meta(max_length=400)]


def read(cursor: str | None) -> str:
    """Return what the cursor hides, or "" for the first page."""
    try:
        return urlsafe_b64decode((cursor or "").encode()).decode()
    except ValueError:
        raise InvalidInput("翻页标记不对,请从第一页开始") from None


def write(key: str) -> str:
    return urlsafe_b64encode(key.encode()).decode()


def page(items: Sequence[T], limit: int, key: Callable[[T], str]) -> Page[T]:
    """Make a page. A full page may have a successor; a shorter one has none."""
    cursor = write(key(items[-1])) if len(items) == limit else None
    return Page(list(items), cursor)
