"""One-time codes of homes: what is kept, sent and seen."""

from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct, field

from services.home_codes.states import CodeState
from services.kernel.types import Secret
from services.residencies.models import Relation

CODE_LIFE: Final = timedelta(days=30)


class HomeCode(Struct, kw_only=True):
    """Code that opens a residency; there is one, and printing again replaces it."""

    residency: str = field(name="_id")
    home: str
    code_index: str
    state: CodeState = CodeState.OPEN
    printed_by: str
    printed_at: datetime
    expires_at: datetime
    used_by: str | None = None
    used_at: datetime | None = None


# What clients send and see


class UseCode(Struct, forbid_unknown_fields=True):
    """Use of a printed code.

    `code`: Printed code, however it is typed: capitals, blanks and dashes do not matter.
    """

    code: Secret


class PrintedCode(Struct, kw_only=True):
    """Code to be printed for one person.

    `address`: Address of the home, as people say it.
    `name_masked`: Name of the person with all but the first character masked.
    `relation`: What the home is to the person.
    `code`: Code that binds the person to the home, e.g. 7K3QM-X9D2T.
    """

    address: str
    name_masked: str
    relation: Relation
    code: str


class PrintedCodes(Struct, kw_only=True):
    """Codes to be printed, shown this once: only a fingerprint of each is kept.

    `expires_at`: When the codes bind nobody any more.
    `codes`: One code for each registered person who is not bound.
    `left_out`: How many such people belong to a home of mine: a colleague prints their codes.
    """

    expires_at: datetime
    codes: list[PrintedCode]
    left_out: int
