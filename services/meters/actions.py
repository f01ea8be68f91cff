"""Actions on meters: written down for a home, read by its people or by who works there."""

from collections.abc import Sequence
from typing import Any

import msgspec
from pymongo.errors import DuplicateKeyError

from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.kernel import errors
from services.kernel.access import accessible
from services.kernel.acts import Act
from services.kernel.days import Day, check_day
from services.kernel.interests import homes_of
from services.kernel.pages import Page
from services.kernel.permissions import Actor, Permission, require_at
from services.meters import store, views
from services.meters.consumption import Point, points
from services.meters.models import (
    Meter,
    MeterKind,
    MetersQuery,
    MeterView,
    NewMeter,
    NewReading,
    ReadBy,
    Reading,
    ReplaceMeter,
)
from services.meters.refusals import (
    BadMeter,
    MeterChanged,
    MeterExists,
    MeterReplaced,
    ReadingAboveNext,
    ReadingBelowLast,
    ReadingExists,
)
from services.photos import actions as photos
from services.photos.models import PhotoPurpose
from services.places import actions as places
from services.places.models import Kind


async def add(deps: Dependencies, actor: Actor, home: str, request: NewMeter) -> MeterView:
    """Write a meter down for a home. Raises NotFound, BadMeter, MeterExists, OwnHome."""
    place = await places.access_place(deps, actor, home, Permission.RUN_BILLS)
    if place.kind is not Kind.HOME:
        raise BadMeter("水表等请登记在房屋上")
    _require_past(deps, request.from_day)
    meter = _draft(deps, actor, home, request)

    async def save(tx: Transaction) -> None:
        if not await places.use(deps, [home], tx=tx):
            raise errors.NotFound("没有找到这套房屋")
        await store.insert(deps.db, tx, meter)
        await _record(deps, tx, actor, Act.METER_ADDED, meter)

    try:
        await deps.in_transaction(save)
    except DuplicateKeyError:
        raise MeterExists("小区里已经登记过这个表号") from None
    return await views.view(deps, meter)


def _draft(deps: Dependencies, actor: Actor, home: str, request: NewMeter) -> Meter:
    return Meter(
        id=deps.new_id(),
        compound=places.compound_of(home),
        home=home,
        slot=f"{request.kind}|{request.serial}",
        billed_day=request.from_day,
        billed_value=request.first_value,
        added_by=actor.person_id,
        added_at=deps.now(),
        **msgspec.structs.asdict(request),
    )


def _require_past(deps: Dependencies, day: str) -> None:
    if check_day(day) > deps.today():
        raise BadMeter("日期不能晚于今天")


async def _record(
    deps: Dependencies, tx: Transaction, actor: Actor, act: Act, meter: Meter, **more: Any
) -> None:
    facts: dict[str, Any] = {"place": meter.home, "subject": meter.id}
    facts |= {"kind": meter.kind, "serial": meter.serial, **more}
    await audit.record(deps, tx, actor, act, **facts)


async def read(
    deps: Dependencies, actor: Actor, meter_id: str, request: NewReading
) -> MeterView:
    """Write down what the dial of a meter showed.

    Raises NotFound, BadMeter, MeterReplaced, ReadingBelowLast, ReadingAboveNext,
    ReadingExists, MeterChanged.
    """
    meter = await _access(deps, actor, meter_id, Permission.READ_METERS)
    _require_past(deps, request.day)
    if meter.to_day is not None:
        raise MeterReplaced("这块表已经更换,不能再抄表")
    reading = Reading(
        day=request.day,
        value=request.value,
        by=ReadBy.RESIDENT if meter.home in homes_of(actor) else ReadBy.OFFICE,
        photos=list(dict.fromkeys(request.photo_ids)),
        at=deps.now(),
    )
    readings = _with(meter, reading)

    async def save(tx: Transaction) -> None:
        if not await store.change(deps.db, tx, meter, readings=store.documents(readings)):
            raise MeterChanged("这块表刚刚有变动,请刷新后再试")
        await _attach(deps, tx, actor, meter, reading)
        said = {"day": reading.day, "value": reading.value, "by": reading.by}
        await _record(deps, tx, actor, Act.METER_READ, meter, **said)

    await deps.in_transaction(save)
    return await views.view(deps, msgspec.structs.replace(meter, readings=readings))


