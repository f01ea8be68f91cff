"""Parties of a case: who reported it and who joined, and what they answered at the end."""

from datetime import datetime
from typing import Final

from msgspec import Struct, field

from services.kernel.vault import Sealed

NOTE: Final = Sealed("case_parties", "note")


class PartyRow(Struct, kw_only=True):
    """Somebody who reported a case or joined it.

    `kind`: of the case. `is_reporter`: whether it is theirs. `is_filer`: whether they wrote it
    down for somebody; it counts while they hold the office that let them. `asked`, `answered`:
    the round in which they were last asked and last answered; 0 for never. `fixed`: their last
    answer. `note_sealed`: what they wrote with it.
    """

    id: str = field(name="_id")
    kind: str
    case: str
    person: str
    is_reporter: bool = False
    is_filer: bool = False
    joined_at: datetime
    asked: int = 0
    answered: int = 0
    fixed: bool | None = None
    note_sealed: str = ""

    def is_office(self, person: str | None) -> bool:
        """Tell whether somebody is of a case by an office only, for whom has no account.

        `person`: whose case it is. What is merged into it may have been written down, too.
        """
        return self.is_filer or (self.is_reporter and person is None)


def party_id(case_id: str, person_id: str) -> str:
    """Return the id of a person's row: of a case each has one."""
    return f"{case_id}:{person_id}"
