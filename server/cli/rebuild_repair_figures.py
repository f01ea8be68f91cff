"""Command `rebuild-repair-figures`: the kept figures of repairs, counted again from repairs."""

import argparse

from server import rebuilds
from server.settings import Settings
from services.repairs.figures import jobs as figures

NAME = "rebuild-repair-figures"
HELP = "count the kept figures of repairs again; harmless to repeat"


def add_arguments(_parser: argparse.ArgumentParser) -> None:
    """Nothing to choose: every month of every compound."""


def run(_arguments: argparse.Namespace, settings: Settings) -> int:
    return rebuilds.run(settings, figures.rebuild, "months of compounds")
