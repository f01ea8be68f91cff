"""Show, make or verify the indexes of a database: for deployments, before the new code."""

import argparse
import asyncio
import sys
from typing import Any

from pymongo import AsyncMongoClient

import mongo_indexes


async def run(command: str, uri: str, database: str) -> int:
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(uri, tz_aware=True)
    async with client:
        db = client[database]
        match command:
            case "apply":
                await mongo_indexes.apply(db)
                lines = []
            case "plan":
                lines = await mongo_indexes.plan(db)
            case _:
                lines = await mongo_indexes.check(db)
    sys.stdout.writelines(f"{line}\n" for line in lines)
    return 1 if command == "check" and lines else 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m mongo_indexes", description=__doc__)
    parser.add_argument("command", choices=["plan", "apply", "check"])
    parser.add_argument("--uri", required=True, help="mongodb://… of a replica set")
    parser.add_argument("--database", default="sanzhangtong")
    arguments = parser.parse_args()
    return asyncio.run(run(arguments.command, arguments.uri, arguments.database))


if __name__ == "__main__":
    sys.exit(main())
