"""Actions on work records: seen first by the head, then by the community with their remark."""

from typing import Final

from services.appointments import offices
from services.appointments import views as appointments
from services.appointments.models import Appointment
from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.kernel import errors, masking
from services.kernel.access import accessible
from services.kernel.acts import Act
from services.kernel.days import Month, month_of, plus_months
from services.kernel.pages import Page
from services.kernel.permissions import Actor, Permission
from services.places import actions as places
from services.work_records import figures, store
from services.work_records.jobs import OPEN_DAY
from services.work_records.models import (
    REMARK,
    MyWork,
    MyWorkQuery,
    MyWorkRecord,
    RemarkOnWork,
    WorkRecord,
    WorkRecordRow,
    WorkRecordsQuery,
)

MISSING: Final = "没有找到这份工作记录"


class WorkRecordOpen(errors.Conflict):
    """Others see the record already: neither its figures nor its remark change any more."""

    code = "work_record_open"


async def mine(deps: Dependencies, actor: Actor, query: MyWorkQuery) -> MyWork:
    """Return what the actor did in a month, office by office.

    Of a month that is over, the record; until it is made, and of the present month, it is
    counted anew.
    """
    now = month_of(deps.now())
    month = query.month or now
    kept = {
        each.appointment: each
        for each in await store.of_person(deps.db, actor.person_id, month)
    }
    found = await offices.of_head_during(deps, actor.person_id, figures.days_of(month))
    is_recent = plus_months(now, -1) <= month <= now
    shown = [each for each in found if each.id in kept or is_recent]
    addresses = await places.addresses(deps, sorted({each.place for each in shown}))
    items = [
        _mine(deps, kept[each.id], addresses)
        if each.id in kept
        else await _so_far(deps, each, month, addresses)
        for each in shown
    ]
    return MyWork(month=month, items=items)


def _mine(deps: Dependencies, record: WorkRecord, addresses: dict[str, str]) -> MyWorkRecord:
    return MyWorkRecord(
        record_id=record.id,
        role=record.role,
        place=record.place,
        address=addresses.get(record.place, record.place),
        from_day=record.from_day,
        to_day=record.to_day,
        figures=figures.shown(deps, record.figures),
        remark=_remark(deps, record),
        remark_until=record.open_at,
    )


async def _so_far(
    deps: Dependencies, office: Appointment, month: Month, addresses: dict[str, str]
) -> MyWorkRecord:
    first, last = figures.held(office, month)
    return MyWorkRecord(
        record_id=None,
        role=office.role,
        place=office.place,
        address=addresses.get(office.place, office.place),
        from_day=first,
        to_day=last,
        figures=figures.shown(deps, await figures.of_office(deps, office, month)),
        remark=None,
        remark_until=None,
    )


def _remark(deps: Dependencies, record: WorkRecord) -> str | None:
    sealed = record.remark_sealed
    return REMARK.open(deps.vault, record.id, sealed) if sealed else None


async def remark(
    deps: Dependencies, actor: Actor, record_id: str, wish: RemarkOnWork
) -> MyWorkRecord:
    """Write the actor's remark on a month of theirs, in place of the one before.

    Raises NotFound, WorkRecordOpen.
    """

    async def save(tx: Transaction) -> WorkRecord:
        found = accessible(
            actor,
            await store.find(deps.db, record_id, tx=tx),
            people=lambda one: [one.person],
            missing=MISSING,
        )
        found.remark_sealed = (
            REMARK.seal(deps.vault, found.id, wish.remark) if wish.remark else ""
        )
        if not await store.remark(deps.db, tx, found.id, found.remark_sealed, deps.now()):
            raise WorkRecordOpen("社区已经可以看到这份记录,不能再改说明")
        act, is_empty = Act.WORK_REMARKED, wish.remark is None
        await audit.record(
            deps, tx, actor, act, place=found.place, subject=found.id, removed=is_empty
        )
        return found

    found = await deps.in_transaction(save)
    return _mine(deps, found, await places.addresses(deps, [found.place]))


async def listing(
    deps: Dependencies, actor: Actor, place: str, query: WorkRecordsQuery
) -> Page[WorkRecordRow]:
    """Return the records of the heads of a place that others may see, by place.

    Raises NotFound.
    """
    await places.access_place(deps, actor, place, Permission.APPOINT)
    month = query.month or last_open(deps)
    page = await store.page(deps.db, place, month, deps.now(), query)
    addresses = await places.addresses(deps, sorted({each.place for each in page.items}))
    heads = await offices.find_many(deps, [each.appointment for each in page.items])
    names = {each.id: appointments.name_of(deps, each) for each in heads}
    return page.map(lambda record: _row(deps, record, addresses, names))


def last_open(deps: Dependencies) -> Month:
    """Return the last month that others see today."""
    back = -1 if int(deps.today()[8:]) >= OPEN_DAY else -2
    return plus_months(month_of(deps.now()), back)


def _row(
    deps: Dependencies,
    record: WorkRecord,
    addresses: dict[str, str],
    names: dict[str, str | None],
) -> WorkRecordRow:
    name = names.get(record.appointment)
    return WorkRecordRow(
        record_id=record.id,
        month=record.month,
        role=record.role,
        place=record.place,
        address=addresses.get(record.place, record.place),
        name_masked=masking.name(name) if name else None,
        from_day=record.from_day,
        to_day=record.to_day,
        figures=figures.shown(deps, record.figures),
        remark=_remark(deps, record),
    )
