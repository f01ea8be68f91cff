"""Place codes: made for a place, printed, scanned, renewed and ended."""

from typing import Any

import pytest

from services.kernel.permissions import Role
from services.place_codes.models import TOKEN
from services.place_codes.sheets import address_of
from tests.build.cast import (
    COMMUNITY,
    COMPOUND,
    LI_HOME,
    NEXT_UNIT,
    OTHER_COMPOUND,
    UNIT,
    Estate,
)
from tests.build.homes import acts, at_once, get, post
from tests.build.offices import firm_at, hire
from tests.build.papers import PaperPage, modules_of, pages_of
from tests.build.sign_ins import Member
from tests.build.world import Reply

LIFT = {"kind": "lift", "label": "2号电梯", "suggests": "lift_stuck"}


async def made(
    estate: Estate, place: str = UNIT, who: Member | str = "staff", **more: str
) -> str:
    reply = await post(estate, who, f"places/{place}/codes", LIFT | more)
    assert reply.status == 201, reply.body
    return str(reply.body["code_id"])


async def token_of(estate: Estate, code_id: str) -> str:
    """Return what the sheet of a code says today."""
    row = await estate.world.db.place_codes.find_one({"_id": code_id})
    assert row
    return TOKEN.open(estate.world.deps.vault, code_id, row["token_sealed"])


async def scan(estate: Estate, token: str, who: Member | str = "li") -> Reply:
    return await get(estate, who, f"place-codes/by-token/{token}")


async def sheets(
    estate: Estate, place: str = COMPOUND, who: Member | str = "staff", query: str = ""
) -> list[PaperPage]:
    reply = await get(estate, who, f"places/{place}/codes/sheet{query}")
    assert (reply.status, reply.headers["Content-Type"]) == (200, "application/pdf")
    return pages_of(reply.raw)


async def test_a_scan_tells_where_one_stands(estate: Estate) -> None:
    code_id = await made(estate)
    reply = await scan(estate, await token_of(estate, code_id), "sun")
    assert (reply.status, reply.body) == (
        200,
        {"place": UNIT, "address": "春光小区3栋2单元", **LIFT},
    )
    [noted] = await acts(estate.world, "place.code_added")
    assert (noted["place"], noted["subject"]) == (UNIT, code_id)
    assert noted["facts"] == {"kind": "lift"}


async def test_nobody_scans_without_signing_in(estate: Estate) -> None:
    token = await token_of(estate, await made(estate))
    reply = await estate.world.api.get(f"/api/v1/place-codes/by-token/{token}", as_=None)
    assert reply.status == 401


async def test_a_token_is_not_guessed_and_stands_on_the_sheet_alone(estate: Estate) -> None:
    ids = [await made(estate, label=f"{number}号电梯") for number in range(5)]
    tokens = [await token_of(estate, code_id) for code_id in ids]
    assert len({*tokens}) == 5
    assert {len(token) for token in tokens} == {22}  # 128 bits of base64url
    assert (await scan(estate, tokens[0])).status == 200
    await sheets(estate)
    await post(estate, "staff", f"place-codes/{ids[0]}/renewal")
    assert (await scan(estate, tokens[0])).status == 404
    listed = await get(estate, "staff", f"places/{UNIT}/codes")
    world = estate.world
    kept = [await world.db[name].find().to_list() for name in ("audit", "place_codes")]
    for text in (str(kept), listed.raw.decode()):
        assert not [token for token in tokens if token in text]


