"""Paths of places, materialised: `cc.chaoyang.guilin.xincheng.c07.b3.u2.502`.

Every character a segment may hold sorts after "/", so the range [p, p + "/") holds p itself
and everything under it, and nothing else: one range on one index.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Annotated, Final

from msgspec import Meta

from services.kernel.documents import Document

SEGMENT: Final = r"[0-9a-z_]+"
AT_ONCE: Final = 50  # places in one filter of under_each()
PlacePath = Annotated[
    str,
    Meta(
        pattern=rf"^{SEGMENT}(\.{SEGMENT})*$(?!\n)",
        max_length=120,
        description="Path of the place from the city down, e.g. `cc.chaoyang.guilin.xincheng`.",
    ),
]


def covers(ancestor: str, place: str) -> bool:
    """Tell whether a place is `ancestor` or lies under it."""
    return place == ancestor or place.startswith(ancestor + ".")


def parent(place: str) -> str | None:
    """Return the place directly above; None for a city."""
    head, dot, _ = place.rpartition(".")
    return head if dot else None


def ancestors(place: str) -> list[str]:
    """Return the place and all above it, the highest first."""
    parts = place.split(".")
    return [".".join(parts[: i + 1]) for i in range(len(parts))]


def in_order(place: str) -> list[tuple[int, str]]:
    """Return the key that sorts places as people count them: building 2 before building 10."""
    return [
        (int(part), "") if part.isdigit() else (-1, part)
        for part in re.findall(r"\d+|\D+", place)
    ]


def smallest_around(places: Sequence[str]) -> str:
    """Return the smallest place that holds all of these; "" when there is none."""
    shared = [a for a in ancestors(places[0]) if all(covers(a, p) for p in places)]
    return shared[-1] if shared else ""


def outermost(places: Iterable[str]) -> tuple[str, ...]:
    """Drop every place that lies under another one of the list."""
    kept: list[str] = []
    for place in sorted(set(places)):
        if not kept or not covers(kept[-1], place):
            kept.append(place)
    return tuple(kept)


def under(place: str) -> Document:
    """Return the condition "this place or anything under it" for one field."""
    return {"$gte": place, "$lt": place + "/"}


def part(field: str, depth: int) -> Document:
    """Return the expression for the first `depth` segments of a path."""
    regex = rf"^([^.]+\.){{{depth - 1}}}[^.]+"
    found = {"$regexFind": {"input": field, "regex": regex}}
    return {"$getField": {"field": "match", "input": found}}


def under_any(field: str, places: Iterable[str]) -> Document:
    """Return a filter for "under one of these places"; with no places it matches nothing."""
    ranges = [{field: under(place)} for place in outermost(places)]
    match ranges:
        case []:
            return {field: {"$in": []}}
        case [only]:
            return only
        case _:
            return {"$or": ranges}


def under_each(field: str, places: Iterable[str]) -> list[Document]:
    """Return filters for "under one of these places", of fifty places each at most.

    Each is one range around its places: a single scan of an index finds them in the order of
    the field. What lies between them is told apart by the key, with a regular expression: for
    an `$or` of ranges the database would read all of them and sort.
    """
    kept = outermost(places)
    some = [kept[at : at + AT_ONCE] for at in range(0, len(kept), AT_ONCE)]
    return [{field: _around(each)} for each in some]


def _around(places: Sequence[str]) -> Document:
    if len(places) == 1:
        return under(places[0])
    names = "|".join(re.escape(place) for place in places)
    return {"$gte": places[0], "$lt": places[-1] + "/", "$regex": rf"^(?:{names})(?:\.|$)"}
