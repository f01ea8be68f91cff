"""Requests of people about their own data."""

from typing import Literal

from msgspec import Struct


class EraseMe(Struct, forbid_unknown_fields=True):
    """Erasure of an account, typed by the person: there is no way back.

    `confirm`: The word 注销.
    """

    confirm: Literal["注销"]
