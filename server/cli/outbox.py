"""Command `outbox`: jobs that failed for good, why, and their replay."""

import argparse
import sys

from server.dependencies import open_dependencies
from server.embedded.lifecycle import attached
from server.errors import StartError
from server.serving import asking_mongo, run_async
from server.settings import Settings
from services.dependencies import Dependencies
from services.jobs import actions as jobs
from services.kernel.errors import NotFound
from services.kernel.pages import ListQuery

NAME = "outbox"
HELP = "list dead jobs, or replay one"
PAGE = 500


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=["list", "replay"])
    parser.add_argument("job", nargs="?", default="", help="of replay: the job's id")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    if arguments.what == "replay" and not arguments.job:
        raise StartError("usage: python -m server outbox replay ID (`outbox list` shows them)")
    return run_async(act(arguments, attached(settings)))


async def act(arguments: argparse.Namespace, settings: Settings) -> None:
    async with open_dependencies(settings) as deps:
        with asking_mongo():
            if arguments.what == "replay":
                await replay(deps, arguments.job)
            else:
                await show(deps)


async def replay(deps: Dependencies, job: str) -> None:
    try:
        await jobs.replay(deps, job)
    except NotFound as error:
        raise StartError(f"No dead job {job!r}") from error
    sys.stdout.write(f"{job} will be tried again\n")


async def show(deps: Dependencies) -> None:
    cursor, first = None, True
    while first or cursor:
        page = await jobs.dead(deps, ListQuery(limit=PAGE, cursor=cursor))
        if first and not page.items:
            sys.stdout.write("no dead jobs\n")
        for job in page.items:
            sys.stdout.write(f"{job.id}\t{job.attempts} attempts\t{job.last_error}\n")
        cursor, first = page.next_cursor, False
