"""Projections of the journals: documents that say, in their own words, what the journals say.

The journals are the books; a bill that says "paid" and a receipt are only true while the
journals say the same. Each package registers how its own are held against them.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

from msgspec import Struct


class Projection(Struct, frozen=True, kw_only=True):
    """Documents of one kind, held against the journals. `name` is what people call them.

    `touched`: (journal) → ids of those that the journal speaks of, also where none is there.
    `known`: (deps, ids) → those of them that are there.
    `some`: (deps, after, limit) → the next ids in order, for a walk over all of them.
    `problems`: (deps, ids) → a line for each that is missing or says something else.
    """

    name: str
    touched: Callable[[Any], Iterable[str]]
    known: Callable[[Any, Sequence[str]], Awaitable[set[str]]]
    some: Callable[[Any, str, int], Awaitable[list[str]]]
    problems: Callable[[Any, Sequence[str]], Awaitable[list[str]]]
