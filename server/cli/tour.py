"""Command `tour`: a walk through the running product over HTTP, one line a step."""

import argparse
import sys
from collections.abc import Sequence
from typing import Final

from demo.client import Unexpected
from demo.tour.chapters import CHAPTERS, Chapter, NoSuchChapter, before, chosen, listing
from demo.tour.visit import Visit
from server.cli.token import visitor
from server.errors import StartError
from server.serving import run_async
from server.settings import Settings
from services.kernel.days import day_of, wall_clock

NAME = "tour"
HELP = "walk through the main job, or one chapter of it, against a running `run`"

FAILED: Final = 1
LIST: Final = "help"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "chapter", nargs="?", help="one chapter, and what it needs; `help` lists them"
    )


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    if arguments.chapter == LIST:
        sys.stdout.write(f"{listing()}\n")
        return 0
    try:
        alone = chosen(arguments.chapter) if arguments.chapter else None
    except NoSuchChapter as error:
        raise StartError(str(error)) from error
    visit = Visit(visitor(settings), day_of(wall_clock()))
    return run_async(walk(visit, alone))


async def walk(visit: Visit, alone: Chapter | None) -> int:
    """Play all chapters, or one after what it needs. Stops at the first step that fails."""
    try:
        if alone is None:
            await play(visit, CHAPTERS)
            write("The main job is done.")
        else:
            await prepare(visit, before(alone))
            await play(visit, [alone])
    except Unexpected as error:
        write(f"    failed: {error}")
        return FAILED
    return 0


async def prepare(visit: Visit, chapters: Sequence[Chapter]) -> None:
    """Play what a chapter needs, without its lines."""
    if chapters:
        write(f"(first, what it needs: {', '.join(chapter.name for chapter in chapters)})")
    for chapter in chapters:
        for step in chapter.steps:
            await step(visit)


async def play(visit: Visit, chapters: Sequence[Chapter]) -> None:
    number = 0
    for chapter in chapters:
        write(f"{chapter.name}: {chapter.about}")
        for step in chapter.steps:
            number += 1
            write(f"{number:>2}. {await step(visit)}")


def write(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
