"""Export over HTTP: all of one person in one file, and nothing of anybody else."""

from collections.abc import Sequence
from typing import Any

import pytest

from services.kernel.labels import Labelled, label_of
from services.messaging.broadcasts import store as broadcasts_store
from services.messaging.broadcasts.models import Broadcast
from services.residencies.models import Way
from tests.build import cast, exports
from tests.build.cast import Estate
from tests.build.notices import act, delivered
from tests.build.payments import ordered, pay
from tests.build.sign_ins import Member
from tests.build.world import Reply

pytestmark = pytest.mark.billed("2026-02")


async def export(estate: Estate, who: Member) -> Reply:
    return await exports.my_data(estate.world, who)


def rows(reply: Reply, title: str) -> list[dict[str, Any]]:
    assert reply.status == 200, reply.body
    assert reply.body[title]["完整"] is True
    return list(reply.body[title]["内容"])


def codes_in(reply: Reply) -> set[str]:
    """Return the codes that stand in a file for people instead of their labels."""
    codes = {str(member) for kind in Labelled.__subclasses__() for member in kind}
    groups = [group["内容"] for group in reply.body.values() if isinstance(group, dict)]
    return {
        value
        for rows in groups
        for row in rows
        for value in row.values()
        if isinstance(value, str) and value in codes
    }


async def test_it_is_a_file_with_everything_of_mine(estate: Estate, li: Member) -> None:
    await pay(estate, li, await ordered(estate, li))
    await estate.world.work()
    reply = await export(estate, li)
    assert reply.headers["Content-Type"].startswith("application/json")
    assert "attachment" in reply.headers["Content-Disposition"]
    [account] = rows(reply, "账号")
    assert account["手机号"] == "+8613900000001"
    [home] = rows(reply, "房屋关系")
    assert (home["房屋"], home["登记姓名"], home["登记电话"]) == (
        "春光小区3栋2单元502室",
        "li",
        "+8613900000001",
    )
    assert (home["关系"], home["绑定方式"]) == ("业主", "手机号")
    assert {m["标题"] for m in rows(reply, "收到的消息")} >= {"缴费成功"}
    [order] = rows(reply, "支付订单")
    [receipt] = rows(reply, "收据")
    assert order["金额(元)"] == receipt["金额(元)"] == "51.18"
    assert receipt["账单"][0]["金额(元)"] == "51.18"
    assert len(rows(reply, "登录设备")) == 1
    assert [c["文件"] for c in rows(reply, "同意记录")] == ["隐私政策"]
    assert {row["操作"] for row in rows(reply, "操作记录")} >= {"下单支付"}
    assert (order["状态"], receipt["账单"][0]["费用"]) == ("已支付", "物业费")
    assert not codes_in(reply)


async def test_my_daughter_and_my_neighbour_are_not_in_it(estate: Estate, li: Member) -> None:
    for name in ("mei", "wang", "staff"):
        other = await estate.member(name)
        reply = await export(estate, li)
        for theirs in (cast.PHONES[name], other.person_id, f'"{name}"'):
            assert theirs not in reply.raw.decode(), (name, theirs)


async def test_who_looked_at_me_when_and_why(estate: Estate, li: Member) -> None:
    staff = await estate.member("staff")
    wish = {"fields": ["phone"], "reason": "urgent_repair"}
    await estate.world.api.post("/api/v1/residencies/r0-li/reveal", wish, as_=staff)
    await estate.world.api.post("/api/v1/residencies/r2-wang/reveal", wish, as_=staff)
    reply = await export(estate, li)
    [look] = rows(reply, "谁查看过我的信息")
    assert look["内容"] == {"fields": ["phone"], "reason": "urgent_repair"}
    assert staff.person_id not in reply.raw.decode()


async def test_what_many_were_told_is_whole_in_it_some_texts_at_a_time(
    estate: Estate, li: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    titles = [f"停水通知{number}" for number in range(5)]
    *_, last = [await delivered(estate, title=title) for title in titles]
    await act(estate, last, "withdraw", because="停水取消")
    asked, find_many = [], broadcasts_store.find_many

    async def counted(db: Any, ids: Sequence[str]) -> list[Broadcast]:
        asked.append(len(ids))
        return await find_many(db, ids)

    monkeypatch.setattr(broadcasts_store, "find_many", counted)
    monkeypatch.setattr("services.privacy.rows.ROWS_AT_ONCE", 3)
    received = rows(await export(estate, li), "收到的消息")
    found = {row["标题"]: row.get("内容") for row in received}
    text = "新城社区居委会:3月5日8时至12时停水。请提前储水"
    assert {found.get(title) for title in titles[:4]} == {text}
    assert found["已撤回:停水通知4"] == "新城社区居委会:停水取消"
    assert sorted(asked) == [2, 3]


async def test_a_head_finds_the_office_in_it(estate: Estate) -> None:
    head = await estate.member("head")
    [office] = rows(await export(estate, head), "担任职务")
    assert (office["职务"], office["电话"]) == ("单元长", "+8613900000010")


async def test_it_is_noted_once_and_asks_again_after_a_while(
    estate: Estate, li: Member
) -> None:
    export_id = (await exports.exported(estate.world, li, "/api/v1/me/export"))["export_id"]
    made = f"/api/v1/exports/{export_id}"
    noted = {"act": "privacy.exported", "person": li.person_id}
    assert await estate.world.db.audit.count_documents(noted) == 1
    await estate.world.advance(minutes=11)
    for method, path in (("post", "/api/v1/me/export"), ("get", made)):
        reply = await getattr(estate.world.api, method)(path, as_=li)
        assert (reply.status, reply.code) == (403, "confirmation_needed")


async def test_more_than_a_file_should_hold_is_said(
    estate: Estate, li: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.privacy.export.MOST_ROWS", 1)
    reply = await export(estate, li)
    assert reply.body["操作记录"]["完整"] is False
    assert len(reply.body["操作记录"]["内容"]) == 1


def test_a_code_of_another_time_stands_as_it_is() -> None:
    assert label_of(Way, "code") == "绑定码"
    assert label_of(Way, "of_before") == "of_before"
