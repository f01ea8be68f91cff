"""Photos over HTTP: sent, and seen by few, through an address that does not last."""

import asyncio
import io
import json
import logging
import re
import socket
import sys
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import structlog

from server import observability
from server.serving import serving
from server.settings import LogFormat, Settings
from services.appointments import actions as appointments
from services.appointments.models import Appoint
from services.dependencies import Transaction
from services.kernel.permissions import Actor, Permission, Role
from services.limits.models import ALLOWANCES, HOUR, Allowance, Rate
from services.photos import actions, decoder_pool, privacy, upload
from services.photos import files as photos_files
from tests.build import pictures
from tests.build.cast import COMMUNITY, LI_HOME, OTHER_COMPOUND, PHONES, ladder
from tests.build.pictures import SECRET, opened, picture, sender
from tests.build.sign_ins import Member
from tests.build.world import Api, Reply, World, fetch
from tests.deadlines import SAFETY_NET

PHOTOS = "/api/v1/photos"


@pytest.fixture
async def li(world: World) -> Member:
    return await sender(world, "li")


@pytest.fixture
async def wang(world: World) -> Member:
    return await sender(world, "wang")


async def sent(api: Api, who: Member, content: bytes | None = None) -> str:
    reply = await api.post(PHOTOS, content or picture(), as_=who)
    assert reply.status == 201, reply.body
    return str(reply.body["photo_id"])


async def address(api: Api, who: Member, photo_id: str) -> str:
    reply = await api.get(f"{PHOTOS}/{photo_id}/url", as_=who)
    assert reply.status == 200, reply.body
    return str(reply.body["url"])


async def attach(world: World, who: Member, *photo_ids: str, place: str = LI_HOME) -> None:
    async def work(tx: Transaction) -> None:
        actor = Actor(who.person_id, "")
        needs = Permission.DECIDE_HOMES
        await actions.attach(
            world.deps, tx, actor, photo_ids, subject="request-1", place=place, needs=needs
        )

    await world.deps.in_transaction(work)


async def test_a_photo_is_sent_and_seen(world: World, li: Member) -> None:
    reply = await world.api.post(PHOTOS, pictures.from_a_phone(6), as_=li)
    assert reply.status == 201
    photo_id = reply.body.pop("photo_id")
    shown = await world.api.get(f"{PHOTOS}/{photo_id}/url", as_=li)
    assert shown.body["photo_id"] == photo_id
    assert shown.body["expires_at"] == "2026-03-02T04:05:00Z"
    seen = await world.api.call("GET", shown.body["url"], None)  # by whoever has the address
    assert reply.body == {"width": 48, "height": 64, "bytes": len(seen.raw)}
    assert opened(seen.raw).size == (48, 64)
    assert SECRET.encode() not in seen.raw


async def test_a_browser_is_told_to_do_nothing_but_show_it(api: Api, li: Member) -> None:
    seen = await api.call("GET", await address(api, li, await sent(api, li)), None)
    wanted = {
        "Content-Type": "image/jpeg",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'",
        "Content-Disposition": "inline",
        "Cache-Control": "private, no-store",
    }
    assert {name: seen.headers[name] for name in wanted} == wanted


async def test_adding_a_photo_is_one_row_of_the_audit(world: World, li: Member) -> None:
    photo_id = await sent(world.api, li)
    [row] = await world.db.audit.find({"act": "photo.added"}).to_list()
    assert (row["subject"], row["person"]) == (photo_id, li.person_id)
    assert set(row["facts"]) == {"purpose", "bytes"}


async def test_the_same_key_is_the_same_photo(world: World, li: Member) -> None:
    replies = [await world.api.post(PHOTOS, picture(), as_=li, key="k") for _ in range(2)]
    assert replies[0].body == replies[1].body
    assert await world.db.photos.count_documents({}) == 1


def form(boundary: str, *files: bytes) -> bytes:
    """Write files as wx.uploadFile and browsers do."""
    head = 'Content-Disposition: form-data; name="file"; filename="a.jpg"'
    type_ = "Content-Type: image/jpeg"
    parts = (
        f"--{boundary}\r\n{head}\r\n{type_}\r\n\r\n".encode() + file + b"\r\n" for file in files
    )
    return b"".join(parts) + f"--{boundary}--\r\n".encode()


async def test_a_photo_may_come_in_a_form_and_a_second_try_is_the_same(
    world: World, li: Member
) -> None:
    for boundary in ("x1", "x2"):
        headers = {
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            "Idempotency-Key": "k",
        }
        body = form(boundary, picture())
        reply = await world.api.call("POST", PHOTOS, body, as_=li, headers=headers)
        assert reply.status == 201, reply.body
    assert await world.db.photos.count_documents({}) == 1


