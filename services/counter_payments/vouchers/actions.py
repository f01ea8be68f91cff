"""Vouchers: each number of a payee's slips, transfers and card machine is booked once.

Its money is named by the number, written in capitals, so that of two who book it at once one
is refused by the database. Money of before numbers were compared so has the name that its
number had as it was typed: whoever books the number finds it by its key, and meets it there.
"""

from collections.abc import Sequence
from typing import Final

from services.counter_payments import store as payments_store
from services.counter_payments.models import CounterWay
from services.counter_payments.vouchers import store
from services.dependencies import Dependencies, Transaction
from services.kernel import vouchers
from services.kernel.documents import digest_id

AT_ONCE: Final = 1_000  # numbers in one query


async def name(deps: Dependencies, account: str, way: CounterWay, voucher: str) -> str:
    """Return the id of the money of a voucher: of what was booked with it, or will be."""
    return (await names(deps, account, way, [voucher]))[voucher]


async def names(
    deps: Dependencies, account: str, way: CounterWay, numbers: Sequence[str]
) -> dict[str, str]:
    """Return voucher → the id of its money.

    Only numbers with letters can have been typed otherwise before.
    """
    lettered = sorted({vouchers.key(each) for each in numbers if vouchers.has_case(each)})
    found: dict[str, str] = {}
    for start in range(0, len(lettered), AT_ONCE):
        found |= await _booked(deps, account, way, lettered[start : start + AT_ONCE])
    return {
        each: found.get(vouchers.key(each)) or _name(account, way, each) for each in numbers
    }


async def _booked(
    deps: Dependencies, account: str, way: CounterWay, keys: Sequence[str]
) -> dict[str, str]:
    """Return key → id, of what was booked; where several have the number, a payment's."""
    found: dict[str, str] = {}
    if way is CounterWay.TRANSFER:
        found |= await store.of_transfers(deps.db, account, keys)
    found |= await store.of_deposits(deps.db, account, way, keys)
    return found | await payments_store.ids_of(deps.db, account, way, keys)


def _name(account: str, way: CounterWay, voucher: str) -> str:
    """Name the money of a voucher: each account and way has it once.

    Capitals are what most numbers were typed in before: their names stay what they were.
    """
    return digest_id("counter", account, way, vouchers.key(voucher).upper())


async def gives_a_deposit_back(
    deps: Dependencies, tx: Transaction, account: str, voucher: str
) -> bool:
    """Tell whether the transfer of a number gave back a deposit already."""
    return await store.gives_a_deposit_back(deps.db, tx, account, vouchers.key(voucher))


async def that_gave_deposits_back(
    deps: Dependencies, account: str, numbers: Sequence[str]
) -> list[str]:
    """Return the numbers, as they were entered, of transfers that gave deposits back."""
    keys = [vouchers.key(each) for each in numbers]
    return await store.that_gave_deposits_back(deps.db, account, keys)
