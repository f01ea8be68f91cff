"""Followers of the linked service account (服务号): what is kept of them."""

import hashlib
from datetime import datetime
from typing import Final

from msgspec import Struct, field

IDENTIFY: Final = "followers.identify"  # the name of the job that asks WeChat who follows


class Follower(Struct, kw_only=True):
    """Somebody who follows the account, or did within the last thirty days.

    `union_key` says who it is in the mini-program (services/people/identity.py); it is there
    only while they follow, so that whoever has one can be written to. `former_key` says it of
    who ceased to follow, so that erasure finds the row for as long as it is kept.

    A row without appid and openid says that whoever had its `former_key` was erased at
    `unfollowed_at`: what WeChat was asked before that says nothing about them any more.
    """

    id: str = field(name="_id")
    appid: str  # of the account: another one gives another openid
    openid: str
    union_key: str | None = None
    former_key: str | None = None
    followed_at: datetime | None = None
    unfollowed_at: datetime | None = None
    changes: int = 0  # pushes and refusals about it: an answer to a question from before is old


def follower_id(appid: str, openid: str) -> str:
    """Name a follower in jobs and logs, where no openid may stand."""
    return hashlib.sha256(f"{appid}:{openid}".encode()).hexdigest()[:40]


def erased_id(person_id: str) -> str:
    """Name the row that says of a person that they were erased."""
    return follower_id("", person_id)
