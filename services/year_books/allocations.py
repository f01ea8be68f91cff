"""Allocation of a journal: which of its debits stands against which of its given_by.

An order may pay bills of two compounds, and more than was owed. To say which money a bill
received, the debits are set against the given_by in the order of the postings, to the fen: what
the pairs come to is what the journal posts, to each account.
"""

from collections import deque
from collections.abc import Collection, Iterator
from typing import Final

from services.ledger.models import DEDUCTED, Journal, payment_of
from services.year_books.models import HANDED_OVER, WAYS, Effect, Excess, Movement, Pair

RECEIVABLE: Final = "receivable"
PAYABLE: Final = "payable"


def pairs(journal: Journal) -> list[Pair]:
    """Return a balanced journal as pairs of one debit and one credit."""
    posted = [(each.account, each.amount_fen) for each in journal.postings]
    debits = deque((account, fen) for account, fen in posted if fen > 0)
    given_by = deque((account, -fen) for account, fen in posted if fen < 0)
    found = []
    while debits and given_by:
        (debit, due), (credit, given) = debits.popleft(), given_by.popleft()
        fen = min(due, given)
        found.append(Pair(debit, credit, fen))
        if due > fen:
            debits.appendleft((debit, due - fen))
        if given > fen:
            given_by.appendleft((credit, given - fen))
    return found


def movements(journal: Journal) -> Iterator[tuple[str, Movement]]:
    """Yield (account, movement) of each receivable that a journal posts to."""
    for pair in pairs(journal):
        for own, contra, fen in (
            (pair.debit, pair.credit, pair.fen),
            (pair.credit, pair.debit, -pair.fen),
        ):
            if class_of(own) == RECEIVABLE:
                yield own, _movement(journal, contra, fen)


def class_of(account: str) -> str:
    """Return the class of an account, e.g. `receivable`."""
    return account.partition(":")[0]


def way_of(account: str) -> str:
    """Return how money came or went that an account holds; "" where it holds none."""
    return WAYS.get(class_of(account), "")


def _movement(journal: Journal, contra: str, fen: int) -> Movement:
    return Movement(
        at=journal.at,
        journal=journal.id,
        effect=_effect(contra, is_more=fen > 0),
        contra=contra,
        way=way_of(contra),
        fen=fen,
        payment=payment_of(journal),
        refund=journal.reference.get("refund", ""),
    )


def _effect(contra: str, *, is_more: bool) -> Effect:
    """Return what a movement is, by what stands on its other side."""
    if class_of(contra) == "income":
        return Effect.BILLED if is_more else Effect.VOIDED
    if way_of(contra):
        return Effect.REFUNDED if is_more else Effect.RECEIVED
    return Effect.OTHER


def excesses(journal: Journal) -> Iterator[Excess]:
    """Yield the parts of a journal that are about no bill."""
    for pair in pairs(journal):
        if RECEIVABLE not in {class_of(pair.debit), class_of(pair.credit)}:
            yield Excess(
                at=journal.at,
                journal=journal.id,
                pair=pair,
                payment=payment_of(journal),
                refund=journal.reference.get("refund", ""),
            )


def is_of(pair: Pair, merchants: Collection[str] | None) -> bool:
    """Tell whether money of some payees moved, by their accounts' keys; None stands for all.

    An account of cash has the key and then who took it; what is to be given back has it, too.
    What is deducted of a deposit moves no money, and is the income of who keeps it.
    """
    sides = (pair.debit, pair.credit)
    moved = {each.split(":")[1] for each in sides if names_payee(each)}
    moved |= {each.removeprefix(DEDUCTED) for each in sides if each.startswith(DEDUCTED)}
    return merchants is None or bool(moved & set(merchants))


def names_payee(account: str) -> bool:
    """Tell whether an account begins with the key of a payee's merchant account."""
    return holds_money(account) or class_of(account) == PAYABLE


def holds_money(account: str) -> bool:
    """Tell whether an account is of a payee's money, or of cash that was handed over."""
    return bool(way_of(account)) or class_of(account) in HANDED_OVER


def effect_of(pair: Pair) -> Effect:
    """Return whether money came from somebody, or went to somebody, or neither.

    Cash that is handed over stays the payee's: neither.
    """
    if holds_money(pair.debit):
        return Effect.OTHER if holds_money(pair.credit) else Effect.RECEIVED
    return Effect.REFUNDED if holds_money(pair.credit) else Effect.OTHER
