"""Senders of notices: which office may send which kind, and who works on one.

Who works on what an office sends is one rule for all that is sent: services/audiences/senders.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from services.audiences import readers, senders
from services.audiences.models import Audience
from services.kernel import errors
from services.kernel.access import accessible
from services.kernel.paths import covers
from services.kernel.permissions import (
    HEADS,
    Actor,
    Permission,
    Role,
    require_at,
)
from services.notices.models import Notice, NoticeKind
from services.notices.states import NoticeState

K = NoticeKind
ALL: Final = frozenset(NoticeKind)
# The offices that send, from the lowest; the first one of a person that may send is taken.
KINDS: Final[dict[Role, frozenset[NoticeKind]]] = {
    Role.UNIT_HEAD: frozenset({K.INFORMATION}),
    Role.BUILDING_HEAD: frozenset({K.INFORMATION}),
    Role.GRID_HEAD: frozenset({K.INFORMATION}),
    Role.FIRM_MANAGER: frozenset({K.INFORMATION, K.ASKS_ANSWER, K.EMERGENCY}),
    Role.COMMITTEE_MEMBER: frozenset({K.INFORMATION, K.ASKS_ANSWER}),
    Role.COMMUNITY_STAFF: ALL,
    Role.SUBDISTRICT_STAFF: ALL,
    Role.DISTRICT_STAFF: ALL,
    Role.CITY_STAFF: ALL,
    Role.ADMINISTRATOR: ALL,
}


class KindNotYours(errors.Forbidden):
    """The office sends no notices of this kind."""

    code = "notice_kind_not_yours"


class OnePlace(errors.InvalidInput):
    """A firm, or a committee, writes to one compound at a time."""

    code = "notice_one_place"


def office_of(actor: Actor, kind: NoticeKind, places: Sequence[str]) -> Role:
    """Return the office by which the actor sends a notice of this kind to these places.

    Raises NotFound for a place outside theirs, KindNotYours, OnePlace.
    """
    for place in places:
        require_at(actor, Permission.SEND_NOTICES, place)
    able = [role for role in senders.covering(actor, KINDS, places) if kind in KINDS[role]]
    if not able:
        raise KindNotYours(f"您的职务不能发送“{kind.label}”")
    free = [role for role in able if senders.writes_to_all(actor, role, places)]
    if not free:
        raise OnePlace("请按小区分别发送")
    return free[0]


def access(actor: Actor, found: Notice | None) -> Notice:
    """Return a notice that the actor works on. Raises NotFound otherwise."""
    return accessible(
        actor,
        found,
        people=lambda notice: [actor.person_id] if sees(actor, notice) else [],
        missing="没有找到这条通知",
    )


def access_paper(actor: Actor, found: Notice | None) -> Notice:
    """Return a notice that the actor may hang up: one they work on, or of their own people.

    A head hangs up what is published for their staircase, building or grid, whoever sends it.
    Raises NotFound otherwise.
    """
    return accessible(
        actor,
        found,
        people=lambda notice: (
            [actor.person_id] if sees(actor, notice) or _is_for_own(actor, notice) else []
        ),
        missing="没有找到这条通知",
    )


def _is_for_own(actor: Actor, notice: Notice) -> bool:
    return notice.state is NoticeState.PUBLISHED and _is_over_or_under(actor, notice)


def _is_over_or_under(actor: Actor, notice: Notice) -> bool:
    held = [grant.place for grant in actor.grants if grant.role in HEADS]
    return any(
        covers(own, place) or covers(place, own) for own in held for place in notice.places
    )


def carries(actor: Actor, notice: Notice) -> bool:
    """Tell whether a head carries a notice to the doors of their own people.

    They knock for it and enter what is answered, so they read it whether they live there or
    not. What is for offices alone goes to no door.
    """
    return bool(notice.audience.relations) and _is_over_or_under(actor, notice)


def sees(actor: Actor, notice: Notice) -> bool:
    return not {*senders.keys(actor, KINDS)}.isdisjoint(notice.senders)


def writers_of(found: Notice) -> set[str]:
    """Return who wrote or changed what is not out yet: they cannot approve it."""
    if found.proposal is not None:
        return {found.proposal.by, *found.writers}
    return {found.author, found.changed_by, *found.writers}


def readers_of(notice_id: str, audience: Audience) -> list[str]:
    """Return the tokens of who reads a notice.

    Of residents who are meant by more than a token says, those who were told.
    """
    if not readers.narrow(audience):
        return readers.readers(audience)
    offices = readers.readers(msgspec.structs.replace(audience, relations=[]))
    return [told(notice_id), *offices]


def told(notice_id: str) -> str:
    return f"told|{notice_id}"
