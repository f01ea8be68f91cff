"""Bills when a home changes hands: what was charged is owed by who owned it then.

Wang's home, January and February issued on 2 March 2026 (Monday noon). Days are Beijing days.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from services.dependencies import Transaction
from services.kernel import phones
from services.kernel.days import day_of
from services.residencies import owners
from services.residencies import store as residencies_store
from services.residencies.models import Relation, Residency
from tests.build.cast import PHONES, WANG_HOME, Estate, bill
from tests.build.payments import order, paid
from tests.build.sign_ins import Member
from tests.build.world import World

pytestmark = [pytest.mark.slow, pytest.mark.billed("2026-01", "2026-02")]

BUYER, TENANT, SON = "13900000031", "13900000032", "13900000033"


@dataclass
class House:
    """Wang's home, and who comes and goes there."""

    estate: Estate

    @property
    def world(self) -> World:
        return self.estate.world

    async def comes(
        self, name: str, phone: str, relation: Relation, from_day: str, to_day: str = ""
    ) -> Member:
        deps, row_id = self.world.deps, f"h-{name}-{from_day}"
        row = Residency(
            id=row_id,
            home=WANG_HOME,
            relation=relation,
            name_sealed=deps.vault.seal(name, place=f"residencies/{row_id}/name"),
            phone_index=phones.blind_index(deps.vault, f"+86{phone}"),
            from_day=from_day,
            to_day=to_day or None,
            source="test",
        )

        async def work(tx: Transaction) -> None:
            await residencies_store.put(deps.db, tx, [row])
            await owners.count(deps, tx, WANG_HOME)

        await deps.in_transaction(work)
        return await self.world.sign_in(name, phone)

    async def leaves(self, residency: str, last_day: str) -> None:
        change = {"$set": {"to_day": last_day}}
        await self.world.db.residencies.update_one({"_id": residency}, change)
        deps = self.world.deps
        await deps.in_transaction(lambda tx: owners.count(deps, tx, WANG_HOME))

    async def tomorrow(self) -> str:
        await self.world.advance(days=1)
        return day_of(self.world.clock.now)

    async def bills(self, who: Member, state: str = "owing") -> list[str]:
        reply = await self.world.api.get(f"/api/v1/me/bills?state={state}", as_=who)
        assert reply.status == 200, reply.body
        return [bill["bill_id"] for bill in reply.body["items"]]

    async def look(self, who: Member, payment_id: str) -> tuple[int, int]:
        path = f"/api/v1/payments/{payment_id}"
        payment = await self.world.api.get(path, as_=who)
        receipt = await self.world.api.get(f"{path}/receipt", as_=who)
        return payment.status, receipt.status


@pytest.fixture
async def house(estate: Estate) -> House:
    return House(estate)


async def test_a_home_changes_owner(house: House, wang: Member) -> None:
    """Whoever sold it owes and pays what was charged till then; the buyer sees none of it."""
    one, other = sorted(await house.estate.bill_ids("wang"))
    payment_id = await paid(house.estate, wang, [one])
    sold = await house.tomorrow()
    await house.leaves("r2-wang", "2026-03-02")
    buyer = await house.comes("buyer", BUYER, Relation.OWNER, sold)

    for state in ("owing", "paid"):
        assert await house.bills(buyer, state) == []
    for bill_id in (one, other):
        assert (await order(house.estate, buyer, [bill_id])).status == 404
    assert await house.look(buyer, payment_id) == (404, 404)
    mine = await house.world.api.get("/api/v1/payments", as_=buyer)
    assert mine.body["items"] == []

    wang = await house.world.sign_in("wang")
    assert await house.look(wang, payment_id) == (200, 200)
    owed = await house.bills(wang)
    assert other in owed
    assert len(owed) == 3  # with the waste fee of both months
    theirs = await paid(house.estate, wang, [other])
    assert other not in await house.bills(wang)
    assert await house.bills(buyer, "paid") == []
    assert await house.look(buyer, theirs) == (404, 404)


