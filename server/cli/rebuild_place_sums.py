"""Command `rebuild-place-sums`: the kept sums of places, counted again from what they sum."""

import argparse

from server import rebuilds
from server.settings import Settings
from services.place_sums import jobs as place_sums

NAME = "rebuild-place-sums"
HELP = "count the kept sums of bills and homes again; harmless to repeat"


def add_arguments(_parser: argparse.ArgumentParser) -> None:
    """Nothing to choose: every unit, and all places above."""


def run(_arguments: argparse.Namespace, settings: Settings) -> int:
    return rebuilds.run(settings, place_sums.rebuild, "units")
