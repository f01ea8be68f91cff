"""Browser sign-ins, allowed in a mini-program: what is kept, sent and seen."""

from datetime import datetime, timedelta
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.browser_sign_ins.states import BrowserState
from services.kernel.labels import Labelled
from services.kernel.types import LINE, Secret

LIFE: Final = timedelta(minutes=3)
MOST_MISSES: Final = 3

Scene = Annotated[str, Meta(min_length=1, max_length=32, pattern=LINE)]


class BrowserPurpose(Labelled):
    SIGN_IN = "sign_in", "网页登录"
    CONFIRMATION = "confirmation", "再次确认"  # of a session that is signed in


class BrowserSignIn(Struct, kw_only=True):
    """One code on one screen.

    Neither what the browser polls with nor what the code holds is kept, only keyed hashes.
    `session`: the one to confirm, with its `person`; empty for a sign-in, whose `person` is
    whoever allowed it.
    """

    id: str = field(name="_id")
    state: BrowserState = BrowserState.WAITING
    device: str
    number: str  # two digits that only the screen shows
    secret_index: str = ""
    scene_index: str
    session: str = ""
    person: str = ""
    misses: int = 0  # wrong numbers
    asked_at: datetime
    expires_at: datetime
    answered_at: datetime | None = None

    @property
    def purpose(self) -> BrowserPurpose:
        return BrowserPurpose.CONFIRMATION if self.session else BrowserPurpose.SIGN_IN


class Asked(Struct, frozen=True):
    """A new code, and the secret that only the asking browser ever hears."""

    sign_in: BrowserSignIn
    secret: str


# What clients send and see


class Look(Struct, forbid_unknown_fields=True):
    """Look at who asks to be let in.

    `scene`: What the scanned code opened the mini-program with.
    """

    scene: Scene


class AnswerBrowser(Struct, forbid_unknown_fields=True, kw_only=True):
    """Answer to a browser that asks to be let in.

    `scene`: Scene of the scanned code.
    `allow`: Whether to let it in.
    `number`: Two digits typed off the screen; needed to allow, not to refuse.
    """

    scene: Scene
    allow: bool
    number: Annotated[str, Meta(pattern=r"^[0-9]{2}$(?!\n)")] | None = None


class Poll(Struct, forbid_unknown_fields=True):
    """Question whether the browser is let in.

    `secret`: Secret that the browser was told when it asked.
    """

    secret: Secret


class ConfirmationCode(Struct, kw_only=True):
    """Code for this browser's screen.

    `sign_in_id`: Id to ask the answer with.
    `number`: Two digits, shown beside the code in large type.
    `expires_at`: When the code can be answered no longer.
    `code_url`: Address of the picture of the code, relative to the server.
    """

    sign_in_id: str
    number: str
    expires_at: datetime
    code_url: str


class SignInCode(ConfirmationCode, kw_only=True):
    """Code for this browser's screen, to sign in with.

    `secret`: What this browser polls with; it is told once.
    """

    secret: str


class BrowserView(Struct, kw_only=True):
    """Browser that asks for a session, for the person who scanned the code.

    `purpose`: Whether it is to sign in or to confirm a sensitive act.
    `device`: Browser and system, e.g. Edge(Windows).
    `asked_at`: When the browser asked.
    `expires_at`: When the code can be answered no longer.
    """

    purpose: BrowserPurpose
    device: str
    asked_at: datetime
    expires_at: datetime
