"""What the document allows is asked, by people of several roles: nothing unexpected answers.

No 5xx, no status the document does not name, no body of another shape than it says. What
schemathesis makes of the schemas alone mostly names nothing that exists, so some cases go to
targets that do; and what the rows of the matrix ask is asked as well, which succeeds.

By day a few cases of each operation, each by one of the people; by night many, each by all.
"""

import asyncio
import re
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Thread
from typing import Any, Final, TypeVar
from urllib.parse import urlencode

import pytest
import schemathesis
import uvloop
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode, SerializationContext
from schemathesis.checks import not_a_server_error
from schemathesis.core import NOT_SET
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from handlers.register import XLSX
from server.app import ROUTES
from server.connections import LONGEST_HEADER_BYTES
from server.contract import document
from server.settings import Settings
from services.kernel.permissions import Role
from tests.build.stage import open_world
from tests.build.world import Clock
from tests.deadlines import SAFETY_NET
from tests.depth import all_night, by_depth, by_night
from tests.matrix.posts import HOME, OWNER, UNIT_HEAD, WHERE, Position, Post
from tests.matrix.row import Row
from tests.matrix.rows import ROWS, furnished
from tests.matrix.rules import Outcome
from tests.matrix.seats import Someone
from tests.matrix.town import Scene, Town

pytestmark = [
    pytest.mark.slow,
    pytest.mark.deep,
    # The server draws in a thread of this process, e.g. its pause before it connects again.
    pytest.mark.filterwarnings(
        "ignore:Do not use the .random. module:hypothesis.errors.HypothesisDeprecationWarning"
    ),
]
T = TypeVar("T")

EXAMPLES: Final = by_depth(day=3, night=20)  # of each operation
STAFF: Final = (Role.COMMUNITY_STAFF, Role.ADMINISTRATOR, Role.AUDITOR, Role.FIRM_MANAGER)
PEOPLE: Final = (
    OWNER,
    UNIT_HEAD,
    *(Post(Position.OWN, ((role, WHERE[role][Position.OWN]),)) for role in STAFF),
)
CHECKS: Final = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
SCHEMA: Final = schemathesis.openapi.from_dict(document(ROUTES))
OPERATIONS: Final = {
    (operation.ok().method, operation.ok().path): operation.ok()
    for operation in SCHEMA.get_all_operations()
}


@dataclass
class Live:
    """The furnished town behind a server in a thread of its own, for clients that block."""

    town: Town
    loop: asyncio.AbstractEventLoop

    @property
    def base(self) -> str:
        return self.town.world.api.base

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """Have something done beside the server."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(SAFETY_NET)


@contextmanager
def open_live(settings: Settings) -> Iterator[Live]:
    """Raise at the end whatever the server's thread raised, e.g. a query without an index."""
    ready, raised, opened = Event(), list[BaseException](), list[Live]()
    closing = asyncio.Event()

    async def serve() -> None:
        async with open_world(settings, Clock()) as world:
            opened.append(Live(await furnished(world), asyncio.get_running_loop()))
            ready.set()
            await closing.wait()

    def run() -> None:
        try:
            uvloop.run(serve())
        except BaseException as error:  # noqa: BLE001  # raised where it is looked for
            raised.append(error)
        finally:
            ready.set()

    thread = Thread(target=run)
    thread.start()
    ready.wait(SAFETY_NET)
    try:
        if opened:
            yield opened[0]
    finally:
        if opened and not opened[0].loop.is_closed():
            opened[0].loop.call_soon_threadsafe(closing.set)
        thread.join(SAFETY_NET)
    if raised:
        raise raised[0]


@schemathesis.serializer(XLSX)
def workbook(_: SerializationContext, value: Any) -> bytes:
    """Send a file as it is; schemathesis knows no spreadsheets."""
    return value if isinstance(value, bytes) else bytes(str(value), "utf-8")