async def test_who_sold_one_of_two_homes_pays_for_the_other_only(
    house: House, wang: Member
) -> None:
    """With the permission still held elsewhere, the sold home looks missing."""
    [bill_id, *_] = await house.estate.bill_ids("wang")
    sold = await house.tomorrow()
    await house.leaves("r2-wang", "2026-03-02")
    await house.world.db.residencies.update_one({"_id": "r3-sun"}, {"$set": {"to_day": sold}})
    other = {"$set": {"home": WANG_HOME.replace("u2.501", "u1.101"), "to_day": None}}
    await house.world.db.residencies.update_one({"_id": "r2-wang"}, other)
    wang = await house.world.sign_in("wang")
    assert (await order(house.estate, wang, [bill_id])).status == 404
    assert bill_id not in await house.bills(wang)


async def test_tenant_after_tenant(house: House, wang: Member) -> None:
    one = min(await house.estate.bill_ids("wang"))
    first = await house.comes("first", TENANT, Relation.TENANT, "2026-01-01")
    payment_id = await paid(house.estate, first, [one])
    moved = await house.tomorrow()
    await house.leaves("h-first-2026-01-01", "2026-03-02")
    second = await house.comes("second", BUYER, Relation.TENANT, moved)
    for state in ("owing", "paid"):
        assert await house.bills(second, state) == []  # charged before they came
    assert (await order(house.estate, second, [one])).status == 404
    assert await house.look(second, payment_id) == (404, 404)
    # The owner was there all the time: the home's bill is paid, by whom is not said.
    wang = await house.world.sign_in("wang")
    assert await house.bills(wang, "paid") == [one]
    assert await house.look(wang, payment_id) == (404, 404)
    first = await house.world.sign_in("first")
    assert await house.look(first, payment_id) == (200, 200)


async def test_what_was_settled_on_the_first_day_is_seen_and_the_second_before_is_not(
    house: House,
) -> None:
    """The day begins in Beijing."""
    bills = sorted(await house.estate.bill_ids("wang"))
    for bill_id, at in zip(bills, ("2026-02-09T15:59:59", "2026-02-09T16:00:00"), strict=True):
        paid = {"$set": {"state": "paid", "paid_at": _utc(at), "owed_fen": 0}}
        await house.world.db.bills.update_one({"_id": bill_id}, paid)
    buyer = await house.comes("buyer", BUYER, Relation.OWNER, "2026-02-10")
    assert await house.bills(buyer, "paid") == [bills[1]]
    assert (await order(house.estate, buyer, [bills[0]])).code == "not_found"
    assert (await order(house.estate, buyer, [bills[1]])).code == "bill_already_paid"


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


async def test_void_bills_are_known_from_the_first_day_on(house: House) -> None:
    one, other = sorted(await house.estate.bill_ids("wang"))
    staff = await house.estate.member("staff")
    path, body = "/api/v1/bills/{}/void", {"reason": "空置", "months": "forgiven"}
    assert (await house.world.api.post(path.format(one), body, as_=staff)).status == 200
    came = await house.tomorrow()
    buyer = await house.comes("buyer", BUYER, Relation.OWNER, came)
    staff = await house.world.sign_in("staff")
    assert (await house.world.api.post(path.format(other), body, as_=staff)).status == 200
    assert (await order(house.estate, buyer, [one])).code == "not_found"
    assert (await order(house.estate, buyer, [other])).code == "bill_already_paid"


async def test_co_owners_share_what_was_settled_since_each_came(
    house: House, wang: Member
) -> None:
    one, other = sorted(await house.estate.bill_ids("wang"))
    await paid(house.estate, wang, [one])
    married = await house.tomorrow()
    wife = await house.comes("wife", BUYER, Relation.CO_OWNER, married)
    await paid(house.estate, wife, [other])
    assert await house.bills(wife, "paid") == [other]
    wang = await house.world.sign_in("wang")
    assert await house.bills(wang, "paid") == [other, one]


async def test_two_relations_to_one_home_count_from_the_earlier(house: House) -> None:
    bills = sorted(await house.estate.bill_ids("wang"))
    await house.comes("buyer", BUYER, Relation.TENANT, "2026-01-01")
    tenant = await house.world.sign_in("buyer")
    await paid(house.estate, tenant, [bills[0]])
    bought = await house.tomorrow()
    buyer = await house.comes("buyer", BUYER, Relation.OWNER, bought)
    assert await house.bills(buyer, "paid") == [bills[0]]


