"""Command `reseal`: encryption of all data under a new key, so an old one can be dropped."""

import argparse
import sys

from server.dependencies import open_dependencies
from server.embedded.lifecycle import attached
from server.errors import StartError
from server.serving import asking_mongo, run_async
from server.settings import Settings
from services.kernel.vault import Unreadable
from services.privacy import key_rotation
from services.privacy.key_rotation import Tally

NAME = "reseal"
HELP = "seal personal data under the current key; harmless to repeat"
LEFT = 1


def add_arguments(_parser: argparse.ArgumentParser) -> None:
    """Nothing to choose: the current key is the first of SECRET_KEYS."""


def run(_arguments: argparse.Namespace, settings: Settings) -> int:
    return run_async(renew(attached(settings)))


async def renew(settings: Settings) -> int:
    """Return 1 when something was changed meanwhile and another run should look at it."""
    async with open_dependencies(settings) as deps:
        try:
            with asking_mongo():
                tallies = await key_rotation.reseal(deps, _show)
        except Unreadable as error:
            raise StartError(f"SECRET_KEYS: {error}") from error
        current = deps.vault.current
    sys.stdout.writelines(f"{line(tally)}\n" for tally in tallies)
    left = sum(tally.left for tally in tallies)
    sys.stdout.write(
        f"{left} changed meanwhile: run it once more\n"
        if left
        else f"everything is sealed under {current}\n"
    )
    return LEFT if left else 0


def line(tally: Tally) -> str:
    return f"{tally.collection}: {tally.seen} sealed, {tally.renewed} renewed"


def _show(tally: Tally) -> None:
    sys.stderr.write(f"  {line(tally)}\n")
