"""Findings of rounds: what somebody met on the way, and what it can become, as data.

A package that takes findings registers its target (`Feature.findings`); whoever walks the
rounds knows none of them.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from msgspec import Struct

from services.kernel.permissions import Actor


class Finding(Struct, frozen=True, kw_only=True):
    """Finding at a place.

    `text`: what was found. `photo_ids`: photos of the actor that are attached to nothing.
    `category`: code of the target's own; "" for none. `source`: id of the round.
    """

    place: str
    text: str
    photo_ids: tuple[str, ...] = ()
    category: str = ""
    source: str


# (tx) → id of what the finding became: the rest, in the transaction that links it.
File = Callable[[Any], Awaitable[str]]


class FindingTarget(Struct, frozen=True, kw_only=True):
    """What a finding can become.

    `name`: for programs; never changed. `label`: what people call it. `has_categories`:
    whether a finding needs one of its categories.
    `prepare`: (deps, actor, finding) → checks and looks up what it takes before a transaction;
    what it returns files the finding in the caller's transaction, without a row of the audit.
    """

    name: str
    label: str
    prepare: Callable[[Any, Actor, Finding], Awaitable[File]]
    has_categories: bool = False
