"""Rules of late charges: a clause of a contract, two people, and a warning that both read.

Today is 2 March 2026.
"""

import asyncio
from typing import Any

import pytest

from services.fees.models import FeeKind
from services.late_charges.loans import actions as loans
from services.late_charges.loans.models import LoanRate
from tests.build.cast import COMPOUND, OTHER_COMPOUND, UNIT, Estate, payee_of
from tests.build.deeds import send
from tests.build.homes import get, post
from tests.build.late_charges import LOAN, RULE, decide_rule, loan_set, propose_rule, ruled
from tests.build.merchants import second

pytestmark = pytest.mark.billed("2026-01")


async def loan(estate: Estate) -> None:
    reply = await send(estate, await loan_set(estate), await estate.member("admin"))
    assert reply.status == 200, reply.body


async def test_a_rate_above_the_loss_is_warned_of_and_never_refused(estate: Estate) -> None:
    await loan(estate)
    warned = await propose_rule(estate, acknowledged=False)
    assert (warned.status, warned.code) == (409, "late_rate_warning")
    assert "每年18.25%" in warned.body["title"]
    assert "每年3%" in warned.body["title"]
    made = await propose_rule(estate)
    assert made.status == 201
    assert "1.3倍" in made.body["warning"]
    rule_id = made.body["rule_id"]
    again = await decide_rule(estate, rule_id, acknowledged=False)
    assert (again.status, again.code) == (409, "late_rate_warning")
    assert (await decide_rule(estate, rule_id)).body["state"] == "in_force"


async def test_a_usual_rate_needs_no_word_more(estate: Estate) -> None:
    await loan(estate)
    made = await propose_rule(estate, daily_rate=100, acknowledged=False)
    assert (made.status, made.body["warning"]) == (201, "")
    done = await decide_rule(estate, made.body["rule_id"], acknowledged=False)
    assert done.status == 200


async def test_without_a_loan_rate_nobody_can_tell(estate: Estate) -> None:
    unknown = await propose_rule(estate, daily_rate=1, acknowledged=False)
    assert (unknown.status, unknown.code) == (409, "late_rate_warning")
    assert "还没有登记" in unknown.body["title"]


async def test_who_proposed_it_does_not_approve_it_and_may_take_it_back(
    estate: Estate,
) -> None:
    rule_id = (await propose_rule(estate)).body["rule_id"]
    own = await decide_rule(estate, rule_id, "staff")
    assert (own.status, own.code) == (403, "same_person")
    assert (await decide_rule(estate, rule_id, "staff", approve=False)).status == 200
    late = await decide_rule(estate, rule_id)
    assert (late.status, late.code) == (409, "late_rule_moved_on")
    assert (await propose_rule(estate)).status == 201  # its day is free again


async def test_of_two_rules_of_a_day_and_two_decisions_one_counts(estate: Estate) -> None:
    estate.members["second"] = await second(estate)
    both = await asyncio.gather(propose_rule(estate), propose_rule(estate, "second"))
    assert sorted(each.status for each in both) == [201, 409]
    [made] = [each for each in both if each.status == 201]
    done = await asyncio.gather(
        *(decide_rule(estate, made.body["rule_id"], "admin") for _ in range(2))
    )
    assert sorted(each.status for each in done) == [200, 409]


async def test_two_rules_at_once_are_numbered_one_after_another(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    estate.members["second"] = await second(estate)
    await estate.member("staff")
    found, both = loans.on_day, asyncio.Barrier(2)

    async def together(*asked: Any) -> LoanRate | None:
        await both.wait()
        return await found(*asked)

    with monkeypatch.context() as patch:
        patch.setattr(loans, "on_day", together)  # read just before, and for the answer
        made = await asyncio.gather(
            propose_rule(estate), propose_rule(estate, "second", start_day="2026-02-01")
        )
    assert sorted(each.body["version"] for each in made) == [1, 2]


@pytest.mark.parametrize(
    ("wish", "status", "code"),
    [
        ({"kinds": ["late_fee"]}, 422, "bad_late_rule"),
        ({"kinds": ["waste_fee"]}, 422, "bad_late_rule"),  # another payee's
        ({"payee_id": "nobody"}, 422, "unknown_payee"),
        ({"start_day": "2026-02-30"}, 422, "invalid_input"),
        ({"after_days": 0}, 422, "invalid_input"),
        ({"daily_rate": 10_001}, 422, "invalid_input"),
    ],
)
async def test_what_does_not_fit_is_refused(
    estate: Estate, wish: dict[str, Any], status: int, code: str
) -> None:
    refused = await propose_rule(estate, **wish)
    assert (refused.status, refused.code) == (status, code), refused.body


async def test_a_rule_is_of_a_compound(estate: Estate) -> None:
    refused = await post(estate, "staff", f"places/{UNIT}/late-charge-rules", RULE)
    assert (refused.status, refused.code) == (422, "bad_late_rule")
    assert (
        await post(estate, "staff", f"places/{OTHER_COMPOUND}/late-charge-rules", RULE)
    ).status == 201


async def test_bills_keep_the_rule_of_their_first_day(estate: Estate) -> None:
    """A bill of before the rule bears none, nor does one of after its end."""
    rule_id = await ruled(estate, start_day="2026-01-02")
    await estate.advance(days=60)
    assert (await get(estate, "li", "me/late-charges")).body["items"] == []
    end = await post(estate, "staff", f"late-charge-rules/{rule_id}/end", end_day="2026-01-31")
    assert end.body["state"] == "ended"
    again = await post(
        estate, "staff", f"late-charge-rules/{rule_id}/end", end_day="2026-01-31"
    )
    assert (again.status, again.code) == (409, "late_rule_moved_on")
    await ruled(estate, start_day="2026-01-01", daily_rate=100)
    items = (await get(estate, "li", "me/late-charges")).body["items"]
    assert [item["explanation"] for item in items] == ["欠费51.18元×0.01%×29天=0.15元"]
    other = payee_of(FeeKind.WASTE_FEE)
    waste = await propose_rule(estate, payee_id=other, kinds=["waste_fee"])
    assert waste.status == 201  # a rule of its own, where a contract has one


async def test_a_loan_rate_is_the_citys_and_of_no_later_day(estate: Estate) -> None:
    await loan(estate)
    listed = await get(estate, "li", "loan-rates")
    assert listed.body["items"] == [{"day": "2026-02-20", **LOAN}]
    admin = await estate.member("admin")
    late = await estate.world.api.call(
        "PUT", "/api/v1/loan-rates/2026-03-03", b'{"rate":300,"source":"x"}', as_=admin
    )
    assert (late.status, late.code) == (422, "bad_loan_rate_day")
    rows = await get(estate, "staff", f"places/{COMPOUND}/late-charge-rules")
    assert rows.body["items"] == []
