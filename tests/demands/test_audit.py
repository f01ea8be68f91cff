"""Acts on demands leave one row each, and none when they are refused."""

from collections.abc import Awaitable, Callable
from typing import Final

import pytest

from services.kernel.acts import Act
from tests.build import demands
from tests.build.cast import COMPOUND, LI_HOME, Estate
from tests.build.deeds import Ask, audited, send

pytestmark = pytest.mark.billed("2026-01", "2026-02")

ACTS: Final[dict[Act, tuple[str, Callable[[Estate], Awaitable[Ask]]]]] = {
    Act.DEMANDS_STARTED: (COMPOUND, demands.begun),
    Act.DEMANDS_PAUSED: (LI_HOME, demands.paused),
    Act.DEMANDS_RESUMED: (LI_HOME, demands.resumed),
    Act.DEMAND_RULE_SET: (COMPOUND, demands.ruled),
    Act.DEMAND_LETTERS_PRINTED: (COMPOUND, demands.printed),
    Act.DEMAND_LETTER_DELIVERED: (LI_HOME, demands.delivered),
}


@pytest.mark.parametrize(("act", "case"), ACTS.items(), ids=[act.value for act in ACTS])
async def test_an_act_leaves_one_row(
    estate: Estate, act: Act, case: tuple[str, Callable[[Estate], Awaitable[Ask]]]
) -> None:
    place, prepare = case
    ask = await prepare(estate)
    stranger = await estate.member("wang")
    assert (await send(estate, ask, stranger, "stranger")).status == 403
    assert [row["act"] for row in await audited(estate, "stranger")] == ["refused"]
    staff = await estate.member("staff")
    reply = await send(estate, ask, staff)
    assert reply.status < 300, reply.body
    [row] = await audited(estate)
    assert (row["act"], row["result"], row["place"]) == (act, "done", place)
    assert row["person"] == staff.person_id
    made = reply.body or {}
    assert row["subject"] == ask.subject or row["subject"] in made.values()
    assert "有争议" not in str(row)
