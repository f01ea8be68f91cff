"""Late charges over HTTP: only by a contract, simple, shown apart, billed by two people.

Li owes 51.18 yuan for each of two months, due on 1 April 2026; Wang 36.00, Sun 42.00. Today is
2 March 2026, and 1 May after sixty days: 29 days are late then.
"""

import asyncio
from typing import Any

import pytest

from services.kernel.days import start_of
from services.kernel.documents import to_document
from services.mediations.models import Matter, Mediation
from services.mediations.states import MediationState
from tests.build.cast import COMMUNITY, COMPOUND, LI_HOME, SUN_HOME, WANG_HOME, Estate
from tests.build.homes import get, post, told
from tests.build.late_charges import charged, decide, propose, ruled
from tests.build.merchants import second
from tests.build.payments import paid
from tests.handlers.test_own_interests import firms_manager

pytestmark = [
    pytest.mark.billed("2026-01", "2026-02"),
    pytest.mark.usefixtures("books_hold"),
]
LAST = "2026-04-30"
ONE = "欠费51.18元×0.05%×29天=0.74元"


async def so_far(estate: Estate, who: str = "li") -> list[str]:
    """Return what the late bills of somebody come to, as they read it."""
    reply = await get(estate, who, "me/late-charges")
    assert reply.status == 200, reply.body
    return [item["explanation"] for item in reply.body["items"]]


async def late_fees(estate: Estate, who: str = "li", state: str = "owing") -> list[Any]:
    found = await estate.bills(who, state)
    return [(b["amount_fen"], b["title"]) for b in found if b["kind"] == "late_fee"]


async def test_without_a_rule_of_a_contract_nobody_owes_any(estate: Estate) -> None:
    await estate.advance(days=60)
    assert await so_far(estate) == []
    refused = await propose(estate, to_day=LAST)
    assert (refused.status, refused.code) == (409, "no_late_fees")


async def test_it_grows_from_its_day_is_shown_apart_and_is_no_debt(estate: Estate) -> None:
    await ruled(estate)
    await estate.advance(days=30)
    assert await so_far(estate) == []  # on the due day there is still time
    await estate.advance(days=30)
    assert await so_far(estate) == [ONE, ONE]
    assert sum(bill["owed_fen"] for bill in await estate.bills("li")) == 2 * (5118 + 500)
    shown = await get(estate, "staff", f"homes/{LI_HOME}/late-charges")
    assert (shown.body["counted_to"], shown.body["amount_fen"]) == (LAST, 148)
    assert shown.body["items"][0]["clause"] == "物业服务合同第18条(第7页)"
    assert await so_far(estate, "zhao") == []  # another compound, another contract


async def test_two_people_bill_it_apart_once_and_who_owes_it_is_told(estate: Estate) -> None:
    await estate.member("li")
    await ruled(estate)
    await estate.advance(days=60)
    made = await propose(estate, to_day=LAST)
    assert (made.status, made.body["bills"], made.body["amount_fen"]) == (201, 6, 374)
    fees_id = made.body["late_fees_id"]
    lines = await get(estate, "staff", f"late-charges/{fees_id}/lines?limit=4")
    assert [line["home"] for line in lines.body["items"]] == [SUN_HOME] * 2 + [WANG_HOME] * 2
    cursor = lines.body["next_cursor"]
    rest = await get(estate, "staff", f"late-charges/{fees_id}/lines?cursor={cursor}")
    assert [line["explanation"] for line in rest.body["items"]] == [ONE, ONE]
    own = await decide(estate, fees_id, "staff")
    assert (own.status, own.code) == (403, "same_person")
    assert (await decide(estate, fees_id)).body["state"] == "approved"
    await estate.world.work()
    title = "2026年4月2日至30日违约金"
    assert await late_fees(estate) == [(74, title), (74, title)]
    [news] = await told(estate.world, await estate.member("li"), "bill_issued")
    assert "违约金" in news
    assert await so_far(estate) == []
    again = await propose(estate, to_day=LAST)
    assert again.code == "no_late_fees"


