"""Too many from an address, by a person or of one act: 429, and nobody else notices."""

import socket
import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import timedelta
from ipaddress import ip_network

import msgspec
import pytest

from handlers.http.addresses import client_address, subscriber_of
from handlers.http.contract import Access
from server.app import ROUTES
from server.embedded import servers
from server.ops import OPERATOR_ROUTES
from server.serving import serving
from server.settings import Settings
from services.limits import buckets
from services.limits.buckets import Limiter
from services.limits.models import ALLOWANCES, APART, Allowance, Rate
from tests.build.cast import Estate
from tests.build.sign_ins import Member
from tests.build.stage import open_world
from tests.build.world import Api, Clock, Reply, World, fetch
from tests.handlers.test_browser import at_browser

HOUR = timedelta(hours=1)
HERE, THERE = {"X-Forwarded-For": "203.0.113.7"}, {"X-Forwarded-For": "203.0.113.8"}
ME = "/api/v1/me"
PHONE = "/api/v1/me/phone"
SIGN_IN = "/api/v1/sessions/wechat"
POLICIES = "/api/v1/privacy/policies"

Few = Callable[[Rate, int], Awaitable[None]]


@pytest.fixture
def few(world: World, monkeypatch: pytest.MonkeyPatch) -> Few:
    """Allow only so many of a kind from now on; what was counted before is forgotten."""

    async def few(rate: Rate, times: int) -> None:
        monkeypatch.setitem(ALLOWANCES, rate, Allowance(times, HOUR))
        await world.deps.redis.flushdb()

    return few


def is_limited(reply: Reply) -> bool:
    if reply.status != 429:
        return False
    wait = reply.body["details"]["retry_after_seconds"]
    assert reply.code == "too_many_requests"
    assert reply.headers["Retry-After"] == str(wait)
    assert 1 <= wait <= 3600
    return True


async def test_an_address_that_floods_is_stopped_and_no_other(api: Api, few: Few) -> None:
    await few(Rate.ADDRESS, 3)
    replies = [await api.call("GET", POLICIES, None, headers=HERE) for _ in range(4)]
    assert [reply.status for reply in replies[:3]] == [200] * 3
    assert is_limited(replies[3])
    assert (await api.call("GET", POLICIES, None, headers=THERE)).status == 200


async def test_a_flood_is_stopped_before_the_token_is_looked_up(
    api: Api, li: Member, few: Few, monkeypatch: pytest.MonkeyPatch
) -> None:
    await few(Rate.ADDRESS, 1)
    asked: list[str] = []
    monkeypatch.setattr(
        "handlers.http.base.sessions.authenticate", lambda _, t: asked.append(t)
    )
    await api.call("GET", POLICIES, None, headers=HERE)
    reply = await api.call("GET", ME, None, as_=li, headers=HERE)
    assert is_limited(reply)
    assert asked == []


async def test_a_person_is_counted_wherever_they_are(
    api: Api, li: Member, wang: Member, few: Few
) -> None:
    await few(Rate.ORDINARY, 3)
    places = (HERE, THERE, HERE, THERE)
    replies = [await api.call("GET", ME, None, as_=li, headers=where) for where in places]
    assert [reply.status for reply in replies[:3]] == [200] * 3
    assert is_limited(replies[3])
    assert (await api.call("GET", ME, None, as_=wang, headers=HERE)).status == 200


async def test_an_act_has_its_own_allowance(
    world: World, li: Member, wang: Member, few: Few
) -> None:
    await few(Rate.GUESS, 2)
    replies = [await world.api.post(PHONE, {"code": "bad"}, as_=li) for _ in range(3)]
    assert not any(is_limited(reply) for reply in replies[:2])
    assert is_limited(replies[2])
    assert (await world.api.get(ME, as_=li)).status == 200  # may do everything else
    assert not is_limited(await world.api.post(PHONE, {"code": "bad"}, as_=wang))
    calls = await world.wechat.calls("/wxa/business/getuserphonenumber")
    assert len(calls) == 3  # who guessed: not who was one too many


