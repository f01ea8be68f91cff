"""Projection of the journals in notes: each that was applied is booked, and no other one."""

from collections.abc import Iterator, Sequence
from typing import Final

from services.bill_notes import store
from services.bill_notes.journals import journal_id
from services.bill_notes.models import Note
from services.bill_notes.states import NoteState
from services.dependencies import Dependencies
from services.kernel.projections import Projection
from services.ledger import actions as ledger
from services.ledger.models import Journal, posted, receivable, subjects


def touched(journal: Journal) -> list[str]:
    return [journal.reference.get("note", "")] if journal.kind == "note" else []


async def known(deps: Dependencies, note_ids: Sequence[str]) -> set[str]:
    return {note.id for note in await store.find_many(deps.db, note_ids)}


async def some(deps: Dependencies, after: str, limit: int) -> list[str]:
    return await store.ids_after(deps.db, after, limit)


async def problems(deps: Dependencies, note_ids: Sequence[str]) -> list[str]:
    """Return a line for each note that says something else than its journal."""
    found = {note.id: note for note in await store.find_many(deps.db, note_ids)}
    journals = await ledger.find_many(deps, [journal_id(each) for each in note_ids])
    booked = {journal.id: journal for journal in journals}
    return [
        f"bill note {note_id}: {line}"
        for note_id in note_ids
        for line in _of_note(found.get(note_id), booked.get(journal_id(note_id)))
    ]


def _of_note(note: Note | None, journal: Journal | None) -> Iterator[str]:
    if note is None:
        yield "is not there, and a journal speaks of it"
        return
    is_applied = note.state is NoteState.APPLIED
    if journal is None:
        if is_applied:
            yield "applied, and no journal books it"
        return
    if not is_applied:
        yield f"{note.state}, and a journal books it"
    fen = posted(journal, receivable(note.bill))
    if fen != note.fen:
        yield f"says {note.fen} fen of bill {note.bill}, its journal says {fen}"
    # what is given up is no less income, and what was billed wrongly is no loss
    expected = "writeoff" if note.kind == "write_off" else "income"
    if not subjects(journal, expected):
        yield f"{note.kind}, and its journal posts nothing to {expected}"


PROJECTION: Final = Projection(
    name="bill notes", touched=touched, known=known, some=some, problems=problems
)
