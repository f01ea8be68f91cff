"""Command `wechat`: the address of the WeChat stand-in of a running `run`."""

import argparse
import sys

from server.embedded.lifecycle import stand_in
from server.embedded.occupancy import address_of
from server.settings import Settings

NAME = "wechat"
HELP = "print the address of the control API of the WeChat stand-in that runs"


def add_arguments(_: argparse.ArgumentParser) -> None:
    """Take none."""


def run(_: argparse.Namespace, settings: Settings) -> int:
    address_of(settings.data_dir)  # or nothing runs there
    sys.stdout.write(f"{stand_in(settings)}/__ctl\n")
    return 0