async def test_one_page_for_each_code_in_the_order_of_places(estate: Estate) -> None:
    ids = [
        await made(estate, UNIT, label="10号电梯"),
        await made(estate, UNIT),
        await made(estate, NEXT_UNIT, kind="door", label="单元门"),
    ]
    await made(estate, OTHER_COMPOUND)
    gone = await made(estate, COMPOUND, kind="pump", label="旧水泵")
    await post(estate, "staff", f"place-codes/{gone}/end")
    pages = await sheets(estate)
    assert [page.lines[:2] for page in pages] == [
        ["单元门", "春光小区3栋1单元"],
        ["2号电梯", "春光小区3栋2单元"],
        ["10号电梯", "春光小区3栋2单元"],
    ]
    assert pages[0].lines[2:] == [
        "微信扫一扫,马上报修",
        "位置已经填好,不用写地址",
        "第 1 页,共 3 页",
    ]
    deps = estate.world.deps
    tokens = [await token_of(estate, code_id) for code_id in (ids[2], ids[1], ids[0])]
    said = [modules_of(address_of(deps, token)) for token in tokens]
    assert [page.modules for page in pages] == said
    [noted] = await acts(estate.world, "place.codes_printed")
    assert (noted["place"], noted["facts"]) == (COMPOUND, {"codes": 3})


async def test_a_sheet_says_whom_to_call_where_it_opens_nothing(estate: Estate) -> None:
    """The firm that serves the compound, else the community; without a number, nobody."""
    await made(estate)
    assert not [line for line in (await sheets(estate))[0].lines if "拨打" in line]
    db, line = estate.world.db, {"hours": "工作日 8:30-16:30"}
    office = {"phone": "0431-81234567", **line}
    await db.places.update_one({"_id": COMMUNITY}, {"$set": {"contact": office}})
    assert "打不开?请拨打 0431-81234567" in (await sheets(estate))[0].lines
    await firm_at(estate.world, COMPOUND)
    assert "打不开?请拨打 0431-81234567" in (await sheets(estate))[0].lines
    office = {"phone": "0431-87654321", **line}
    await db.contracts.update_one({"place": COMPOUND}, {"$set": {"contact": office}})
    assert "打不开?请拨打 0431-87654321" in (await sheets(estate))[0].lines


async def test_some_of_the_codes_are_printed(estate: Estate) -> None:
    lift, door = await made(estate), await made(estate, kind="door", label="单元门")
    [only] = await sheets(estate, query="?kind=door")
    assert only.lines[0] == "单元门"
    [one] = await sheets(estate, query=f"?code_id={lift}")
    assert one.lines[0] == "2号电梯"
    wrong = await get(estate, "staff", f"places/{OTHER_COMPOUND}/codes/sheet?code_id={door}")
    assert (wrong.status, wrong.code) == (409, "no_place_codes")


async def test_the_same_sheet_is_printed_again(estate: Estate) -> None:
    await made(estate)
    first = await get(estate, "staff", f"places/{UNIT}/codes/sheet")
    await estate.advance(days=1)
    again = await get(estate, "staff", f"places/{UNIT}/codes/sheet")
    assert first.raw == again.raw