def _with(meter: Meter, reading: Reading) -> list[Reading]:
    """Return the readings with a new one, by day. Raises what keeps it from fitting."""
    known = points(meter)
    if there := [point for point in known if point.day == reading.day]:
        raise ReadingExists("这块表这一天已经抄过", **_details(there))
    before = [point for point in known if point.day < reading.day]
    if not before:
        raise BadMeter("抄表日期不能早于装表日期")
    if reading.value < before[-1].value:
        message = "读数比上一次小,请核对;如已换表,请登记换表"
        raise ReadingBelowLast(message, **_details(before[-1:]))
    after = [point for point in known if point.day > reading.day]
    if after and reading.value > after[0].value:
        raise ReadingAboveNext("读数比之后一次大,请核对", **_details(after))
    return sorted([*meter.readings, reading], key=lambda each: each.day)


def _details(found: Sequence[Point]) -> dict[str, Any]:
    return {"day": found[0].day, "value": found[0].value}


async def _attach(
    deps: Dependencies, tx: Transaction, actor: Actor, meter: Meter, reading: Reading
) -> None:
    if reading.photos:
        await photos.attach(
            deps,
            tx,
            actor,
            reading.photos,
            subject=meter.id,
            place=meter.home,
            needs=Permission.READ_METERS,
            purposes={PhotoPurpose.CHARGE},
        )


async def replace(
    deps: Dependencies, actor: Actor, meter_id: str, request: ReplaceMeter
) -> MeterView:
    """Read a meter for the last time and write down the one that replaces it.

    Raises NotFound, BadMeter, MeterReplaced, ReadingBelowLast, ReadingExists, MeterExists,
    MeterChanged, OwnHome.
    """
    old = await _access(deps, actor, meter_id, Permission.RUN_BILLS)
    readings = _ended(deps, old, request)
    new = _successor(deps, actor, old, request)

    async def save(tx: Transaction) -> None:
        changes = {"readings": store.documents(readings), "to_day": request.day}
        if not await store.change(deps.db, tx, old, slot=f"old|{old.id}", **changes):
            raise MeterChanged("这块表刚刚有变动,请刷新后再试")
        await store.insert(deps.db, tx, new)
        said = {"new": new.id, "last_value": request.last_value, "reason": request.reason}
        await _record(deps, tx, actor, Act.METER_REPLACED, old, **said)

    try:
        await deps.in_transaction(save)
    except DuplicateKeyError:
        raise MeterExists("小区里已经登记过这个表号") from None
    return await views.view(deps, new)


def _ended(deps: Dependencies, old: Meter, request: ReplaceMeter) -> list[Reading]:
    """Return the readings of a meter with its last one. Raises what keeps it from fitting."""
    _require_past(deps, request.day)
    if old.to_day is not None:
        raise MeterReplaced("这块表已经更换过")
    if old.readings and old.readings[-1].day > request.day:
        raise BadMeter("换表日期不能早于最近一次抄表")
    value, at = request.last_value, deps.now()
    return _with(old, Reading(day=request.day, value=value, by=ReadBy.OFFICE, at=at))


def _successor(deps: Dependencies, actor: Actor, old: Meter, request: ReplaceMeter) -> Meter:
    wish = NewMeter(
        kind=old.kind,
        serial=request.serial,
        unit=old.unit,
        from_day=request.day,
        first_value=request.first_value,
    )
    return msgspec.structs.replace(_draft(deps, actor, old.home, wish), replaces=old.id)


async def _access(deps: Dependencies, actor: Actor, meter_id: str, needs: Permission) -> Meter:
    return accessible(
        actor,
        await store.find(deps.db, meter_id),
        needs,
        at=lambda meter: meter.home,
        missing="没有找到这块表",
    )


async def get(deps: Dependencies, actor: Actor, meter_id: str) -> MeterView:
    """Return a meter with the photos of its latest readings. Raises NotFound."""
    meter = await _access(deps, actor, meter_id, Permission.READ_METERS)
    return await views.view(deps, meter)


async def listing(
    deps: Dependencies, actor: Actor, place: str, query: MetersQuery
) -> Page[MeterView]:
    """Return the meters under a place, or of a home, by home."""
    require_at(actor, Permission.READ_METERS, place)
    found = await store.page(deps.db, place, query)
    return found.of(await views.views(deps, found.items))


async def of_kind(
    deps: Dependencies,
    place: str,
    kind: MeterKind,
    *,
    after: Sequence[str],
    limit: int,
    tx: Transaction | None = None,
) -> list[Meter]:
    """Return the next meters of a kind under a place, by home; none above a compound.

    For their bills, not for people.
    """
    return await store.of_kind(deps.db, place, kind, after=after, limit=limit, tx=tx)


async def note_billed(
    deps: Dependencies, tx: Transaction, meter: Meter, day: Day, value: int
) -> bool:
    """Note up to when, and to which value, a meter is billed; False when it was changed."""
    return await store.change(deps.db, tx, meter, billed_day=day, billed_value=value)
