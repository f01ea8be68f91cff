"""Command line: show, make or verify the indexes of a database before new code starts."""

import argparse
import asyncio
import sys
from typing import Any, Final

from pymongo import AsyncMongoClient
from pymongo.errors import PyMongoError

from mongo_indexes._commands import COMMANDS, act, reason

ANSWER_MS: Final = 4000
CANNOT_START: Final = 2
INTERRUPTED: Final = 130


async def run(command: str, uri: str, database: str) -> int:
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(
        uri, tz_aware=True, serverSelectionTimeoutMS=ANSWER_MS, connectTimeoutMS=ANSWER_MS
    )
    async with client:
        return await act(command, client[database])


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m mongo_indexes", description=__doc__)
    parser.add_argument("command", choices=COMMANDS)
    parser.add_argument("--uri", required=True, help="mongodb://… of a replica set")
    parser.add_argument(
        "--database",
        default="sanzhangtong",
        help="what MONGODB_DATABASE says, when it says anything; %(default)s without",
    )
    arguments = parser.parse_args()
    try:
        return asyncio.run(run(arguments.command, arguments.uri, arguments.database))
    except (PyMongoError, ValueError) as error:  # ValueError: a port that is none
        sys.stderr.write(f"--uri: {reason(error)}\n")
        return CANNOT_START
    except KeyboardInterrupt:
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
