"""What the compared servers are given, and the token that all of them check."""

import os
import socket
import sys
import time
from datetime import UTC, datetime
from typing import Any, Final

import jwt
from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase
from redis.asyncio import Redis

ALGORITHM: Final = "HS256"
BACKLOG: Final = 1024
PAGE: Final = 51  # one more than a page: whether another one follows
FIELDS: Final = (
    "kind",
    "home",
    "period",
    "months",
    "amount_fen",
    "explanation",
    "account",
    "payee_name",
    "state",
    "due_on",
    "issued_at",
    "paid_at",
)


def of(name: str) -> str:
    return os.environ[f"OTHER_{name}"]  # noqa: TID251  # no settings of the product


def database() -> AsyncDatabase[dict[str, Any]]:
    client = AsyncMongoClient[dict[str, Any]](of("MONGODB_URI"), tz_aware=True)
    return client[of("DATABASE")]


def redis() -> Redis:
    return Redis.from_url(of("REDIS_URL"))


def token(key: str, *, person: str, session: str) -> str:
    claims = {"sub": person, "sid": session, "exp": int(time.time()) + 24 * 3600}
    return jwt.encode(claims, key, ALGORITHM)


def now() -> datetime:
    return datetime.fromtimestamp(time.time(), UTC)


def listen() -> socket.socket:
    """Take a port of this machine and tell it.

    The protocol is named: asyncio sends small parts at once (TCP_NODELAY) only where it is.
    """
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    listening.listen(BACKLOG)
    sys.stdout.write(f"http://127.0.0.1:{listening.getsockname()[1]}\n")
    sys.stdout.flush()
    return listening
