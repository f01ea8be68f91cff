"""The bugs of sealing and proving the books that must be noticed."""

from typing import Final

from tests.faults.fault import Fault

BOOKS: Final = (
    Fault(
        "a day is sealed over although a journal that was sealed is gone",
        "services.ledger.seals.actions",
        "if former and not await is_whole(deps, former):",
        "if former is None and not cover.marks:",
        "tests/services/test_ledger_seals.py::"
        "test_a_day_of_which_a_journal_is_gone_is_never_sealed_over",
    ),
    Fault(
        "the proof of the books takes a bill's word for what its journals say",
        "services.bills.proofs.projection",
        "    if left != bill.owed_fen:\n",
        "    if left < 0:\n",
        "tests/services/test_ledger_proof.py::"
        "test_every_mutant_is_found_and_nothing_in_untouched_books",
    ),
)
