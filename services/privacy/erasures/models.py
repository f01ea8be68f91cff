"""Erasures: what is kept of one, sent and seen."""

from datetime import datetime
from typing import Literal

from msgspec import Struct, field

from services.privacy.erasures.states import ErasureState


class Erasure(Struct, kw_only=True):
    """Erasure of one account. The id is a secret: whoever was given it may look.

    `person`: whose account it was, until all is cleared; then nobody. `done`: packages that
    have cleared what is theirs. `steps`: transactions that it took.
    """

    id: str = field(name="_id")
    person: str | None
    state: ErasureState = ErasureState.CLOSED
    done: list[str] = []
    steps: int = 0
    asked_at: datetime
    finished_at: datetime | None = None


# What clients send and see


class EraseMe(Struct, forbid_unknown_fields=True):
    """Erasure of an account, typed by the person: there is no way back.

    `confirm`: The word 注销.
    """

    confirm: Literal["注销"]


class ErasedPart(Struct, frozen=True):
    """One kind of thing that is cleared after an account was closed.

    `what`: What people call it, in Chinese.
    `is_cleared`: Whether nothing of it is left.
    """

    what: str
    is_cleared: bool


class ErasureView(Struct, kw_only=True):
    """How far an erasure is. It says nothing about whose account it was.

    `erasure_id`: Secret id, to look again without an account.
    `state`: Whether anything is left to clear.
    `asked_at`: When the account was closed.
    `finished_at`: When the last part was cleared; null before.
    `parts`: What is cleared after the account is closed, part by part.
    """

    erasure_id: str
    state: ErasureState
    asked_at: datetime
    finished_at: datetime | None
    parts: list[ErasedPart]
