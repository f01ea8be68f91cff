"""What an agreement may be about, and that nothing of it holds before it is approved.

Li owes 51.18 yuan for each of two months, due on 1 April 2026; the parts are 50.00 by 31 March
and 52.36 by 30 April, with five days more. Today is 2 March 2026.
"""

import asyncio
from typing import Any

import pytest

from services.bills.models import NoteKind
from services.instalments import debtors, jobs
from tests.build import bill_notes as notes
from tests.build import photos
from tests.build.cast import LI_HOME, Estate
from tests.build.homes import get, newcomer, post, told
from tests.build.instalments import answer, decide, kept, offer, on_paper
from tests.build.late_charges import ruled
from tests.build.payments import paid
from tests.handlers.test_own_interests import live_at_lis
from tests.instalments.test_instalments import asked

pytestmark = [
    pytest.mark.billed("2026-01", "2026-02"),
    pytest.mark.usefixtures("books_hold"),
]

BUYER = "13900000040"


async def agreed(estate: Estate) -> str:
    """Have an agreement offered and agreed to, which nobody approved yet."""
    agreement_id: str = (await offer(estate)).body["instalments_id"]
    assert (await answer(estate, agreement_id)).status == 200
    return agreement_id


@pytest.mark.parametrize(
    "change",
    [
        {"owners_until": "2026-01-31"},  # who sold the home owes one of them
        {"account": "other"},
        {"debtor": "somebody"},  # a repair is owed by who ordered it
    ],
)
async def test_bills_are_owed_by_one_household_to_one_payee(
    estate: Estate, change: dict[str, str]
) -> None:
    [first, second] = await estate.bill_ids("li")
    found = estate.world.db.bills
    kept = await found.find_one_and_update({"_id": first}, {"$set": change})
    refused = await offer(estate, bill_ids=[first, second])
    assert (refused.status, refused.code) == (422, "bad_instalments")
    await found.replace_one({"_id": first}, kept)


async def test_what_is_paid_is_not_agreed_on(estate: Estate) -> None:
    [first, second] = await estate.bill_ids("li")
    await paid(estate, await estate.member("li"), [first])
    parts = [
        {"due_on": "2026-03-31", "amount_fen": 2000},
        {"due_on": "2026-04-30", "amount_fen": 3118},
    ]
    refused = await offer(estate, bill_ids=[first, second], parts=parts)
    assert (refused.status, refused.code) == (422, "bad_instalments")
    assert (await offer(estate, bill_ids=[second], parts=parts)).status == 201


