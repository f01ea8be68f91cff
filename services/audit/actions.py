"""Who did what, when, where, with which result: written in the transaction that does it.

Rows are chained per lane, and a person's acts share a lane: one chain for everybody would make
all writers queue for its end.
"""

import hashlib
import hmac
from typing import Any, Final

import msgspec

from services.audit import store
from services.audit.models import LANES, Act, Head, Result, Row, RowView
from services.dependencies import Dependencies, Transaction
from services.documents import new_id
from services.paths import ancestors
from services.permissions import Actor, Permission

# Rows of no place (a session, a consent) are the business of whoever audits the whole city.
NOWHERE: Final = ""


async def record(
    deps: Dependencies,
    tx: Transaction,
    actor: Actor,
    act: Act,
    *,
    place: str = NOWHERE,
    subject: str = "",
    on_behalf_of: str = "",
    **facts: Any,
) -> None:
    """Write that something was done, in the transaction that does it.

    `subject`: the id of what it was done to. `facts`: ids, states, counts, days; never a name,
    a phone number or a text somebody typed.
    """
    row = _row(deps, actor, act, place)
    row.subject, row.on_behalf_of, row.facts = subject, on_behalf_of, facts
    await _append(deps, tx, row)


async def refused(
    deps: Dependencies, actor: Actor, *, route: str, code: str, place: str = NOWHERE
) -> None:
    """Write that somebody asked for what they may not do or know."""
    row = _row(deps, actor, Act.REFUSED, place)
    row.result, row.code, row.facts = Result.REFUSED, code, {"route": route}

    async def save(tx: Transaction) -> None:
        await _append(deps, tx, row)

    await deps.in_transaction(save)


def _row(deps: Dependencies, actor: Actor, act: Act, place: str) -> Row:
    now = deps.now()
    return Row(
        id="",
        at=now,
        position=new_id(now),
        person=actor.person_id,
        session=actor.session_id,
        act=act,
        result=Result.DONE,
        place=place,
        under=[NOWHERE, *ancestors(place)] if place else [NOWHERE],
        subject="",
        request_id=actor.request_id,
        address=actor.address,
        key_id=deps.vault.current,
        previous="",
    )


async def _append(deps: Dependencies, tx: Transaction, row: Row) -> None:
    head = await store.find_head(deps.db, lane_of(row.person), tx)
    row.id, row.previous = row_id(head.lane, head.number + 1), head.mac
    row.mac = fingerprint(deps, row)
    await store.append(deps.db, row, head, tx)


def lane_of(person: str) -> int:
    return hashlib.sha256(person.encode()).digest()[0] % LANES


def row_id(lane: int, number: int) -> str:
    return f"{lane:02d}-{number:012d}"


def fingerprint(deps: Dependencies, row: Row) -> str:
    """Return the keyed fingerprint of all of a row but the fingerprint itself."""
    bare = msgspec.structs.replace(row, mac="")
    key = deps.vault.derive("audit", row.key_id)
    text = msgspec.json.encode(bare, order="deterministic")
    return hmac.digest(key, text, hashlib.sha256).hex()


def digest_of(heads: list[Head]) -> str:
    """Return where all lanes stand, as one line to compare with a log kept elsewhere."""
    return hashlib.sha256(msgspec.json.encode(heads)).hexdigest()


async def listing(
    deps: Dependencies,
    actor: Actor,
    *,
    person: str | None = None,
    subject: str | None = None,
    act: Act | None = None,
    before: str,
    limit: int,
) -> list[RowView]:
    """Rows of the auditor's places, the newest first. Reading them is an act of its own."""
    held = list(actor.places(Permission.READ_AUDIT))
    if any("." not in place for place in held):
        held.append(NOWHERE)
    wanted = {"person": person, "subject": subject, "act": act}
    asked = {name: value for name, value in wanted.items() if value is not None}
    found = await store.listing(deps.db, held, asked, before=before, limit=limit)

    async def note(tx: Transaction) -> None:
        first = actor.places(Permission.READ_AUDIT)[0]
        await record(deps, tx, actor, Act.AUDIT_READ, place=first, rows=len(found))

    await deps.in_transaction(note)
    return [view(row) for row in found]


def view(row: Row) -> RowView:
    return RowView(
        row=row.id,
        at=row.at,
        position=row.position,
        person_id=row.person,
        act=row.act,
        result=row.result,
        code=row.code,
        place=row.place,
        subject=row.subject,
        on_behalf_of=row.on_behalf_of,
        facts=row.facts,
        request_id=row.request_id,
        address=row.address,
    )
