"""Command `rebuild-repair-figures`: the kept figures of repairs, counted again from repairs."""

import argparse
import sys

from server.dependencies import open_dependencies
from server.embedded.lifecycle import attached
from server.serving import asking_mongo, run_async
from server.settings import Settings
from services.repairs.figures import jobs as figures

NAME = "rebuild-repair-figures"
HELP = "count the kept figures of repairs again; harmless to repeat"


def add_arguments(_parser: argparse.ArgumentParser) -> None:
    """Nothing to choose: every month of every compound."""


def run(_arguments: argparse.Namespace, settings: Settings) -> int:
    return run_async(rebuild(attached(settings)))


async def rebuild(settings: Settings) -> int:
    async with open_dependencies(settings) as deps:
        with asking_mongo():
            count = await figures.rebuild(deps)
    sys.stdout.write(f"{count} months of compounds counted\n")
    return 0
