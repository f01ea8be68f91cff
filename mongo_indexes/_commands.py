"""The commands plan, apply, check and drop-unknown, shared by both command lines."""

import sys
from typing import Final

import mongo_indexes
from mongo_indexes import Database

COMMANDS: Final = ("plan", "apply", "check", "drop-unknown")


async def act(command: str, db: Database) -> int:
    """Run a command and print its result; return 1 when something is lacking, else 0.

    What `drop-unknown` would drop, `plan` shows.
    """
    match command:
        case "drop-unknown":
            return await _drop_unknown(db)
        case "apply":
            await mongo_indexes.apply(db)
            lines, otherwise = [], f"applied: {_all()} are there, in {db.name}"
        case "plan":
            lines, otherwise = await mongo_indexes.plan(db), "nothing to do"
        case _:
            lines, otherwise = await mongo_indexes.check(db), f"{_all()} are there"
    sys.stdout.writelines(f"{line}\n" for line in lines or [otherwise])
    return 1 if command == "check" and lines else 0


async def _drop_unknown(db: Database) -> int:
    try:
        lines = await mongo_indexes.drop_unknown(db)
    except mongo_indexes.Incomplete as error:
        sys.stdout.writelines(f"{line}\n" for line in error.lacking)
        sys.stdout.write("nothing was dropped: apply first\n")
        return 1
    sys.stdout.writelines(f"{line}\n" for line in lines or ["nothing to drop"])
    return 0


def _all() -> str:
    number = sum(len(mongo_indexes.index_names(module)) for module in mongo_indexes.ALL)
    return f"{number} indexes of {len(mongo_indexes.ALL)} collections"


def reason(error: Exception) -> str:
    """Return the driver's error as one line of 300 characters: addresses in, passwords out."""
    return str(error).partition(", Timeout:")[0].partition(" (configured timeouts")[0][:300]
