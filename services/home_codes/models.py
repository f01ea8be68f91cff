"""One-time codes of homes: what is kept, sent and seen."""

from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct, field

from services.homes.models import Secret, SlipState
from services.residencies.models import Relation

CODE_LIFE: Final = timedelta(days=30)


class HomeCode(Struct, kw_only=True):
    """The one code that opens a residency; printing again replaces it."""

    residency: str = field(name="_id")
    home: str
    code_index: str
    state: SlipState = SlipState.OPEN
    printed_by: str
    printed_at: datetime
    expires_at: datetime
    used_by: str | None = None
    used_at: datetime | None = None


class UseCode(Struct, forbid_unknown_fields=True):
    """A printed code, however it is typed: capitals, blanks and dashes do not matter."""

    code: Secret


class PrintedCode(Struct, kw_only=True):
    address: str
    name_masked: str
    relation: Relation
    code: str


class PrintedCodes(Struct, kw_only=True):
    """Shown this once: only a fingerprint of each code is kept."""

    expires_at: datetime
    codes: list[PrintedCode]
