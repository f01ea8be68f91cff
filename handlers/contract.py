"""A handler method's signature is its contract: check, decode, call, encode.

`body`, `query` and path arguments are read off the type hints; so are OpenAPI's parameters and
schemas. A body typed `bytes` is an upload, a return typed `Download` is a file.
"""

import functools
import inspect
import re
from collections.abc import Awaitable, Callable
from enum import StrEnum, auto
from typing import Any, Final, Generic, TypeVar, get_type_hints

import msgspec

from services.idempotency import actions as idempotency
from services.idempotency.models import Answer
from services.kernel.errors import Forbidden, InvalidInput, NotFound
from services.kernel.permissions import Permission, require, require_fresh
from services.limits.models import Rate

M = TypeVar("M", bound=Callable[..., Awaitable[Any]])
T = TypeVar("T")


class Access(StrEnum):
    PUBLIC = auto()  # anyone, e.g. sign-in and WeChat's payment notices
    SIGNED_IN = auto()  # the service decides, case by case


class Page(msgspec.Struct, Generic[T]):
    """One page of a list. `next_cursor` is null on the last page."""

    items: list[T]
    next_cursor: str | None = None


class Download(msgspec.Struct, frozen=True):
    """A file as an answer."""

    content: bytes
    content_type: str
    filename: str = ""


SHOWS_PEOPLE: Final = frozenset({Rate.REVEAL, Rate.EXPORT})


class Contract(msgspec.Struct, frozen=True):
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

    @property
    def is_kept(self) -> bool:
        """Tell whether the answer may be kept, to be given again under the same key.

        Not what signs people in; nor what shows people whole, where each look is decided and
        written down anew.
        """
        return self.needs is not Access.PUBLIC and self.rate not in SHOWS_PEOPLE


def endpoint(
    *,
    needs: Permission | Access,
    status: int = 200,
    media_type: str = "application/json",
    errors: tuple[str, ...] = (),
    example: msgspec.Struct | None = None,
    rate: Rate = Rate.ORDINARY,
    asks_again: bool = False,
) -> Callable[[M], Any]:
    """Turn a typed method into an HTTP endpoint and remember its contract.

    `media_type`: of an upload or a download. `errors`: stable codes worth documenting.
    `example`: a body that is really accepted; every JSON body has one. `rate`: how often one
    person (or, signed out, one address) may ask. `asks_again`: only within minutes of proving
    in WeChat who one is.
    """

    def decorate(method: M) -> Any:
        hints = get_type_hints(method, include_extras=True)
        contract = Contract(
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
        )

        @functools.wraps(method)
        async def handle(handler: Any, **path: str) -> None:
            arguments = await admit(handler, contract, path)

            async def work() -> Answer:
                try:
                    return answer(handler, contract, await method(handler, **arguments))
                except (Forbidden, NotFound) as error:
                    await handler.note_refusal(error)
                    raise

            key = handler.idempotency_key if contract.is_kept else None
            if key is None:
                handler.reply(await work())
                return
            sent = uploaded(handler) if contract.body is bytes else handler.request.body
            parts = (handler.request.method, handler.request.uri, sent)
            fingerprint = b"\n".join(p if isinstance(p, bytes) else p.encode() for p in parts)
            handler.reply(await idempotency.once(handler.deps, key, fingerprint, work))

        handle.contract = contract  # type: ignore[attr-defined]  # read by Route.contracts()
        return handle

    return decorate


async def admit(handler: Any, contract: Contract, path: dict[str, str]) -> dict[str, Any]:
    """Let a request in, or not: who asks, how often, what. Return the method's arguments."""
    await handler.limit(contract.rate)
    try:
        authorize(handler, contract)
    except Forbidden as error:
        await handler.note_refusal(error)
        raise
    return decode(handler, contract, path)


def authorize(handler: Any, contract: Contract) -> None:
    if contract.needs is Access.PUBLIC:
        return
    actor = handler.actor  # raises Unauthenticated
    if isinstance(contract.needs, Permission):
        require(actor, contract.needs)
    if contract.asks_again:
        require_fresh(actor, handler.deps.now())


def decode(handler: Any, contract: Contract, path: dict[str, str]) -> dict[str, Any]:
    """Read path, body and query as the method's types; msgspec.ValidationError otherwise."""
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


def uploaded(handler: Any) -> bytes:
    """Return what was sent: the body itself, or the one file of a form.

    wx.uploadFile and browsers send forms, with a new boundary at each try.
    """
    files = [file for group in handler.request.files.values() for file in group]
    if len(files) > 1:
        raise InvalidInput("一次只能上传一个文件")
    sent: bytes = files[0].body if files else handler.request.body
    return sent


def answer(handler: Any, contract: Contract, result: Any) -> Answer:
    match result:
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
    def pattern(self) -> str:
        return re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", self.path)

    def contracts(self) -> dict[str, Contract]:
        methods = inspect.getmembers(self.handler, lambda member: hasattr(member, "contract"))
        return {verb: method.contract for verb, method in methods}
