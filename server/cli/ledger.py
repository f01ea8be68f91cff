"""Command `ledger`: proof of the books, and sealing of days that no worker looks at."""

import argparse
import sys
from typing import Final

from server.dependencies import open_dependencies
from server.embedded.lifecycle import attached
from server.errors import StartError
from server.serving import asking_mongo, run_async
from server.settings import Settings
from services.dependencies import Dependencies
from services.kernel.days import check_day
from services.kernel.errors import InvalidInput
from services.ledger.proofs.actions import verify
from services.ledger.proofs.models import Span, Verdict
from services.ledger.seals import actions as seals

NAME = "ledger"
HELP = "prove the books from the journals; exit code 1 when something is not as it should be"
BROKEN: Final = 1
HEADING: Final = "What is proved so far (if it is interrupted, --after goes on behind a line):"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=["verify", "seal"])
    about = "of the days to look at, with what they speak of; everything without any"
    parser.add_argument("--from", dest="from_day", metavar="DAY", help=f"first {about}")
    parser.add_argument("--to", dest="to_day", metavar="DAY", help=f"last {about}")
    after = "go on behind what an earlier `verify` said last, e.g. days:2026-03-01"
    parser.add_argument("--after", default="", metavar="PROGRESS", help=after)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    span = Span(
        from_day=_day(arguments.from_day),
        to_day=_day(arguments.to_day),
        after=arguments.after,
    )
    work = seal if arguments.what == "seal" else prove
    return run_async(work(attached(settings), span))


def _day(text: str | None) -> str | None:
    try:
        return text and check_day(text)
    except InvalidInput as error:
        raise StartError(f"no such day: {text}") from error


async def prove(settings: Settings, span: Span) -> int:
    _err(HEADING)
    async with open_dependencies(settings) as deps:
        with asking_mongo():
            verdict = await verify(deps, span, _out, _progress)
    _out(told(verdict))
    return BROKEN if verdict.problems else 0


def told(verdict: Verdict) -> str:
    state = f"NOT as written ({verdict.problems})" if verdict.problems else "as written"
    late = f", {verdict.late} came late and are sealed at night" if verdict.late else ""
    counts = (
        f"{verdict.journals} journals, {verdict.documents} documents, {verdict.seals} seals"
    )
    return f"{counts}: {state}{late}\nnewest seal: {verdict.newest or 'none yet'}"


async def seal(settings: Settings, span: Span) -> int:
    """Seal the days of a span that are over; what is sealed already stays."""
    async with open_dependencies(settings) as deps:
        with asking_mongo():
            return 0 if await _seal(deps, span) else BROKEN


async def _seal(deps: Dependencies, span: Span) -> bool:
    whole, last = True, seals.last_finished(deps.now())
    async for day in seals.days(deps, span.first, min(span.to_day or last, last)):
        done = await seals.seal_day(deps, day)
        _out(f"{day}: {'sealed' if done else 'NOT sealed: verify it'}")
        whole &= done
    return whole


def _out(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _progress(line: str) -> None:
    """Tell how far the proof is: indented, as it is no problem of the books."""
    _err(f"  {line}")


def _err(line: str) -> None:
    sys.stderr.write(f"{line}\n")
