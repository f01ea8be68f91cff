"""Who is bound to a home after another was merged into it owes, and is told of, what that owes.

Wang's home is merged into 599 before Wang ever signs in: nobody is bound to the old entry.
"""

from typing import Any

import pytest

from services.residencies.models import Relation
from tests.build import bill_notes, cast, deposits, instalments, prepayment_returns
from tests.build.cast import WANG_HOME, Estate
from tests.build.deeds import FORGIVEN
from tests.build.homes import get, post, told
from tests.build.prepayments import take
from tests.handlers.test_home_corrections import GHOST, retire

pytestmark = [pytest.mark.billed("2026-01"), pytest.mark.usefixtures("books_hold")]


async def merged(estate: Estate) -> None:
    await cast.homes(estate.world.deps, {GHOST: 8530})
    await estate.advance(days=1)
    done = await retire(estate, WANG_HOME, merge_into=GHOST)
    assert done.status == 201, done.body


async def owed(estate: Estate) -> list[dict[str, Any]]:
    rows = estate.world.db.bills.find({"home": WANG_HOME, "state": "owing"})
    return list(await rows.sort("kind", 1).to_list())


async def test_money_that_is_kept_for_the_old_entry_is_told_of(estate: Estate) -> None:
    deposit_id = await deposits.kept(estate, home=WANG_HOME)
    slip = {"bill_ids": [bill["_id"] for bill in (await owed(estate))[:1]], "way": "transfer"}
    assert (
        await post(estate, "staff", "counter-payments", **slip, voucher="T-9")
    ).status == 201
    ahead = await take(estate, await estate.member("staff"), home=WANG_HOME, months=1)
    assert ahead.status == 201, ahead.body
    await merged(estate)
    wang = await estate.member("wang")
    [prepaid] = await estate.world.db.prepayments.find().to_list()
    await prepayment_returns.approved(estate, prepaid["_id"])
    assert len(await told(estate.world, wang, "prepayment_return")) == 1
    assert (await deposits.asked(estate, deposit_id)).status == 200
    assert len(await told(estate.world, wang, "deposit_news")) == 1


async def test_what_the_old_entry_owes_is_paid_in_parts_as_agreed(estate: Estate) -> None:
    await merged(estate)
    wang, [bill, *_] = await estate.member("wang"), await owed(estate)
    parts = [
        {"due_on": "2026-04-01", "amount_fen": 100},
        {"due_on": "2026-04-30", "amount_fen": bill["owed_fen"] - 100},
    ]
    wish = {"bill_ids": [bill["_id"]], "parts": parts, "grace_days": 5}
    wish |= {"stops_late_charges": False}
    made = await post(estate, "staff", f"homes/{WANG_HOME}/instalments", wish)
    assert made.status == 201, made.body
    assert len(await told(estate.world, wang, "instalments_offered")) == 1
    agreement_id = made.body["instalments_id"]
    mine = await get(estate, "wang", "me/instalments")
    assert [item["instalments_id"] for item in mine.body["items"]] == [agreement_id]
    assert (await instalments.answer(estate, agreement_id, "li")).status == 404
    assert (await instalments.answer(estate, agreement_id, "wang")).status == 200


async def test_corrections_of_what_the_old_entry_owes_are_told(estate: Estate) -> None:
    await merged(estate)
    wang, [bill, *_] = await estate.member("wang"), await owed(estate)
    await bill_notes.applied(estate, bill["_id"], {**bill_notes.CREDIT, "amount_fen": 100})
    assert len(await told(estate.world, wang, "bill_corrected")) == 1
    path = f"bill-runs/{bill['run_id']}/withdraw"
    assert (await post(estate, "staff", path, FORGIVEN)).status < 300
    await estate.world.work()
    assert len(await told(estate.world, wang, "bills_withdrawn")) == 1


async def test_nobody_disposes_of_what_the_old_entry_of_their_home_owes(estate: Estate) -> None:
    deposit_id = await deposits.kept(estate, home=WANG_HOME)
    assert (await deposits.asked(estate, deposit_id)).status == 200
    await merged(estate)
    await cast.live_there(estate.world.deps, [(GHOST, "staff", Relation.CO_OWNER)])
    bound = {"person": (await estate.member("staff")).person_id, "bound_by": "request"}
    await estate.world.db.residencies.update_one({"_id": "r0-staff"}, {"$set": bound})
    [bill, *_] = await owed(estate)
    decision = f"deposits/{deposit_id}/return-decision"
    for path, body in ((f"bills/{bill['_id']}/void", FORGIVEN), (decision, deposits.NO)):
        own = await post(estate, "staff", path, body)
        assert (own.status, own.code) == (403, "own_home"), path
        assert (await post(estate, "admin", path, body)).status == 200
