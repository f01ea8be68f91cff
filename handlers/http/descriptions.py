"""Descriptions of fields, read off the docstring of their class.

A line "`amount_fen`: What is due, in fen." describes one field; "`from_day`, `to_day`: …" two.
What stands before the first such line describes the class.
"""

import inspect
import re
from functools import cache
from typing import Any, Final

FIELD_LINE: Final = re.compile(r"((?:`\w+`(?:, )?)+): (.+)")
NAME: Final = re.compile(r"`(\w+)`")


@cache
def of_class(kind: Any) -> str:
    """Return what the docstring says of the class as a whole."""
    return _parsed(kind)[0]


@cache
def of_fields(kind: Any) -> dict[str, str]:
    """Return field → its description, those of the base classes included."""
    found: dict[str, str] = {}
    for base in reversed(kind.__mro__):
        found |= _parsed(base)[1]
    return found


def _parsed(kind: Any) -> tuple[str, dict[str, str]]:
    doc = vars(kind).get("__doc__") or ""
    if doc.startswith(f"{kind.__name__}("):  # made by the library, not written by anybody
        return "", {}
    said: list[str] = []
    fields: dict[str, str] = {}
    names: list[str] = []
    for line in inspect.cleandoc(doc).splitlines():
        if match := FIELD_LINE.fullmatch(line):
            names = NAME.findall(match[1])
            fields |= dict.fromkeys(names, match[2])
        elif names and line.strip():
            fields |= {name: f"{fields[name]} {line.strip()}" for name in names}
        else:
            names = []
            said.append(line)
    return " ".join("\n".join(said).split("\n")).strip(), fields
