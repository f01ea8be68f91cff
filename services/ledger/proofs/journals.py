"""Proof of single journals: balanced, named by what they book, and as they were written."""

from collections.abc import Iterator
from typing import Final

from services.kernel import chains
from services.kernel.documents import Document
from services.ledger import store
from services.ledger.models import Journal, Unbalanced, check_balance

# Kind → (how its name begins, the reference that ends it). Others are named in another way.
NAMES: Final = {
    "issue": ("issue:", "bill"),
    "void": ("void:", "bill"),
    "note": ("note:", "note"),
    "payment": ("pay:", "transaction"),
    "suspense": ("pay:", "transaction"),
    "prepayment_return": ("prepayment-return:", "return"),
}


def problems(kept: Document) -> Iterator[str]:
    """Yield, one line each, what is wrong with a journal by itself."""
    name = kept["_id"]
    if _fingerprint(kept) != kept.get("fingerprint"):
        yield f"{name}: changed after it was written"
    journal = store.read(kept)
    if journal is None:
        yield f"{name}: no journal any more"
        return
    try:
        check_balance(journal)
    except Unbalanced as error:
        yield str(error)
    begins, reference = NAMES.get(journal.kind, ("", ""))
    if begins and not _is_named(journal, begins, reference):
        yield f"{name}: not named by what it books"


def _fingerprint(kept: Document) -> str:
    """Return the fingerprint of a journal as it is kept: of what somebody added, too."""
    try:
        return chains.digest(kept, "fingerprint")
    except (TypeError, ValueError):
        return ""


def _is_named(journal: Journal, begins: str, reference: str) -> bool:
    named = journal.reference.get(reference)
    return bool(named) and (
        journal.id == f"{begins}{named}"
        or (begins == "pay:" and journal.id.startswith(begins) and _last(journal.id) == named)
    )


def _last(name: str) -> str:
    return name.rpartition(":")[2]
