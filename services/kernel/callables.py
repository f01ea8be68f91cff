"""What somebody may be called about: each package registers its kinds of matters, as data.

services/calls asks a kind who is meant, and knows none of them. The kind decides who may ask.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from msgspec import Struct

from services.kernel.labels import Labelled
from services.kernel.permissions import Actor, Role


class CallCircle(Labelled):
    """Circle of people who may see somebody's number without asking."""

    CASE = "case", "办理我的事的人"
    HEADS = "heads", "我的单元长、楼栋长、网格长"
    STAFF = "staff", "社区工作人员"


class Callee(Struct, frozen=True, kw_only=True):
    """Who is to be called about a matter.

    `person`: their id; None for somebody without an account. `place`: path of the place that
    it is about. `circles`: to which of their circles whoever asks belongs. `roles`: in which
    roles they ask. `phone`: the number that was given for this matter, as it was written; ""
    for the one that the person proved. It is shown to nobody by whom it is returned to.
    """

    person: str | None
    place: str
    circles: frozenset[CallCircle]
    roles: frozenset[Role]
    phone: str = ""


class CallKind(Struct, frozen=True, kw_only=True):
    """Kind of a matter. `label`: what people call it.

    `find`: (deps, actor, subject_id) → whom the actor may ask to call. It raises NotFound where
    they may not know of the matter, as it is at this moment, and Forbidden where they know of
    it and it is not for them to call.
    `veiled`: whether the audit names neither call, matter nor place for what the person who is
    called does: who takes part in the matter is not to be found by it.
    """

    label: str
    find: Callable[[Any, Actor, str], Awaitable[Callee]]
    veiled: bool = False
