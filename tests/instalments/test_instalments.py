"""Instalment agreements over HTTP: by two people and the debtor, followed from what is paid.

Li owes 51.18 yuan for each of two months, due on 1 April 2026; the parts are 50.00 by 31 March
and 52.36 by 30 April, with five days more. Today is 2 March 2026.
"""

import asyncio
from typing import Any

import pytest

from services.instalments import jobs, progress
from services.instalments.models import InstalmentPart
from tests.build.bill_notes import DEBIT, applied
from tests.build.cast import COMPOUND, LI_HOME, Estate
from tests.build.homes import get, post, told
from tests.build.instalments import PARTS, answer, decide, kept, offer, on_paper
from tests.build.late_charges import ruled
from tests.build.payments import paid
from tests.handlers.test_own_interests import firms_manager

pytestmark = [
    pytest.mark.billed("2026-01", "2026-02"),
    pytest.mark.usefixtures("books_hold"),
]


async def look(estate: Estate) -> None:
    """Run the job of each day, and send what it tells."""
    await jobs.check(estate.world.deps, {})
    await estate.world.work()


async def state(estate: Estate, who: str = "li") -> dict[str, Any]:
    reply = await get(estate, who, "me/instalments")
    assert reply.status == 200, reply.body
    [found] = reply.body["items"]
    return dict(found)


async def asked(estate: Estate) -> list[str]:
    """Ask the compound for what it owes; return why Li's home is not asked, if it is not."""
    made = await post(estate, "staff", f"places/{COMPOUND}/demand-rounds", way="message")
    assert made.status < 300, made.body
    await estate.world.work()
    skips = await get(estate, "staff", f"demand-rounds/{made.body['round_id']}/skipped")
    return [each["because"] for each in skips.body["items"] if each["place"] == LI_HOME]


async def test_the_debtor_agrees_another_approves_and_payments_are_followed(
    estate: Estate,
) -> None:
    await estate.member("li")
    agreement_id = (await offer(estate)).body["instalments_id"]
    await estate.world.work()
    assert len(await told(estate.world, await estate.member("li"), "instalments_offered")) == 1
    early = await decide(estate, agreement_id)
    assert (early.status, early.code) == (409, "instalments_moved_on")
    assert (await answer(estate, agreement_id)).body["state"] == "agreed"
    own = await decide(estate, agreement_id, "staff")
    assert (own.status, own.code) == (403, "same_person")
    assert (await decide(estate, agreement_id)).body["state"] == "kept"
    [first, second] = await estate.bill_ids("li")
    await paid(estate, await estate.member("li"), [first])
    found = await state(estate)
    assert (found["paid_fen"], found["next_due_on"]) == (5118, "2026-04-30")
    assert [part["owed_fen"] for part in found["parts"]] == [0, 5118]
    await look(estate)
    assert (await state(estate))["state"] == "kept"
    await paid(estate, await estate.member("li"), [second])
    await look(estate)
    found = await state(estate)
    assert (found["state"], found["paid_fen"]) == ("done", 10236)
    assert len(await told(estate.world, await estate.member("li"), "instalments_done")) == 1


async def test_while_it_is_kept_nobody_asks_and_a_broken_one_is_asked_again(
    estate: Estate,
) -> None:
    await estate.member("li")
    await kept(estate)
    await estate.advance(days=34)  # 5 April: the last of the five days
    await look(estate)
    assert (await state(estate))["state"] == "kept"
    # the waste fee is not part of it; only what is agreed is left out
    waste = await estate.bill_ids("li", "waste_fee")
    await paid(estate, await estate.member("li"), waste)
    assert await asked(estate) == ["agreed"]
    await estate.advance(days=1)
    await look(estate)
    found = await state(estate)
    assert (found["state"], found["next_due_on"]) == ("broken", "2026-03-31")
    assert len(await told(estate.world, await estate.member("li"), "instalments_broken")) == 1
    office = await told(
        estate.world, await estate.member("staff"), "instalments_broken_at_office"
    )
    assert len(office) == 1
    assert await asked(estate) == []
    assert (await offer(estate, parts=_later(PARTS))).status == 201  # a new one is possible


