"""Opaque cursors: what the last item of a page sorted by, in a form nobody should rely on."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

from services.kernel.errors import InvalidInput


def read(cursor: str | None) -> str:
    """Return what the cursor hides, or "" for the first page."""
    try:
        return urlsafe_b64decode((cursor or "").encode()).decode()
    except ValueError:
        raise InvalidInput("翻页标记不对,请从第一页开始") from None


def write(key: str) -> str:
    return urlsafe_b64encode(key.encode()).decode()