async def test_of_two_who_approve_at_once_one_bills_and_nothing_twice(estate: Estate) -> None:
    estate.members["second"] = await second(estate)
    await ruled(estate)
    await estate.advance(days=60)
    estate.members["second"] = await estate.world.sign_in("second", "13900000080")
    proposed = await asyncio.gather(
        propose(estate, to_day=LAST), propose(estate, "second", to_day=LAST)
    )
    assert sorted(each.status for each in proposed) == [201, 409]
    [fees_id] = [each.body["late_fees_id"] for each in proposed if each.status == 201]
    done = await asyncio.gather(*(decide(estate, fees_id) for _ in range(2)))
    assert sorted(each.status for each in done) == [200, 409]
    await estate.world.work()
    assert len(await late_fees(estate)) == 2


async def test_what_comes_later_is_counted_from_the_day_after(estate: Estate) -> None:
    await ruled(estate)
    await estate.advance(days=60)
    await charged(estate, "2026-04-20")
    assert await so_far(estate) == ["欠费51.18元×0.05%×10天=0.26元"] * 2
    assert [fen for fen, _ in await late_fees(estate)] == [49, 49]  # 0.48621 yuan


async def test_none_is_charged_on_a_late_charge(estate: Estate) -> None:
    await ruled(estate, kinds=["property_fee"])
    await estate.advance(days=60)
    await charged(estate, LAST)
    await estate.advance(days=60)
    found = await get(estate, "staff", f"homes/{LI_HOME}/late-charges")
    assert {item["kind"] for item in found.body["items"]} == {"property_fee"}
    assert len(found.body["items"]) == 2


async def test_what_was_paid_in_between_counts_until_the_day_before(estate: Estate) -> None:
    await ruled(estate)
    await estate.advance(days=40)  # 11 April: 9 days are late
    [first, *_] = await estate.bill_ids("li")
    await paid(estate, await estate.member("li"), [first])
    await estate.advance(days=20)
    assert sorted(await so_far(estate)) == [ONE, "欠费51.18元×0.05%×9天=0.23元"]
    await charged(estate, LAST)
    assert sorted(fen for fen, _ in await late_fees(estate)) == [23, 74]


async def test_a_line_that_changed_before_it_is_billed_is_dropped(estate: Estate) -> None:
    await ruled(estate)
    await estate.advance(days=60)
    made = await propose(estate, to_day=LAST)
    [first, *_] = await estate.bill_ids("li")
    body = {"reason": "空置", "months": "forgiven"}
    assert (await post(estate, "staff", f"bills/{first}/void", body)).status == 200
    await decide(estate, made.body["late_fees_id"])
    await estate.world.work()
    assert len(await late_fees(estate)) == 1
    [listed] = (await get(estate, "staff", f"places/{COMPOUND}/late-charges")).body["items"]
    assert (listed["state"], listed["dropped"]) == ("billed", 1)


async def test_homes_are_left_out_for_a_reason_and_nothing_is_charged(estate: Estate) -> None:
    await ruled(estate)
    await estate.advance(days=60)
    bare = await propose(estate, to_day=LAST, left_out=[LI_HOME])
    assert (bare.status, bare.code) == (422, "bad_late_fees")
    await charged(estate, LAST, left_out=[LI_HOME], left_out_because="生病住院,不收")
    assert await late_fees(estate) == []
    assert len(await late_fees(estate, "wang")) == 2


