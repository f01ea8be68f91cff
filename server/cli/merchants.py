"""Command `merchants`: merchant accounts, changed by two operators at the machine."""

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from server.dependencies import open_dependencies
from server.embedded.lifecycle import attached
from server.errors import StartError
from server.serving import asking_mongo, run_async
from server.settings import Settings
from services.dependencies import Dependencies
from services.kernel.errors import DomainError
from services.kernel.pages import ListQuery, Page
from services.merchant_changes import actions as changes
from services.merchant_changes.models import (
    ChangeKind,
    ChangesQuery,
    Decision,
    NewChange,
    NewMerchant,
)
from services.merchant_changes.states import ChangeState
from services.merchants import actions as merchants
from services.merchants.models import MerchantsQuery
from services.merchants.probes import actions as probes
from services.merchants.probes.models import ProbesQuery

NAME = "merchants"
HELP = "merchant accounts: list, propose a change, approve or refuse it, probe them"
FAILED: Final = 1
T = TypeVar("T")
Q = TypeVar("Q", bound=ListQuery)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    verbs.add_parser("list", help="accounts, changes that wait, and what was probed")
    propose = verbs.add_parser("propose", help="propose a change; somebody else approves it")
    propose.add_argument("kind", choices=[kind.value for kind in ChangeKind])
    propose.add_argument("account", help="key of the account")
    propose.add_argument("--by", required=True, metavar="NAME", help="who proposes it")
    propose.add_argument("--reason", required=True)
    propose.add_argument(
        "--file", type=Path, help="JSON: of add the account, of rotate the new keys"
    )
    propose.add_argument("--old-until", help="of rotate: last day of the old keys, 2027-01-31")
    for verb in ("approve", "refuse"):
        decide = verbs.add_parser(verb, help=f"{verb} a change")
        decide.add_argument("change", help="id of the change, as `merchants list` shows it")
        decide.add_argument("--by", required=True, metavar="NAME", help="who decides it")
        decide.add_argument("--reason", required=True)
    verbs.add_parser("probe", help="look at every account now; exit code 1 when one fails")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    return run_async(act(arguments, attached(settings)))


async def act(arguments: argparse.Namespace, settings: Settings) -> int:
    verbs: dict[str, Callable[..., Awaitable[int]]] = {
        "list": show,
        "propose": propose,
        "approve": decide,
        "refuse": decide,
        "probe": probe,
    }
    async with open_dependencies(settings) as deps:
        try:
            with asking_mongo():
                await merchants.refresh(deps)
                return await verbs[arguments.verb](deps, arguments)
        except DomainError as error:
            raise StartError(f"{error.code}: {error.message}") from error


async def propose(deps: Dependencies, arguments: argparse.Namespace) -> int:
    actor, kind = changes.operator(arguments.by), ChangeKind(arguments.kind)
    given = await asyncio.to_thread(read, arguments.file) if arguments.file else {}
    told = {"reason": arguments.reason}
    if kind is ChangeKind.ADD:
        new = converted({**given, **told, "account": arguments.account}, NewMerchant)
        made = await changes.propose_new_by(deps, actor, new)
    else:
        wish = {**told, "kind": kind.value, "keys": given or None}
        change = converted({**wish, "old_until": arguments.old_until}, NewChange)
        made = await changes.propose_by(deps, actor, arguments.account, change)
    sys.stdout.write(f"{made.change_id} waits for somebody else to approve it\n")
    return 0


def read(file: Path) -> Any:
    try:
        return msgspec.json.decode(file.read_bytes())
    except (OSError, msgspec.DecodeError) as error:
        raise StartError(f"--file: {file} is not readable as JSON") from error


def converted(given: Any, kind: type[T]) -> T:
    """Read what was given. The message names the field, never its value."""
    try:
        return msgspec.convert(given, kind)
    except msgspec.ValidationError as error:
        raise StartError(f"--file: {error}") from None


async def decide(deps: Dependencies, arguments: argparse.Namespace) -> int:
    decision = Decision(approve=arguments.verb == "approve", reason=arguments.reason)
    actor = changes.operator(arguments.by)
    made = await changes.decide_by(deps, actor, arguments.change, decision)
    sys.stdout.write(f"{made.kind} of {made.account}: {made.state}\n")
    return 0


async def show(deps: Dependencies, _: argparse.Namespace) -> int:
    kept = set()
    async for one in every(merchants.kept, deps, MerchantsQuery()):
        kept.add(one.account)
        left = "not counted yet" if one.orders_left is None else one.orders_left
        state = "on" if one.is_on else f"off, orders left: {left}"
        sys.stdout.write(f"{one.account}\t{one.name}\t{one.mchid}\t{one.serial}\t{state}\n")
    for key in sorted({*deps.merchants.environment} - kept):
        given = deps.merchants.environment[key]
        sys.stdout.write(
            f"{key}\t{given.name}\t{given.mchid}\t{given.serial}\tof WXPAY_ACCOUNTS\n"
        )
    async for change in every(changes.kept, deps, ChangesQuery(state=ChangeState.PROPOSED)):
        told = f"{change.kind}\t{change.account}\t{change.proposed_by}"
        sys.stdout.write(f"waits: {change.change_id}\t{told}\n")
    await tell_probes(deps)
    return 0


async def every(
    listed: Callable[[Dependencies, Q], Awaitable[Page[T]]], deps: Dependencies, query: Q
) -> AsyncIterator[T]:
    """Yield the items of all pages of a list."""
    while True:
        page = await listed(deps, query)
        for item in page.items:
            yield item
        if page.next_cursor is None:
            return
        query = msgspec.structs.replace(query, cursor=page.next_cursor)


async def probe(deps: Dependencies, _: argparse.Namespace) -> int:
    for client in [*deps.merchants.values()]:
        await probes.look_at(deps, client)
    await probes.look_at_mini_program(deps)
    return FAILED if await tell_probes(deps) else 0


async def tell_probes(deps: Dependencies) -> int:
    """Write what was found; return how many failed."""
    failed = 0
    async for one in every(probes.kept, deps, ProbesQuery()):
        failed += not one.passed
        state = "ok" if one.passed else "FAILED"
        sys.stdout.write(f"{state}\t{one.account}\t{one.kind}\t{one.said}\n")
    return failed
