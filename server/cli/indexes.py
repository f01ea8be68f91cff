"""Command `indexes`: indexes made before new code starts, so that no query lacks one."""

import argparse

import pymongo

from mongo_indexes._commands import COMMANDS, act
from server.dependencies import open_mongo
from server.embedded.lifecycle import attached
from server.serving import INDEX_SECONDS, asking_mongo, run_async
from server.settings import Settings

NAME = "indexes"
HELP = "show, make or verify the database's collections and indexes"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "action",
        choices=COMMANDS,
        help="plan: what apply would do; check: exit code 1 when something is missing; "
        "drop-unknown: drop what plan calls unknown",
    )


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Without MONGODB_URI it is about the database of the `run` that is up."""
    settings = settings if settings.mongodb_uri else attached(settings)
    return run_async(do(arguments.action, settings))


async def do(action: str, settings: Settings) -> int:
    async with open_mongo(settings) as mongo:
        with asking_mongo():
            await mongo.admin.command("ping")  # whoever is away is not waited for that long
            with pymongo.timeout(INDEX_SECONDS):
                return await act(action, mongo[settings.mongodb_database])
