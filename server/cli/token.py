"""A token for trying things out, as one of the demo's people."""

import argparse
import sys

from demo.people import ROLES
from demo.visitor import Unexpected, Visitor
from server.embedded.lifecycle import attached
from server.errors import StartError
from server.serving import run_async
from server.settings import Settings

NAME = "token"
PEOPLE = ", ".join(person.name for person in ROLES)
HELP = "sign in to a running demo as somebody and print the access token"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", help=f"one of {PEOPLE}")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    if arguments.name not in PEOPLE.split(", "):
        raise StartError(f"Nobody in the demo is called {arguments.name!r}: choose {PEOPLE}")
    return run_async(show(arguments.name, settings))


async def show(name: str, settings: Settings) -> None:
    visitor = Visitor.of(attached(settings), settings.data_dir)
    try:
        guest = await visitor.sign_in(name)
    except Unexpected as error:
        raise StartError(str(error)) from error
    sys.stdout.write(f"{guest.token}\n")
