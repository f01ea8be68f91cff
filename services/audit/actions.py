"""Audit of acts: who did what, when, where, written in the transaction that does it.

A success of a route that changes something writes exactly one row, also when there was nothing
left to do (the same file uploaded again, a run that is under way, an open order handed out
again): the person did ask, and `again=True` in the facts says that it changed nothing. What a
worker does later is no act of a person and writes none, and neither does reading a message.
An attempt that fails (a conflict, a wrong field) changed nothing and leaves no row; one that
was refused leaves one, with the code and the route.

Rows are chained per lane, and a person's acts share a lane: one chain for everybody would make
all writers queue for its end. See docs/decisions/14-audit.md.
"""

import hashlib
from typing import Any, Final

from services.audit import store
from services.audit.models import LANES, AuditQuery, Head, Result, Row, RowView
from services.dependencies import Dependencies, Transaction
from services.kernel import chains, interests
from services.kernel.acts import Act
from services.kernel.documents import Document, to_document
from services.kernel.pages import Page, asked
from services.kernel.paths import ancestors
from services.kernel.permissions import Actor, Permission, scope_of
from services.kernel.vault import Vault
from services.kernel.views import show
from services.limits import actions as limits
from services.limits.models import Rate

# Rows of no place (a session, a consent) are the business of whoever audits the whole city.
NOWHERE: Final = ""
# Lane → its head as this process wrote it last: a guess that saves the query for it. A row is
# written behind a head only while the lane ends there, so that a wrong guess costs one command.
REMEMBERED: Final[dict[int, Head]] = {}


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
    """Record an act in the transaction that does it.

    Call it last in the transaction: until that ends, others of the lane start again.
    `subject`: the id of what it was done to. `facts`: ids, states, counts, days; never a name,
    a phone number or a text somebody typed. Raises OwnHome for an act that its guard forbids at
    a home of the actor's own.
    """
    interests.require(actor, act.guard, place)
    row = _row(deps, actor, act, place)
    row.subject, row.on_behalf_of, row.facts = subject, on_behalf_of, facts
    await _append(deps, tx, row)


async def record_again(
    deps: Dependencies, actor: Actor, act: Act, *, place: str, subject: str
) -> None:
    """Record that somebody asked once more for what is done or under way already."""

    async def save(tx: Transaction) -> None:
        await record(deps, tx, actor, act, place=place, subject=subject, again=True)

    await deps.in_transaction(save)


async def refused(
    deps: Dependencies, actor: Actor, *, route: str, code: str, place: str = NOWHERE
) -> None:
    """Record that somebody asked for what they may not do or know.

    Raises TooMany instead when they go on and on, so that the other rows can still be found.
    """
    await limits.take(deps.limiter, Rate.REFUSED, actor.counter)

    async def save(tx: Transaction) -> None:
        row = _row(deps, actor, Act.REFUSED, place)
        row.result, row.code, row.facts = Result.REFUSED, code, {"route": route}
        await _append(deps, tx, row)

    await deps.in_transaction(save)


def _row(deps: Dependencies, actor: Actor, act: Act, place: str) -> Row:
    now = deps.now()
    return Row(
        id="",
        at=now,
        position=deps.new_id(),
        person=actor.person_id,
        session=actor.session_id,
        act=act,
        result=Result.DONE,
        place=place,
        under=ancestors(place),  # empty for no place
        subject="",
        request_id=actor.request_id,
        address=actor.address,
        key_id=deps.vault.current,
        previous="",
    )


async def _append(deps: Dependencies, tx: Transaction, row: Row) -> None:
    """Append a row to its lane, whose head is read only when it is not the one remembered."""
    lane = lane_of(row.person)
    remembered = REMEMBERED.get(lane)
    if remembered and await _append_behind(deps, tx, row, remembered):
        return
    head = await store.find_head(deps.db, lane, tx=tx)
    if not await _append_behind(deps, tx, row, head):
        message = f"lane {lane} of the audit moved within a transaction"
        raise RuntimeError(message)


async def _append_behind(deps: Dependencies, tx: Transaction, row: Row, head: Head) -> bool:
    """Append a row behind a head; False when the lane ends elsewhere, and nothing is done."""
    moved = Head(lane=head.lane, number=head.number + 1)
    row.id, row.previous = row_id(moved.lane, moved.number), head.mac
    row.mac = moved.mac = fingerprint(deps.vault, to_document(row))
    if not await store.append(deps.db, tx, row, head, moved):
        return False
    REMEMBERED[head.lane] = moved
    return True


def lane_of(person: str) -> int:
    """Return the lane in which a person's acts are chained."""
    return hashlib.sha256(person.encode()).digest()[0] % LANES


def row_id(lane: int, number: int) -> str:
    """Return the id of a lane's row: they sort by lane and number."""
    return f"{lane:02d}-{number:012d}"


def fingerprint(vault: Vault, kept: Document) -> str:
    """Return the keyed fingerprint of all of a row or anchor but the fingerprint itself.

    KeyError when its key is gone, TypeError when it holds what we never write.
    """
    return chains.keyed(vault, "audit", kept)


async def listing(deps: Dependencies, actor: Actor, query: AuditQuery) -> Page[RowView]:
    """Return rows of the auditor's places. Reading them is recorded too.

    Raises NotFound for a place that is not theirs to audit, and Forbidden for no auditor.
    """
    held = scope_of(actor, Permission.READ_AUDIT, query.place)
    whole = query.place is None and any("." not in place for place in held)
    found = await store.page(deps.db, [*held, NOWHERE] if whole else held, query)

    async def note(tx: Transaction) -> None:
        # What was asked for may be anything typed: only which questions they were.
        count, by, place = len(found.items), asked(query), held[0]
        await record(deps, tx, actor, Act.AUDIT_READ, place=place, rows=count, by=by)

    await deps.in_transaction(note)
    return found.map(view)


def view(row: Row) -> RowView:
    """Show a row to an auditor, without what chains it."""
    return show(row, RowView, row=row.id, person_id=row.person)
