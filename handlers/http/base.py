"""Base class of handlers: who asks, how answers and failures look."""

import hashlib
import secrets
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager
from functools import cached_property
from time import monotonic
from typing import Any, Final
from urllib.parse import quote

import msgspec
import structlog
from tornado.httputil import HTTPServerRequest
from tornado.web import HTTPError, MissingArgumentError, RequestHandler

from handlers.http.addresses import client_address, subscriber_of
from handlers.http.admission import Lane
from handlers.http.downloads import Fixed
from handlers.http.problems import Problem, UnreadableRequest, problem_of
from services import deadlines
from services.audit import actions as audit
from services.dependencies import Dependencies, is_outage
from services.idempotency.models import Answer
from services.kernel import errors
from services.kernel.paths import PlacePath
from services.limits import actions as limits
from services.limits.models import APART, BY_ADDRESS, Rate
from services.sessions import actions as sessions
from services.sessions.models import SignedIn

SAFE_REQUEST_ID: Final = set("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_")
MAX_REQUEST_ID: Final = 64
LONGEST_KEY: Final = 100
# What is typed and ticked fits; a route that takes more says how much (server/app.py asks).
SMALL_BODY_BYTES: Final = 64 * 1024
# An answer, be it "busy", is given within this; a proxy waits a little longer.
REQUEST_SECONDS: Final = 8.0
# Of these, what is kept back to clean up after work that ran out of time.
CLEAN_UP_SECONDS: Final = 1.0
UNEXPECTED: Final = 500
RANGE_NOT_SATISFIABLE: Final = 416


