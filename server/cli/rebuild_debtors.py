"""Command `rebuild-debtors`: who owes what of the homes that changed hands, counted again."""

import argparse

from server import rebuilds
from server.settings import Settings
from services.residencies import owners

NAME = "rebuild-debtors"
HELP = "count again who owes what of homes that were sold; harmless to repeat"


def add_arguments(_parser: argparse.ArgumentParser) -> None:
    """Nothing to choose: every home that an owner left."""


def run(_arguments: argparse.Namespace, settings: Settings) -> int:
    return rebuilds.run(settings, owners.rebuild, "homes")
