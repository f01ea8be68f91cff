"""What bill runs take of fee reductions, how these end, and what is forgotten of them."""

import pytest

from services.bills.runs import actions as runs
from services.bills.runs.models import StartBillRun
from tests.build import cast
from tests.build import reductions as build
from tests.build.cast import COMPOUND, LI_HOME, WANG_HOME, Estate
from tests.build.homes import get, post, told
from tests.build.photos import sent
from tests.build.reductions import EXEMPTION, LOW_INCOME, REASON, VACANT

pytestmark = pytest.mark.slow

REFUSE = {**REASON, "grant": False}


async def explained(estate: Estate, name: str, period: str) -> dict[str, tuple[int, str]]:
    found = [b for b in await estate.bills(name) if b["period"] == period]
    return {b["kind"]: (b["amount_fen"], b["explanation"]) for b in found}


async def outdated(estate: Estate) -> list[tuple[str, str, str, int, int]]:
    reply = await get(estate, "staff", f"places/{COMPOUND}/outdated-bills")
    rows = [(one["bill"], one["right_fen"]) for one in reply.body["items"]]
    return [(b["home"], b["kind"], b["period"], b["amount_fen"], r) for b, r in rows]


@pytest.mark.usefixtures("books_hold")
@pytest.mark.billed("2026-01", "2026-02")
async def test_bills_after_the_decision_follow_it_and_earlier_ones_are_listed(
    estate: Estate,
) -> None:
    await build.ruled(estate, start_day="2025-01-01")
    await build.ruled(estate, EXEMPTION)
    await estate.world.agree(await estate.member("li"), "hardship")
    await build.granted(estate, {**VACANT, "from_day": "2026-02-15", "to_day": "2026-03-31"})
    await build.granted(estate, {**LOW_INCOME, "from_day": "2026-03-01"})
    assert await outdated(estate) == [
        (LI_HOME, "property_fee", "2026-02", 5118, 4350),  # 14/28 whole, 14/28 at 70 %
    ]
    await cast.bill(estate.world, "2026-03")
    assert await explained(estate, "li", "2026-03") == {
        "property_fee": (3583, "85.30㎡ × 0.60元/㎡·月 × 1个月(减免30%) = 35.83元"),
    }
    run = await estate.world.db.bill_runs.find_one({"place": COMPOUND, "period": "2026-03"})
    assert run is not None
    assert run["skip_reasons"] == {"exempt": 1}
    assert await outdated(estate) == [
        (LI_HOME, "property_fee", "2026-02", 5118, 4350),
    ]


async def test_drafts_of_before_a_decision_are_not_published(estate: Estate) -> None:
    deps, request = estate.world.deps, StartBillRun(period="2026-03")
    await build.ruled(estate)
    own = await build.granted(estate, {**VACANT, "to_day": "2026-03-31"})
    run = await runs.start(deps, cast.STAFF, COMPOUND, request)
    await estate.world.work()
    publish = f"bill-runs/{run.run_id}/publish"
    gone = await post(estate, "li", f"fee-reductions/{own}/give-up", **early("2026-03-15"))
    assert gone.status == 200, gone.body
    refused = await post(estate, "staff", publish)
    assert (refused.status, refused.code) == (409, "bill_run_outdated")
    await runs.start(deps, cast.STAFF, COMPOUND, request)
    await estate.world.work()
    assert (await post(estate, "staff", publish)).status < 300
    await estate.world.work()
    [(fen, said)] = [(await explained(estate, "li", "2026-03"))["property_fee"]]
    assert fen == 4375  # 5118 × (15/31 × 70 % + 16/31)
    assert "15/31个月(减免30%) + " in said


def early(last_day: str) -> dict[str, str]:
    return {"last_day": last_day, "reason": "已入住"}


# The end, the reminder, and what is forgotten


async def test_an_end_lies_before_the_last_day(estate: Estate) -> None:
    await build.ruled(estate)
    own = await build.granted(estate)
    for day in ("2026-02-27", "2026-08-31", "2026-09-01"):
        reply = await post(estate, "li", f"fee-reductions/{own}/give-up", **early(day))
        assert (reply.status, reply.code) == (422, "bad_fee_reduction"), day