async def test_too_many_sheets_are_printed_in_parts(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.kernel.sheets.MOST_PAGES", 1)
    await made(estate, UNIT), await made(estate, NEXT_UNIT)
    reply = await get(estate, "staff", f"places/{COMPOUND}/codes/sheet")
    assert (reply.status, reply.code) == (422, "paper_too_long")
    assert reply.body["details"] == {"most": 1}
    assert len(await sheets(estate, UNIT)) == 1


async def test_a_renewed_code_leaves_the_old_sheet_dead(estate: Estate) -> None:
    code_id = await made(estate)
    old = await token_of(estate, code_id)
    reply = await post(estate, "staff", f"place-codes/{code_id}/renewal")
    assert (reply.status, reply.body["renewed_at"]) == (200, "2026-03-02T04:00:00Z")
    dead = await scan(estate, old)
    assert (dead.status, dead.code) == (404, "place_code_unknown")
    assert (await scan(estate, await token_of(estate, code_id))).status == 200
    [noted] = await acts(estate.world, "place.code_renewed")
    assert (noted["place"], noted["subject"], noted["facts"]) == (UNIT, code_id, {})


async def test_an_ended_code_stays_ended_and_its_name_is_free(estate: Estate) -> None:
    code_id = await made(estate)
    token = await token_of(estate, code_id)
    ended = await post(estate, "staff", f"place-codes/{code_id}/end")
    assert (ended.status, ended.body["state"]) == (200, "ended")
    assert (await scan(estate, token)).code == "place_code_unknown"
    for again in ("end", "renewal"):
        reply = await post(estate, "staff", f"place-codes/{code_id}/{again}")
        assert (reply.status, reply.code) == (409, "place_code_ended")
    assert await made(estate) != code_id


async def test_one_thing_has_one_code(estate: Estate) -> None:
    path = f"places/{UNIT}/codes"
    replies = await at_once(*(post(estate, "staff", path, LIFT) for _ in range(3)))
    assert sorted(reply.status for reply in replies) == [201, 409, 409]
    assert {r.code for r in replies if r.status == 409} == {"place_code_exists"}
    assert await made(estate, NEXT_UNIT)


@pytest.mark.parametrize("place", [LI_HOME, COMMUNITY])
async def test_a_code_hangs_at_a_compound_a_building_or_a_unit(
    estate: Estate, place: str
) -> None:
    reply = await post(estate, "staff", f"places/{place}/codes", LIFT)
    assert (reply.status, reply.code) == (422, "place_code_wrong_place")


@pytest.mark.parametrize(
    "wrong",
    [
        {"label": ""},
        {"label": "电" * 61},
        {"label": "a\nb"},
        {"suggests": "漏水"},
        {"kind": "x"},
    ],
)
async def test_what_is_no_code(estate: Estate, wrong: dict[str, Any]) -> None:
    assert (await post(estate, "staff", f"places/{UNIT}/codes", LIFT | wrong)).status == 422


@pytest.mark.parametrize("role", [Role.FIRM_MANAGER, Role.DISPATCHER])
async def test_a_firm_looks_after_the_codes_of_its_compound_alone(
    estate: Estate, role: Role
) -> None:
    world = estate.world
    firm = await hire(world, role, COMPOUND, name="guan", phone="13900000077")
    code_id = await made(estate, UNIT, firm)
    assert len(await sheets(estate, UNIT, firm)) == 1
    other = await made(estate, OTHER_COMPOUND)
    for method, path in (
        (post, f"place-codes/{other}/end"),
        (post, f"place-codes/{other}/renewal"),
        (get, f"places/{OTHER_COMPOUND}/codes"),
        (get, f"places/{OTHER_COMPOUND}/codes/sheet"),
    ):
        assert (await method(estate, firm, path)).status == 404
    assert (await post(estate, firm, f"place-codes/{code_id}/end")).status == 200


@pytest.mark.parametrize("who", ["li", "head"])
async def test_who_lives_there_manages_no_codes(estate: Estate, who: str) -> None:
    code_id = await made(estate)
    for path in (f"places/{UNIT}/codes", f"place-codes/{code_id}/end"):
        assert (await post(estate, who, path, LIFT)).status == 403
    assert (await get(estate, who, f"places/{UNIT}/codes/sheet")).status == 403


async def test_guessing_is_slow(estate: Estate) -> None:
    token = await token_of(estate, await made(estate))
    replies = [await scan(estate, f"{number:022}") for number in range(10)]
    assert {(r.status, r.code) for r in replies} == {(404, "place_code_unknown")}
    assert (await scan(estate, token)).status == 429


async def test_another_scanner_is_told_to_use_wechat(estate: Estate) -> None:
    """The page is the same for any token: it tells nobody which codes there are."""
    token = await token_of(estate, await made(estate))
    address = address_of(estate.world.deps, token)
    path = address.removeprefix(estate.world.deps.public_url)
    known = await estate.world.api.get(path, as_=None)
    unknown = await estate.world.api.get("/c/0000000000000000000000", as_=None)
    assert (known.status, known.raw) == (200, unknown.raw)
    assert "请用微信" in known.raw.decode()
