"""Command line: each module here is a command with NAME, HELP, add_arguments and run."""

import argparse
import gc
import importlib
import pkgutil
import signal
import sys
from collections.abc import Sequence
from typing import Protocol, cast

from server.errors import StartError
from server.settings import Settings, SettingsError
from services.wechat.merchant import AccountError

CANNOT_START = 2
INTERRUPTED = 130
ABOUT = "Try it out with `run`; `web` and `worker` are for real. See README.md and docs/."


class Command(Protocol):
    """Interface of a module of this package. `NAME` is the module's name, with dashes."""

    NAME: str
    HELP: str

    def add_arguments(self, parser: argparse.ArgumentParser) -> None: ...

    def run(self, arguments: argparse.Namespace, settings: Settings) -> int:
        """Do it and return the exit code. StartError and SettingsError end in one line."""
        ...


def main(argv: Sequence[str]) -> int:
    """Run one command. Exit code 2: it could not start, and one line says what to do."""
    parser, commands = build_parser(argv)
    if not gc.isenabled():  # see __main__
        # No collection looks at what was imported again: that takes 50 ms, and all wait.
        gc.freeze()
        gc.enable()
    arguments = parser.parse_args(argv)
    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:  # see __main__
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return commands[arguments.command].run(arguments, Settings.read())
    except (SettingsError, StartError) as error:
        return refuse(str(error))
    except AccountError as error:
        return refuse(f"WXPAY_ACCOUNTS: {error}; see deploy/env.example")
    except KeyboardInterrupt:
        return INTERRUPTED


def refuse(line: str) -> int:
    sys.stderr.write(f"{line}\n")
    return CANNOT_START


def build_parser(
    argv: Sequence[str],
) -> tuple[argparse.ArgumentParser, dict[str, Command]]:
    parser = argparse.ArgumentParser(prog="python -m server", description=ABOUT)
    choices = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands = {command.NAME: command for command in load(argv)}
    for name, command in sorted(commands.items()):
        command.add_arguments(
            choices.add_parser(name, help=command.HELP, description=command.HELP)
        )
    return parser, commands


def load(argv: Sequence[str]) -> list[Command]:
    """Import the command that is asked for; all of them only to list or refuse."""
    names = {found.name.replace("_", "-") for found in pkgutil.iter_modules(__path__)}
    chosen = names.intersection(argv[:1]) or names
    modules = (f"{__name__}.{name.replace('-', '_')}" for name in chosen)
    return [cast(Command, importlib.import_module(module)) for module in modules]