async def test_what_was_given_up_from_its_first_day_reduces_nothing(estate: Estate) -> None:
    await build.ruled(estate)
    own = await build.granted(estate)
    done = await post(estate, "li", f"fee-reductions/{own}/give-up", **early("2026-02-28"))
    assert (done.status, done.body["state"]) == (200, "ended")
    again = await post(estate, "li", f"fee-reductions/{own}/give-up", **early("2026-02-28"))
    assert (again.status, again.code) == (422, "bad_fee_reduction")
    await cast.bill(estate.world, "2026-03")
    assert (await explained(estate, "li", "2026-03"))["property_fee"][0] == 5118
    await build.granted(estate)  # its days are free again


async def test_an_owner_is_reminded_before_it_runs_out(estate: Estate) -> None:
    await build.ruled(estate)
    await build.granted(estate)
    own = await build.granted(estate, home=WANG_HOME, by="wang")
    await post(estate, "wang", f"fee-reductions/{own}/give-up", **early("2026-05-31"))
    await estate.advance(days=151)  # 31 July
    await estate.world.work()
    assert await told(estate.world, await estate.member("li"), "fee_reduction_runs_out") == []
    await estate.advance(days=1)
    await estate.world.work()
    [said] = await told(estate.world, await estate.member("li"), "fee_reduction_runs_out")
    assert "2026年8月31日" in said
    wang = await estate.member("wang")
    assert await told(estate.world, wang, "fee_reduction_runs_out") == []


async def test_proof_goes_at_the_end_of_its_time(estate: Estate) -> None:
    await build.ruled(estate, EXEMPTION)
    li = await estate.member("li")
    await estate.world.agree(li, "hardship")
    await estate.world.agree(li, "proof")
    photo = await sent(estate.world.api, li)
    own = await build.asked(estate, {**LOW_INCOME, "photo_ids": [photo]})
    refused = await post(estate, "staff", f"fee-reductions/{own}/decision", REFUSE)
    assert refused.body["state"] == "refused"
    for days, is_there in ((29, True), (2, False)):
        await estate.advance(days=days)
        await estate.world.work()
        kept = await estate.world.db.fee_reductions.find_one({"_id": own})
        assert kept is not None
        assert [bool(kept["document_sealed"]), bool(kept["photo_ids"])] == [is_there] * 2
    assert await estate.world.db.photos.count_documents({"_id": photo}) == 0


async def test_consent_withdrawn_takes_what_waits_and_all_text(estate: Estate) -> None:
    await build.ruled(estate, EXEMPTION)
    await build.ruled(estate, {**EXEMPTION, "cause": "disability"})
    await build.ruled(estate)
    li = await estate.member("li")
    await estate.world.agree(li, "hardship")
    granted = await build.granted(estate, LOW_INCOME)
    waits = await build.asked(estate, {**LOW_INCOME, "cause": "disability"})
    vacant = await build.asked(estate, {**VACANT, "note": "空置"})
    done = await estate.world.api.post("/api/v1/me/consents/hardship/withdrawal", as_=li)
    assert done.status == 200, done.body
    rows = {r["_id"]: r for r in await estate.world.db.fee_reductions.find().to_list()}
    states = [rows[each]["state"] for each in (granted, waits, vacant)]
    assert states == ["granted", "withdrawn", "requested"]
    assert [rows[each]["document_sealed"] for each in (granted, waits)] == [None, None]
    assert rows[vacant]["note_sealed"]


async def test_who_closes_the_account_leaves_what_was_granted_without_its_words(
    estate: Estate,
) -> None:
    await build.ruled(estate, EXEMPTION)
    await build.ruled(estate)
    li = await estate.member("li")
    await estate.world.agree(li, "hardship")
    await build.granted(estate, LOW_INCOME)
    await build.asked(estate, {**VACANT, "note": "已停水停电"})
    await estate.world.confirm(li)
    closed = await estate.world.api.post("/api/v1/me/deletion", {"confirm": "注销"}, as_=li)
    assert closed.status < 300, closed.body
    await estate.world.work()
    rows = await estate.world.db.fee_reductions.find().sort("cause", 1).to_list()
    assert [row["state"] for row in rows] == ["granted", "withdrawn"]
    assert all(row["erased"] for row in rows)
    assert [row["document_sealed"] or row["note_sealed"] for row in rows] == [None, None]
