"""Guides of docs/: what they tell people to type works, and only announced refusals come."""

import re
from collections.abc import Awaitable, Callable

import pytest

pytestmark = pytest.mark.slow

REFUSED = re.compile(r'"code":"([a-z_]+)"')
# Page → the codes of the refusals that it announces, in order. All beside one demo.
GUIDES = {
    "tutorial/first-look.md": ["not_found", "forbidden", "home_request_with_head"],
    "how-to/set-up-a-city.md": ["not_found", "forbidden"],
    "how-to/appoint-heads.md": ["office_taken", "forbidden"],
    "how-to/bill-a-month.md": [],
    "how-to/correct-a-register.md": ["owners_differ"],
}


async def test_what_the_guides_tell_to_type_works(
    guide: Callable[[str], Awaitable[str]],
) -> None:
    for page, announced in GUIDES.items():
        said = await guide(page)
        assert REFUSED.findall(said) == announced, f"{page}\n{said}"
