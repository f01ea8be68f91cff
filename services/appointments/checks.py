"""Conditions of an appointment before it is written; the second of two sees the first."""

from typing import Final

import structlog
from msgspec import Struct

from services.appointments import store
from services.appointments.models import Appoint, Appointment
from services.dependencies import Dependencies, Transaction
from services.firms import contracts
from services.kernel import errors
from services.kernel.days import Day, check_day
from services.kernel.permissions import (
    FIRM_ROLES,
    HEADS,
    RUNGS,
    STAFF_ROLES,
    WITH_A_TERM,
    Actor,
    Permission,
    Role,
)
from services.places import actions as places

# An auditor holds no other role of staff at the same time (GB/T 22239-2019, separation of
# duties).
DUTIES: Final = {
    role: frozenset({Role.AUDITOR}) if role is not Role.AUDITOR else STAFF_ROLES - {role}
    for role in STAFF_ROLES
}


log = structlog.get_logger(__name__)


class TakenDays(Struct, frozen=True, kw_only=True):
    """Days of the appointment in question.

    `from_day`: First day of the appointment that is there.
    `to_day`: Last day of it; null for none.
    """

    from_day: Day
    to_day: Day | None


class WrongRungDetails(Struct, frozen=True, kw_only=True):
    """Rungs where the role can be held.

    `expected`: Kinds of place that the role can be held at, e.g. `unit`.
    """

    expected: list[str]


class WrongRung(errors.InvalidInput):
    """`expected` in details: the kinds of place this role can be held at."""

    code = "role_wrong_rung"
    details_type = WrongRungDetails


class TermNeeded(errors.InvalidInput):
    """Heads and committee members are appointed to a day."""

    code = "term_needed"


class FirmNeeded(errors.InvalidInput):
    """Dispatchers, repairers and the like are a firm's people: say which firm's."""

    code = "firm_needed"


class NoContract(errors.Conflict):
    """The firm neither serves this compound nor will."""

    code = "no_contract"


class OfficeTaken(errors.Conflict):
    """Somebody holds this office on some of these days: `from_day`, `to_day` in details."""

    code = "office_taken"
    details_type = TakenDays


class AlreadyAppointed(errors.Conflict):
    """The same person has this role there for other days: end that first."""

    code = "already_appointed"
    details_type = TakenDays


class DutiesSeparate(errors.Conflict):
    """Who works here in any other role does not audit, and the other way round.

    Said only to whoever sees the other role. For others the appointment is written and waits:
    of an auditor's role and another one, the one that was given first is in force (offices).
    """

    code = "duties_separate"


def check_request(request: Appoint, today: str) -> None:
    """Raise what is wrong with a request by itself, without the database."""
    if request.role not in RUNGS:
        raise errors.InvalidInput("住户由房屋登记产生,不能任命")
    if (request.firm_id is None) == (request.role in FIRM_ROLES):
        raise FirmNeeded("物业人员要写明企业,其他人员不要写")
    if request.to_day is None and request.role in WITH_A_TERM:
        raise TermNeeded("请写明任期到哪一天")
    first = check_day(request.from_day or today)
    if request.to_day is not None and check_day(request.to_day) < max(first, today):
        raise errors.InvalidInput("任期结束不能早于开始,也不能已经过去")


async def check_place(deps: Dependencies, tx: Transaction, wanted: Appointment) -> None:
    """Hold the place. Raises NotFound, WrongRung, NoContract if it cannot have the role."""
    place = await places.hold(deps, tx, wanted.place)
    if place is None:
        raise errors.NotFound("没有找到这个地方", place=wanted.place)
    expected = RUNGS[wanted.role]
    if place.kind not in expected:
        raise WrongRung("这个职务不能设在这一级", expected=sorted(expected))
    if wanted.firm and not await contracts.has_contract(deps, tx, wanted.firm, wanted.place):
        raise NoContract("这家企业在该小区没有合同")


async def same_or_free(
    deps: Dependencies, tx: Transaction, actor: Actor, wanted: Appointment, request: Appoint
) -> Appointment | None:
    """Return the same appointment made before, or None when nothing stands in the way."""
    if others := DUTIES.get(wanted.role):
        await _keep_apart(deps, tx, actor, wanted, others)
    for rival in await store.rivals(deps.db, tx, wanted):
        if rival.phone_index == wanted.phone_index:
            if _is_same(rival, wanted, request):
                return rival
            raise AlreadyAppointed("此人在这里已有这个职务,请先免去", **_days(rival))
        if wanted.role in HEADS:
            raise OfficeTaken("这段时间已有人担任", **_days(rival))
    return None


def _is_same(rival: Appointment, wanted: Appointment, request: Appoint) -> bool:
    begun = request.from_day is None and rival.from_day <= wanted.from_day
    same_first = begun or rival.from_day == wanted.from_day
    return same_first and (rival.to_day, rival.firm) == (wanted.to_day, wanted.firm)


def _days(rival: Appointment) -> dict[str, str | None]:
    return {"from_day": rival.from_day, "to_day": rival.to_day}


async def _keep_apart(
    deps: Dependencies,
    tx: Transaction,
    actor: Actor,
    wanted: Appointment,
    others: frozenset[Role],
) -> None:
    """Raise DutiesSeparate, unless that would tell the actor of a role they may not know of.

    The command line, an actor without grants, belongs to whoever holds the machine.
    """
    held = await store.places_of(deps.db, tx, wanted.phone_index, others, deps.today())
    if not held:
        return
    if not actor.grants or any(actor.may(Permission.APPOINT, place) for place in held):
        raise DutiesSeparate("审计员不能同时担任其他工作职务")
    log.warning("duties_clash", appointment=wanted.id, role=wanted.role)


class NotAHead(errors.InvalidInput):
    """Only heads have substitutes and hand their work over, not staff nor substitutes."""

    code = "not_a_head"


def require_head(appointment: Appointment) -> None:
    if appointment.role not in HEADS or appointment.substitute_for:
        raise NotAHead("只有网格长、楼栋长、单元长才有")
