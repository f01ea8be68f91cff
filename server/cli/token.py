"""A token for trying things out, as one of the demo's people (or anybody you name)."""

import argparse
import sys

from server.embedded import attached
from server.serving import run_async
from server.settings import Settings
from server.visitor import Visitor

NAME = "token"
HELP = "sign in to a running demo as somebody and print the access token"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", help="admin, staff, grid, building, unit, firm or resident")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    return run_async(show(arguments.name, settings))


async def show(name: str, settings: Settings) -> None:
    visitor = Visitor.of(attached(settings), settings.data_dir)
    sys.stdout.write(f"{(await visitor.sign_in(name)).token}\n")
