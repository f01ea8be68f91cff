"""Work orders: a repair on paper, with the contact for those who need it."""

import pytest

from services.repairs.work_orders.actions import address_of
from tests.build.cast import LI_HOME
from tests.build.homes import acts
from tests.build.papers import PaperPage, modules_of, pages_of
from tests.build.repairs import TAP, Works

PHONE, KEY = "13912345678", "钥匙在门卫处"


async def tap(works: Works, who: str = "li", **more: str) -> str:
    wish = {"begins": "2026-03-03T01:00:00Z", "ends": "2026-03-03T03:00:00Z"}
    contact = {"phone": PHONE, "access": KEY, "wish": wish}
    return await works.report(
        who, place=LI_HOME, category=TAP, text="厨房漏水", **contact, **more
    )


async def sheet(works: Works, who: str, repair_id: str) -> PaperPage:
    reply = await works.get(who, f"repairs/{repair_id}/work-order")
    assert (reply.status, reply.headers["Content-Type"]) == (200, "application/pdf")
    [page] = pages_of(reply.raw)
    return page


async def test_what_stands_on_a_work_order(works: Works) -> None:
    repair_id = await tap(works)
    page = await sheet(works, "dispatcher", repair_id)
    assert page.lines[0] == "维修工单 26-0001"
    assert page.lines[1:21] == [
        *("地点", "春光小区3栋2单元502室"),
        *("部位", "室内"),
        *("类别", "水龙头、阀门坏了"),
        *("紧急程度", "一般"),
        *("状态", "待受理"),
        *("报修时间", "2026年3月2日 12:00"),
        *("受理期限", page.lines[14]),
        *("维修单位", "安居物业"),
        *("上门时间", "2026年3月3日 09:00 至 2026年3月3日 11:00"),
        *("联系电话", PHONE),
    ]
    assert page.lines[14].startswith("2026年3月")
    assert page.lines[21:24] == ["上门说明", KEY, "厨房漏水"]
    assert {"维修内容", "材料", "维修人签字", "住户签字"} < {*page.lines}
    assert page.modules == modules_of(address_of(works.world.deps, repair_id))
    [row] = await acts(works.world, "repair.printed")
    assert (row["subject"], row["place"], row["facts"]) == (
        repair_id,
        LI_HOME,
        {"has_contact": True},
    )


async def test_who_does_not_do_it_prints_no_contact(works: Works) -> None:
    repair_id = await tap(works)
    await works.hand_out(repair_id)
    told = {who: (await sheet(works, who, repair_id)).lines for who in ("repairer", "second")}
    assert {PHONE, KEY} < {*told["repairer"]}
    assert not {PHONE, KEY, "联系电话", "上门说明"} & {*told["second"]}
    printed = await acts(works.world, "repair.printed")
    assert [row["facts"] for row in printed] == [{"has_contact": True}, {"has_contact": False}]


async def test_whom_to_ask_for_and_who_does_it_stand_on_it(works: Works) -> None:
    repair_id = await tap(works, "staff", on_behalf_of="王秀兰")
    await works.do("staff", repair_id, "accept")
    person = (await works.member("staff")).person_id
    await works.world.db.repairs.update_one({"_id": repair_id}, {"$set": {"firm": ""}})
    outside = {"person": person, "outside": "水电师傅老张"}
    await works.do("staff", repair_id, "assignment", **outside)
    lines = (await sheet(works, "staff", repair_id)).lines
    for row in (("联系人", "王秀兰"), ("维修单位", "水电师傅老张")):
        assert tuple(lines[lines.index(row[0]) :][:2]) == row
    assert "处理期限" in lines
    seen = await works.see("staff", repair_id)
    assert (seen["contact_name"], seen["outside"]) == ("王秀兰", "水电师傅老张")
    seen = await works.see("second", repair_id)
    assert (seen["contact_name"], seen["outside"]) == (None, "水电师傅老张")
    seen = await works.see("li", repair_id)
    assert (seen["contact_name"], seen["outside"]) == (None, None)


async def test_what_all_share_is_signed_by_who_looks_at_it(works: Works) -> None:
    lines = (await sheet(works, "dispatcher", await works.report("li"))).lines
    assert "验收人签字" in lines
    assert "住户签字" not in lines


@pytest.mark.parametrize("who", ["li", "head", "zhao"])
async def test_who_does_no_repairs_prints_none(works: Works, who: str) -> None:
    repair_id = await tap(works)
    reply = await works.get(who, f"repairs/{repair_id}/work-order")
    assert (reply.status, reply.code) == (403, "forbidden")


async def test_the_same_sheet_is_printed_again(works: Works) -> None:
    repair_id = await tap(works)
    first = await works.get("dispatcher", f"repairs/{repair_id}/work-order")
    await works.advance(minutes=5)
    assert (await works.get("dispatcher", f"repairs/{repair_id}/work-order")).raw == first.raw


async def test_another_scanner_is_told_to_use_wechat(works: Works) -> None:
    address = address_of(works.world.deps, await tap(works))
    path = address.removeprefix(works.world.deps.public_url)
    known = await works.world.api.get(path, as_=None)
    unknown = await works.world.api.get("/r/0000000000000000000000", as_=None)
    assert (known.status, known.raw) == (200, unknown.raw)
    assert "请用微信" in known.raw.decode()
