"""Command `rebuild-debtors`: who owes what of the homes that changed hands, counted again."""

import argparse
import sys

from server.dependencies import open_dependencies
from server.embedded.lifecycle import attached
from server.serving import asking_mongo, run_async
from server.settings import Settings
from services.residencies import owners

NAME = "rebuild-debtors"
HELP = "count again who owes what of homes that were sold; harmless to repeat"


def add_arguments(_parser: argparse.ArgumentParser) -> None:
    """Nothing to choose: every home that an owner left."""


def run(_arguments: argparse.Namespace, settings: Settings) -> int:
    return run_async(rebuild(attached(settings)))


async def rebuild(settings: Settings) -> int:
    async with open_dependencies(settings) as deps:
        with asking_mongo():
            count = await owners.rebuild(deps)
    sys.stdout.write(f"{count} homes counted\n")
    return 0
