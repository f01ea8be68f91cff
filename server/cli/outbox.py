"""Jobs that died: what they were, why, and another life for one of them."""

import argparse
import sys

from server.children import StartError
from server.dependencies import open_dependencies
from server.embedded import attached
from server.serving import run_async
from server.settings import Settings
from services.errors import NotFound
from services.jobs import actions as jobs

NAME = "outbox"
HELP = "list dead jobs, or replay one"
PAGE = 500


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=["list", "replay"])
    parser.add_argument("job", nargs="?", default="", help="of replay: the job's id")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    return run_async(act(arguments, attached(settings)))


async def act(arguments: argparse.Namespace, settings: Settings) -> None:
    async with open_dependencies(settings) as deps:
        if arguments.what == "replay":
            try:
                await jobs.replay(deps, arguments.job)
            except NotFound as error:
                raise StartError(f"No dead job {arguments.job!r}") from error
            return
        after = ""
        while dead := await jobs.dead(deps.db, after=after, limit=PAGE):
            for job in dead:
                sys.stdout.write(f"{job.id}\t{job.attempts} attempts\t{job.last_error}\n")
            after = dead[-1].id
