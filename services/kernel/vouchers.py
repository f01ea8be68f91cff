"""Numbers of slips and transfers: what makes two of them the same, however they are typed."""

import unicodedata
from typing import Final

UNSEEN: Final = frozenset({"Cf", "Mn", "Zl", "Zp", "Zs"})  # joiners, selectors, blanks
FILLERS: Final = frozenset("\u115f\u1160\u2800")  # letters and patterns that show nothing


def plain(text: str) -> str:
    """Return a number as it is kept and shown: without blanks and marks that nobody sees.

    In single width, too, as the bank's file has it.
    """
    found = unicodedata.normalize("NFKC", text)
    seen = (c for c in found if c not in FILLERS and unicodedata.category(c) not in UNSEEN)
    return "".join(seen) or text


def key(text: str) -> str:
    """Return what a number is compared by: B-1a and b-1A are one slip.

    The key of a key is itself, in capitals, too: a letter without capitals of its own, such as
    the İ of some keyboards, is the one that looks like it. Of what is plain and has no letters
    but those of ASCII it is what MongoDB's `$toLower` makes (mongo_indexes, FILLS).
    """
    return plain(plain(text).upper().casefold())


def has_case(text: str) -> bool:
    """Tell whether a number could be typed in capitals or in small letters."""
    return key(text) != key(text).upper()
