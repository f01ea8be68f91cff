"""State machine of a place code. The table is the specification."""

from enum import StrEnum, auto
from typing import Final

from services.kernel.acts import Act
from services.kernel.errors import Conflict
from services.kernel.labels import Labelled
from services.kernel.permissions import Permission
from services.kernel.states import Table, Transition


class PlaceCodeState(Labelled):
    """State of a code."""

    IN_USE = "in_use", "使用中"
    ENDED = "ended", "已停用"


class PlaceCodeAction(StrEnum):
    RENEW = auto()  # another token: what was printed before leads nowhere
    END = auto()


S, A, CODES = PlaceCodeState, PlaceCodeAction, Permission.MANAGE_CODES
TABLE: Final = Table(
    S.IN_USE,
    Transition(S.IN_USE, A.RENEW, S.IN_USE, CODES, act=Act.PLACE_CODE_RENEWED),
    Transition(S.IN_USE, A.END, S.ENDED, CODES, act=Act.PLACE_CODE_ENDED),
    along=lambda state: {} if state is S.IN_USE else {"open_key": None},
)


class PlaceCodeEnded(Conflict):
    """The code is no longer in use: it can be neither renewed nor ended."""

    code = "place_code_ended"
