"""Command `audit`: proof that nothing in the audit was changed or taken away."""

import argparse
import sys

from server.dependencies import open_dependencies
from server.embedded.lifecycle import attached
from server.serving import asking_mongo, run_async
from server.settings import Settings
from services.audit.verification.actions import verify
from services.audit.verification.models import Verdict

NAME = "audit"
HELP = "verify the audit's chains and anchors; exit code 1 when something is not as written"
BROKEN = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=["verify"])


def run(arguments: argparse.Namespace, settings: Settings) -> int:  # noqa: ARG001  # one verb
    return run_async(prove(attached(settings)))


async def prove(settings: Settings) -> int:
    async with open_dependencies(settings) as deps:
        with asking_mongo():
            verdict = await verify(deps)
    sys.stdout.write(told(verdict))
    return BROKEN if verdict.broken else 0


def told(verdict: Verdict) -> str:
    lines = [f"{problem.row}: {problem.problem}" for problem in verdict.broken]
    state = "NOT as written" if verdict.broken else "as written"
    lines.append(f"{verdict.rows} rows, {verdict.anchors} anchors: {state}")
    lines.append(f"newest anchor: {verdict.last or 'none yet'}")
    return "\n".join(lines) + "\n"
