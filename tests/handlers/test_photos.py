"""Upload of photos over HTTP: what is accepted, refused, counted and never kept."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from handlers.http import upload_budget
from services.kernel.permissions import Actor, Role
from services.limits.models import ALLOWANCES, HOUR, Allowance, Rate
from services.photos import decoder_pool, upload
from tests.build import pictures
from tests.build.cast import COMMUNITY, PHONES
from tests.build.offices import appointed
from tests.build.photos import PHOTOS, address, attach, on_disk, sent
from tests.build.pictures import SECRET, opened, picture, sender
from tests.build.sign_ins import Member
from tests.build.world import Api, World
from tests.deadlines import SAFETY_NET


@pytest.fixture
async def li(world: World) -> Member:
    return await sender(world, "li")


@pytest.fixture
async def wang(world: World) -> Member:
    return await sender(world, "wang")


async def test_a_photo_is_sent_and_seen(world: World, li: Member) -> None:
    reply = await world.api.post(PHOTOS, pictures.from_a_phone(6), as_=li)
    assert reply.status == 201
    photo_id = reply.body.pop("photo_id")
    shown = await world.api.get(f"{PHOTOS}/{photo_id}/url", as_=li)
    assert shown.body["photo_id"] == photo_id
    assert shown.body["expires_at"] == "2026-03-02T04:05:00Z"
    seen = await world.api.call("GET", shown.body["url"], None)  # by whoever has the address
    size = {"width": 48, "height": 64, "bytes": len(seen.raw)}
    assert reply.body == {"media": "image/jpeg", "seconds": 0, **size}
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


async def test_a_paper_is_for_who_writes_notices(world: World, li: Member) -> None:
    """A PDF is kept as it was sent, sealed, and handed out as a download only."""
    paper = b"%PDF-1.7\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"
    path = f"{PHOTOS}?purpose=notice"
    refused = await world.api.post(path, paper, as_=li)
    assert (refused.status, refused.code) == (403, "forbidden")
    staff = await appointed(world, "staff", Role.COMMUNITY_STAFF, COMMUNITY)
    reply = await world.api.post(path, paper, as_=staff)
    assert (reply.status, reply.body["media"], reply.body["width"]) == (
        201,
        "application/pdf",
        0,
    )
    seen = await world.api.call(
        "GET", await address(world.api, staff, reply.body["photo_id"]), None
    )
    assert (seen.raw, seen.headers["Content-Type"]) == (paper, "application/pdf")
    assert seen.headers["Content-Disposition"] == "attachment"
    for bad in (paper[:-8], b"\n" + paper, b"MZ" + paper):
        wrong = await world.api.post(path, bad, as_=staff)
        assert (wrong.status, wrong.code) == (422, "photo_unreadable")
        assert "PDF" in wrong.body["title"]
    assert (await world.api.post(PHOTOS, paper, as_=staff)).code == "photo_unreadable"


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
    monkeypatch.setattr(upload_budget, "UNKNOWN_AT_ONCE", 8)
    many = [world.api.post(PHOTOS, picture(), as_=li) for _ in range(8)]
    replies = await asyncio.gather(*many)
    assert sorted(reply.status for reply in replies) == [201] * 3 + [409] * 5
    refused = next(reply for reply in replies if reply.status == 409)
    assert (refused.code, refused.body["details"]) == ("photo_quota", {"most": 3})
    assert await world.db.photos.count_documents({}) == 3  # nothing of the others is left
    assert len(on_disk(world.deps)) == 3
    assert (await world.api.post(PHOTOS, picture(), as_=wang)).status == 201
    ids = [reply.body["photo_id"] for reply in replies if reply.status == 201]
    await attach(world.deps, Actor(li.person_id, ""), ids[:1])
    assert (await world.api.post(PHOTOS, picture(), as_=li)).status == 201


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
