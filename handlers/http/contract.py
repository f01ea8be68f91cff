"""Contract of an endpoint, read from its method's signature: check, decode, call, encode.

`body`, `query` and path arguments are read off the type hints; so are OpenAPI's parameters and
schemas. A body typed `bytes` is an upload, a return typed `Download` is a file, and one typed
`Ranged` a file of which a part may be asked for.
"""

import functools
import inspect
import re
from collections.abc import Awaitable, Callable
from enum import StrEnum, auto
from typing import Any, TypeVar, get_type_hints

import msgspec

from handlers.http.base import CLEAN_UP_SECONDS
from handlers.http.downloads import Download, Fixed, uploaded
from handlers.http.problems import UnreadableRequest
from handlers.http.ranges import Ranged, send
from services import deadlines
from services.idempotency import actions as idempotency
from services.idempotency.models import Answer
from services.kernel.errors import Forbidden, NotFound
from services.kernel.permissions import Permission, require, require_fresh
from services.limits.models import Rate

M = TypeVar("M", bound=Callable[..., Awaitable[Any]])


class Access(StrEnum):
    PUBLIC = auto()  # anyone, e.g. sign-in and WeChat's payment notices
    SIGNED_IN = auto()  # the service decides, case by case


class Contract(msgspec.Struct, frozen=True):
    operation: str
    summary: str
    needs: Permission | Access
    status: int
    returns: Any
    body: Any
    query: Any
    path: dict[str, Any]
    media_type: str
    errors: tuple[str, ...]
    example: msgspec.Struct | None = None
    rate: Rate = Rate.ORDINARY
    asks_again: bool = False
    is_idempotent: bool = False
    has_events: bool = False

    @property
    def is_kept(self) -> bool:
        """Tell whether the answer may be kept, to be given again under the same key.

        Not what signs people in; nor what shows people whole, where each look is decided and
        written down anew.
        """
        return self.needs is not Access.PUBLIC and self.rate is not Rate.REVEAL


def endpoint(
    operation: str,
    *,
    needs: Permission | Access,
    status: int = 200,
    media_type: str = "application/json",
    errors: tuple[str, ...] = (),
    example: msgspec.Struct | None = None,
    rate: Rate = Rate.ORDINARY,
    asks_again: bool = False,
    is_idempotent: bool = False,
    has_events: bool = False,
) -> Callable[[M], Any]:
    """Turn a typed method into an HTTP endpoint and remember its contract.

    `operation`: a verb and a noun, camelCase: what generated clients call it, e.g. `listBills`.
    `media_type`: of an upload or a download. `errors`: stable codes worth documenting.
    `example`: a body that is really accepted; every JSON body has one. `rate`: how often one
    person (or, signed out, one address) may ask. `asks_again`: only within minutes of proving
    in WeChat who one is. `is_idempotent`: the work leads to the same even when it is done twice
    at once, so a repeat under an Idempotency-Key waits for no process that may be dead.
    `has_events`: whoever accepts text/event-stream can follow the answer (streams.py).
    """

    def decorate(method: M) -> Any:
        hints = get_type_hints(method, include_extras=True)
        contract = Contract(
            operation=operation,
            summary=inspect.getdoc(method) or "",
            needs=needs,
            status=status,
            returns=hints.pop("return"),
            body=hints.pop("body", None),
            query=hints.pop("query", None),
            path=hints,
            media_type=media_type,
            errors=errors,
            example=example,
            rate=rate,
            asks_again=asks_again,
            is_idempotent=is_idempotent,
            has_events=has_events,
        )

        @functools.wraps(method)
        async def handle(handler: Any, **path: str) -> None:
            async with handler.deadline(), handler.body_at_hand():
                await respond(handler, contract, method, path)

        handle.contract = contract  # type: ignore[attr-defined]  # read by Route.contracts()
        return handle

    return decorate