async def test_a_pause_is_not_counted_where_the_rule_says_so(estate: Estate) -> None:
    await ruled(estate)
    await estate.advance(days=40)  # 11 April
    body = {"kind": "dispute", "reason": "正在核对", "until": "2026-04-20"}
    assert (await post(estate, "staff", f"places/{LI_HOME}/demand-pauses", body)).status == 201
    await estate.advance(days=20)
    assert await so_far(estate) == ["欠费51.18元×0.05%×19天=0.49元,另有10天不计"] * 2
    assert await so_far(estate, "wang") == ["欠费36.00元×0.05%×29天=0.52元"] * 2
    whole = await propose(estate, to_day=LAST)
    assert whole.body["amount_fen"] == 374 - 2 * (74 - 49)  # of no other home
    await estate.world.db.late_charge_rules.update_one({}, {"$set": {"stops": []}})
    assert await so_far(estate) == [ONE, ONE]


async def test_a_mediation_is_not_counted_where_the_rule_says_so(estate: Estate) -> None:
    await ruled(estate)
    await estate.advance(days=60)
    mediation = Mediation(
        id="m1",
        place=COMMUNITY,
        matter=Matter.SERVICE,
        state=MediationState.AGREED,
        person="",
        filed_by="test",
        created_at=start_of("2026-04-11"),
        agreed_at=start_of("2026-04-20"),
        homes=[LI_HOME],
        steps=1,
    )
    await estate.world.db.mediations.insert_one(to_document(mediation))
    assert await so_far(estate) == ["欠费51.18元×0.05%×19天=0.49元,另有10天不计"] * 2
    whole = await propose(estate, to_day=LAST)
    assert whole.body["amount_fen"] == 374 - 2 * (74 - 49)  # of no other home
    await estate.world.db.late_charge_rules.update_one({}, {"$set": {"stops": ["pause"]}})
    assert await so_far(estate) == [ONE, ONE]


async def test_a_firm_charges_only_for_what_it_is_paid_itself(estate: Estate) -> None:
    await ruled(estate)
    await estate.advance(days=60)
    estate.members["manager"] = await firms_manager(estate)
    of_firm = {"account": "firm"}
    await estate.world.db.payees.update_one(of_firm, {"$set": {"firm": "other"}})
    other = await propose(estate, "manager", to_day=LAST)
    assert (other.status, other.code) == (403, "other_payee")
    fees_id = (await propose(estate, to_day=LAST)).body["late_fees_id"]
    decided = await decide(estate, fees_id, "manager")
    assert (decided.status, decided.code) == (403, "other_payee")
    lines = await get(estate, "manager", f"late-charges/{fees_id}/lines")
    assert (lines.status, lines.code) == (404, "not_found")
    for path in (f"places/{COMPOUND}/late-charges", f"homes/{LI_HOME}/late-charges"):
        assert (await get(estate, "manager", path)).body["items"] == []
        assert (await get(estate, "staff", path)).body["items"]


async def test_the_cap_of_the_contract_is_kept_over_all_charges(estate: Estate) -> None:
    await ruled(estate, cap=100)  # 1 %: 0.51 yuan
    await estate.advance(days=60)
    await charged(estate, "2026-04-20")
    assert [fen for fen, _ in await late_fees(estate)] == [49, 49]
    assert await so_far(estate) == ["欠费51.18元×0.05%×10天=0.26元,按合同上限计0.02元"] * 2


@pytest.mark.parametrize(
    ("wish", "status", "code"),
    [
        ({"to_day": "2026-05-01"}, 422, "bad_late_fees"),
        ({"to_day": "2026-02-30"}, 422, "invalid_input"),
        ({"to_day": LAST, "payee_id": "nobody"}, 422, "unknown_payee"),
        ({"to_day": LAST, "place": "cc.chaoyang.guilin.xincheng"}, 422, "bad_late_fees"),
        (
            {"to_day": LAST, "left_out": [f"{COMPOUND}.b9"], "left_out_because": "x"},
            422,
            "bad_late_fees",
        ),
    ],
)
async def test_what_does_not_fit_is_refused(
    estate: Estate, wish: dict[str, Any], status: int, code: str
) -> None:
    await ruled(estate)
    await estate.advance(days=60)
    refused = await propose(estate, **wish)
    assert (refused.status, refused.code) == (status, code), refused.body
    assert await estate.world.db.late_charges.count_documents({}) == 0
