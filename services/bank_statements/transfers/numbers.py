"""Numbers of rows that left: a bank gives a transfer and its fee, or all of a payroll, one.

The greatest amount of a file keeps it, and the others get `#2`, `#3` …. What an earlier file
had keeps its name of then: that file may have ended before a greater amount left.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import chain

from msgspec.structs import replace

from services.bank_statements.files.models import Movement
from services.bank_statements.transfers import store
from services.bank_statements.transfers.models import Transfer, payout_id
from services.dependencies import Dependencies
from services.kernel.vouchers import key

Free = defaultdict[tuple[str, int], list[str]]  # day and amount → names of rows that are kept


async def numbered(
    deps: Dependencies, account: str, left: Sequence[Movement]
) -> list[Movement]:
    """Return rows that left, each with a number of its own, in the order of the file."""
    by_number: dict[str, list[Movement]] = defaultdict(list)
    for row in left:
        by_number[key(row.number)].append(row)
    kept = await _kept(deps, account, by_number)
    found = [row for number, rows in by_number.items() for row in named(rows, kept[number])]
    return sorted(found, key=lambda row: row.row)


async def _kept(
    deps: Dependencies, account: str, rows: Mapping[str, Sequence[Movement]]
) -> dict[str, list[Transfer]]:
    """Return number → what earlier files had of it, in the order of the names.

    Where all that are asked for are there, there may be more.
    """
    kept: dict[str, list[Transfer]] = {number: [] for number in rows}
    asked = {number: len(some) for number, some in rows.items()}
    while asked:
        names = {
            number: _names(account, number, len(kept[number]), count)
            for number, count in asked.items()
        }
        found = await store.find_many(deps.db, list(chain(*names.values())))
        for number, some in names.items():
            kept[number] += [found[name] for name in some if name in found]
        whole = [each for each, some in names.items() if found.keys() >= {*some}]
        asked = {number: 2 * asked[number] for number in whole}
    return kept


def _names(account: str, number: str, after: int, count: int) -> list[str]:
    """Return the ids of some rows of a number, which follow the first ones."""
    return [payout_id(account, _name(number, after + more)) for more in range(1, count + 1)]


def named(rows: Sequence[Movement], kept: Sequence[Transfer]) -> list[Movement]:
    """Return rows of one number with their names."""
    free: Free = defaultdict(list)
    for each in kept:
        free[each.day, each.amount_fen].append(each.number)
    found: list[Movement] = []
    fresh: list[Movement] = []
    for row in sorted(rows, key=lambda each: (-each.amount_fen, each.day, each.row)):
        if same := free[row.day, row.amount_fen]:
            found.append(replace(row, number=same.pop(0)))
        else:
            fresh.append(row)
    names = _contradicted(rows, fresh, free)
    for index, row in enumerate(fresh, len(kept) + 1 - len(names)):
        name = names.pop(0) if names else _name(row.number, index)
        found.append(replace(row, number=name))
    return found


def _contradicted(rows: Sequence[Movement], fresh: Sequence[Movement], free: Free) -> list[str]:
    """Return names of which a file says something else than an earlier one did.

    It lacks the row on a day that it has, or has its amount on another day. Who writes a new
    row by such a name sees that the two differ.
    """
    days, amounts = {row.day for row in rows}, {row.amount_fen for row in fresh}
    return [
        name
        for (day, fen), names in free.items()
        for name in names
        if day in days or fen in amounts
    ]


def _name(number: str, count: int) -> str:
    return number if count == 1 else f"{number}#{count}"