async def test_a_form_with_two_files_is_refused(world: World, li: Member) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    body = form("x", picture(), picture())
    reply = await world.api.call("POST", PHOTOS, body, as_=li, headers=headers)
    assert (reply.status, reply.code) == (422, "invalid_input")
    assert await world.db.photos.count_documents({}) == 0


# --- who sees it ---


async def test_only_who_sent_it_sees_a_loose_photo(
    api: Api, li: Member, wang: Member, world: World
) -> None:
    photo_id = await sent(api, li)
    path = f"{PHOTOS}/{photo_id}/url"
    admin = await appointed(world, "admin", Role.ADMINISTRATOR, "cc")
    assert (await api.get(path, as_=wang)).status == 404
    assert (await api.get(path, as_=admin)).status == 404  # whatever they are
    assert (await api.get(path, as_=None)).status == 401
    assert (await api.get(f"{PHOTOS}/{'0' * 26}/url", as_=li)).status == 404


async def test_who_decides_sees_what_hangs_on_a_request(world: World, li: Member) -> None:
    staff = await appointed(world, "staff", Role.COMMUNITY_STAFF, COMMUNITY)
    elsewhere = await appointed(world, "zhao", Role.COMMUNITY_STAFF, OTHER_COMPOUND)
    head = await appointed(world, "head", Role.UNIT_HEAD, LI_HOME.rpartition(".")[0])
    photo_id = await sent(world.api, li)
    path = f"{PHOTOS}/{photo_id}/url"
    assert (await world.api.get(path, as_=staff)).status == 404
    await attach(world, li, photo_id)
    assert (await world.api.get(path, as_=staff)).status == 200
    assert (await world.api.get(path, as_=elsewhere)).status == 404  # decides, but not there
    assert (await world.api.get(path, as_=head)).status == 404  # there, but does not decide
    assert (await world.api.get(path, as_=li)).status == 200


async def appointed(world: World, name: str, role: Role, place: str) -> Member:
    if not await world.db.places.find_one({"_id": COMMUNITY}):
        await ladder(world.deps)
    until = "2026-12-31" if role is Role.UNIT_HEAD else None
    wish = Appoint(role=role, place=place, phone=PHONES[name], to_day=until)
    await appointments.grant(world.deps, wish, appointed_by="test")
    return await world.sign_in(name, PHONES[name])


async def test_asking_for_anothers_photo_is_written_down(
    world: World, li: Member, wang: Member
) -> None:
    photo_id = await sent(world.api, li)
    await world.api.get(f"{PHOTOS}/{photo_id}/url", as_=wang)
    [row] = await world.db.audit.find({"result": "refused"}).to_list()
    assert (row["person"], row["code"]) == (wang.person_id, "not_found")


# --- the address ---


async def test_an_address_opens_one_photo_for_five_minutes(world: World, li: Member) -> None:
    url = await address(world.api, li, await sent(world.api, li))
    await world.advance(minutes=4, seconds=59)
    assert (await world.api.call("GET", url, None)).status == 200
    await world.advance(seconds=1)
    gone = await world.api.call("GET", url, None)
    assert (gone.status, gone.code) == (404, "not_found")


async def test_whatever_is_changed_in_an_address_it_finds_nothing(api: Api, li: Member) -> None:
    first, second = await sent(api, li), await sent(api, li)
    url = await address(api, li, first)
    found = re.fullmatch(r"/photos/(\w+)\?expires=(\d+)&signature=([^&]+)", url)
    assert found
    _, expires, signature = found.groups()
    key_id, _, mac = signature.partition(".")
    flipped = mac[:-1] + ("0" if mac[-1] != "0" else "1")
    later = str(int(expires) + 1)
    changed = [
        f"/photos/{second}?expires={expires}&signature={signature}",
        f"/photos/{first}?expires={later}&signature={signature}",
        f"/photos/{first}?expires=0{expires}&signature={signature}",
        f"/photos/{first}?expires=never&signature={signature}",
        f"/photos/{first}?expires={expires}&signature={key_id}.{flipped}",
        f"/photos/{first}?expires={expires}&signature={key_id}.",
        f"/photos/{first}?expires={expires}&signature={key_id}.%E9%95%BF",
        f"/photos/{first}?expires={expires}&signature=other.{mac}",
        f"/photos/{first}?expires={expires}&signature={mac}",
        f"/photos/{first}?expires={expires}",
        f"/photos/{first}?signature={signature}",
        f"/photos/{first}",
        f"/photos/{first.upper()}?expires={expires}&signature={signature}",
        f"/photos/..%2F{first}?expires={expires}&signature={signature}",
        f"/photos/..%2F..%2Fsecret_keys.json?expires={expires}&signature={signature}",
    ]
    for path in changed:
        assert (await api.call("GET", path, None)).status == 404, path
        assert (await api.call("GET", path, None, as_=li)).status == 404, path  # nor the owner
    assert (await api.call("GET", url, None)).status == 200