async def respond(
    handler: Any, contract: Contract, method: Callable[..., Any], path: dict[str, str]
) -> None:
    """Answer a request, or a repeated one as it was answered the first time."""
    if not handler.is_admitted:
        await admit(handler, contract)
    arguments = decode(handler, contract, path)

    async def look() -> Any:
        with deadlines.until(handler.ends_at - CLEAN_UP_SECONDS):
            return await method(handler, **arguments)

    async def first() -> Any:
        return await noted(handler, look)

    async def work() -> Answer:
        return answer(handler, contract, await first())

    if contract.has_events and handler.wants_events:
        await handler.follow(first, look)
        return
    if contract.returns is Ranged:
        await send(handler, await first())
        return
    key = handler.idempotency_key if contract.is_kept else None
    if key is None:
        handler.reply(await work())
        return
    sent = uploaded(handler) if contract.body is bytes else handler.request.body
    parts = (handler.request.method.encode(), handler.request.uri.encode(), sent)
    how = {"is_idempotent": contract.is_idempotent}
    handler.reply(await idempotency.once(handler.deps, key, parts, work, **how))


async def noted(handler: Any, look: Callable[[], Awaitable[Any]]) -> Any:
    """Do what was asked for; a refusal is written into the audit."""
    try:
        return await look()
    except (Forbidden, NotFound) as error:
        await handler.note_refusal(error)
        raise


async def admit(handler: Any, contract: Contract) -> None:
    """Let a request in, or not: who asks, and how often."""
    handler.is_admitted = True
    await handler.limit(contract.rate)
    try:
        authorize(handler, contract)
    except Forbidden as error:
        await handler.note_refusal(error)
        raise


def authorize(handler: Any, contract: Contract) -> None:
    if contract.needs is Access.PUBLIC:
        return
    actor = handler.actor  # raises Unauthenticated
    if isinstance(contract.needs, Permission):
        require(actor, contract.needs)
    if contract.asks_again:
        require_fresh(actor, handler.deps.now())


def decode(handler: Any, contract: Contract, path: dict[str, str]) -> dict[str, Any]:
    """Read path, body and query as the method's types. Raises UnreadableRequest."""
    try:
        return _decode(handler, contract, path)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UnreadableRequest(error) from error


def _decode(handler: Any, contract: Contract, path: dict[str, str]) -> dict[str, Any]:
    arguments: dict[str, Any] = {
        name: msgspec.convert(value, contract.path[name], strict=False)
        for name, value in path.items()
    }
    if contract.body is bytes:
        arguments["body"] = uploaded(handler)
    elif contract.body:
        arguments["body"] = msgspec.json.decode(
            handler.request.body or b"{}", type=contract.body
        )
    if contract.query:
        arguments["query"] = msgspec.convert(
            handler.query_arguments(), contract.query, strict=False
        )
    return arguments


def answer(handler: Any, contract: Contract, result: Any) -> Answer:
    match result:
        case Fixed(_, content_type, filename):
            handler.describe_download(content_type, filename)
            return Answer(contract.status, handler.choose(result))
        case None:
            return Answer(204 if contract.status == 200 else contract.status, b"")  # noqa: PLR2004  # nothing to say
        case Download(content, content_type, filename):
            handler.describe_download(content_type, filename)
            return Answer(contract.status, content)
        case _:
            return Answer(contract.status, msgspec.json.encode(result))


class Route(msgspec.Struct, frozen=True):
    """`path` in OpenAPI notation: /api/v1/payments/{payment_id}."""

    path: str
    handler: type

    @property
    def pattern(self) -> re.Pattern[str]:
        return _pattern_of(self.path)

    def contracts(self) -> dict[str, Contract]:
        methods = inspect.getmembers(self.handler, lambda member: hasattr(member, "contract"))
        return {verb: method.contract for verb, method in methods}


@functools.cache
def _pattern_of(path: str) -> re.Pattern[str]:
    """Compile a path once: there are more routes than Python keeps compiled patterns (512)."""
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path) + "$")
