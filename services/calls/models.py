"""Calls without numbers: what is kept of who asked for whom, what is sent, and what is seen.

No number is kept here, and nothing of what was said.
"""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.calls.states import CallState
from services.kernel.callables import CallCircle
from services.kernel.labels import Labelled
from services.kernel.types import Id

DEFAULT: Final = (CallCircle.CASE,)
Circles = Annotated[list[CallCircle], Meta(max_length=len(CallCircle))]
About = Annotated[str, Meta(pattern=r"^[a-z][a-z_]{1,39}$(?!\n)", examples=["repair"])]
# A number as people dial it.
Dialled = Annotated[str, Meta(examples=["13900000001"])]


class CallAnswer(Labelled):
    """Answer of somebody whom another one asks to call."""

    ALLOW_ONCE = "allow_once", "允许一次"
    CALL_BACK = "call_back", "我打回去"
    DECLINE = "decline", "暂不方便"


class Call(Struct, kw_only=True):
    """Somebody asked to call a person about something.

    `about`, `subject`: kind and id of the matter. `person`: None for somebody without an
    account. `office`: in which office it was asked, as people read it; `appointment`: its id,
    "" where it is of a firm or unknown. `is_firms`: asked by a firm's people. `by_settings`:
    allowed by the person's settings, and only as long as they say so. `ends_at`: when the
    question or the permission is over. `shown`, `last_shown_at`: how often, and when last, the
    number was shown. `open_key`: what there is one open call for; None once it is over.
    """

    id: str = field(name="_id")
    about: str
    subject: str
    place: str
    person: str | None
    asker: str
    office: str
    appointment: str = ""
    is_firms: bool = False
    is_heads: bool = False
    state: CallState = CallState.ASKED
    by_settings: bool = False
    asked_at: datetime
    ends_at: datetime
    answered_at: datetime | None = None
    shown: int = 0
    last_shown_at: datetime | None = None
    open_key: str | None = None


class Settings(Struct, kw_only=True):
    """Circles to which a person shows the number without being asked. `id`: the person."""

    id: str = field(name="_id")
    shown_to: list[CallCircle]
    changed_at: datetime


# What clients send and see


class AskCall(Struct, forbid_unknown_fields=True, kw_only=True):
    """Wish to call somebody.

    `about`: Kind of the matter: `repair` its reporter, `feedback` who said it, `home_request`
    who asks for the home, `visit` whoever is to be visited, `mediation` one of its parties,
    `home` one of the people of a home.
    `subject_id`: Id of the matter; of `mediation` that of the party, of `home` that of the
    relation to it.
    """

    about: About
    subject_id: Id


class AnswerCall(Struct, forbid_unknown_fields=True, kw_only=True):
    """Answer to who wants to call me.

    `answer`: Whether they see my number for a day, I call them, or neither; the last also takes
    back what was allowed.
    """

    answer: CallAnswer


class ChangeCallSettings(Struct, forbid_unknown_fields=True, kw_only=True):
    """Who sees my number without asking me.

    `shown_to`: Circles of people; empty for nobody.
    """

    shown_to: Circles


class CallSettings(Struct, kw_only=True):
    """Who sees my number without asking me.

    `shown_to`: Circles of people; empty for nobody.
    """

    shown_to: list[CallCircle]


class CallView(Struct, kw_only=True):
    """Call that I asked for; never with the number.

    `call_id`: Opaque id of the call.
    `about`: Kind of the matter.
    `subject_id`: Opaque id of the matter.
    `place`: Path of the place that it is about.
    `state`: How far it is.
    `asked_at`: When I asked.
    `ends_at`: Until when it can be answered, or the number be shown.
    """

    call_id: str
    about: About
    subject_id: str
    place: str
    state: CallState
    asked_at: datetime
    ends_at: datetime


class CallNumber(Struct, kw_only=True):
    """Number to call, to be shown and not kept.

    `phone`: Number, as people dial it.
    `until`: Until when it can be shown again.
    """

    phone: Dialled
    until: datetime


class MyCallView(Struct, kw_only=True):
    """Call that somebody asked for with me.

    `call_id`: Opaque id of the call.
    `office`: Office of who asked, e.g. 单元长.
    `about`: Kind of the matter.
    `about_label`: Kind of the matter, as people read it.
    `place`: Path of the place that it is about.
    `address`: Address of the place, as people say it.
    `state`: How far it is.
    `asked_at`: When it was asked for.
    `ends_at`: Until when it can be answered, or my number is shown.
    `shown`: How often my number was shown.
    `last_shown_at`: When it was last shown; null for never.
    """

    call_id: str
    office: Annotated[str, Meta(examples=["单元长"])]
    about: About
    about_label: Annotated[str, Meta(examples=["报修"])]
    place: str
    address: str
    state: CallState
    asked_at: datetime
    ends_at: datetime
    shown: int
    last_shown_at: datetime | None


class AnsweredCall(MyCallView, kw_only=True):
    """Call that I answered.

    `call_back`: Number of the office that I call back; null unless I said so.
    """

    call_back: Dialled | None
