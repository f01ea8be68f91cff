"""Command `grant`: the first administrator's role, given by whoever holds the machine."""

import argparse
import sys
from datetime import date

from server.dependencies import open_dependencies
from server.embedded.lifecycle import attached
from server.errors import StartError
from server.serving import asking_mongo, run_async
from server.settings import Settings
from services.appointments import actions as appointments
from services.appointments.models import Appoint
from services.kernel.errors import DomainError
from services.kernel.permissions import RUNGS, Role
from services.kernel.phones import InvalidPhone, mask, normalise

NAME = "grant"
HELP = "give a role at a place to the holder of a phone number"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    roles = [role.value for role in RUNGS]
    parser.add_argument("--phone", required=True, help="as proved in WeChat, e.g. 139…")
    parser.add_argument("--role", required=True, choices=roles)
    parser.add_argument("--place", required=True, help="path of the place, e.g. cc.chaoyang")
    parser.add_argument("--to-day", type=day, help="last day of a head's term: 2027-12-31")
    parser.add_argument("--firm", help="id of the firm whose people hold the role")


def day(text: str) -> str:
    return date.fromisoformat(text).isoformat()


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    return run_async(give(arguments, attached(settings)))


async def give(arguments: argparse.Namespace, settings: Settings) -> None:
    request = Appoint(
        role=Role(arguments.role),
        place=arguments.place,
        phone=arguments.phone,
        firm_id=arguments.firm,
        to_day=arguments.to_day,
    )
    async with open_dependencies(settings) as deps:
        try:
            with asking_mongo():
                await appointments.grant(deps, request, appointed_by="command line")
        except InvalidPhone as error:
            raise StartError(f"--phone: {arguments.phone} is not a phone number") from error
        except DomainError as error:
            raise StartError(f"{request.role} at {request.place}: {error.message}") from error
    holder = mask(normalise(request.phone))
    sys.stdout.write(f"{holder} is {request.role} at {request.place}\n")
