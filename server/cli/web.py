"""Command `web`: the web server alone, beside its own MongoDB, Redis and workers."""

import argparse
import sys

from server import observability
from server.dependencies import open_dependencies
from server.serving import (
    address_of,
    listen,
    listen_for_operator,
    require_indexes,
    run_async,
    serving,
    stop_signals,
)
from server.settings import Settings

NAME = "web"
HELP = "the web server alone; start as many as there are cores"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, help="instead of PORT (8000)")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    settings = settings.replace(port=arguments.port)
    settings.require_all()
    return run_async(serve(settings))


async def serve(settings: Settings) -> None:
    observability.configure_logging(settings)
    with listen(settings) as listening, listen_for_operator(settings) as operator:
        stop = stop_signals()
        async with open_dependencies(settings) as deps:
            await require_indexes(deps)
            async with serving(deps, settings, listening, operator):
                sys.stdout.write(f"{address_of(listening)}\n")
                sys.stdout.write(f"for the operator: {address_of(operator)}\n")
                sys.stdout.flush()
                await stop.wait()