async def test_a_path_for_an_id_finds_nothing(api: Api, li: Member) -> None:
    for bad in ("..%2F..%2Fetc%2Fpasswd", "%2e%2e", "a%00b"):
        assert (await api.get(f"{PHOTOS}/{bad}/url", as_=li)).status == 404


async def test_who_left_takes_the_photos_along(world: World, li: Member) -> None:
    photo_id = await sent(world.api, li)
    url = await address(world.api, li, photo_id)

    async def work(tx: Transaction) -> None:
        assert await privacy.forget(world.deps, tx, li.person_id) == 1

    await world.deps.in_transaction(work)
    assert (await world.api.call("GET", url, None)).status == 404  # at once
    assert (await world.api.get(f"{PHOTOS}/{photo_id}/url", as_=li)).status == 404
    await world.work()
    assert await world.db.photos.count_documents({}) == 0
    assert not photos_files.path_of(world.deps.photos, photo_id).exists()


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], str]]:
    """What was logged since, as text."""
    lines = io.StringIO()
    monkeypatch.setattr(sys, "stderr", lines)
    before, level = logging.root.handlers[:], logging.root.level
    observability.configure_logging(Settings(log_format=LogFormat.JSON, log_level="debug"))
    yield lines.getvalue
    logging.root.handlers[:], logging.root.level = before, level
    structlog.reset_defaults()


@pytest.fixture
async def served(world: World) -> AsyncIterator[str]:
    """The product as it is served, with its access log."""
    listening = socket.create_server(("127.0.0.1", 0))
    listening.settimeout(0)
    async with serving(world.deps, listening):
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


