"""`ledger verify` finds what is planted into the books of notes that correct bills."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

import pytest

from services.bills.models import NoteKind
from services.ledger import actions as ledger
from tests.build import payments
from tests.build.bill_notes import note
from tests.build.cast import ADMIN, Estate
from tests.build.documents import Database, collection, put, taken
from tests.build.proofs import next_night, problems, sealed
from tests.services.test_ledger_proof import alter, one, rewritten

pytestmark = [pytest.mark.slow, pytest.mark.billed("2026-01", "2026-02")]

Plant = Callable[[Database], Awaitable[None]]
BOOKS: Final = ("journal", "journal_seals", "bills", "bill_notes")
NOTED: Final[dict[str, Any]] = {"notes.0": {"$exists": True}}


async def due_changed_with_what_is_owed(db: Database) -> None:
    await alter(db, "bills", {"$inc": {"due_fen": -100, "owed_fen": -100}}, state="owing")


async def amount_edited_instead_of_noted(db: Database) -> None:
    change = {"$inc": {"amount_fen": -300}, "$set": {"notes": []}}
    await alter(db, "bills", change, **NOTED)


async def note_taken_off_the_bill(db: Database) -> None:
    await alter(db, "bills", {"$set": {"notes": []}}, **NOTED)


async def note_of_another_amount_on_the_bill(db: Database) -> None:
    await alter(db, "bills", {"$inc": {"notes.0.fen": 1}}, **NOTED)


async def note_written_onto_a_bill(db: Database) -> None:
    noted = await one(db, "bills", **NOTED)
    await alter(db, "bills", {"$set": {"notes": noted["notes"]}}, notes=[], state="owing")


async def note_removed(db: Database) -> None:
    await db.bill_notes.delete_one({"_id": (await one(db, "bill_notes"))["_id"]})


async def note_never_approved(db: Database) -> None:
    await alter(db, "bill_notes", {"$set": {"state": "refused"}}, state="applied")


async def note_of_another_amount(db: Database) -> None:
    await alter(db, "bill_notes", {"$inc": {"fen": -1}}, state="applied")


async def note_applied_by_nothing(db: Database) -> None:
    await alter(db, "bill_notes", {"$set": {"state": "applied"}}, state="withdrawn")


async def journal_of_a_note_removed(db: Database) -> None:
    journal = await one(db, "journal", kind="note")
    await db.journal.delete_one({"_id": journal["_id"]})


async def note_booked_twice(db: Database) -> None:
    journal = await one(db, "journal", kind="note")
    journal["_id"] += "0"
    await rewritten(db, journal)


async def given_up_hidden_in_income(db: Database) -> None:
    found = await one(db, "bill_notes", kind="write_off")
    journal = await one(db, "journal", _id=f"note:{found['_id']}")
    account = journal["postings"][1]["account"]
    journal["postings"][1]["account"] = account.replace("writeoff:", "income:")
    await rewritten(db, journal)


MUTANTS: Final[dict[Plant, str]] = {
    due_changed_with_what_is_owed: "fen are due, its notes' journals say",
    amount_edited_instead_of_noted: "no journal issued it for",
    note_taken_off_the_bill: "says None fen of note:",
    note_of_another_amount_on_the_bill: ", the journal says -",
    note_written_onto_a_bill: ", the journal says None",
    note_removed: "is not there, and a journal speaks of it",
    note_never_approved: "refused, and a journal books it",
    note_of_another_amount: "its journal says",
    note_applied_by_nothing: "applied, and no journal books it",
    journal_of_a_note_removed: "applied, and no journal books it",
    note_booked_twice: "not named by what it books",
    given_up_hidden_in_income: "its journal posts nothing to writeoff",
}


async def lived(estate: Estate) -> None:
    """A bill credited and paid, one given up, one with a debit, and a note taken back."""
    world = estate.world
    first, second = await estate.bill_ids("li")
    [third, *_] = await estate.bill_ids("li", "waste_fee")
    await note(world, first, NoteKind.CREDIT, 300)
    await payments.paid(estate, await estate.member("li"), [first])
    await note(world, second, NoteKind.WRITE_OFF, 5118)
    await note(world, third, NoteKind.DEBIT, 200)
    withdrawn = {**await one(world.db, "bill_notes"), "_id": "w", "state": "withdrawn"}
    await world.db.bill_notes.insert_one({**withdrawn, "bill": "w"})
    await next_night(world)
    await sealed(world)


async def test_every_mutant_of_a_note_is_found(estate: Estate) -> None:
    await lived(estate)
    world = estate.world
    assert await problems(world) == []
    untouched = await taken(world.db)
    for plant, problem in MUTANTS.items():
        await plant(world.db)
        found = await problems(world)
        assert any(problem in line for line in found), (plant.__name__, found)
        for name in BOOKS:
            await collection(world.db, name).delete_many({})
        await put(world.db, {name: untouched[name] for name in BOOKS})
    assert await problems(world) == []


async def test_what_was_given_up_is_a_class_of_the_trial_balance(estate: Estate) -> None:
    await lived(estate)
    deps = estate.world.deps
    found = await ledger.trial_balance(deps, ADMIN, "2026-03-02", "2026-03-02")
    assert found.balanced
    [given_up] = [each for each in found.classes if each.name == "writeoff"]
    assert (given_up.debit_fen, given_up.credit_fen) == (5118, 0)
