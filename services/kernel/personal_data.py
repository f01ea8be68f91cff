"""Declarations of personal data: what a collection holds about people, and what erasure does.

A package declares them in its `privacy.py` and registers them in its `feature.py`. Export,
erasure and key rotation are run from all of them (`Features.holdings`): a collection that
nobody declares fails a test.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from enum import StrEnum, auto
from types import MappingProxyType
from typing import Any, Final

from msgspec import Struct

from services.kernel.documents import Document
from services.kernel.labels import Labelled
from services.kernel.vault import Sealed

# PIPL art. 47: deletion ends where a law or administrative regulation asks for keeping.
ACCOUNTING: Final = "《会计法》第23条、《会计档案管理办法》第14条:会计凭证和账簿保存30年"
LOGS: Final = "《网络安全法》:网络日志至少保存六个月"
PROOF: Final = "《个人信息保护法》第14、69条:处理者须能证明取得过同意"
REGISTER: Final = (
    "《个人信息保护法》第13条第1款第3项:社区履行职责所需的登记;只解除与微信账号的关联"
)
OFFICE: Final = "任命是社区的公开事项:保留职务和任期,去掉姓名和电话"

# Written over a name when a person is erased, and before an id where a value must be unique.
GONE: Final = "已注销"
ERASED: Final = "erased"


class Fate(StrEnum):
    """Effect of erasure on a person's rows."""

    REMOVED = auto()
    BLANKED = auto()  # the row stays, without what says who it was
    KEPT = auto()  # as it is, under an id that leads to nobody any more: `law` says why
    FADES = auto()  # holds what leads to nobody without other rows, and expires by itself
    NOBODYS = auto()  # holds nothing of a person but, at most, ids of staff who acted


class Holding(Struct, frozen=True, kw_only=True):
    """One collection.

    `title`: its group in an export; empty when there is nothing to give, and `why` says so.
    `person`: the field with the person's id, which an index serves. `shows`: field → what
    people call it; an amount in fen (`_fen`) is written in yuan. `words`: field → the values it
    has, written by their labels.
    `sealed`: name of a sealed field → the field, which knows its place; `list.field` for one
    of each item of a list.
    `complete`: (deps, rows) adds to some rows, in place, what of them is kept elsewhere.
    `law`: why it is kept. `staff`: fields with ids of people who acted in office; kept.
    `revealed`: whether staff may see its masked fields in full, with a reason. `rank`: where
    its group stands in an export; lower comes first, equals in the order of the packages.
    """

    collection: str
    fate: Fate
    title: str = ""
    person: str = ""
    shows: Mapping[str, str] = MappingProxyType({})
    words: Mapping[str, type[Labelled]] = MappingProxyType({})
    sealed: Mapping[str, Sealed] = MappingProxyType({})
    complete: Callable[[Any, Sequence[Document]], Awaitable[None]] | None = None
    law: str = ""
    why: str = ""
    staff: tuple[str, ...] = ()
    revealed: bool = False
    rank: int = 9
