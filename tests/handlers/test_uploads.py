"""Files on their way in: after sign-in and limit, on disk, within a budget; other bodies."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any

import msgspec
import pytest

from handlers.http import uploads
from handlers.http.admission import Admission, Lane
from handlers.http.base import SMALL_BODY_BYTES
from handlers.http.upload_budget import (
    COME_BACK_SECONDS,
    LEAST_BYTES,
    UNKNOWN_AT_ONCE,
    UploadBudget,
)
from services.kernel.errors import Busy
from services.limits.models import ALLOWANCES, HOUR, Allowance, Rate
from tests.build.cast import Estate
from tests.build.photos import PHOTOS
from tests.build.pictures import picture, sender
from tests.build.sign_ins import Member
from tests.build.wire import answered, connected, head
from tests.build.world import Reply, World
from tests.deadlines import SAFETY_NET

pytestmark = pytest.mark.slow

MEGABYTE = 1024 * 1024
REGISTER = "/api/v1/places/cc/register-imports"


@pytest.fixture
async def li(world: World) -> Member:
    return await sender(world, "li")


@pytest.fixture
async def wang(world: World) -> Member:
    return await sender(world, "wang")


class WatchedUpload(uploads.Upload):
    """An upload that says when it began and ended."""

    begun: asyncio.Queue["WatchedUpload"]

    def __init__(self) -> None:
        super().__init__()
        self.ended = asyncio.Event()
        self.begun.put_nowait(self)

    def close(self) -> None:
        super().close()
        self.ended.set()


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> asyncio.Queue[WatchedUpload]:
    """The files that were begun since."""
    found: asyncio.Queue[WatchedUpload] = asyncio.Queue()
    monkeypatch.setattr(WatchedUpload, "begun", found, raising=False)
    monkeypatch.setattr(uploads, "Upload", WatchedUpload)
    return found


def whole(said: bytes) -> Reply:
    top, _, body = said.partition(b"\r\n\r\n")
    return Reply(int(top.split()[1]), msgspec.json.decode(body), raw=top)


def announced(member: Member | None, size: int, path: str = PHOTOS) -> bytes:
    signed = {"Authorization": f"Bearer {member.token}"} if member else {}
    return head("POST", path, {"Content-Length": size, **signed})


@asynccontextmanager
async def hung(world: World, member: Member, size: int) -> AsyncIterator[WatchedUpload]:
    """Begin an upload, send half of it, and hang up at the end."""
    async with connected(world.api.base) as (_, writer):
        writer.write(announced(member, size) + b"x" * (size // 2))
        upload = await asyncio.wait_for(WatchedUpload.begun.get(), SAFETY_NET)
        yield upload
    await asyncio.wait_for(upload.ended.wait(), SAFETY_NET)


@pytest.mark.parametrize("path", [PHOTOS, REGISTER])
async def test_nothing_is_kept_of_a_strangers_file(
    world: World, begun: asyncio.Queue[WatchedUpload], path: str
) -> None:
    request = announced(None, MEGABYTE, path) + b"x" * MEGABYTE
    async with connected(world.api.base) as (reader, writer):
        writer.write(request)
        said = await asyncio.wait_for(reader.readuntil(b"unauthenticated"), SAFETY_NET)
    assert said.startswith(b"HTTP/1.1 401 ")
    assert begun.empty()


async def test_nothing_is_kept_of_one_too_many(
    world: World,
    li: Member,
    begun: asyncio.Queue[WatchedUpload],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(ALLOWANCES, Rate.UPLOAD, Allowance(1, HOUR))
    assert (await world.api.post(PHOTOS, picture(), as_=li)).status == 201
    assert (await world.api.post(PHOTOS, picture(), as_=li)).status == 429
    assert begun.qsize() == 1


async def test_a_refused_upload_holds_no_place(world: World, li: Member) -> None:
    world.app.settings["admission"] = desk = Admission(at_once=1, per_person=1)
    async with connected(world.api.base) as (_, writer):
        writer.write(announced(None, MEGABYTE) + b"half")
        assert (await world.api.get("/api/v1/me", as_=li)).status == 200
        assert (await world.api.post(PHOTOS, picture(), as_=li)).status == 201
    assert not desk._of


@pytest.mark.usefixtures("begun")
async def test_a_budget_bounds_what_all_send_at_once(
    world: World, li: Member, wang: Member
) -> None:
    world.app.settings["uploads"] = UploadBudget(2 * MEGABYTE)
    async with hung(world, li, 3 * MEGABYTE // 2):
        full = await world.api.post(PHOTOS, picture(), as_=wang)
    assert (full.status, full.code) == (503, "server_busy")
    assert full.headers["Retry-After"] == str(COME_BACK_SECONDS)
    assert (await world.api.post(PHOTOS, picture(), as_=wang)).status == 201


@pytest.mark.usefixtures("begun")
async def test_who_hangs_up_leaves_nothing_behind(world: World, li: Member) -> None:
    world.app.settings["admission"] = desk = Admission(at_once=1, per_person=1)
    async with hung(world, li, MEGABYTE) as upload:
        assert desk._of == {(Lane.UPLOADS, li.person_id): 1}
    assert upload._file.closed
    assert not desk._of
    assert not world.app.settings["uploads"]._taken


async def test_one_person_gets_a_share_of_the_budget() -> None:
    budget = UploadBudget(8 * LEAST_BYTES)
    share = partial(budget.share, is_known=True)
    with share("li", LEAST_BYTES), share("li", 1):
        with pytest.raises(Busy), share("li", 1):
            pass
        with share("wang", 2 * LEAST_BYTES):
            pass
    with share("li", 7 * LEAST_BYTES):  # alone it may be more
        pass
    assert not budget._taken


async def test_who_is_not_known_gets_a_share_of_the_budget_together() -> None:
    budget = UploadBudget(8 * LEAST_BYTES)
    unknown = partial(budget.share, is_known=False)
    with unknown("a", LEAST_BYTES), unknown("b", 1):
        with pytest.raises(Busy), unknown("c", 1):
            pass
        with budget.share("li", LEAST_BYTES, is_known=True):
            pass
    with unknown("a", 7 * LEAST_BYTES):  # alone it may be more
        pass
    assert not budget._unknown


@pytest.mark.usefixtures("begun")
async def test_accounts_without_office_or_home_leave_places_to_those_who_have_one(
    estate: Estate,
) -> None:
    world = estate.world
    fresh = [await world.sign_in(f"fresh{n}") for n in range(3)]
    resident = await estate.member("li")
    for member in (resident, fresh[2]):
        await world.agree(member, "proof")
    async with AsyncExitStack() as slow:
        for number in range(UNKNOWN_AT_ONCE):
            await slow.enter_async_context(hung(world, fresh[number % 2], 2000))
        one_more = await world.api.post(PHOTOS, picture(), as_=fresh[2])
        assert one_more.status == 503, one_more.body
        assert one_more.code == "server_busy"
        assert one_more.headers["Retry-After"] == str(COME_BACK_SECONDS)
        for member in (resident, await estate.member("staff")):
            assert (await world.api.post(PHOTOS, picture(), as_=member)).status == 201
    assert (await world.api.post(PHOTOS, picture(), as_=fresh[2])).status == 201


@pytest.mark.usefixtures("begun")
async def test_an_upload_that_was_broken_off_counts(
    world: World, li: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ALLOWANCES, Rate.UPLOAD, Allowance(1, HOUR))
    async with hung(world, li, MEGABYTE):
        pass
    assert (await world.api.post(PHOTOS, picture(), as_=li)).status == 429


# The last is longer than what int() reads.
@pytest.mark.parametrize("length", ["abc", "5,5", "-5", "+5", "9" * 5000])
@pytest.mark.parametrize("path", [PHOTOS, "/api/v1/me/phone"])
async def test_a_strange_length_is_a_fault_of_the_request(
    world: World, li: Member, length: str, path: str
) -> None:
    signed = {"Authorization": f"Bearer {li.token}", "Connection": "close"}
    request = head("POST", path, {"Content-Length": length, **signed}) + b"hello"
    said = await answered(world.api.base, request)
    assert said.startswith(b"HTTP/1.1 400 "), said


async def test_what_lies_on_the_disk_is_sealed_and_has_no_name() -> None:
    upload = uploads.Upload()
    for piece in (b"ID card of ", b"somebody"):
        await upload.write(piece)
    assert await upload.read() == b"ID card of somebody"
    upload._file.seek(0)
    assert b"ID card" not in upload._file.read()
    assert not isinstance(upload._file.name, str)
    upload.close()


async def test_a_disk_that_is_full_is_said(
    world: World, li: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> bytes:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(uploads.Upload, "_append", full)
    reply = await world.api.post(PHOTOS, picture(), as_=li)
    assert (reply.status, reply.code) == (503, "server_busy")
    assert reply.headers["Retry-After"] == "60"


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/api/v1/sessions/wechat", SMALL_BODY_BYTES),
        ("/api/v1/nowhere", SMALL_BODY_BYTES),
        (PHOTOS, 10 * MEGABYTE),
        (REGISTER, 21 * MEGABYTE),
    ],
)
async def test_a_body_longer_than_its_route_takes_is_refused_unread(
    world: World, path: str, most: int
) -> None:
    reply = whole(
        await answered(world.api.base, announced(None, 3 * most + 2 * MEGABYTE, path))
    )
    assert (reply.status, reply.body["code"]) == (413, "too_large")


async def test_a_body_a_little_too_long_is_answered_to_whoever_is_still_writing(
    world: World,
) -> None:
    size = SMALL_BODY_BYTES + 1
    async with connected(world.api.base) as (reader, writer):
        writer.write(announced(None, size, "/api/v1/sessions/wechat"))
        writer.write(b"x" * size)
        said = await asyncio.wait_for(reader.readuntil(b"too_large"), SAFETY_NET)
    assert said.startswith(b"HTTP/1.1 413 ")


async def test_too_long_a_notice_is_refused_in_wechats_shape(world: World) -> None:
    body = b" " * (SMALL_BODY_BYTES + 1)
    reply = await world.api.call("POST", "/wx/pay/notify/firm", body)
    assert (reply.status, reply.body["code"]) == (413, "FAIL")
