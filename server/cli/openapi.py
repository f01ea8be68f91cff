"""Command `openapi`: the OpenAPI document as a file, for generated clients."""

import argparse
import sys

import msgspec

from handlers.http.openapi import document
from server.app import ROUTES
from server.ops import TITLE, VERSION
from server.settings import Settings

NAME = "openapi"
HELP = "print the OpenAPI 3.1 document"


def add_arguments(_parser: argparse.ArgumentParser) -> None:
    """Nothing to choose."""


def run(_arguments: argparse.Namespace, _settings: Settings) -> int:
    made = document(ROUTES, title=TITLE, version=VERSION)
    text = msgspec.json.format(msgspec.json.encode(made, order="sorted"), indent=2)
    sys.stdout.write(text.decode() + "\n")
    return 0
