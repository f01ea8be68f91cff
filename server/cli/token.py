"""Command `token`: an access token, as one of the demo's people."""

import argparse
import sys
from typing import Final

from demo.client import Unexpected
from demo.desk import Desk
from demo.mark import Mark
from demo.people import ROLES
from demo.visitor import Visitor
from server.embedded.lifecycle import stand_in
from server.embedded.occupancy import address_of
from server.errors import StartError
from server.serving import run_async
from server.settings import Settings

NAME = "token"
PEOPLE: Final = [person.name for person in ROLES]
HELP = "sign in to a running demo as somebody and print the access token"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", help=f"one of {', '.join(PEOPLE)}")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    if arguments.name not in PEOPLE:
        known = ", ".join(PEOPLE)
        raise StartError(f"Nobody in the demo is called {arguments.name!r}: choose {known}")
    return run_async(show(arguments.name, visitor(settings)))


def visitor(settings: Settings) -> Visitor:
    """Return a visitor of the demo that runs. Raises StartError when there is none."""
    address = address_of(settings.data_dir)
    if not Mark(settings.data_dir).is_founded:
        raise StartError(
            f"What runs on {settings.data_dir.absolute()} was started with --empty: "
            "it has no demo, and nobody of it"
        )
    return Visitor(address, Desk(stand_in(settings)))


async def show(name: str, visitor: Visitor) -> None:
    try:
        guest = await visitor.sign_in(name)
    except Unexpected as error:
        raise StartError(str(error)) from error
    sys.stdout.write(f"{guest.token}\n")
