"""Command `rebuild-place-sums`: the kept sums of places, counted again from what they sum."""

import argparse
import sys

from server.dependencies import open_dependencies
from server.embedded.lifecycle import attached
from server.serving import asking_mongo, run_async
from server.settings import Settings
from services.place_sums import jobs as place_sums

NAME = "rebuild-place-sums"
HELP = "count the kept sums of bills and homes again; harmless to repeat"


def add_arguments(_parser: argparse.ArgumentParser) -> None:
    """Nothing to choose: every unit, and all places above."""


def run(_arguments: argparse.Namespace, settings: Settings) -> int:
    return run_async(rebuild(attached(settings)))


async def rebuild(settings: Settings) -> int:
    async with open_dependencies(settings) as deps:
        with asking_mongo():
            count = await place_sums.rebuild(deps)
    sys.stdout.write(f"{count} units counted\n")
    return 0
