"""Rounds of demands: who is asked, when, in which words, and who is left out and why.

Li's, Wang's and Sun's homes owe January and February, due on 1 April 2026.
"""

import pytest

from tests.build.cast import (
    Estate,
)
from tests.build.demands import late, started
from tests.build.homes import told

pytestmark = pytest.mark.billed("2026-01", "2026-02")

TEMPLATE = "payment_reminder"


async def test_nobody_is_asked_before_the_due_day_is_over(estate: Estate) -> None:
    li = await estate.member("li")
    await late(estate, days=0)
    found = await started(estate)
    assert (found["state"], found["demands"], found["skipped"]) == ("done", 0, 0)
    assert await told(estate.world, li, TEMPLATE) == []
    await estate.advance(days=1)
    li = await estate.member("li")
    assert (await started(estate))["demands"] == 1
    [text] = await told(estate.world, li, TEMPLATE)
    assert text == (
        "春光小区3栋2单元502室的物业费、生活垃圾处理费共112.36元还没有缴,缴费期限是2026年4月1日。"
        "请您方便时缴纳;刚刚缴过的请不用理会。如有疑问或困难,请与安居物业、环卫中心联系。"
    )
