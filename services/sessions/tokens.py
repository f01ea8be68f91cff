"""Access tokens (JWT, a quarter of an hour) and refresh tokens (derived, rotating).

A refresh token is `session.generation.mac`. Nothing but the session's current generation is
stored: whoever reads the database cannot make one, and asking twice with the same token gives
the same successor because there is only one.
"""

import functools
import hashlib
import hmac
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from typing import Final, Literal

import jwt
import msgspec
from msgspec import Struct

from services.kernel.errors import Unauthenticated
from services.kernel.vault import Vault

ACCESS_LIFE: Final = timedelta(minutes=15)
ISSUER: Final = "sanzhangtong"
AUDIENCE: Final = "resident-api"
ALGORITHM: Final = "HS256"
REQUIRED: Final = ["exp", "iat", "sub", "sid", "aud", "iss", "jti", "typ"]
SKEW: Final = timedelta(seconds=30)
KNOWN_TOKENS: Final = 4096  # a kilobyte each; who opens a screen asks five to ten times


class SessionExpired(Unauthenticated):
    """The short token ran out: use the refresh token."""

    code = "access_token_expired"


class Claims(Struct, frozen=True):
    """Claims of an access token, strictly typed: another shape is refused."""

    typ: Literal["access"]
    sub: str
    sid: str
    jti: str
    iat: int  # seconds
    exp: int


def issue_access(
    vault: Vault, *, person_id: str, session_id: str, serial: int, at: datetime
) -> str:
    """Return the access token of a session's `serial`-th generation, valid from `at`.

    The same arguments give the same token: a repeated refresh gets the same response.
    """
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": person_id,
        "sid": session_id,
        "jti": f"{session_id}.{serial}",
        "typ": "access",
        "iat": int(at.timestamp()),
        "exp": int((at + ACCESS_LIFE).timestamp()),
    }
    key = vault.derive("access-token", vault.current)
    return jwt.encode(claims, key, ALGORITHM, headers={"kid": vault.current})


def read_access(vault: Vault, token: str, now: datetime) -> tuple[str, str]:
    """Return (person id, session id) of a valid access token."""
    claims = _claims(vault, token)
    if claims.iat > (now + SKEW).timestamp():
        raise Unauthenticated("登录信息无效,请重新登录")
    if claims.exp <= now.timestamp():
        raise SessionExpired("登录已过期,请刷新")
    return claims.sub, claims.sid


@functools.lru_cache(KNOWN_TOKENS)
def _claims(vault: Vault, token: str) -> Claims:
    """Verify all but the times: those are compared with the injected clock by the caller.

    The key is the one the token names, out of ours and for this purpose only; the algorithm
    is never the token's choice. What is genuine once is so for as long as the process has its
    keys: of the tokens seen last the claims are kept, and what is refused is never kept.
    """
    try:
        key = vault.derive("access-token", jwt.get_unverified_header(token)["kid"])
        claims = jwt.decode(
            token,
            key,
            algorithms=[ALGORITHM],
            audience=AUDIENCE,
            issuer=ISSUER,
            options={
                "require": REQUIRED,
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
            },
        )
        return msgspec.convert(claims, Claims)
    except (jwt.InvalidTokenError, msgspec.ValidationError, KeyError, TypeError):
        raise Unauthenticated("登录信息无效,请重新登录") from None


def issue_refresh(vault: Vault, session_id: str, generation: int) -> str:
    body = f"{vault.current}.{session_id}.{generation}"
    return f"{body}.{_mac(vault, vault.current, body)}"


def read_refresh(vault: Vault, token: str) -> tuple[str, int]:
    """Return (session id, generation) of a genuine refresh token, current or not."""
    body, _, mac = token.rpartition(".")
    try:
        key_id, session_id, generation = body.split(".")
        genuine = hmac.compare_digest(mac.encode(), _mac(vault, key_id, body).encode())
        if genuine:
            return session_id, int(generation)
    except (ValueError, KeyError):
        pass  # refused below, like a wrong mac: a forger learns nothing
    raise Unauthenticated("登录信息无效,请重新登录")


def _mac(vault: Vault, key_id: str, body: str) -> str:
    key = vault.derive("refresh-token", key_id)
    digest = hmac.digest(key, body.encode(), hashlib.sha256)
    return urlsafe_b64encode(digest).decode().rstrip("=")
