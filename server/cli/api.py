"""Command `api`: the address of the API of a running `run`."""

import argparse
import sys

from server.embedded.occupancy import address_of
from server.settings import Settings

NAME = "api"
HELP = "print the address of the API that runs"


def add_arguments(_: argparse.ArgumentParser) -> None:
    """Take none."""


def run(_: argparse.Namespace, settings: Settings) -> int:
    sys.stdout.write(f"{address_of(settings.data_dir)}/api/v1\n")
    return 0
