"""Attachments of cases over HTTP: films, voices and papers, taken, refused, and played."""

import asyncio
from typing import Any

import pytest

from handlers.http.upload_budget import LARGE_BYTES, UploadBudget
from services.kernel import errors
from services.kernel.permissions import Actor, Permission, Role
from services.photos import actions, files, upload
from services.photos.contents import conversions
from services.photos.models import PhotoPurpose
from tests.build import recordings
from tests.build.cast import LI_HOME, Estate
from tests.build.offices import appointed
from tests.build.photos import PHOTOS, address, on_disk
from tests.build.pictures import SECRET, from_a_phone, picture
from tests.build.recordings import film, titled, voice
from tests.build.sign_ins import Member
from tests.build.world import Reply, World
from tests.deadlines import SAFETY_NET

CASE = f"{PHOTOS}?purpose=case"
PAPER = b"%PDF-1.7\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"


@pytest.fixture
async def li(estate: Estate) -> Member:
    return await estate.member("li")


async def sent(world: World, who: Member, content: bytes) -> Reply:
    reply = await world.api.post(CASE, content, as_=who)
    assert reply.status == 201, reply.body
    return reply


async def seen(world: World, url: str, **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await world.api.call("GET", url, None, headers=named)


async def test_a_photo_and_a_film_come_out_without_what_the_phone_added(
    world: World, li: Member
) -> None:
    photo = await sent(world, li, from_a_phone(6))
    shown = await seen(world, await address(world.api, li, photo.body["photo_id"]))
    assert SECRET.encode() not in shown.raw
    content = recordings.from_a_phone()
    reply = await sent(world, li, content)
    url = await address(world.api, li, reply.body.pop("photo_id"))
    shown = await seen(world, url)
    assert (shown.status, shown.headers["Content-Type"]) == (200, "video/mp4")
    assert recordings.PLACE in content
    assert not [word for word in recordings.WORDS if word in shown.raw]
    size = {"width": 64, "height": 48, "bytes": len(shown.raw)}
    assert reply.body == {"media": "video/mp4", "seconds": 1, **size}


VOICES = [
    (titled(voice("libmp3lame", "mp3")), "audio/mpeg"),
    (voice("aac", "adts"), "audio/mp4"),
    (voice("aac", "ipod"), "audio/mp4"),
    (voice("libopencore_amrnb", "amr", rate=8000), "audio/amr"),
    (voice("pcm_s16le", "wav"), "audio/wav"),
]


async def test_a_voice_is_played(world: World, li: Member) -> None:
    for content, media in VOICES:
        reply = await sent(world, li, content)
        shown = await seen(world, await address(world.api, li, reply.body["photo_id"]))
        assert (reply.body["media"], shown.headers["Content-Type"]) == (media, media)
        assert shown.headers["Content-Disposition"] == "inline"
        assert shown.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_film_named_jpg_is_a_film(world: World, li: Member) -> None:
    """Taken as what it is where it may be one; as a proof or a notice it is no picture."""
    head = 'Content-Disposition: form-data; name="file"; filename="leak.jpg"'
    part = f"--x\r\n{head}\r\nContent-Type: image/jpeg\r\n\r\n".encode()
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    body = part + film() + b"\r\n--x--\r\n"
    reply = await world.api.call("POST", CASE, body, as_=li, headers=headers)
    assert (reply.status, reply.body["media"]) == (201, "video/mp4")
    await world.agree(li, "proof")
    head_of_unit = await appointed(world, "head", Role.UNIT_HEAD, LI_HOME.rpartition(".")[0])
    for who, purpose in ((li, "proof"), (head_of_unit, "notice"), (head_of_unit, "visit")):
        path = f"{PHOTOS}?purpose={purpose}"
        reply = await world.api.call("POST", path, body, as_=who, headers=headers)
        assert (reply.status, reply.code) == (422, "photo_unreadable"), purpose


async def test_what_is_refused_is_said_and_not_kept(world: World, li: Member) -> None:
    refused: list[tuple[bytes, int, str, dict[str, Any]]] = [
        (recordings.two_hours_of_mp3(), 422, "media_too_long", {"most_seconds": 60}),
        (film(seconds=32, size=(16, 16)), 422, "media_too_long", {"most_seconds": 30}),
        (film()[:-100], 422, "media_unreadable", {}),
        (film("mpeg4"), 422, "media_codec", {"codec": "mpeg4"}),
        (
            film(size=(4112, 2304), seconds=0.04),
            413,
            "media_too_large",
            {"most_pixels": 9_437_184},
        ),
        (b"#!AMR\n" + bytes(10 << 20), 413, "media_too_large", {"most_bytes": 10 << 20}),
        (film(kind="matroska"), 422, "photo_unreadable", {}),
    ]
    for content, status, code, details in refused:
        reply = await world.api.post(CASE, content, as_=li)
        assert (reply.status, reply.code, reply.body["details"]) == (status, code, details)
    assert await world.db.photos.count_documents({}) == 0


async def test_fifty_megabytes_are_for_films_of_cases(
    world: World, li: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload, "MOST_FILMS", 0)
    content = film() + recordings.box(b"free", bytes(11 << 20))
    await world.agree(li, "proof")
    assert (await world.api.post(PHOTOS, content, as_=li)).code == "too_large"
    assert (await world.api.post(CASE, content, as_=li)).code == "photo_quota"  # it was read
    monkeypatch.undo()
    assert (await sent(world, li, content)).body["bytes"] < 10_000


async def test_who_neither_lives_nor_works_here_sends_nothing(world: World) -> None:
    fresh = await world.sign_in("fresh")
    reply = await world.api.post(CASE, picture(), as_=fresh)
    assert (reply.status, reply.code) == (403, "forbidden")


async def test_a_paper_of_a_case_is_for_who_works_here(
    estate: Estate, world: World, li: Member
) -> None:
    reply = await world.api.post(CASE, PAPER, as_=li)
    assert (reply.status, reply.code) == (403, "forbidden")
    for name in ("staff", "head"):
        who = await estate.member(name)
        reply = await sent(world, who, PAPER)
        shown = await seen(world, await address(world.api, who, reply.body["photo_id"]))
        assert shown.headers["Content-Disposition"] == "attachment"
        assert (shown.raw, reply.body["seconds"]) == (PAPER, 0)


async def test_six_films_and_no_more_wait_to_be_attached(
    world: World, li: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload, "MOST_FILMS", 1)
    await sent(world, li, film())
    refused = await world.api.post(CASE, film(), as_=li)
    assert (refused.status, refused.code, refused.body["details"]) == (
        409,
        "photo_quota",
        {"most": 1},
    )
    await sent(world, li, picture())
    assert len(on_disk(world.deps)) == 2


async def test_what_was_sent_for_a_case_goes_to_a_case_alone(world: World, li: Member) -> None:
    photo_id = (await sent(world, li, film())).body["photo_id"]
    actor = Actor(li.person_id, "")
    given: dict[str, Any] = {
        "subject": "case-1",
        "place": LI_HOME,
        "needs": Permission.VIEW_HOME,
    }

    async def attached(**how: Any) -> None:
        await world.deps.in_transaction(
            lambda tx: actions.attach(world.deps, tx, actor, [photo_id], **given, **how)
        )

    with pytest.raises(errors.InvalidInput, match=PhotoPurpose.CASE.label):
        await attached()
    await attached(purposes={PhotoPurpose.CASE})
    [link] = await actions.links_to(world.deps, [photo_id], subject="case-1")
    assert (await seen(world, link.url)).status == 200


@pytest.fixture
async def played(
    world: World, li: Member, monkeypatch: pytest.MonkeyPatch
) -> tuple[str, bytes]:
    """A film in many pieces: its address, and what it is."""
    monkeypatch.setattr(files, "PIECE_BYTES", 500)
    url = await address(world.api, li, (await sent(world, li, film())).body["photo_id"])
    whole = (await seen(world, url)).raw
    assert len(whole) > 3 * 500
    return url, whole


PARTS = {
    "bytes=0-1": (0, 2),
    "bytes=0-": (0, None),
    "bytes=499-500": (499, 501),
    "bytes=500-999": (500, 1000),
    "bytes=700-999999": (700, None),
    "bytes=-10": (-10, None),
    "bytes=-999999": (0, None),
}


async def test_a_player_gets_the_part_it_asks_for(
    world: World, played: tuple[str, bytes]
) -> None:
    url, whole = played
    for asked, (begin, end) in PARTS.items():
        part, wanted = await seen(world, url, Range=asked), whole[begin:end]
        first = begin if begin >= 0 else len(whole) + begin
        assert (part.status, part.raw) == (206, wanted), asked
        told = f"bytes {first}-{first + len(wanted) - 1}/{len(whole)}"
        assert part.headers["Content-Range"] == told
        assert part.headers["Content-Length"] == str(len(wanted))
        assert part.headers["Content-Type"] == "video/mp4"


async def test_what_is_no_range_gets_the_whole(world: World, played: tuple[str, bytes]) -> None:
    url, whole = played
    for asked in (
        "bytes=0-1,5-6",
        "bytes=5-2",
        "bytes=",
        "pages=1-2",
        "bytes=a-b",
        "bytes=--1",
    ):
        reply = await seen(world, url, Range=asked)
        assert (reply.status, reply.raw) == (200, whole), asked
        assert reply.headers["Accept-Ranges"] == "bytes"


async def test_a_part_behind_the_end_is_refused(
    world: World, played: tuple[str, bytes]
) -> None:
    url, whole = played
    for asked in ("bytes=99999-", "bytes=-0"):
        reply = await seen(world, url, Range=asked)
        assert (reply.status, reply.code) == (416, "range_not_satisfiable"), asked
        assert reply.headers["Content-Range"] == f"bytes */{len(whole)}"


async def test_a_part_of_something_else_is_not_continued(
    world: World, played: tuple[str, bytes]
) -> None:
    url, whole = played
    same = (await seen(world, url)).headers["ETag"]
    assert (await seen(world, url, Range="bytes=0-1", If_Range=same)).status == 206
    assert (await seen(world, url, Range="bytes=0-1", If_Range='"other"')).status == 200
    head = await world.api.call("HEAD", url, None, headers={"Range": "bytes=0-1"})
    assert (head.status, head.headers["Content-Length"]) == (200, str(len(whole)))


@pytest.mark.parametrize("damage", ["swapped", "cut", "changed"])
async def test_a_piece_that_is_not_in_its_place_is_not_shown(
    world: World, played: tuple[str, bytes], damage: str
) -> None:
    url, _ = played
    [name] = on_disk(world.deps)
    path = files.path_of(world.deps.photos, name)
    sealed, size = path.read_bytes(), 500 + 28
    made = {
        "swapped": sealed[size : 2 * size] + sealed[:size] + sealed[2 * size :],
        "cut": b"",
        "changed": bytes([sealed[0] ^ 1]) + sealed[1:],
    }
    path.write_bytes(made[damage])
    assert (await seen(world, url, Range="bytes=0-9")).status == 404


async def test_one_large_upload_is_in_memory_at_a_time() -> None:
    budget = UploadBudget(256 << 20)
    async with budget.memory(LARGE_BYTES + 1):
        second = asyncio.create_task(budget.memory(LARGE_BYTES + 1).__aenter__())
        async with (
            asyncio.timeout(SAFETY_NET),
            budget.memory(LARGE_BYTES),
        ):  # a small one goes in
            assert not second.done()
    async with asyncio.timeout(SAFETY_NET):
        await second


def test_the_purposes_say_how_large() -> None:
    sizes = {purpose: conversions.largest(purpose) for purpose in PhotoPurpose}
    assert sizes.pop(PhotoPurpose.CASE) == 50 << 20
    assert set(sizes.values()) == {10 << 20}