class ApiHandler(RequestHandler):
    """Handler of one route.

    `turned_away`: why the request was refused before its method was asked. `ends_at`: when it
    must be answered, in seconds of time.monotonic().
    """

    max_body_bytes = SMALL_BODY_BYTES
    lane: Lane | None = Lane.PEOPLE  # None: costs too little to be counted
    deps: Dependencies
    pattern = ""  # of the route: what logs and the audit say instead of the address
    request_id = ""
    problem: Problem | None = None
    cause = ""  # of an expected outage, for the log
    turned_away: Exception | None = None
    is_admitted = False
    ends_at = 0.0
    _named = ""  # the person of a genuine token; their session may be over
    _etag = ""
    _actor: SignedIn | None = None
    _refusal: errors.Unauthenticated | None = None

    def initialize(self, deps: Dependencies, pattern: str = "") -> None:
        self.deps, self.pattern = deps, pattern

    def set_default_headers(self) -> None:
        # Tornado calls this again for every error page: the id must stay the same.
        self.request_id = self.request_id or self._read_request_id()
        self.clear_header("Server")
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Request-Id", self.request_id)

    def _read_request_id(self) -> str:
        given = self.request.headers.get("X-Request-Id", "")
        if 0 < len(given) <= MAX_REQUEST_ID and SAFE_REQUEST_ID.issuperset(given):
            return given
        return secrets.token_hex(8)

    async def _execute(self, *transforms_and_args: Any, **path: Any) -> None:
        """Answer; but count the request first, and hold its place at work all the while.

        Tornado's own method: it refuses a strange verb, path or form before prepare(). Who gets
        no place is not counted: to refuse costs less than to count, and whoever shares the
        address did nothing.
        """
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=self.request_id)
        self.ends_at = monotonic() + self.seconds()
        with ExitStack() as self.held:
            try:
                self._take_place()
                async with self.deadline():
                    await self._limit_address()  # before the database is asked who this is
            except Exception as error:  # noqa: BLE001  # raised by prepare(), in Tornado's hands
                self.turned_away = error
            await super()._execute(*transforms_and_args, **path)

    @classmethod
    def most_bytes(cls, _: HTTPServerRequest) -> int:
        """Return how large the body of a request may be, by what its address says."""
        return cls.max_body_bytes

    def seconds(self) -> float:
        """Return how long the answer may take."""
        return REQUEST_SECONDS

    def deadline(self) -> AbstractAsyncContextManager[None]:
        return deadlines.ending_at(self.ends_at)

    def _take_place(self) -> None:
        if self.lane is None:
            return
        self._named = sessions.named_by(self.deps, self._token())
        place = self.settings["admission"].place(
            self.lane, person=self._named, address=subscriber_of(self.address)
        )
        self.held.enter_context(place)

    def _token(self) -> str:
        scheme, _, token = self.request.headers.get("Authorization", "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else ""

    async def prepare(self) -> None:
        # get_current_user() cannot be a coroutine, so the session is read here.
        if self.turned_away is not None:
            raise self.turned_away
        if not self._token() or self._rate() in APART:  # machines are nobody
            return
        try:
            async with self.deadline():
                await self.know_again()
        except errors.Unauthenticated as error:
            self._refusal = error  # public routes stay open to a stale token

    async def know_again(self) -> None:
        """Read who asks, and what they hold at this moment. Raises Unauthenticated."""
        actor = await sessions.authenticate(self.deps, self._token())
        self.deps.limiter.counters.note(actor.person_id, actor.counter)
        self._actor = msgspec.structs.replace(
            actor, request_id=self.request_id, address=self.address
        )

    @asynccontextmanager
    async def body_at_hand(self) -> AsyncIterator[None]:
        """Have the body in `request.body` meanwhile; a small one is there from the start."""
        if self.turned_away is not None:
            raise self.turned_away
        yield

    async def head(self, **path: str) -> None:
        """Answer as GET would; Tornado leaves the body out."""
        await self.get(**path)  # type: ignore[misc]  # an endpoint, wrapped by the contract

    @cached_property
    def address(self) -> str:
        """Where the request comes from, as far as our own proxy vouches for it."""
        peer = self.request.remote_ip or ""
        said = self.request.headers.get("X-Forwarded-For", "")
        return client_address(peer, said, self.settings.get("trusted_proxies", ()))

    @property
    def device(self) -> str:
        """What is counted as one device of somebody not signed in: address and user agent."""
        agent = self.request.headers.get("User-Agent", "")
        digest = hashlib.sha256(agent.encode("utf-8", "replace")).hexdigest()[:16]
        return f"{subscriber_of(self.address)}:{digest}"

    async def _limit_address(self) -> None:
        """Raise TooMany when this address asks too often, for whomever.

        A device that sent too many wrong codes is told so first, and uses up nothing of what
        the others behind its address have.
        """
        rate = self._rate()
        if rate is Rate.SIGN_IN:
            await limits.look(self.deps.limiter, Rate.WRONG_CODE, self.device)
        counted = [rate] if rate in APART else [Rate.ADDRESS]
        counted += [rate] if rate in BY_ADDRESS else []
        who = subscriber_of(self.address)
        counter = self.deps.limiter.counters.find(self._named)
        ahead = [(Rate.ORDINARY, counter)] if counter and rate not in APART else []
        await limits.take_all(self.deps.limiter, [(one, who) for one in counted], ahead=ahead)

    def contract(self) -> Any:
        """Return the contract of the endpoint that was asked for, if any; HEAD asks GET."""
        verb = (self.request.method or "").lower()
        method = getattr(self, "get" if verb == "head" else verb, None)
        return getattr(method, "contract", None)

    def _rate(self) -> Rate:
        contract = self.contract()
        return contract.rate if contract else Rate.ORDINARY

    async def limit(self, rate: Rate) -> None:
        """Raise TooMany when this person asks too often, at all or for this.

        Of somebody not signed in the address is counted instead.
        """
        if rate in APART:
            return
        special = [] if rate in BY_ADDRESS | {Rate.ORDINARY} else [rate]
        if self._actor is not None:
            who, counted = self._actor.counter, [Rate.ORDINARY, *special]
        else:
            who, counted = subscriber_of(self.address), special
        if counted:
            await limits.take_all(self.deps.limiter, [(one, who) for one in counted])

    async def note_refusal(self, error: errors.DomainError) -> None:
        """Write into the audit that somebody who signed in was refused."""
        if self._actor is not None:
            route = f"{self.request.method} {self.pattern}"
            place = self.place_asked_for()
            await audit.refused(
                self.deps, self._actor, route=route, code=error.code, place=place
            )

    def place_asked_for(self) -> str:
        """Return the place in the address, so that its auditor sees who tried; else ""."""
        asked = self.path_kwargs.get("place") or self.path_kwargs.get("home") or ""
        try:
            return msgspec.convert(asked, PlacePath)
        except msgspec.ValidationError:
            return ""

    @property
    def actor(self) -> SignedIn:
        if self._actor is None:
            raise self._refusal or errors.Unauthenticated("请先登录")
        return self._actor

    @property
    def idempotency_key(self) -> str | None:
        """The client's key, made private to who asks, on calls that may create something."""
        key = self.request.headers.get("Idempotency-Key")
        if key is None or self.request.method != "POST" or self._actor is None:
            return None
        if not 1 <= len(key) <= LONGEST_KEY:
            raise errors.InvalidInput(f"Idempotency-Key 长度应为 1 到 {LONGEST_KEY} 个字符")
        return f"{self._actor.person_id}:{key}"

    def reply(self, answer: Answer) -> None:
        self.set_status(answer.status)
        if answer.body:
            self.finish(answer.body)
        else:
            self.clear_header("Content-Type")
            self.finish()

    def describe_download(self, content_type: str, filename: str) -> None:
        self.set_header("Content-Type", content_type)
        if filename:
            self.set_header(
                "Content-Disposition", f"attachment; filename*=UTF-8''{quote(filename)}"
            )

    def query_arguments(self) -> dict[str, str]:
        return {name: self.get_query_argument(name) for name in self.request.query_arguments}

    def choose(self, fixed: Fixed) -> bytes:
        """Return what is sent of something that does not change, as small as it is wanted."""
        self._etag = fixed.etag
        self.set_header("Cache-Control", "no-cache")  # to be kept, and asked about by its ETag
        self.set_header("Vary", "Accept-Encoding")
        if "gzip" not in self.request.headers.get("Accept-Encoding", ""):
            return fixed.content
        self._etag = f'{fixed.etag[:-1]}-gzip"'
        self.set_header("Content-Encoding", "gzip")
        return fixed.gzipped

    def compute_etag(self) -> str | None:
        return self._etag or super().compute_etag()

    def problem_told(self, status_code: int, **kwargs: Any) -> Problem:
        """Return what is wrong; who was turned away hears of that, not of a strange verb."""
        error = kwargs["exc_info"][1] if "exc_info" in kwargs else None
        self.problem = problem_of(self.turned_away or error, status_code)
        self.problem.request_id = self.request_id
        return self.problem

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        problem = self.problem_told(status_code, **kwargs)
        self.set_status(problem.status)
        self.set_header("Content-Type", "application/problem+json; charset=utf-8")
        if "retry_after_seconds" in problem.details:
            self.set_header("Retry-After", str(problem.details["retry_after_seconds"]))
        if problem.status == RANGE_NOT_SATISFIABLE:
            self.set_header("Content-Range", f"bytes */{problem.details['size']}")
        self.finish(msgspec.json.encode(problem))

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """Log only what we did not expect; the rest is told by the line of the request."""
        if is_outage(value):
            self.cause = type(value).__name__
            return
        expected = errors.DomainError | UnreadableRequest | MissingArgumentError
        refused = isinstance(value, HTTPError) and value.status_code < UNEXPECTED
        if not refused and not isinstance(value, expected):
            super().log_exception(typ, value, tb)


class NotFoundHandler(ApiHandler):
    """No such address: the same shape as every other failure."""

    async def prepare(self) -> None:
        raise self.turned_away or errors.NotFound("没有这个地址")