def _later(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    days = ("2026-05-31", "2026-06-30")
    return [{**part, "due_on": day} for part, day in zip(parts, days, strict=True)]


async def test_a_note_that_adds_to_a_bill_takes_nothing_from_what_was_paid(
    estate: Estate,
) -> None:
    await kept(estate)
    [first, second] = await estate.bill_ids("li")
    await paid(estate, await estate.member("li"), [first])
    await estate.advance(days=1)
    await applied(estate, second, DEBIT)  # 10.00 yuan that nobody agreed on
    await estate.advance(days=34)  # the first part had to be paid by then
    await look(estate)
    found = await state(estate)
    assert (found["state"], found["paid_fen"]) == ("kept", 5118)
    assert [part["owed_fen"] for part in found["parts"]] == [0, 5118]
    some = {"bill_ids": [second], "way": "cash", "voucher": "A-9", "amount_fen": 5118}
    assert (await post(estate, "staff", "counter-payments", some)).status == 201
    await look(estate)
    assert (await state(estate))["state"] == "done"


async def test_what_is_due_soon_is_told_once(estate: Estate) -> None:
    await estate.member("li")
    await kept(estate)
    await estate.advance(days=25)
    await look(estate)
    li = await estate.member("li")
    assert await told(estate.world, li, "instalment_due") == []
    await estate.advance(days=1)  # 28 March
    await look(estate)
    await look(estate)
    [message] = await told(estate.world, await estate.member("li"), "instalment_due")
    assert "还有50.00元请在2026年3月31日前" in message


async def test_only_who_owes_it_answers_and_sees_it(estate: Estate) -> None:
    agreement_id = (await offer(estate)).body["instalments_id"]
    refusals = {"mei": (404, "not_found"), "wang": (404, "not_found")}
    refusals["staff"] = (403, "forbidden")  # who pays for no home
    for who, refusal in refusals.items():  # mei, the daughter who lives there, owes nothing
        reply = await answer(estate, agreement_id, who)
        assert (reply.status, reply.code) == refusal
        assert (await get(estate, who, "me/instalments")).body["items"] == []
    assert (await answer(estate, agreement_id, agree=False)).body["state"] == "declined"
    assert (await offer(estate)).status == 201


async def test_on_paper_the_photo_stands_for_the_answer(estate: Estate) -> None:
    made = await on_paper(estate)
    assert (made.status, made.body["state"], made.body["on_paper"]) == (201, "agreed", True)
    assert len(made.body["photos"]) == 1
    done = await decide(estate, made.body["instalments_id"])
    assert done.body["state"] == "kept"


async def test_of_two_at_once_one_counts(estate: Estate) -> None:
    both = await asyncio.gather(offer(estate), offer(estate, "admin"))
    assert sorted(each.status for each in both) == [201, 409]
    [made] = [each for each in both if each.status == 201]
    agreement_id = made.body["instalments_id"]
    answers = await asyncio.gather(
        answer(estate, agreement_id), answer(estate, agreement_id, agree=False)
    )
    assert sorted(each.status for each in answers) == [200, 409]


async def test_where_a_bill_is_voided_meanwhile_it_is_agreed_anew(estate: Estate) -> None:
    agreement_id = (await offer(estate)).body["instalments_id"]
    await answer(estate, agreement_id)
    [first, *_] = await estate.bill_ids("li")
    body = {"reason": "空置", "months": "forgiven"}
    assert (await post(estate, "staff", f"bills/{first}/void", body)).status == 200
    refused = await decide(estate, agreement_id)
    assert (refused.status, refused.code) == (409, "instalment_bills_changed")
    assert (await decide(estate, agreement_id, approve=False)).body["state"] == "refused"


async def test_late_charges_stop_where_the_agreement_or_the_rule_says_so(
    estate: Estate,
) -> None:
    later = [
        {"due_on": "2026-05-31", "amount_fen": 5000},
        {"due_on": "2026-06-30", "amount_fen": 5236},
    ]
    await ruled(estate, stops=[])
    agreement_id = await kept(estate, stops_late_charges=True, parts=later)
    await estate.advance(days=60)
    assert (await get(estate, "li", "me/late-charges")).body["items"] == []
    one = {"_id": agreement_id}
    change = {"$set": {"stops_late_charges": False}}
    await estate.world.db.instalments.update_one(one, change)
    assert len((await get(estate, "li", "me/late-charges")).body["items"]) == 2
    stops = {"$set": {"stops": ["instalments"]}}
    await estate.world.db.late_charge_rules.update_one({}, stops)
    assert (await get(estate, "li", "me/late-charges")).body["items"] == []


async def test_a_firm_agrees_only_on_what_it_is_paid_itself(estate: Estate) -> None:
    estate.members["manager"] = await firms_manager(estate)
    of_firm = {"account": "firm"}
    await estate.world.db.payees.update_one(of_firm, {"$set": {"firm": "other"}})
    other = await offer(estate, "manager")
    assert (other.status, other.code) == (403, "other_payee")
    agreement_id = (await offer(estate)).body["instalments_id"]
    await answer(estate, agreement_id)
    decided = await decide(estate, agreement_id, "manager")
    assert (decided.status, decided.code) == (403, "other_payee")
    listed = await get(estate, "manager", f"places/{COMPOUND}/instalments")
    assert listed.body["items"] == []


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"parts": PARTS[:1]}, "invalid_input"),
        ({"parts": [PARTS[1], PARTS[0]]}, "bad_instalments"),
        ({"parts": [PARTS[0], {**PARTS[1], "amount_fen": 5237}]}, "bad_instalments"),
        ({"parts": [{**PARTS[0], "due_on": "2026-03-01"}, PARTS[1]]}, "bad_instalments"),
        ({"parts": [PARTS[0], {**PARTS[1], "due_on": "2029-03-01"}]}, "bad_instalments"),
        ({"parts": [PARTS[0], {**PARTS[1], "due_on": "2026-04-31"}]}, "invalid_input"),
    ],
)
async def test_parts_come_to_what_is_owed_on_days_that_follow(
    estate: Estate, more: dict[str, Any], code: str
) -> None:
    refused = await offer(estate, **more)
    assert (refused.status, refused.code) == (422, code), refused.body
    assert await estate.world.db.instalments.count_documents({}) == 0


async def test_bills_are_of_one_payee_and_one_home(estate: Estate) -> None:
    waste = await estate.bill_ids("li", "waste_fee")
    mixed = await offer(estate, bill_ids=[*await estate.bill_ids("li"), *waste])
    assert (mixed.status, mixed.code) == (422, "bad_instalments")
    foreign = await offer(estate, bill_ids=await estate.bill_ids("wang"))
    assert (foreign.status, foreign.code) == (404, "not_found")


@pytest.mark.parametrize(
    ("paid_fen", "rest"),
    [
        (0, [5000, 5236]),
        (100, [4900, 5236]),
        (5118, [0, 5118]),
        (10236, [0, 0]),
        (-5, [5000, 5236]),
    ],
)
def test_what_is_paid_pays_the_parts_in_their_order(paid_fen: int, rest: list[int]) -> None:
    parts = [InstalmentPart(**part) for part in PARTS]
    assert [each.owed_fen for each in progress.left(parts, paid_fen)] == rest