async def test_an_allowance_does_not_end_with_the_account(
    world: World, li: Member, few: Few
) -> None:
    await few(Rate.GUESS, 2)
    for _ in range(2):
        await world.api.post(PHONE, {"code": "bad"}, as_=li)
    gone = await world.api.post("/api/v1/me/deletion", {"confirm": "注销"}, as_=li)
    assert gone.status == 202
    again = await world.sign_in("li")
    assert again.person_id != li.person_id
    assert is_limited(await world.api.post(PHONE, {"code": "bad"}, as_=again))


async def test_a_browser_shares_the_allowance_of_its_phone(
    world: World, estate: Estate, few: Few
) -> None:
    staff = await estate.member("staff")
    browser = await at_browser(world, staff)
    await few(Rate.GUESS, 1)
    assert not is_limited(await world.api.post(PHONE, {"code": "bad"}, as_=staff))
    assert is_limited(await world.api.post(PHONE, {"code": "bad"}, as_=browser))


async def test_what_is_refused_for_an_act_does_not_use_up_the_rest(
    api: Api, li: Member, few: Few
) -> None:
    await few(Rate.GUESS, 1)
    await few(Rate.ORDINARY, 3)
    for _ in range(10):
        await api.post(PHONE, {"code": "bad"}, as_=li)
    assert [(await api.get(ME, as_=li)).status for _ in range(3)] == [200, 200, 429]


async def test_sign_in_is_counted_by_address_whoever_asks(
    api: Api, li: Member, wang: Member, few: Few
) -> None:
    """Each costs a call to WeChat; a token in hand must not buy another allowance."""
    await few(Rate.SIGN_IN, 2)
    bad = msgspec.json.encode({"code": "bad"})
    for who in (None, li):
        reply = await api.call("POST", SIGN_IN, bad, as_=who, headers=HERE)
        assert reply.code == "wechat_code_refused"
    for other in (None, li, wang):
        assert is_limited(await api.call("POST", SIGN_IN, bad, as_=other, headers=HERE))
    assert not is_limited(await api.call("POST", SIGN_IN, bad, headers=THERE))


def phone_model(name: str) -> dict[str, str]:
    return {**HERE, "User-Agent": f"{name} MicroMessenger/8.0.49"}


async def test_wrong_codes_stop_the_device_that_sends_them_and_nobody_else(
    world: World, few: Few
) -> None:
    """A whole compound shares one address of its carrier."""
    await few(Rate.WRONG_CODE, 5)
    await few(Rate.SIGN_IN, 7)
    bad = msgspec.json.encode({"code": "bad"})
    sent = [
        await world.api.call("POST", SIGN_IN, bad, headers=phone_model("A")) for _ in range(120)
    ]
    assert [reply.status for reply in sent[:5]] == [422] * 5
    assert all(is_limited(reply) for reply in sent[5:])
    assert len(await world.wechat.calls("/sns/jscode2session")) == 5
    for name in ("li", "wang"):
        code = msgspec.json.encode({"code": await world.wechat.login_code(name)})
        reply = await world.api.call("POST", SIGN_IN, code, headers=phone_model("B"))
        assert reply.status == 201, reply.body
    elsewhere = {**phone_model("A"), **THERE}
    assert (await world.api.call("POST", SIGN_IN, bad, headers=elsewhere)).status == 422


async def test_right_codes_do_not_count_as_wrong_ones(world: World, few: Few) -> None:
    """A meeting in the hall, with phones of one model."""
    await few(Rate.WRONG_CODE, 1)
    for number in range(4):
        code = msgspec.json.encode({"code": await world.wechat.login_code(f"p{number}")})
        reply = await world.api.call("POST", SIGN_IN, code, headers=phone_model("A"))
        assert reply.status == 201


async def test_refreshing_goes_on_while_signing_in_does_not(
    api: Api, li: Member, few: Few
) -> None:
    await few(Rate.SIGN_IN, 1)
    await api.post(SIGN_IN, {"code": "bad"}, as_=None)
    assert is_limited(await api.post(SIGN_IN, {"code": "bad"}, as_=None))
    token = {"refresh_token": li.refresh_token}
    assert (await api.post("/api/v1/sessions/refresh", token, as_=None)).status == 201


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
async def test_health_is_told_while_others_flood(world: World, few: Few, path: str) -> None:
    api, operator = world.api, world.operator
    await few(Rate.ADDRESS, 1)
    await few(Rate.ORDINARY, 1)
    for _ in range(3):
        assert (await operator.call("GET", path, None)).status == 200
    await api.call("GET", POLICIES, None)
    assert is_limited(await api.call("GET", POLICIES, None))
    assert (await operator.call("GET", path, None)).status == 200
    await few(Rate.PROBE, 1)
    await operator.call("GET", path, None)
    assert is_limited(await operator.call("GET", path, None))


