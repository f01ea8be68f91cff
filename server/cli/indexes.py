"""Deployments make indexes before the new code starts, so that no query waits for one."""

import argparse
import sys
from collections.abc import Awaitable, Callable
from typing import Final

import pymongo

import mongo_indexes
from mongo_indexes import Database
from server.dependencies import open_mongo
from server.serving import INDEX_SECONDS, run_async
from server.settings import Settings, SettingsError

NAME = "indexes"
ACTIONS: Final[dict[str, Callable[[Database], Awaitable[list[str] | None]]]] = {
    "plan": mongo_indexes.plan,
    "apply": mongo_indexes.apply,
    "check": mongo_indexes.check,
}
HELP = "show, make or verify the database's collections and indexes"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "action",
        choices=list(ACTIONS),
        help="plan: what apply would do; check: exit code 1 when something is missing",
    )


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    if not settings.mongodb_uri:
        raise SettingsError("Set MONGODB_URI; see deploy/env.example")
    return run_async(act(arguments.action, settings))


async def act(action: str, settings: Settings) -> int:
    async with open_mongo(settings) as mongo:
        with pymongo.timeout(INDEX_SECONDS):
            lines = await ACTIONS[action](mongo[settings.mongodb_database])
    sys.stdout.writelines(f"{line}\n" for line in lines or [])
    return 1 if action == "check" and lines else 0
