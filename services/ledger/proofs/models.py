"""Proof of the books: what is asked for, and what came out."""

from collections.abc import Callable
from dataclasses import dataclass, field

from msgspec import Struct

from services.kernel.days import FIRST_DAY, Day

Tell = Callable[[str], None]


class Span(Struct, frozen=True, kw_only=True):
    """What is proved: all of the books, or some days with the documents that they speak of.

    `after`: what the progress of an earlier run said last; what came before is left out.
    """

    from_day: Day | None = None
    to_day: Day | None = None
    after: str = ""

    @property
    def is_whole(self) -> bool:
        return self.from_day is None and self.to_day is None

    @property
    def first(self) -> Day:
        return self.from_day or FIRST_DAY


class Verdict(Struct, kw_only=True):
    """`late`: journals that came after their day was sealed; the worker seals them at night.

    `sealed_to`: the newest day that is sealed. `newest`: the city's newest seal; the log's
    newest `journal_seal` line must say the same.
    """

    journals: int = 0
    seals: int = 0
    documents: int = 0
    problems: int = 0
    late: int = 0
    sealed_to: str = ""
    newest: str = ""


@dataclass
class Report:
    """What a proof has found so far: each problem is one line, told as it is found."""

    tell: Tell
    progress: Tell
    verdict: Verdict = field(default_factory=Verdict)

    def problem(self, line: str) -> None:
        self.verdict.problems += 1
        self.tell(line)
