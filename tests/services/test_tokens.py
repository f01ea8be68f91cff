"""Access and refresh tokens: what is believed, under which key, and what is not."""

import asyncio
import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import jwt
import msgspec
import pytest

from server.dependencies import open_dependencies
from server.settings import Settings
from services.dependencies import Dependencies
from services.kernel import errors
from services.kernel.vault import Vault
from services.sessions import actions as sessions
from services.sessions import lifecycle, tokens
from services.sessions.models import Visit
from tests.build.sign_ins import Member
from tests.build.world import NOON, World

pytestmark = pytest.mark.slow

OLD, NEW = b"k" * 32, b"n" * 32
VAULT = Vault({"k1": OLD})
# Opens the product again on the same database, with other keys.
Reopen = Callable[[dict[str, bytes]], Any]


@pytest.fixture
def reopen(world: World, base_settings: Settings) -> Reopen:
    @asynccontextmanager
    async def opened(keys: dict[str, bytes]) -> AsyncIterator[Dependencies]:
        settings = msgspec.structs.replace(base_settings, secret_keys=keys)
        async with open_dependencies(settings, world.clock) as deps:
            yield deps

    return opened


def kid_of(token: str) -> str:
    return str(jwt.get_unverified_header(token)["kid"])


async def test_a_token_under_an_old_key_is_good_while_the_key_is_kept(
    li: Member, reopen: Reopen
) -> None:
    async with reopen({"k2": NEW, "k1": OLD}) as deps:
        assert (await sessions.authenticate(deps, li.token)).person_id == li.person_id
        renewed = await lifecycle.refresh(deps, li.refresh_token, Visit())
        assert kid_of(li.token) == "k1"
        assert kid_of(renewed.access_token) == "k2"
        assert renewed.refresh_token.startswith("k2.")
        again = await lifecycle.refresh(deps, li.refresh_token, Visit())
        assert again.refresh_token == renewed.refresh_token


async def test_a_token_under_a_dropped_key_is_refused(li: Member, reopen: Reopen) -> None:
    async with reopen({"k2": NEW}) as deps:
        with pytest.raises(errors.Unauthenticated):
            await sessions.authenticate(deps, li.token)
        with pytest.raises(errors.Unauthenticated):
            await lifecycle.refresh(deps, li.refresh_token, Visit())


async def test_another_key_under_the_same_name_is_another_key(
    li: Member, reopen: Reopen
) -> None:
    async with reopen({"k1": NEW}) as deps:
        with pytest.raises(errors.Unauthenticated):
            await sessions.authenticate(deps, li.token)


async def refusal(world: World, token: str) -> tuple[int, str]:
    reply = await world.api.get("/api/v1/me", as_=Member("li", "", token))
    return reply.status, reply.code


async def test_a_token_seen_before_is_checked_again(world: World, li: Member) -> None:
    """Its claims are kept: neither its end nor a change of its signature may pass by that."""
    assert (await world.api.get("/api/v1/me", as_=li)).status == 200
    signed_part, _, mac = li.token.rpartition(".")
    other = f"{signed_part}.{mac[::-1]}"
    assert await refusal(world, other) == (401, "unauthenticated")
    world.clock.now += tokens.ACCESS_LIFE
    assert await refusal(world, li.token) == (401, "access_token_expired")


def claims_of(token: str) -> dict[str, Any]:
    return dict(jwt.decode(token, options={"verify_signature": False}))


def signed(claims: dict[str, Any], **headers: Any) -> str:
    """Sign with our own key, as a bug or a stolen key would."""
    key = VAULT.derive("access-token", "k1")
    return jwt.encode(claims, key, "HS256", headers={"kid": "k1"} | headers)


async def test_what_we_sign_ourselves_is_believed(world: World, li: Member) -> None:
    """Without this the refusals below would prove nothing."""
    same = signed(claims_of(li.token))
    assert (await world.api.get("/api/v1/me", as_=Member("li", "", same))).status == 200


@pytest.mark.parametrize(
    "change",
    [
        {"typ": "refresh"},
        {"typ": ""},
        {"typ": None},
        {"aud": "other"},
        {"aud": ["other"]},
        {"iss": "other"},
        {"iss": ""},
        {"sub": "somebody"},
        {"sub": 7},
        {"sub": None},
        {"sid": "nothing"},
        {"sid": {"$gt": ""}},
        {"sid": None},
        {"jti": 7},
        {"exp": "tomorrow"},
        {"exp": None},
        {"iat": "yesterday"},
        {"iat": NOON.timestamp() + 3600},
        {"iat": int(NOON.timestamp()) + 31},
    ],
    ids=str,
)
async def test_a_claim_that_is_not_as_ours(
    world: World, li: Member, change: dict[str, Any]
) -> None:
    token = signed(claims_of(li.token) | change)
    assert await refusal(world, token) == (401, "unauthenticated")


@pytest.mark.parametrize("missing", tokens.REQUIRED)
async def test_a_claim_that_is_missing(world: World, li: Member, missing: str) -> None:
    claims = claims_of(li.token)
    del claims[missing]
    assert await refusal(world, signed(claims)) == (401, "unauthenticated")


