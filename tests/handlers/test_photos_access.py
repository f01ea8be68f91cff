"""Access to photos over HTTP: few see one, through a signed address that expires."""

import io
import json
import logging
import re
import socket
import sys
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
import structlog

from server import observability
from server.serving import serving
from server.settings import LogFormat, Settings
from services.dependencies import Transaction
from services.kernel.permissions import Actor, Role
from services.photos import actions, privacy
from services.photos import files as photos_files
from tests.build.cast import COMMUNITY, LI_HOME, OTHER_COMPOUND
from tests.build.offices import appointed
from tests.build.photos import PHOTOS, address, attach, sent
from tests.build.pictures import sender
from tests.build.sign_ins import Member
from tests.build.world import Api, Reply, World, fetch


@pytest.fixture
async def li(world: World) -> Member:
    return await sender(world, "li")


@pytest.fixture
async def wang(world: World) -> Member:
    return await sender(world, "wang")


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
    await attach(world.deps, Actor(li.person_id, ""), [photo_id])
    assert (await world.api.get(path, as_=staff)).status == 200
    assert (await world.api.get(path, as_=elsewhere)).status == 404  # decides, but not there
    assert (await world.api.get(path, as_=head)).status == 404  # there, but does not decide
    assert (await world.api.get(path, as_=li)).status == 200


async def test_asking_for_anothers_photo_is_written_down(
    world: World, li: Member, wang: Member
) -> None:
    photo_id = await sent(world.api, li)
    await world.api.get(f"{PHOTOS}/{photo_id}/url", as_=wang)
    [row] = await world.db.audit.find({"result": "refused"}).to_list()
    assert (row["person"], row["code"]) == (wang.person_id, "not_found")


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
        assert not await privacy.forget(world.deps, tx, li.person_id)

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
    async with serving(world.deps, Settings(), listening):
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
