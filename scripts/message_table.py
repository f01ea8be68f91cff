# ruff: noqa: INP001  a script, like its neighbours
"""Writer of the tables of messages in docs/explanation/messages.md, and of env.example's names.

    python -m scripts.message_table

What the packages say of their messages (services/kernel/templates.py): the purpose of each,
what WeChat's template of it must have, and when people are asked to allow it.
tests/architecture/test_messages_page.py compares them.
"""

import re
from pathlib import Path
from textwrap import wrap
from typing import Final

from scripts.privacy_table import with_table
from server.features import FEATURES
from services.kernel.templates import RESERVES, Moment

PAGE: Final = Path(__file__).parent.parent / "docs" / "explanation" / "messages.md"
ENV: Final = Path(__file__).parents[1] / "deploy" / "env.example"
PURPOSES: Final = "| purpose | leaves | messages |\n|---|---|---|\n"
CELLS: Final = "\n| message | cells at WeChat and what they hold | page |\n|---|---|---|\n"
MOMENTS: Final = "\n| moment | message | reason that people read |\n|---|---|---|\n"


def tables() -> str:
    known = FEATURES.templates.values()
    purposes = (
        f"| {purpose} ({purpose.label}) | {leaves} | "
        + ", ".join(f"`{one.key}`" for one in known if one.purpose is purpose)
        + " |\n"
        for purpose, leaves in RESERVES.items()
    )
    cells = (
        f"| `{one.key}` ({one.title}) | "
        + ", ".join(f"`{cell}` {name}" for cell, name in one.data.items())
        + f" | `{one.page}` |\n"
        for one in known
    )
    moments = (
        f"| `{moment}` ({moment.label}) | `{template.key}` | {ask.reason} |\n"
        for moment in Moment
        for template in known
        for ask in template.asks
        if ask.moment is moment
    )
    wechat = CELLS + "".join(cells)
    return PURPOSES + "".join(purposes) + wechat + MOMENTS + "".join(moments)


def renewed(page: str) -> str:
    """Return the page with the tables as they are. Raises ValueError without a place."""
    return with_table(page, tables())


def with_names(text: str) -> str:
    """Return deploy/env.example with the names of all messages that can have a template."""
    names = "Names: " + ", ".join(FEATURES.templates) + "."
    lines = "".join(f"# {line}\n" for line in wrap(names, 94))
    return re.sub(r"# Names: (?:.*\n# )*?.*\.\n", lambda _: lines, text, count=1)


if __name__ == "__main__":
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    ENV.write_text(with_names(ENV.read_text(encoding="utf-8")), encoding="utf-8")
