"""In whatever order bills are noted, paid, given back and voided, the books hold."""

import asyncio
import random
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.bill_notes import actions as notes
from services.bill_notes import projection as notes_projection
from services.bill_notes import refusals
from services.bill_notes.models import NoteDecision
from services.bills import actions as bills
from services.bills.balances import actions as balances
from services.bills.balances import changes
from services.bills.due_days import NOTICE_DAYS, after_note
from services.bills.models import Bill, MonthsAfterVoid, Noted, NoteKind, VoidBill
from services.bills.proofs import projection as bills_projection
from services.bills.states import BillState
from services.dependencies import Transaction
from services.fees.models import BillKind
from services.kernel.errors import Conflict
from services.kernel.permissions import Actor, Grant, Role
from services.ledger import actions as ledger
from services.ledger.models import Journal, Posting, receivable, wechat_cash
from tests.build import books, payments
from tests.build.bill_notes import CREDIT, YES, decide, note, propose, wish
from tests.build.cast import ADMIN, COMPOUND, STAFF, Estate
from tests.build.world import World

NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)


def bill(amount_fen: int, **more: Any) -> Bill:
    fixed: dict[str, Any] = {
        "id": "b",
        "run_id": "",
        "rule_id": "",
        "home": "h",
        "slots": ["s"],
    }
    fixed |= {"kind": BillKind.PROPERTY_FEE, "period": "2026-01", "months": 1}
    fixed |= {"explanation": "", "account": "firm", "payee_name": "", "created_at": NOW}
    fixed |= {"state": BillState.OWING, "due_on": "2026-04-01"}
    return Bill(amount_fen=amount_fen, **{**fixed, **more})


def noted(fen: int, at: datetime = NOW) -> Noted:
    kind = NoteKind.DEBIT if fen > 0 else NoteKind.CREDIT
    return Noted(note="n", number="1", kind=kind, fen=fen, reason="更正", at=at)


STEPS = st.lists(
    st.tuples(st.sampled_from(["note", "write_off", "pay", "back"]), st.integers(-900, 900)),
    max_size=12,
)


@given(amount_fen=st.integers(1, 1000), steps=STEPS)
@settings(max_examples=200)
def test_what_is_owed_is_what_was_published_with_its_notes_less_what_was_paid(
    amount_fen: int, steps: list[tuple[str, int]]
) -> None:
    found, journal = bill(amount_fen), 0
    for what, fen in steps:
        journal += 1
        if what == "pay" and found.owed_fen:
            found = changes.paid(found, f"j{journal}", abs(fen) or 1, NOW)
        elif what == "back" and found.paid:
            found = changes.given_back(found, found.paid[0].journal, abs(fen))
        elif what in {"note", "write_off"} and fen:
            is_given_up = what == "write_off"
            more = noted(-abs(fen) if is_given_up else fen)
            kind = NoteKind.WRITE_OFF if is_given_up else more.kind
            try:
                refusals.check(found, kind, more.fen)
            except Conflict:
                continue
            found = changes.noted(found, more)
        assert found.amount_fen == amount_fen
        assert found.due_fen == amount_fen + sum(each.fen for each in found.notes)
        assert found.owed_fen == found.due_fen - found.paid_fen >= 0
        assert (found.state is BillState.OWING) == (found.owed_fen > 0)
        assert (found.paid_at is None) == (found.state is BillState.OWING)


@pytest.mark.parametrize(
    ("state", "due_on", "fen", "expected"),
    [
        (BillState.OWING, "2026-04-15", 100, "2026-04-15"),  # later than the notice anyway
        (BillState.OWING, "2026-03-10", 100, "2026-04-01"),
        (BillState.OWING, "2026-03-02", 100, "2026-04-01"),  # its last day is not over
        (BillState.OWING, "2026-03-01", 100, "2026-03-01"),  # overdue stays overdue
        (BillState.PAID, "2026-03-01", 100, "2026-04-01"),
        (BillState.OWING, "2026-03-10", -100, "2026-03-10"),
    ],
)
def test_what_is_owed_more_leaves_time_to_pay(
    state: BillState, due_on: str, fen: int, expected: str
) -> None:
    assert NOTICE_DAYS == 30
    assert after_note(bill(500, state=state, due_on=due_on), noted(fen)) == expected


