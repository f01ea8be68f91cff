"""History of a case, as those read it who may see the case."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any

from services.cases import store
from services.cases.kinds import Kind, News
from services.cases.models import REMARK, Event, EventView, Reading, Who
from services.dependencies import Dependencies, Transaction
from services.kernel.days import start_of
from services.kernel.documents import Document
from services.kernel.labels import Labelled
from services.kernel.pages import ListQuery, Page


async def of_case(
    deps: Dependencies,
    kind: Kind,
    found: Any,
    query: ListQuery,
    reading: Reading,
) -> Page[EventView]:
    """Return the rows of a case's history that somebody reads, the earliest first.

    The caller asked who may see the case.
    """
    page = await store.history(deps.db, found.id, query, where=_seen(reading))
    names = labels(kind)
    details = await kind.details(deps, found, page.items) if kind.details else {}

    def view(event: Event) -> EventView:
        shown = _view(deps, event, names, seen=_is_read(event, reading))
        shown.rung = kind.rung_labels.get(shown.rung or "", shown.rung)
        shown.detail = details.get(event.id)
        return shown

    return page.map(view)


def _seen(reading: Reading) -> Document:
    """Return the condition for the rows of a history that somebody sees."""
    spell = reading.spell
    if spell is None and reading.internal and reading.rungs:
        return {"$or": [{"internal": False}, {"facts.rung": {"$in": sorted(reading.rungs)}}]}
    if spell is None:
        return {} if reading.internal else {"internal": False}
    states = sorted(spell.states)
    own: list[Document] = [{"source": {"$in": states}}, {"target": {"$in": states}}]
    own += [{"by": reading.reader}]
    return {"$or": [*own, {"internal": False}] if spell.rest else own}


def labels(kind: Kind) -> Mapping[str, str]:
    """Return action → what people call it, of the steps and the news of a kind."""
    actions: set[StrEnum] = {row.action for row in kind.table.rows} | {*News}
    named = {str(each): each.label for each in actions if isinstance(each, Labelled)}
    return {"reported": f"{kind.begins}{kind.label}", **named}


def _who(event: Event) -> Who:
    if not event.by and not event.unnamed:
        return Who.CLOCK
    if event.by_office:
        return Who.OFFICE
    return Who.JOINER if event.by_joiner else Who.REPORTER


def _is_read(event: Event, reading: Reading) -> bool:
    """Tell whether somebody reads what was typed and photographed with a row that they see."""
    return reading.remarks or event.by_office or event.by == reading.reader


def _view(
    deps: Dependencies, event: Event, names: Mapping[str, str], *, seen: bool
) -> EventView:
    sealed = event.remark_sealed if seen else ""
    return EventView(
        event_id=event.id,
        at=event.at,
        action=event.action,
        label=names.get(event.action, event.action),
        state=event.target or "",
        who=_who(event),
        detail=None,
        remark=REMARK.open(deps.vault, event.id, sealed) if sealed else None,
        internal=event.internal,
        photo_ids=event.photo_ids if seen else [],
        rung=event.facts.get("rung"),
    )


async def moves(deps: Dependencies, tx: Transaction | None, case_id: str) -> list[Event]:
    """Return the rows in which a case came into another state, the earliest first."""
    found = await store.events(deps.db, tx, case_id)
    return [event for event in found if event.source != event.target]


async def last_remark(deps: Dependencies, case_id: str, action: StrEnum) -> str | None:
    """Return what was written when a step was last taken; None for nothing."""
    found = await store.last(deps.db, case_id, action)
    if found is None or not found.remark_sealed:
        return None
    return REMARK.open(deps.vault, found.id, found.remark_sealed)


async def count_photos(deps: Dependencies, tx: Transaction, case_id: str) -> int:
    """Count what is attached to the rows of a case's history."""
    return await store.count_photos(deps.db, tx, case_id)


async def count_today(
    deps: Dependencies, tx: Transaction, case_id: str, action: StrEnum, person_id: str
) -> int:
    """Count how often somebody took a step of a case since midnight in Beijing."""
    since = start_of(deps.today())
    return await store.count_since(deps.db, tx, case_id, action, person_id, since)


async def photos(deps: Dependencies, found: Any, reading: Reading) -> list[str]:
    """Return what is attached to the rows of a history that somebody may see, as `of_case`."""
    events = await store.with_photos(
        deps.db, None, found.id, where=_seen(reading), limit=store.ROWS_AT_ONCE
    )
    return [
        photo_id for event in events if _is_read(event, reading) for photo_id in event.photo_ids
    ]


async def unname(deps: Dependencies, tx: Transaction, case_id: str) -> None:
    """Take whoever took a step by no office out of a case's history: what they did stays."""
    await store.unname(deps.db, tx, case_id)


async def cases_of(
    deps: Dependencies, kind: Kind, person_id: str, actions: Collection[StrEnum], span: Document
) -> list[str]:
    """Return the cases of a kind in which somebody took such a step by office in a span."""
    return await store.cases_of(deps.db, kind.name, person_id, actions, span)
