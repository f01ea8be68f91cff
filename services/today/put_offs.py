"""Entries done by saying so, put off until a day, and taken back, by who has them on the list.

What is put off is one person's: other heads of the place have the entry as before. It comes
back by itself, on the day and for whatever it is then.
"""

from datetime import datetime
from typing import Any

from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.kernel import errors
from services.kernel.acts import Act
from services.kernel.days import Day, check_day, day_of, plus_days, start_of
from services.kernel.documents import digest_id
from services.kernel.permissions import Actor
from services.kernel.today import TodayKind
from services.today import entry_ids, store
from services.today.entry_ids import Named
from services.today.models import (
    MOST_DAYS,
    MOST_PUT_OFF,
    PutOff,
    PutOffUntil,
    PutOffView,
)
from services.today.positions import MOMENT


class BadPutOff(errors.InvalidInput):
    """It comes back tomorrow at the earliest, within seven days, and before its end.

    `to_day` in details: the last day that is possible; null where the end leaves none.
    """

    code = "bad_put_off"
    details_type = errors.LatestDay


class TooManyPutOffs(errors.Conflict):
    """Five hundred entries are put off; `most` in details."""

    code = "too_many_put_offs"
    details_type = errors.Most


class DoneByItsAct(errors.Conflict):
    """The entry goes by what it asks for, and not by saying that it is done."""

    code = "done_by_its_act"


def last_day(deps: Dependencies, due_at: datetime | None) -> Day | None:
    """Return the last day until which an entry can be put off; None for not at all."""
    today = deps.today()
    latest = plus_days(today, MOST_DAYS)
    if due_at is not None:
        latest = min(latest, day_of(due_at - MOMENT))
    return latest if latest > today else None


async def done(deps: Dependencies, actor: Actor, entry_id: str) -> None:
    """Say that an entry is done. Harmless to repeat. Raises NotFound, DoneByItsAct."""
    named = entry_ids.read(deps, actor, entry_id)
    kind = _kind(deps, named)
    if kind.done is None:
        raise DoneByItsAct("这条待办办好后会自动消失,不用标记完成")
    await kind.done(deps, actor, named.key)


async def put_off(
    deps: Dependencies, actor: Actor, entry_id: str, wish: PutOffUntil
) -> PutOffView:
    """Put an entry off until a day. Raises NotFound, BadPutOff, TooManyPutOffs."""
    named = entry_ids.read(deps, actor, entry_id)
    _kind(deps, named)
    day, latest = check_day(wish.until_day), last_day(deps, named.due_at)
    if latest is None:
        is_over = named.due_at is not None and named.due_at < deps.now()
        raise BadPutOff("已经到期的不能缓" if is_over else "今天到期的不能缓", to_day=None)
    if not deps.today() < day <= latest:
        raise BadPutOff("只能缓到明天至七天内、且在期限之前", to_day=latest)
    row = PutOff(
        id=row_id(actor, named),
        person=actor.person_id,
        kind=named.kind,
        entry=named.key,
        place=named.place,
        until=start_of(day),
    )

    async def save(tx: Transaction) -> None:
        others = await store.of_person(deps.db, actor.person_id, deps.now(), tx=tx)
        if sum(each.id != row.id for each in others) >= MOST_PUT_OFF:
            raise TooManyPutOffs("暂缓的待办太多了,请先办一些", most=MOST_PUT_OFF)
        await store.put(deps.db, tx, row)
        act, facts = Act.TODAY_PUT_OFF, {"kind": named.kind, "until": day}
        await audit.record(deps, tx, actor, act, place=named.place, subject=row.id, **facts)

    await deps.in_transaction(save)
    return PutOffView(entry_id=entry_id, until_day=day)


async def take_back(deps: Dependencies, actor: Actor, entry_id: str) -> None:
    """Have an entry on the list again at once. Harmless to repeat. Raises NotFound."""
    named = entry_ids.read(deps, actor, entry_id)

    async def save(tx: Transaction) -> None:
        subject = row_id(actor, named)
        removed = await store.remove(deps.db, tx, subject)
        place = named.place
        facts: dict[str, Any] = {"kind": named.kind, "repeated": not removed}
        await audit.record(
            deps, tx, actor, Act.TODAY_TAKEN_BACK, place=place, subject=subject, **facts
        )

    await deps.in_transaction(save)


def row_id(actor: Actor, named: Named) -> str:
    """Name what a person put off: the same entry is the same row."""
    return digest_id("put-off", actor.person_id, named.kind, named.key)


def _kind(deps: Dependencies, named: Named) -> TodayKind:
    """Return the kind of an entry. Raises NotFound for one that is not registered any more."""
    for kind in deps.features.today:
        if kind.name == named.kind:
            return kind
    raise errors.NotFound(entry_ids.MISSING)