@pytest.fixture(scope="module")
def live(base_settings: Settings, database: str) -> Iterator[Live]:
    assert database == base_settings.mongodb_database
    with open_live(base_settings) as opened:
        yield opened


def cases(operation: APIOperation[Any, Any, Any, Any]) -> st.SearchStrategy[Case]:
    """What the schemas allow, and what they do not."""
    right = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    wrong = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
    drawn = right if not (operation.body or operation.query) else st.one_of(right, right, wrong)
    return drawn.filter(is_short)


def is_short(case: Case) -> bool:
    """Tell whether the server reads the address: it hangs up on longer ones without a word."""
    return len(urlencode(case.query or {}, doseq=True)) < LONGEST_HEADER_BYTES // 2


def send(live: Live, case: Case, someone: Someone) -> int:
    """Ask, and raise what is wrong with the answer."""
    headers = {"Authorization": f"Bearer {someone.token}"}
    reply = case.call(base_url=live.base, headers=headers, timeout=SAFETY_NET)
    case.validate_response(reply, checks=CHECKS, headers=headers)
    return int(reply.status_code)


def ask_rightly(live: Live, row: Row) -> None:
    """Ask what the matrix asks, by day until somebody is let in: all is as documented.

    Where nobody of them is let in, e.g. to a mediation, the first one of the matrix who is.
    """
    operation = OPERATIONS[row.verb, row.path]
    statuses = set()
    live.do(live.town.world.deps.redis.flushdb())
    let_in = [cell.post for cell in row.cells() if cell.outcome is Outcome.ALLOWED]
    others = () if {*PEOPLE} & {*let_in} else let_in[:1]
    for post in (*PEOPLE, *others):
        someone = live.do(live.town.seats.seat(post))
        scene = Scene(live.town, place_of(row), someone)
        made = live.do(made_by(row, scene))
        body = row.body(scene, made) if callable(row.body) else row.body
        case = operation.Case(
            path_parameters=path_of(row, scene, made),
            query=row.query(scene, made) if callable(row.query) else dict(row.query),
            body=NOT_SET if body is None else body,
            media_type=operation.body[0].media_type if operation.body else None,
        )
        statuses.add(send(live, case, someone))
        if row.status in statuses and not by_night():
            break
    assert row.status in statuses or not let_in


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_what_the_matrix_asks_is_answered_as_documented(live: Live, row: Row) -> None:
    """All rows before anything drawn: what is drawn fills limits, e.g. of open invitations."""
    ask_rightly(live, row)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_nothing_unexpected_answers(live: Live, row: Row) -> None:
    operation = OPERATIONS[row.verb, row.path]
    seated = {}

    def seat(post: Post) -> Someone:
        if post not in seated:
            seated[post] = live.do(live.town.seats.seat(post))
        return seated[post]

    @settings(
        max_examples=EXAMPLES,
        derandomize=not by_night(),
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases(operation), real=st.booleans(), one=st.sampled_from(PEOPLE))
    def ask(case: Case, real: bool, one: Post) -> None:  # noqa: FBT001  # hypothesis draws it
        live.do(live.town.world.deps.redis.flushdb())
        for post in PEOPLE if all_night() else (one,):
            someone = seat(post)
            if real:
                scene = Scene(live.town, place_of(row), someone)
                case.path_parameters = path_of(row, scene, live.do(made_by(row, scene)))
            send(live, case, someone)

    ask()


def place_of(row: Row) -> str:
    return next((aim.place for aim in row.rule.aims if aim.place), HOME)


async def made_by(row: Row, scene: Scene) -> Any:
    return await row.makes(scene) if row.makes else ""


def path_of(row: Row, scene: Scene, made: Any) -> dict[str, str]:
    """Return the path's parameters of something that exists."""
    names = re.findall(r"{(\w+)}", row.path)
    filled = made if isinstance(made, dict) else dict.fromkeys(names, made or scene.place)
    return {name: filled[name] for name in names}
