"""Parties of a mediation: who they are, whether they take part, and what each has confirmed."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.kernel.labels import Labelled
from services.kernel.types import Remark
from services.kernel.vault import Sealed

NAME: Final = Sealed("mediation_parties", "name")
PHONE: Final = Sealed("mediation_parties", "phone")
STATEMENT: Final = Sealed("mediation_parties", "statement")
# How an agreement calls them, so that its words need no names: the ten heavenly stems.
STEMS: Final = "甲乙丙丁戊己庚辛壬癸"
FEWEST: Final = 2
MOST: Final = len(STEMS)
# What stands for the name of a party whose account is closed.
SOMEBODY: Final = "当事人"


class SaidBy(Labelled):
    """Way in which a party said something."""

    APP = "app", "小程序"
    DOOR = "door", "当面登记"
    PAPER = "paper", "纸上签字"


class PartyRow(Struct, kw_only=True):
    """Party of a mediation.

    `number`: from 1, in the order in which they were named. `person`: their account, as the
    register knows it by home and name; None for none, and once it is closed. `agreed`: whether
    they take part; None before they said so. `confirmed`: version of the agreement that they
    confirmed last; 0 for none. `proved_index`: fingerprint of the phone of an account that is
    closed, until it is taken out of what others wrote.
    """

    id: str = field(name="_id")
    mediation: str
    number: int
    person: str | None
    home: str
    name_sealed: str
    phone_sealed: str = ""
    phone_index: str = ""
    proved_index: str = ""
    statement_sealed: str = ""
    agreed: bool | None = None
    answered_at: datetime | None = None
    answered_by: SaidBy | None = None
    confirmed: int = 0
    confirmed_at: datetime | None = None
    confirmed_by: SaidBy | None = None
    photo_ids: list[str] = []
    erased: bool = False

    @property
    def letter(self) -> str:
        """Name of the party in an agreement, e.g. 甲方."""
        return f"{STEMS[self.number - 1]}方"


def party_id(mediation_id: str, number: int) -> str:
    return f"{mediation_id}:{number:02d}"


class AnswerMediation(Struct, forbid_unknown_fields=True, kw_only=True):
    """Answer of a party whether they take part. Nobody has to (人民调解法 art. 17).

    `agree`: Whether they take part.
    """

    agree: bool


class StateMediation(Struct, forbid_unknown_fields=True, kw_only=True):
    """What a party says of the matter; the mediator alone reads it.

    `text`: What happened, and what they want; replaces what they wrote before.
    """

    text: Remark


class PartyView(Struct, kw_only=True):
    """Party of a mediation, as the others and the mediator see it.

    `party_id`: Opaque id of the party.
    `letter`: How the agreement calls them.
    `name`: Name, as it was given.
    `address`: Address of their home; null for none.
    `is_me`: Whether it is me.
    `agreed`: Whether they take part; null before they said so.
    `has_confirmed`: Whether they confirmed the agreement that is there now.
    `answered_by`: How they said so, for the mediator; else null.
    `phone`: Number to call, for the mediator; else null.
    `statement`: What they wrote, for the mediator and themselves; else null.
    """

    party_id: str
    letter: Annotated[str, Meta(examples=["甲方"])]
    name: Annotated[str, Meta(examples=["王秀兰"])]
    address: str | None
    is_me: bool
    agreed: bool | None
    has_confirmed: bool
    answered_by: SaidBy | None
    phone: Annotated[str, Meta(examples=["+8613800000000"])] | None
    statement: Annotated[str, Meta(examples=["孩子十二月考级,只练到九点"])] | None