@pytest.mark.parametrize(
    "headers",
    [
        {"kid": "k2"},
        {"kid": ""},
        {"crit": ["exp"]},
        {"crit": ["b64"], "b64": False},
        {"jwk": {"kty": "oct", "k": "AAAA"}, "kid": "nothing"},
        {"jku": "http://127.0.0.1/keys", "kid": "nothing"},
    ],
    ids=str,
)
async def test_a_header_that_is_not_as_ours(
    world: World, li: Member, headers: dict[str, Any]
) -> None:
    token = signed(claims_of(li.token), **headers)
    assert await refusal(world, token) == (401, "unauthenticated")


def handmade(header: dict[str, Any], claims: dict[str, Any], key: bytes) -> str:
    """Sign what PyJWT would refuse to make."""
    parts = [msgspec.json.encode(part) for part in (header, claims)]
    text = ".".join(urlsafe_b64encode(part).decode().rstrip("=") for part in parts)
    mac = hmac.digest(key, text.encode(), hashlib.sha256)
    return f"{text}.{urlsafe_b64encode(mac).decode().rstrip('=')}"


@pytest.mark.parametrize("kid", ["k1", 1, ["k1"], {"k1": 1}, True, None], ids=str)
async def test_a_kid_that_is_no_text(world: World, li: Member, kid: Any) -> None:
    header = {"alg": "HS256", "typ": "JWT", "kid": kid}
    token = handmade(header, claims_of(li.token), VAULT.derive("access-token", "k1"))
    if kid == "k1":  # so made by hand it would be believed
        assert (await world.api.get("/api/v1/me", as_=Member("li", "", token))).status == 200
    else:
        assert await refusal(world, token) == (401, "unauthenticated")


@pytest.mark.parametrize(
    "key",
    [
        b"",
        b"k",
        OLD,  # the root key: it is never used itself
        VAULT.derive("refresh-token", "k1"),
    ],
    ids=["empty", "one character", "the root", "of refresh tokens"],
)
async def test_a_key_that_is_not_the_one(world: World, li: Member, key: bytes) -> None:
    header = {"alg": "HS256", "typ": "JWT", "kid": "k1"}
    token = handmade(header, claims_of(li.token), key)
    assert await refusal(world, token) == (401, "unauthenticated")


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
@pytest.mark.parametrize("algorithm", ["none", "HS384", "HS512"])
async def test_an_algorithm_that_is_not_ours(world: World, li: Member, algorithm: str) -> None:
    key = None if algorithm == "none" else VAULT.derive("access-token", "k1")
    token = jwt.encode(claims_of(li.token), key, algorithm, headers={"kid": "k1"})
    assert await refusal(world, token) == (401, "unauthenticated")


async def test_neither_token_passes_for_the_other(world: World, li: Member) -> None:
    assert await refusal(world, li.refresh_token) == (401, "unauthenticated")
    for token in (li.token, signed(claims_of(li.token) | {"typ": "refresh"})):
        if len(token) > 200:  # longer than any refresh token: not even read
            with pytest.raises(errors.Unauthenticated):
                tokens.read_refresh(world.deps.vault, token)
        body = {"refresh_token": token[:200]}
        reply = await world.api.post("/api/v1/sessions/refresh", body, as_=None)
        assert (reply.status, reply.code) == (401, "unauthenticated")


@pytest.mark.parametrize(
    "token",
    ["", ".", "...", "k1...", "k2.a.0.b", "k1.a.x.b", "k1.a.0", "k1.a.0.ü", "k1.a.-1."],
)
def test_rubbish_is_no_refresh_token(token: str) -> None:
    with pytest.raises(errors.Unauthenticated):
        tokens.read_refresh(VAULT, token)


def test_the_key_of_access_tokens_makes_no_refresh_token() -> None:
    body = "k1.session.0"
    mac = hmac.digest(VAULT.derive("access-token", "k1"), body.encode(), hashlib.sha256)
    with pytest.raises(errors.Unauthenticated):
        tokens.read_refresh(VAULT, f"{body}.{urlsafe_b64encode(mac).decode().rstrip('=')}")


async def test_refreshes_that_all_read_before_any_writes_have_one_successor(
    world: World, li: Member
) -> None:
    token, visit = li.refresh_token, Visit()
    answers = await asyncio.gather(
        *(lifecycle.refresh(world.deps, token, visit) for _ in range(20))
    )
    assert all(answer == answers[0] for answer in answers)
    [session] = await world.db.sessions.find({}).to_list()
    assert session["generation"] == 1


def test_each_purpose_has_its_own_key() -> None:
    purposes = ("access-token", "refresh-token", "seal", "audit", "blind:phone")
    assert len({VAULT.derive(purpose, "k1") for purpose in purposes}) == len(purposes)


def test_a_token_made_again_is_the_same_token() -> None:
    def made(serial: int) -> str:
        return tokens.issue_access(VAULT, person_id="p", session_id="s", serial=serial, at=NOON)

    assert made(0) == made(0)
    assert made(0) != made(1)
    assert tokens.issue_refresh(VAULT, "s", 0) == tokens.issue_refresh(VAULT, "s", 0)


def test_a_token_says_nothing_personal() -> None:
    token = tokens.issue_access(VAULT, person_id="p", session_id="s", serial=0, at=NOON)
    assert set(claims_of(token)) == set(tokens.REQUIRED)