async def test_a_bill_that_changes_while_it_is_offered_is_offered_anew(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody pays between the reading of the bills and the writing of the agreement."""
    [first, _] = await estate.bill_ids("li")
    li, people = await estate.member("li"), debtors.people

    async def slow(*asked: Any) -> list[str]:
        monkeypatch.undo()
        await paid(estate, li, [first])
        return await people(*asked)

    monkeypatch.setattr(debtors, "people", slow)
    refused = await offer(estate)
    assert (refused.status, refused.code) == (409, "instalment_bills_changed")
    assert await estate.world.db.instalments.count_documents({}) == 0


async def test_until_it_is_approved_people_are_asked_and_late_charges_count(
    estate: Estate,
) -> None:
    await ruled(estate)
    await estate.member("li")
    parts = [
        {"due_on": "2026-05-31", "amount_fen": 5000},
        {"due_on": "2026-06-30", "amount_fen": 5236},
    ]
    made = await offer(estate, parts=parts, stops_late_charges=True)
    assert (await answer(estate, made.body["instalments_id"])).status == 200
    await estate.advance(days=60)
    assert len((await get(estate, "li", "me/late-charges")).body["items"]) == 2
    assert await asked(estate) == []


async def test_late_charges_stop_of_the_bills_that_it_names(estate: Estate) -> None:
    await ruled(estate)
    [first, second] = await estate.bill_ids("li")
    parts = [
        {"due_on": "2026-05-31", "amount_fen": 2000},
        {"due_on": "2026-06-30", "amount_fen": 3118},
    ]
    await kept(estate, bill_ids=[first], parts=parts, stops_late_charges=True)
    await estate.advance(days=60)
    found = (await get(estate, "li", "me/late-charges")).body["items"]
    assert [item["bill_id"] for item in found] == [second]


async def test_the_photo_is_one_of_a_paper_about_money(estate: Estate) -> None:
    sender = await estate.member("staff")
    photo = await photos.sent(estate.world.api, sender, purpose="visit")
    refused = await offer(estate, photo_ids=[photo])
    assert (refused.status, refused.code) == (422, "invalid_input")
    assert await estate.world.db.instalments.count_documents({}) == 0


async def test_where_more_is_owed_by_then_it_is_agreed_anew(estate: Estate) -> None:
    agreement_id = await agreed(estate)
    [first, _] = await estate.bill_ids("li")
    await notes.note(estate.world, first, NoteKind.DEBIT, 100)
    refused = await decide(estate, agreement_id)
    assert (refused.status, refused.code) == (409, "instalment_bills_changed")


async def test_what_was_paid_by_then_pays_the_first_part(estate: Estate) -> None:
    agreement_id = await agreed(estate)
    [first, _] = await estate.bill_ids("li")
    await paid(estate, await estate.member("li"), [first])
    await estate.advance(days=60)  # the first part is paid, the second is in its days of grace
    done = await decide(estate, agreement_id)
    assert (done.status, done.body["paid_fen"]) == (200, 5118)


async def test_one_that_waited_past_its_first_part_is_agreed_anew(estate: Estate) -> None:
    """It would be broken the next morning."""
    made = await on_paper(estate)
    await estate.advance(days=35)
    late = await decide(estate, made.body["instalments_id"])
    assert (late.status, late.code) == (409, "instalment_bills_changed")
    assert "日期已过" in late.body["title"]
    back = await decide(estate, made.body["instalments_id"], "staff", approve=False)
    assert back.body["state"] == "refused"


async def test_who_sold_the_home_agrees_and_who_bought_it_sees_nothing(
    estate: Estate,
) -> None:
    await estate.member("li")
    estate.members["buyer"] = await newcomer(estate, "buyer", BUYER)
    wish = {"name": "赵强", "phone": BUYER, "day": "2026-03-02", "reason": "已过户"}
    assert (await post(estate, "staff", f"homes/{LI_HOME}/transfer", **wish)).status == 201
    agreement_id = (await offer(estate)).body["instalments_id"]
    other = await answer(estate, agreement_id, "buyer")
    assert (other.status, other.code) == (404, "not_found")
    assert (await get(estate, "buyer", "me/instalments")).body["items"] == []
    assert (await answer(estate, agreement_id)).body["state"] == "agreed"
    assert len((await get(estate, "li", "me/instalments")).body["items"]) == 1


async def test_where_one_lived_then_others_agree(estate: Estate) -> None:
    """Who moved out in January still owes for January."""
    await live_at_lis(estate, "staff")
    moved = {"to_day": "2026-01-31", "ended_at": estate.world.clock.now}
    await estate.world.db.residencies.update_one({"_id": "r9-office"}, {"$set": moved})
    own = await offer(estate)
    assert (own.status, own.code) == (403, "own_home")
    made = await on_paper(estate, "admin")
    decided = await decide(estate, made.body["instalments_id"], "staff")
    assert (decided.status, decided.code) == (403, "own_home")


async def test_two_workers_at_once_end_it_once(estate: Estate) -> None:
    await estate.member("li")
    await kept(estate)
    await estate.advance(days=35)
    await asyncio.gather(*(jobs.check(estate.world.deps, {}) for _ in range(2)))
    await estate.world.work()
    assert len(await told(estate.world, await estate.member("li"), "instalments_broken")) == 1
    [found] = (await get(estate, "li", "me/instalments")).body["items"]
    assert found["state"] == "broken"


async def test_a_kept_one_is_neither_answered_nor_decided_again(estate: Estate) -> None:
    agreement_id = await kept(estate)
    for reply in (
        await answer(estate, agreement_id, agree=False),
        await decide(estate, agreement_id),
        await decide(estate, agreement_id, approve=False),
    ):
        assert (reply.status, reply.code) == (409, "instalments_moved_on")
    body = {"approve": True, "reason": "已核实"}
    gone = await post(estate, "admin", "instalments/nothing/decision", body)
    assert (gone.status, gone.code) == (404, "not_found")