async def test_a_payer_pays_what_is_owed_and_sees_no_more(house: House, wang: Member) -> None:
    """What the home paid is not shown, what one paid oneself is among one's payments."""
    one, other = sorted(await house.estate.bill_ids("wang"))
    theirs = await paid(house.estate, wang, [one])
    await house.tomorrow()
    son = await house.comes("son", SON, Relation.PAYER, "2026-03-03")
    assert other in await house.bills(son)
    assert await house.bills(son, "paid") == []
    assert (await order(house.estate, son, [one])).code == "not_found"
    payment_id = await paid(house.estate, son, [other])
    assert await house.bills(son, "paid") == []
    assert await house.look(son, payment_id) == (200, 200)
    assert await house.look(son, theirs) == (404, 404)
    assert (await order(house.estate, son, [other])).code == "bill_already_paid"
    wang = await house.world.sign_in("wang")
    assert await house.bills(wang, "paid") == [other, one]
    assert await house.look(wang, payment_id) == (404, 404)


async def test_another_persons_payment_is_not_named(house: House, wang: Member) -> None:
    """Paid at WeChat and not told us yet: who comes second learns that, not by whom."""
    [bill_id, *_] = await house.estate.bill_ids("wang")
    son = await house.comes("son", SON, Relation.PAYER, "2026-01-01")
    made = (await order(house.estate, wang, [bill_id])).body
    await house.world.wechat.do("users/wang/pay", **made["pay_params"], notify=False)
    refused = await order(house.estate, son, [bill_id])
    assert (refused.code, refused.body["details"]) == ("bill_already_paid", {})


async def test_paid_bills_of_two_homes_come_in_pages_each_from_its_own_day(
    house: House, wang: Member
) -> None:
    for bill_id in await house.bills(wang):
        paid = {"$set": {"state": "paid", "paid_at": house.world.clock.now, "owed_fen": 0}}
        await house.world.db.bills.update_one({"_id": bill_id}, paid)
    li_home = {"home": {"$regex": "u2.502$"}}
    await house.world.db.bills.update_many(
        li_home, {"$set": {"state": "paid", "paid_at": _utc("2026-02-20T00:00:00")}}
    )
    await house.world.db.residencies.update_one(
        {"_id": "r0-li"},
        {"$set": {"phone_index": phones.blind_index(house.world.deps.vault, f"+86{BUYER}")}},
    )
    buyer = await house.comes("buyer", BUYER, Relation.OWNER, "2026-03-02")
    found: list[tuple[str, str]] = []
    cursor = ""
    while cursor is not None:
        path = f"/api/v1/me/bills?state=paid&limit=3&cursor={cursor}"
        reply = await house.world.api.get(path, as_=buyer)
        found += [(bill["period"], bill["bill_id"]) for bill in reply.body["items"]]
        cursor = reply.body["next_cursor"]
    assert len(found) == 8
    assert found == sorted(set(found), reverse=True)


@pytest.mark.usefixtures("wang")
async def test_new_bills_are_told_to_who_lives_there_today(house: House) -> None:
    former = await house.comes("first", TENANT, Relation.TENANT, "2026-01-01", "2026-03-01")
    coming = await house.comes("second", BUYER, Relation.TENANT, "2026-03-03")
    son = await house.comes("son", SON, Relation.PAYER, "2026-03-02")
    await bill(house.world, "2026-03")
    told = {}
    for who in (former, coming, son, await house.estate.member("wang")):
        inbox = await house.world.api.get("/api/v1/me/messages", as_=who)
        told[who.name] = [message["template"] for message in inbox.body["items"]]
    assert told == {"first": [], "second": [], "son": ["bill_issued"], "wang": ["bill_issued"]}


async def test_who_only_pays_does_not_stand_for_the_home(house: House) -> None:
    await house.comes("son", SON, Relation.PAYER, "2026-01-01")
    await house.leaves("r2-wang", "2026-03-01")
    head = await house.world.sign_in("head", PHONES["head"])
    path = f"/api/v1/places/{WANG_HOME.rpartition('.')[0]}/unpaid-homes?due=all"
    reply = await house.world.api.get(path, as_=head)
    [row] = [row for row in reply.body["items"] if row["place"] == WANG_HOME]
    assert row["resident"] is None
