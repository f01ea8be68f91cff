"""Drawers: the cash that one person holds for one payee, lowered by one act at a time.

What is in a drawer is a sum of journals, which two acts at one moment could both read. So each
that lowers it, or says how much it is, writes the drawer first: the second one starts again.
A bank account has one as well: whoever gives money back by transfer looks who used the voucher.
"""

from services.counter_payments.drawers import store
from services.dependencies import Dependencies, Transaction
from services.ledger import actions as ledger
from services.ledger.models import bank, cash_in_hand


async def add(deps: Dependencies, account: str, person: str) -> None:
    """Make sure that a drawer is there, before the transaction that holds it."""
    await store.add(deps.db, cash_in_hand(account, person), person)


async def hold(deps: Dependencies, tx: Transaction, account: str, person: str) -> int:
    """Hold a drawer until the end of the transaction; return what is in it, in fen."""
    drawer = cash_in_hand(account, person)
    await store.hold(deps.db, tx, drawer)
    return await ledger.balance(deps, drawer, tx=tx)


async def add_bank(deps: Dependencies, account: str) -> None:
    """Make sure that the drawer of a payee's bank account is there."""
    await store.add(deps.db, bank(account), "")


async def hold_bank(deps: Dependencies, tx: Transaction, account: str) -> None:
    """Hold a payee's bank account until the end of the transaction."""
    await store.hold(deps.db, tx, bank(account))
