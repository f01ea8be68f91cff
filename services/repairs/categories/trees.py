"""Tree of a city's categories: order, lines of groups, and what can be chosen on a day.

Pure: a tree is read whole, it has some forty leaves.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from services.kernel.days import Day
from services.repairs.categories.models import Category


class Tree:
    """Categories of a city by code. `children`: code of a group, "" for the top → its own."""

    def __init__(self, categories: Iterable[Category]) -> None:
        self.by_code = {category.code: category for category in categories}
        self.children: dict[str, list[Category]] = defaultdict(list)
        for category in sorted(self.by_code.values(), key=lambda c: (c.position, c.code)):
            self.children[category.parent].append(category)

    def line(self, code: str) -> list[Category]:
        """Return a category behind the groups it lies in, the top first; [] for none."""
        found: list[Category] = []
        while (category := self.by_code.get(code)) is not None:
            found.insert(0, category)
            code = category.parent
        return found

    def is_group(self, code: str) -> bool:
        """Tell whether others lie in it, or did: what once held others says too little."""
        return bool(self.children.get(code))

    def inside(self, code: str) -> Iterator[str]:
        """Yield a code and those of all that lies in it, ended ones too."""
        yield code
        for category in self.children.get(code, ()):
            yield from self.inside(category.code)

    def stands(self, code: str, day: Day) -> bool:
        """Tell whether it is there, and neither it nor a group of its line to come or over."""
        line = self.line(code)
        return bool(line) and all(holds_on(category, day) for category in line)

    def chosen_from(self, day: Day, group: str = "") -> Iterator[Category]:
        """Yield what can be chosen on a day, each group before what lies in it; none empty."""
        for category in self.children.get(group, ()):
            if not holds_on(category, day):
                continue
            inner = list(self.chosen_from(day, category.code))
            if inner or not self.is_group(category.code):
                yield category
                yield from inner


def holds_on(category: Category, day: Day) -> bool:
    """Tell whether a category covers a day, its groups left aside; its last day is included."""
    return category.from_day <= day and (category.to_day is None or day <= category.to_day)
