"""State machine of an export. The table is the specification."""

from enum import StrEnum, auto
from typing import Final

from services.kernel.acts import Act
from services.kernel.labels import Labelled
from services.kernel.states import Table, Transition


class ExportState(Labelled):
    WRITING = "writing", "正在生成"
    READY = "ready", "可以下载"
    REFUSED = "refused", "未能生成"  # what may be read changed before it was written


class ExportAction(StrEnum):
    ASK = auto()
    FINISH = auto()
    REFUSE = auto()


S, A = ExportState, ExportAction
TABLE: Final = Table[ExportState, ExportAction](
    None,
    Transition(None, A.ASK, S.WRITING, own=True, act=Act.EXPORTED),
    Transition(S.WRITING, A.FINISH, S.READY),
    Transition(S.WRITING, A.REFUSE, S.REFUSED),
)