def test_wechat_and_probes_go_apart() -> None:
    for route in [*ROUTES, *OPERATOR_ROUTES]:
        for contract in route.contracts().values():
            callback = route.path.startswith("/wx/")
            probe = route.path in {"/healthz", "/readyz", "/metrics"}
            wanted = Rate.CALLBACK if callback else Rate.PROBE if probe else None
            assert (contract.rate if contract.rate in APART else None) == wanted, route.path


def test_what_is_counted_by_the_person_needs_one() -> None:
    """A stranger who guesses must meet the allowance of an address made for that."""
    by_address = {Rate.SIGN_IN, Rate.REFRESH, Rate.RECEIPT_CHECK, Rate.ORDINARY} | APART
    for route in ROUTES:
        for contract in route.contracts().values():
            if contract.needs is Access.PUBLIC:
                assert contract.rate in by_address, route.path


async def test_wechats_callbacks_do_not_share_with_the_others(api: Api, few: Few) -> None:
    await few(Rate.ADDRESS, 1)
    for _ in range(3):
        reply = await api.call("POST", "/wx/pay/notify/firm", b"{}")
        assert not is_limited(reply)
        assert reply.status != 429


FORM = {"Content-Type": "multipart/form-data"}


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("BREW", POLICIES, {}),
        ("POST", SIGN_IN, FORM),
        ("GET", "/api/v1/homes/%ff/residents", {}),
        ("GET", "/wp-login.php", {}),
        ("POST", SIGN_IN, {"Content-Length": "99999999"}),
    ],
    ids=["verb", "form without boundary", "path", "address", "length"],
)
async def test_what_is_refused_before_any_handler_is_counted_too(
    api: Api, few: Few, method: str, path: str, headers: dict[str, str]
) -> None:
    await few(Rate.ADDRESS, 2)
    body = b"{}" if method == "POST" else None
    for _ in range(2):
        assert not is_limited(await api.call(method, path, body, headers=HERE | headers))
    assert is_limited(await api.call(method, path, body, headers=HERE | headers))
    assert is_limited(await api.call("GET", POLICIES, None, headers=HERE))
    assert (await api.call("GET", POLICIES, None, headers=THERE)).status == 200


# --- without Redis ---


@pytest.fixture
def own_redis() -> Iterator[servers.RedisServer]:
    child = servers.start_redis()
    yield child
    child.stop()


@pytest.fixture
async def frail(
    base_settings: Settings, database: str, clock: Clock, own_redis: servers.RedisServer
) -> AsyncIterator[World]:
    """The world with a Redis that the test may kill."""
    settings = msgspec.structs.replace(base_settings, redis_url=own_redis.uri)
    assert database == settings.mongodb_database
    async with open_world(settings, clock) as opened:
        yield opened


