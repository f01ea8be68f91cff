"""Reminder letters: what stands on them, who carries them, and the proof of delivery.

Li's, Wang's and Sun's homes owe January and February, due on 1 April 2026; nobody has an
account.
"""

import io
import zipfile
from typing import Any

import pytest

from services.demands.letters import sheets
from tests.build import exports
from tests.build.cast import COMPOUND, LI_HOME, SUN_HOME, UNIT, WANG_HOME, Estate
from tests.build.demands import EACH_LI, demands, late, letter, rows, started
from tests.build.homes import get, post
from tests.build.papers import pages_of
from tests.build.photos import sent
from tests.build.world import Reply

pytestmark = pytest.mark.billed("2026-01", "2026-02")


async def hand(
    estate: Estate, who: str, made: dict[str, Any], to: str | None, *photos: str
) -> Reply:
    body = {"handed_to": to, "photo_ids": list(photos)}
    return await post(estate, who, f"demand-letters/{made['letter_id']}/delivery", body)


async def test_a_round_of_letters_is_printed_a_page_each(estate: Estate) -> None:
    await late(estate)
    line = {"phone": "0431-81234567", "hours": "工作日 8:30-16:30"}
    await post(estate, "staff", f"places/{COMPOUND}/contact", line)
    found = await started(estate, way="letter", pay_within=20, note="周六上午在小区门口办理。")
    assert (found["demands"], found["skipped"]) == (3, 0)
    reply = await get(estate, "staff", f"demand-rounds/{found['round_id']}/sheets")
    assert reply.status == 200, reply.body
    pages = pages_of(reply.raw)
    assert len(pages) == 3
    [text] = ["".join(page.lines) for page in pages if "502室" in "".join(page.lines)]
    for said in (
        "催缴通知书",
        "l*",
        "2026年1月物业费 51.18元,期限 2026-04-01",
        "合计112.36元",
        "壹佰壹拾贰元叁角陆分",
        "安居物业、环卫中心",
        "0431-81234567(工作日 8:30-16:30)",
        "20日内缴纳",
        "周六上午在小区门口办理。",
    ):
        assert said in text, said
    assert "li" not in text.replace("l*", "")


async def test_a_household_has_one_letter_within_the_days_of_a_round(estate: Estate) -> None:
    await late(estate)
    first, again = [await started(estate, way="letter") for _ in range(2)]
    assert (first["demands"], again["demands"], again["skipped"]) == (3, 0, 3)
    left = await rows(estate, "staff", f"demand-rounds/{again['round_id']}/skipped")
    assert {row["because"] for row in left} == {"asked_before"}


async def test_more_letters_than_a_file_holds_are_exported(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "LETTERS_AT_ONCE", 2)
    await late(estate)
    found = await started(estate, way="letter")
    path = f"/api/v1/demand-rounds/{found['round_id']}/sheets"
    staff = await estate.member("staff")
    refused = await estate.world.api.get(path, as_=staff)
    assert (refused.status, refused.code) == (422, "paper_too_long")
    done = await exports.exported(estate.world, staff, f"{path}-export")
    assert (done["state"], done["rows"], done["complete"]) == ("ready", 3, True)
    file = await exports.fetched(estate.world, done)
    with zipfile.ZipFile(io.BytesIO(file.raw)) as packed:
        counts = [len(pages_of(packed.read(name))) for name in packed.namelist()]
    assert counts == [2, 1]


async def test_a_round_of_messages_has_no_letters(estate: Estate) -> None:
    await late(estate)
    found = await started(estate)
    path = f"demand-rounds/{found['round_id']}/sheets"
    assert (await get(estate, "staff", path)).code == "no_demand_letters"
    assert (await post(estate, "staff", f"{path}-export")).code == "no_demand_letters"


async def test_a_letter_that_was_handed_over_is_a_demand(estate: Estate) -> None:
    made = await letter(estate)
    reply = await hand(estate, "head", made, "family")
    assert reply.status == 200, reply.body
    assert (reply.body["state"], reply.body["role"]) == ("delivered", "unit_head")
    [demand] = await demands(estate, LI_HOME)
    assert (demand["way"], demand["handed_to"], demand["role"]) == (
        "letter",
        "family",
        "unit_head",
    )
    assert (demand["amount_fen"], demand["arrived_on"]) == (2 * EACH_LI, "2026-04-02")
    assert "合计112.36元(壹佰壹拾贰元叁角陆分)" in demand["text"]
    assert (await hand(estate, "staff", made, "debtor")).code == "demand_letter_moved_on"
    assert len(await demands(estate, LI_HOME)) == 1


async def test_a_letterbox_is_proved_by_a_photo(estate: Estate) -> None:
    made = await letter(estate)
    assert (await hand(estate, "head", made, "letterbox")).code == "demand_delivery_unproved"
    head = await estate.member("head")
    photo = await sent(estate.world.api, head, purpose="visit")
    assert (await hand(estate, "head", made, None, photo)).code == "demand_delivery_unproved"
    assert (await hand(estate, "head", made, "letterbox", photo)).status == 200
    [demand] = await demands(estate, LI_HOME)
    assert (demand["handed_to"], demand["photo_ids"]) == ("letterbox", [photo])


async def test_a_letter_that_nobody_took_is_no_demand(estate: Estate) -> None:
    made = await letter(estate)
    reply = await hand(estate, "head", made, None)
    assert (reply.body["state"], reply.body["handed_to"]) == ("undelivered", None)
    assert await demands(estate, LI_HOME) == []


async def test_what_was_paid_meanwhile_is_not_handed_over(estate: Estate) -> None:
    made = await letter(estate)
    paid = {"state": "paid", "paid_at": estate.world.clock.now}
    await estate.world.db.bills.update_many({"home": LI_HOME}, {"$set": paid})
    assert (await hand(estate, "head", made, "debtor")).code == "demand_letter_settled"
    [again] = await rows(estate, "head", f"places/{UNIT}/demand-letters")
    assert again["state"] == "made"


async def test_heads_carry_the_letters_of_their_own_place(estate: Estate) -> None:
    await late(estate)
    await started(estate, way="letter")
    seen = await rows(estate, "head", f"places/{UNIT}/demand-letters")
    assert {row["place"] for row in seen} == {LI_HOME, WANG_HOME}
    [suns] = await rows(estate, "staff", f"places/{SUN_HOME}/demand-letters")
    assert (await hand(estate, "head", suns, "debtor")).status == 404


@pytest.mark.parametrize("is_later", [False, True])  # sold before the letter, or entered later
async def test_heads_do_not_see_the_letters_to_who_sold_a_home(
    estate: Estate, *, is_later: bool
) -> None:
    made = await letter(estate) if is_later else {}
    wish = {"name": "赵强", "phone": "13900000040", "day": "2026-03-02", "reason": "已过户"}
    assert (await post(estate, "staff", f"homes/{LI_HOME}/transfer", **wish)).status == 201
    if is_later:
        [made] = await rows(estate, "staff", f"places/{LI_HOME}/demand-letters")
    else:
        made = await letter(estate)
    assert made["owners_until"] == "2026-03-01"
    seen = await rows(estate, "head", f"places/{LI_HOME}/demand-letters")
    assert seen == []
    assert (await hand(estate, "head", made, "debtor")).status == 404
    assert (await hand(estate, "staff", made, "debtor")).status == 200
    [demand] = await demands(estate, LI_HOME)
    assert demand["owners_until"] == "2026-03-01"
