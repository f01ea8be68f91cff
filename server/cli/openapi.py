"""Command `openapi`: the OpenAPI document as a file, for generated clients."""

import argparse
import re
import sys

import msgspec

from server.app import ROUTES
from server.contract import document
from server.settings import Settings

NAME = "openapi"
WIDTH = 100
# A list or an object without lists, objects or brackets in it, as the formatter writes it.
SHORT = re.compile(r"(\[)\n([^\[\]{}]+)\n *(\])|(\{)\n([^\[\]{}]+)\n *(\})")
HELP = "print the OpenAPI 3.1 document"


def add_arguments(_parser: argparse.ArgumentParser) -> None:
    """Nothing to choose."""


def run(_arguments: argparse.Namespace, _settings: Settings) -> int:
    made = document(ROUTES)
    text = msgspec.json.format(msgspec.json.encode(made, order="sorted"), indent=2)
    sys.stdout.write(SHORT.sub(on_one_line, text.decode()) + "\n")
    return 0


def on_one_line(found: re.Match[str]) -> str:
    """Write a list of words, or a few of them by name, on one line where it fits: one thing."""
    first, items, last = (part for part in found.groups() if part is not None)
    line = first + " ".join(item.strip() for item in items.splitlines()) + last
    start = found.string.rfind("\n", 0, found.start()) + 1
    fits = found.start() - start + len(line) <= WIDTH
    return line if fits else found[0]
