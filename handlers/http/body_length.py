"""Length of a request's body, as its header declares it."""

from typing import Final

from tornado.httputil import HTTPHeaders

HEADER: Final = "Content-Length"
MOST_DIGITS: Final = 18  # longer than any body; int() raises ValueError at some thousands


def declared_length(headers: HTTPHeaders) -> int | None:
    """Return the bytes that are declared; None unless it is one number (RFC 9110 §8.6)."""
    declared = headers.get(HEADER, "")
    is_number = declared.isascii() and declared.isdigit() and len(declared) <= MOST_DIGITS
    return int(declared) if is_number else None
