"""Labels of values: what people read for a code stands beside it, and nowhere else.

Export, messages, files and the contract (`x-labels`) all read the label of the value.
"""

from enum import StrEnum
from typing import Self


class Labelled(StrEnum):
    """Enumeration whose members have a label: `CASHIER = "cashier", "物业收费员"`.

    A test fails for one without. The default lets type checkers read `Role("cashier")`.
    """

    label: str

    def __new__(cls, value: str, label: str = "") -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member


def label_of(kind: type[Labelled], value: str) -> str:
    """Return the label of a kept value; the value itself when it is of before or after us."""
    return kind(value).label if value in kind._value2member_map_ else value
