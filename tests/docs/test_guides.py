"""Guides of docs/: what they tell people to type works, and only announced refusals come."""

import re
from collections.abc import Awaitable, Callable

import pytest

pytestmark = pytest.mark.slow

REFUSED = re.compile(r'"code":"([a-z_]+)"')
# Page → the codes of the refusals that it announces, in order.
GUIDES = {
    "how-to/appoint-heads.md": ["office_taken", "forbidden"],
    "tutorial/first-look.md": ["not_found", "forbidden", "home_request_with_head"],
}


@pytest.mark.parametrize("page", GUIDES)
async def test_what_a_guide_tells_to_type_works(
    guide: Callable[[str], Awaitable[str]], page: str
) -> None:
    said = await guide(page)
    assert REFUSED.findall(said) == GUIDES[page], said
