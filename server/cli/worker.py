"""Command `worker`: the worker alone."""

import argparse
import sys

from server import observability
from server.dependencies import open_dependencies
from server.serving import require_indexes, run_async, stop_signals, working
from server.settings import Settings

NAME = "worker"
HELP = "the worker alone; start one or several"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--concurrency", type=int, help="instead of WORKER_CONCURRENCY (4)")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    settings = settings.replace(worker_concurrency=arguments.concurrency)
    settings.require_all()
    return run_async(work(settings))


async def work(settings: Settings) -> None:
    observability.configure_logging(settings)
    stop = stop_signals()
    async with open_dependencies(settings) as deps:
        await require_indexes(deps)
        async with working(deps, settings, stop):
            sys.stdout.write("working\n")
            sys.stdout.flush()
            await stop.wait()