async def test_no_log_opens_a_photo(
    world: World,
    li: Member,
    served: str,
    written: Callable[[], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also not when a request fails in a way that Tornado tells of with its address."""
    url = await address(world.api, li, await sent(world.api, li))
    signature = url.partition("signature=")[2].partition(".")[2]
    assert (await fetch(served + url, "GET", None)).status == 200
    assert (await fetch(served + url + "0", "GET", None)).status == 404

    async def broken(*_: Any) -> bytes:
        raise RuntimeError("broken")

    monkeypatch.setattr(actions, "show", broken)
    assert (await fetch(served + url, "GET", None)).status == 500
    lines = [json.loads(line) for line in written().splitlines()]
    routes = [line["route"] for line in lines if line["event"] == "request"]
    assert routes == ["/photos/{photo_id}"] * 3
    assert "signature=<hidden>" in written()
    assert signature not in written()


# --- what is refused ---


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', 422, "photo_unreadable"),
        (picture((640, 480))[:-400], 422, "photo_unreadable"),
        (pictures.SCRIPT + picture(), 422, "photo_unreadable"),
        (pictures.flood(50_000, 50_000), 413, "photo_too_large"),
        (pictures.flood(8000, 5001), 413, "photo_too_large"),
        (picture() + bytes(10 * 1024 * 1024), 413, "too_large"),
    ],
    ids=["svg", "cut short", "page first", "flood", "just too large", "ten megabytes"],
)
async def test_what_is_no_photo_is_refused_and_not_kept(
    world: World, li: Member, content: bytes, status: int, code: str
) -> None:
    reply = await world.api.post(PHOTOS, content, as_=li)
    assert (reply.status, reply.code) == (status, code)
    assert await world.db.photos.count_documents({}) == 0


async def test_what_it_is_called_does_not_matter(world: World, li: Member) -> None:
    for kind in ("image/svg+xml", "text/html", "application/x-www-form-urlencoded"):
        headers = {"Content-Type": kind}
        reply = await world.api.call("POST", PHOTOS, picture(), as_=li, headers=headers)
        assert reply.status == 201
        url = await address(world.api, li, reply.body["photo_id"])
        seen = await world.api.call("GET", url, None)
        assert seen.headers["Content-Type"] == "image/jpeg"


async def test_a_page_behind_a_picture_is_left_behind(world: World, li: Member) -> None:
    photo_id = await sent(world.api, li, picture(comment=pictures.SCRIPT) + pictures.SCRIPT)
    seen = await world.api.call("GET", await address(world.api, li, photo_id), None)
    assert seen.status == 200
    assert b"script" not in seen.raw


async def test_two_gigabytes_are_refused_by_their_announcement(world: World) -> None:
    port = int(world.api.base.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        b"POST /api/v1/photos HTTP/1.1\r\nHost: a\r\nContent-Length: 2147483648\r\n\r\n"
    )
    async with asyncio.timeout(SAFETY_NET):
        head = await reader.read()  # until they hang up, and nothing of the body was sent
    writer.close()
    assert re.match(rb"HTTP/1.1 (400|413) ", head)


async def test_a_proof_needs_a_consent_of_its_own(world: World) -> None:
    mei = await world.sign_in("mei", PHONES["mei"])
    reply = await world.api.post(PHOTOS, picture(), as_=mei)
    assert (reply.status, reply.code) == (403, "consent_needed")
    assert reply.body["details"]["policy"] == "proof"
    await world.agree(mei, "proof")
    assert (await world.api.post(PHOTOS, picture(), as_=mei)).status == 201


async def test_staff_send_the_papers_of_others(world: World) -> None:
    staff = await appointed(world, "staff", Role.COMMUNITY_STAFF, COMMUNITY)
    assert (await world.api.post(PHOTOS, picture(), as_=staff)).status == 201


async def test_an_unknown_purpose_or_field_is_refused(api: Api, li: Member) -> None:
    for query in ("purpose=holiday", "person=other"):
        assert (await api.post(f"{PHOTOS}?{query}", picture(), as_=li)).status == 422


async def test_the_quota_is_exact_however_many_come_at_once(
    world: World, li: Member, wang: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload, "MOST_UNATTACHED", 3)
    many = [world.api.post(PHOTOS, picture(), as_=li) for _ in range(8)]
    replies = await asyncio.gather(*many)
    assert sorted(reply.status for reply in replies) == [201] * 3 + [409] * 5
    refused = next(reply for reply in replies if reply.status == 409)
    assert (refused.code, refused.body["details"]) == ("photo_quota", {"most": 3})
    assert await world.db.photos.count_documents({}) == 3  # nothing of the others is left
    assert len(on_disk(world)) == 3
    assert (await world.api.post(PHOTOS, picture(), as_=wang)).status == 201
    ids = [reply.body["photo_id"] for reply in replies if reply.status == 201]
    await attach(world, li, ids[0])
    assert (await world.api.post(PHOTOS, picture(), as_=li)).status == 201


def on_disk(world: World) -> list[str]:
    return [path.name for path in world.deps.photos.rglob("*") if path.is_file()]


async def test_uploads_are_counted(
    world: World, li: Member, wang: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ALLOWANCES, Rate.UPLOAD, Allowance(2, HOUR))
    replies = [await world.api.post(PHOTOS, picture(), as_=li) for _ in range(3)]
    assert [reply.status for reply in replies] == [201, 201, 429]
    assert int(replies[2].headers["Retry-After"]) > 60
    assert (await world.api.post(PHOTOS, picture(), as_=wang)).status == 201


async def test_a_queue_that_is_too_long_is_not_joined(
    world: World, li: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoder_pool, "MOST_WAITING", 0)
    reply = await world.api.post(PHOTOS, picture(), as_=li)
    assert (reply.status, reply.code) == (503, "photos_busy")
    assert reply.headers["Retry-After"] == "5"


async def test_a_full_disk_is_said_and_leaves_nothing(
    world: World, li: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    with full_disk(monkeypatch):
        reply = await world.api.post(PHOTOS, picture(), as_=li)
    assert (reply.status, reply.code) == (503, "photo_storage_unavailable")
    [left] = await world.db.photos.find({}).to_list()
    assert left["state"] == "writing"
    assert (await world.api.get(f"{PHOTOS}/{left['_id']}/url", as_=li)).status == 404
    assert (await world.api.post(PHOTOS, picture(), as_=li)).status == 201


@contextmanager
def full_disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def no_space(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("services.photos.files.os.fsync", no_space)
        yield


async def test_nothing_readable_lies_on_the_disk(world: World, li: Member) -> None:
    photo_id = await sent(world.api, li)
    seen: Reply = await world.api.call("GET", await address(world.api, li, photo_id), None)
    sealed = photos_files.path_of(world.deps.photos, photo_id).read_bytes()
    assert seen.raw[:200] not in sealed
    assert b"JFIF" not in sealed
    document = await world.db.photos.find_one({"_id": photo_id})
    assert document is not None
    kept = document["key_sealed"]
    key = world.deps.vault.unseal(kept, place=f"photos/{photo_id}/key")
    assert key not in str(document)
    assert b64encode(seen.raw[:30]).decode() not in str(document)
