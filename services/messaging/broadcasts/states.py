"""State machine of a broadcast: written into inboxes, pushed, done; or stopped on the way."""

from enum import StrEnum, auto
from typing import Final

from services.kernel.labels import Labelled
from services.kernel.states import Table, Transition


class BroadcastState(Labelled):
    GATHERING = "gathering", "正在写入站内消息"
    PUSHING = "pushing", "正在推送微信"
    DONE = "done", "已完成"
    STOPPED = "stopped", "已停止"


S = BroadcastState


class Move(StrEnum):
    PUSH = auto()  # everybody has it in the inbox
    FINISH = auto()
    STOP = auto()  # taken back: nobody else is told


M = Move

TABLE: Final = Table(
    S.GATHERING,
    Transition(S.GATHERING, M.PUSH, S.PUSHING),
    Transition(S.PUSHING, M.FINISH, S.DONE),
    Transition(S.GATHERING, M.STOP, S.STOPPED),
    Transition(S.PUSHING, M.STOP, S.STOPPED),
)
