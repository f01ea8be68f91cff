"""Rooms of a file: which rows mean one home, and which may."""

from collections.abc import Callable

from services.places.models import Usage
from services.register.rows.repeats import Repeats, RowRefused, Seen
from services.register.sheet.models import Code, Field, ListedHome
from services.register.sheet.names import Label


class Rooms:
    """Homes of all sheets by their paths. `say`: tells a problem of the present row."""

    def __init__(self, say: Callable[..., None]) -> None:
        self._say = say
        self._repeats = Repeats()
        self._sheets: dict[int, str] = {}
        self._sheet = 0

    def __contains__(self, path: str) -> bool:
        return path in self._repeats

    def begin(self, number: int, name: str) -> None:
        """Begin a sheet."""
        self._sheet = number
        self._sheets[number] = name

    def totals(self) -> tuple[int, int, int]:
        """Return how many buildings, units and homes were seen."""
        return self._repeats.totals()

    def label(self, unit: str, label: Label, usage: Usage) -> Label:
        """Return the number as an earlier row wrote it, when it is another spelling of that."""
        if usage is not Usage.FLAT:
            return label
        if same := self._repeats.same_room(unit, label.segment):
            seen = self._repeats.seen(same)
            self._ask(Code.SAME_ROOM, label, seen)
            return Label(same.rpartition(".")[2], seen.name)
        if other := self._repeats.may_be_same(unit, label.segment):
            self._ask(Code.MAY_BE_SAME, label, self._repeats.seen(other))
        return label

    def add(self, path: str, home: ListedHome, *, adds: bool) -> None:
        """Add a home. Raises RowRefused when an earlier row has it; it names that row."""
        try:
            self._repeats.add(path, home, adds=adds)
        except RowRefused as refused:
            refused.words.setdefault("earlier", self._earlier(self._repeats.seen(path)))
            raise

    def _ask(self, code: Code, label: Label, seen: Seen) -> None:
        words = {"name": label.name, "other": seen.name, "earlier": self._earlier(seen)}
        self._say(code, Field.HOME, **words)

    def _earlier(self, seen: Seen) -> str:
        """Return the row of a home that was seen, with its sheet when that is another one."""
        if seen.sheet_number == self._sheet:
            return f"第 {seen.row} 行"
        return f"工作表“{self._sheets[seen.sheet_number]}”第 {seen.row} 行"