class Books:
    """What happens to bills, by the product's own actions and without WeChat."""

    def __init__(self, world: World) -> None:
        self.world, self.number = world, 0

    async def pay(self, bill_id: str, fen: int) -> None:
        self.number += 1
        name = f"pay:1:{self.number}"

        async def work(tx: Transaction) -> None:
            deps = self.world.deps
            taken = await balances.settle(deps, tx, {bill_id: fen}, name, deps.now())
            if taken:
                await ledger.post(
                    deps, tx, self.journal(name, "payment", bill_id, taken[bill_id])
                )

        await self.world.deps.in_transaction(work)

    async def give_back(self, bill_id: str, fen: int) -> None:
        deps, found = self.world.deps, await bills.get(self.world.deps, bill_id)
        if not found.paid:
            return
        self.number += 1
        portion = found.paid[0]
        back = min(fen, portion.fen)
        name = f"refund:1:{self.number}"

        async def work(tx: Transaction) -> None:
            await balances.give_back(deps, tx, {bill_id: back}, portion.journal)
            await ledger.post(deps, tx, self.journal(name, "refund", bill_id, -back))

        await deps.in_transaction(work)

    def journal(self, name: str, kind: str, bill_id: str, fen: int) -> Journal:
        postings = [Posting(wechat_cash("firm"), fen), Posting(receivable(bill_id), -fen)]
        transaction = {"transaction": name.rpartition(":")[2]}
        at = self.world.deps.now()
        return Journal(
            id=name, kind=kind, place=COMPOUND, at=at, postings=postings, reference=transaction
        )

    async def do(self, what: str, bill_id: str, fen: int) -> None:
        match what:
            case "pay":
                await self.pay(bill_id, fen)
            case "back":
                await self.give_back(bill_id, fen)
            case "void":
                request = VoidBill(reason="登记有误", months=MonthsAfterVoid.FORGIVEN)
                await bills.void(self.world.deps, STAFF, bill_id, request)
            case _:
                await note(self.world, bill_id, NoteKind(what), fen)


async def proven(world: World, bill_ids: list[str]) -> None:
    """The books hold, and bills and notes say what their journals say."""
    await books.check(world)
    assert await bills_projection.problems(world.deps, bill_ids) == []
    made = [row["_id"] async for row in world.db.bill_notes.find()]
    assert await notes_projection.problems(world.deps, made) == []


ACTS = ["pay", "back", "pay", "back", "credit", "debit", "write_off", "debit", "void"]


@pytest.mark.slow
@pytest.mark.billed("2026-01", "2026-02")
@pytest.mark.parametrize("seed", range(4))
async def test_in_any_order_the_books_hold(estate: Estate, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same choices for the same seed
    made = Books(estate.world)
    ids, done = await estate.bill_ids("li"), Counter[str]()
    for _ in range(16):
        what = chance.choice(ACTS)
        try:
            await made.do(what, chance.choice(ids), chance.randint(1, 4000))
        except Conflict:
            continue
        done[what] += 1
    assert done["pay"]
    assert done["debit"] + done["credit"] + done["write_off"]
    await proven(estate.world, ids)


@pytest.mark.slow
@pytest.mark.billed("2026-01", "2026-02")
async def test_a_payment_and_a_note_at_once_lose_nothing(estate: Estate) -> None:
    """Whichever is first: either the note is refused, or what was paid too much goes back."""
    world, li = estate.world, await estate.member("li")
    staff, admin = await estate.member("staff"), await estate.member("admin")
    for bill_id in (ids := await estate.bill_ids("li")):
        made = await payments.ordered(estate, li, [bill_id])
        note_id = (await propose(world, bill_id, CREDIT, staff)).body["note_id"]
        decided, _ = await asyncio.gather(
            decide(world, note_id, YES, admin), payments.pay(estate, li, made)
        )
        found = await bills.get(world.deps, bill_id)
        assert (found.state, found.owed_fen) == (BillState.PAID, 0)
        own = world.db.refunds.find({"payment": made["payment_id"]})
        back = [refund["amount_fen"] async for refund in own]
        said = (decided.status, decided.body.get("code"), found.paid_fen, back)
        assert said in [(200, None, 4818, [300]), (409, "note_exceeds_owed", 5118, [])]
    await proven(world, ids)


@pytest.mark.slow
@pytest.mark.billed("2026-01", "2026-02")
async def test_a_void_and_a_note_at_once_lose_nothing(estate: Estate) -> None:
    world = estate.world
    staff, admin = await estate.member("staff"), await estate.member("admin")
    for bill_id in (ids := await estate.bill_ids("li")):
        note_id = (await propose(world, bill_id, CREDIT, staff)).body["note_id"]
        void = {"reason": "空置", "months": "forgiven"}
        decided, voided = await asyncio.gather(
            decide(world, note_id, YES, admin),
            world.api.post(f"/api/v1/bills/{bill_id}/void", void, as_=staff),
        )
        assert voided.status == 200
        said = (decided.status, decided.body.get("code"))
        assert said in [(200, None), (409, "bill_not_issued")]
    await proven(world, ids)


@pytest.mark.slow
@pytest.mark.billed("2026-01", "2026-02")
async def test_two_who_approve_at_once_make_one_note(estate: Estate) -> None:
    world, [bill_id, *_] = estate.world, await estate.bill_ids("li")
    third = Actor("third", "", (Grant(Role.ADMINISTRATOR, "cc"),))
    made = await notes.propose(world.deps, STAFF, bill_id, wish(NoteKind.CREDIT, 300))
    yes = NoteDecision(approve=True, reason="已核对")
    outcomes = await asyncio.gather(
        *(notes.decide(world.deps, who, made.note_id, yes) for who in (ADMIN, third)),
        return_exceptions=True,
    )
    lost = [each for each in outcomes if isinstance(each, BaseException)]
    assert [type(each) for each in lost] == [refusals.NoteDecided]
    assert (await bills.get(world.deps, bill_id)).due_fen == 4818
    await proven(world, [bill_id])
