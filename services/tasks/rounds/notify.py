"""Messages about rounds: due, soon over, overdue. Whoever has several of a run has one."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

from services.cases.kinds import News, Side
from services.dependencies import Dependencies, Transaction
from services.tasks.parts.notify import TASK_GIVEN, TASK_NEWS, send
from services.tasks.rounds.models import Round

WORDS: Final[Mapping[StrEnum, str]] = {
    News.WARNED: "快到期了,还没有巡查",
    News.CLIMBED: "有单元或楼栋超时未巡查",
}


async def given(
    deps: Dependencies, tx: Transaction, made: Round, people: Iterable[str]
) -> None:
    """Tell people of a round that they have in hand now."""
    values, key = {"title": made.title, "until_on": made.until}, f"{made.plan}:{made.run}"
    await send(deps, tx, people, TASK_GIVEN, key=key, values=values, opens=_opens(made))


async def tell(
    deps: Dependencies,
    tx: Transaction,
    made: Round,
    news: StrEnum,
    people: Iterable[str],
    side: Side,  # noqa: ARG001  # a round has no other side than those who make it
    key: str,  # noqa: ARG001  # told once for all of a run
) -> None:
    """Tell people of other news."""
    values = {"title": made.title, "news": WORDS[news]}
    as_ = f"{made.plan}:{made.run}:{news}"
    await send(deps, tx, people, TASK_NEWS, key=as_, values=values, opens=_opens(made))


def _opens(made: Round) -> str:
    return f"plan={made.plan}"
