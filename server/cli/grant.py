"""Command `grant`: the first administrator's role, given by whoever holds the machine."""

import argparse
import sys
from datetime import date

import msgspec

from server.dependencies import open_dependencies
from server.embedded.lifecycle import attached
from server.errors import StartError
from server.serving import asking_mongo, run_async
from server.settings import Settings
from services.appointments import actions as appointments
from services.appointments.models import Appoint
from services.kernel import masking
from services.kernel.errors import DomainError
from services.kernel.permissions import RUNGS, Role
from services.kernel.phones import InvalidPhone, normalise
from services.places import actions as places
from services.places.models import Kind, NewPlace

NAME = "grant"
HELP = "give a role at a place to the holder of a phone number"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    roles = [role.value for role in RUNGS]
    parser.add_argument("--phone", required=True, help="as proved in WeChat, e.g. 139…")
    parser.add_argument("--role", required=True, choices=roles)
    parser.add_argument("--place", required=True, help="path of the place, e.g. cc.chaoyang")
    parser.add_argument(
        "--new-city", metavar="NAME", help="register the place first, as a city of this name"
    )
    parser.add_argument("--from-day", type=day, help="first day of the role; today without it")
    parser.add_argument("--to-day", type=day, help="last day of a head's term: 2027-12-31")
    parser.add_argument("--firm", help="id of the firm whose people hold the role")


def day(text: str) -> str:
    return date.fromisoformat(text).isoformat()


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    return run_async(give(arguments, attached(settings)))


def _city(arguments: argparse.Namespace) -> NewPlace:
    wanted = {"path": arguments.place, "kind": Kind.CITY, "name": arguments.new_city}
    try:
        return msgspec.convert(wanted, NewPlace)
    except msgspec.ValidationError as error:
        raise StartError(f"--new-city: {error}") from error


async def give(arguments: argparse.Namespace, settings: Settings) -> None:
    request = Appoint(
        role=Role(arguments.role),
        place=arguments.place,
        phone=arguments.phone,
        firm_id=arguments.firm,
        from_day=arguments.from_day,
        to_day=arguments.to_day,
    )
    async with open_dependencies(settings) as deps:
        try:
            with asking_mongo():
                if arguments.new_city is not None:
                    await places.found(deps, _city(arguments))
                await appointments.grant(deps, request, appointed_by="command line")
        except InvalidPhone as error:
            raise StartError(f"--phone: {arguments.phone} is not a phone number") from error
        except DomainError as error:
            raise StartError(f"{request.role} at {request.place}: {error.message}") from error
    holder = masking.phone(normalise(request.phone))
    sys.stdout.write(f"{holder} is {request.role} at {request.place}\n")