async def test_limits_hold_and_answers_are_quick_without_redis(
    frail: World, own_redis: servers.RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    li = await frail.sign_in("li", "13900000001")
    wang = await frail.sign_in("wang", "13900000002")
    monkeypatch.setitem(ALLOWANCES, Rate.ORDINARY, Allowance(20, HOUR))
    monkeypatch.setattr(buckets, "PATIENCE_SECONDS", 0.05)
    asked, ask = [], Limiter._ask
    monkeypatch.setattr(Limiter, "_ask", lambda *it: asked.append(it) or ask(*it))
    own_redis.process.kill()
    own_redis.process.wait()
    replies = [await frail.api.get(ME, as_=li) for _ in range(21)]
    assert [reply.status for reply in replies[:20]] == [200] * 20
    assert is_limited(replies[20])
    assert (await frail.api.get(ME, as_=wang)).status == 200
    assert len(asked) == 1  # one waited, then nobody


async def test_whoever_was_signed_out_is_refused_at_once_without_redis(
    frail: World, own_redis: servers.RedisServer
) -> None:
    """Of a token that is remembered only what it says is: not whether its session lasts."""
    phone, lost = [await frail.sign_in("li", "13900000001") for _ in range(2)]
    own_redis.process.kill()
    own_redis.process.wait()
    for member in (phone, lost, lost):
        assert (await frail.api.get(ME, as_=member)).status == 200
    await frail.api.delete("/api/v1/me/sessions", as_=phone)
    assert (await frail.api.get(ME, as_=lost)).status == 401


# --- whose address ---

OURS = [ip_network("10.0.0.0/24"), ip_network("127.0.0.1/32")]


@pytest.mark.parametrize(
    ("peer", "said", "address"),
    [
        ("203.0.113.7", "", "203.0.113.7"),
        ("203.0.113.7", "198.51.100.1", "203.0.113.7"),  # says it itself
        ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "8.8.8.8, 198.51.100.1", "198.51.100.1"),  # what a liar sent is in front
        ("127.0.0.1", "8.8.8.8, 198.51.100.1, 10.0.0.9", "198.51.100.1"),  # two of ours
        ("127.0.0.1", "198.51.100.1, 127.0.0.1", "198.51.100.1"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "10.0.0.1", "10.0.0.1"),
        ("127.0.0.1", "8.8.8.8, nonsense", "127.0.0.1"),
        ("127.0.0.1", "8.8.8.8, ", "127.0.0.1"),
        ("10.0.1.1", "198.51.100.1", "10.0.1.1"),  # a neighbouring network is not ours
        ("::ffff:127.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "::ffff:198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "2001:DB8::1", "2001:db8::1"),
        ("", "198.51.100.1", ""),
    ],
)
def test_only_our_proxies_are_believed(peer: str, said: str, address: str) -> None:
    assert client_address(peer, said, OURS) == address


def test_what_somebody_says_instead_of_an_address_is_not_kept() -> None:
    """A header holds tens of kilobytes, and of addresses some thousands are remembered."""
    tracemalloc.start()
    for number in range(1000):
        said = f"::1%{number:010000}"  # an address with a zone of any length, for Python
        assert client_address("203.0.113.7", said, OURS) == "203.0.113.7"
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 1_000_000


def test_a_customer_of_ipv6_has_one_allowance() -> None:
    assert subscriber_of("2001:db8::1") == subscriber_of("2001:db8::ffff:1:2:3")
    assert subscriber_of("2001:db8::1") != subscriber_of("2001:db8:0:1::1")
    assert subscriber_of("203.0.113.7") == "203.0.113.7"


@pytest.mark.parametrize("name", ["X-Forwarded-For", "X-Real-Ip"])
@pytest.mark.parametrize("trusted", [(), ("192.0.2.1",)])
async def test_a_made_up_address_is_no_way_round(
    world: World, few: Few, name: str, trusted: tuple[str, ...]
) -> None:
    """As the product is served, to somebody who is not our proxy."""
    await few(Rate.ADDRESS, 3)
    listening = socket.create_server(("127.0.0.1", 0))
    listening.settimeout(0)
    base = f"http://127.0.0.1:{listening.getsockname()[1]}"
    async with serving(world.deps, Settings(trusted_proxies=trusted), listening):
        lies = [f"203.0.113.{number}" for number in range(4)]
        replies = [await fetch(base + POLICIES, "GET", None, {name: lie}) for lie in lies]
    assert [reply.status for reply in replies[:3]] == [200] * 3
    assert is_limited(replies[3])


async def test_our_proxy_is_believed_but_not_what_its_visitor_wrote(
    world: World, few: Few
) -> None:
    await few(Rate.ADDRESS, 3)
    base = world.api.base + POLICIES
    chains = [f"203.0.113.{number}, 198.51.100.1" for number in range(4)]
    replies = [await fetch(base, "GET", None, {"X-Forwarded-For": it}) for it in chains]
    assert is_limited(replies[3])
    real = {"X-Forwarded-For": "198.51.100.1", "X-Real-Ip": "203.0.113.9"}
    assert is_limited(await fetch(base, "GET", None, real))
    assert (await fetch(base, "GET", None, HERE)).status == 200


async def test_the_audit_names_the_address_behind_the_proxy(world: World, li: Member) -> None:
    await world.api.call("DELETE", "/api/v1/sessions/current", None, as_=li, headers=HERE)
    row = await world.db.audit.find_one({"act": "session.signed_out"})
    assert row is not None
    assert row["address"] == "203.0.113.7"
