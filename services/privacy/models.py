"""Requests of people about their own data, and the groups of an export."""

from typing import Any, Literal

from msgspec import Struct


class EraseMe(Struct, forbid_unknown_fields=True):
    """Erasure of an account, typed by the person: there is no way back.

    `confirm`: The word 注销.
    """

    confirm: Literal["注销"]


class Group(Struct, frozen=True, rename={"rows": "内容", "complete": "完整", "note": "说明"}):
    """One kind of thing held about a person. `complete` is false beyond MOST_ROWS."""

    rows: list[Any]
    complete: bool = True
    note: str = ""
