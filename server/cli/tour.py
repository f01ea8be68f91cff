"""Walk through the product over HTTP only, one line a step; stops at the first that fails."""

import argparse
import sys
from typing import Final

from demo.tour.homes import Homes
from demo.visitor import Unexpected, Visitor
from server.embedded.lifecycle import attached
from server.serving import run_async
from server.settings import Settings

NAME = "tour"
HELP = "walk through the main job against a running `run`"

FAILED: Final = 1


def add_arguments(_parser: argparse.ArgumentParser) -> None:
    """Nothing to choose: it visits whatever runs on the data folder."""


def run(_arguments: argparse.Namespace, settings: Settings) -> int:
    return run_async(walk(settings))


async def walk(settings: Settings) -> int:
    tour = Homes(Visitor.of(attached(settings), settings.data_dir))
    try:
        for number, step in enumerate(tour.steps(), 1):
            sys.stdout.write(f"{number:>2}. {await step()}\n")
            sys.stdout.flush()
    except Unexpected as error:
        sys.stdout.write(f"    failed: {error}\n")
        return FAILED
    sys.stdout.write("The main job is done.\n")
    return 0
