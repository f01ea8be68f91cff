"""Cases of lists in tests: rows that differ, who may read them, and what each filter means."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

from services.kernel.days import day_of
from tests.build.cast import Estate
from tests.build.sign_ins import Member

Item = dict[str, Any]
Filters = dict[str, str]
FORMULA: Final = '=HYPERLINK("http://evil.example","点我")'
# What comes behind the name of a field in a filter for the first, the last of a range.
FIRST, LAST = "_from", "_to"
RANGED: Final = ("", "_at", "_day", "_month")


@dataclass
class Case:
    """A list with rows in it, at least five, of differing values.

    `who`: may read it; `readers`: others who may, each with their own view of it. `stranger`:
    may not, or sees nothing of it where `is_for_all`. `path`: its address. `subject`: what it
    is a list of, as exports take it; `place`: the place that the audit of an export names;
    `places`: reader's name → another one.
    `filters`: sets of filters, with each filter in at least one; what they give is compared
    with all rows sifted by hand. `base`: filters that always hold, where the list grows by
    being read. `orders`: order → the fields of an item it sorts by, "-" for the last first;
    {"": …} where there is one order. `matches`: filter → whether an item meets it, where it is
    not the equality of the field of its name, nor a range (`x_from`, `x_to`) of a field x,
    x_at, x_day or x_month. `unless`: filter → whether an item is shown when that is not given.
    `secrets`: names and phones that readers see masked. `free_text`: whether a row holds
    FORMULA where people type what they like.
    """

    who: Member
    stranger: Member
    path: str
    filters: Sequence[Filters]
    orders: Mapping[str, str]
    rows: int
    subject: str = ""
    place: str = ""
    places: Mapping[str, str] = field(default_factory=dict)
    readers: Sequence[Member] = ()
    base: Filters = field(default_factory=dict)
    matches: Mapping[str, Callable[[Item, str], bool]] = field(default_factory=dict)
    unless: Mapping[str, Callable[[Item], bool]] = field(default_factory=dict)
    secrets: Sequence[str] = ()
    free_text: bool = True
    is_for_all: bool = False

    def is_meant(self, item: Item, filters: Filters) -> bool:
        """Tell whether an item is in the list so filtered."""
        shown = all(test(item) for name, test in self.unless.items() if name not in filters)
        return shown and all(self._meets(item, *each) for each in filters.items())

    def _meets(self, item: Item, name: str, value: str) -> bool:
        if name in self.matches:
            return self.matches[name](item, value)
        if name.endswith(FIRST):
            return _ranged(item, name.removesuffix(FIRST)) >= value
        if name.endswith(LAST):
            return _ranged(item, name.removesuffix(LAST)) <= value
        found = item[name]
        return (str(found).lower() if isinstance(found, bool) else str(found)) == value


def _ranged(item: Item, name: str) -> str:
    """Return the day or month of an item that a range is about."""
    [found] = [item[each] for end in RANGED if (each := name + end) in item]
    return day_of(datetime.fromisoformat(found)) if "T" in found else str(found)


Maker = Callable[[Estate], Awaitable[Case]]


def in_order(items: Sequence[Item], order: str) -> bool:
    """Tell whether items are sorted by fields: "place,-asked_at"."""
    fields = [(each.removeprefix("-"), each.startswith("-")) for each in order.split(",")]
    for one, other in pairwise(items):
        for name, falling in fields:
            first, second = _value(one, name), _value(other, name)
            if first == second:
                continue
            if (first > second) is not falling:
                return False
            break
    return True


def _value(item: Item, name: str) -> tuple[bool, Any]:
    """Return a field for comparing: null comes first, as MongoDB has it, and "name!" last."""
    if name.endswith("!"):
        is_there, last = _value(item, name.removesuffix("!"))
        return not is_there, last
    found: Any = item
    for part in name.split("__"):
        found = found and found[part]
    return found is not None, found
