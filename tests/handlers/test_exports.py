"""Exports over HTTP: a list as a spreadsheet, asked for, followed, fetched by a short link."""

import csv
import io
import re
import zipfile
from typing import Any, Final

import msgspec
import pytest
from python_calamine import CalamineWorkbook

from mongo_indexes import export_parts, exports, refunds
from services.appointments import models as appointments
from services.dependencies import Transaction
from services.exports import files, privacy, store
from services.exports import jobs as export_jobs
from services.exports.models import Export
from services.jobs.models import Permanent
from services.kernel.documents import to_document
from services.kernel.errors import NotFound
from services.payments.refunds.models import Refund
from services.payments.refunds.states import RefundState
from tests.build import exports as exports_build
from tests.build.cast import NEXT_UNIT
from tests.build.sign_ins import Member
from tests.build.world import Reply, World
from tests.lists.case import FORMULA

WISH: Final = {"list": "refunds"}


@pytest.fixture
async def stuck(world: World) -> list[str]:
    """Make refunds that wait for a person, and one that is done."""
    states = [RefundState.FAILED, RefundState.ABNORMAL, RefundState.FAILED, RefundState.DONE]
    made = [
        Refund(
            id=f"X{number}",
            number=f"X{number}",
            payment=f"P{number}",
            person=None,
            account="firm",
            transaction_id=f"T{number}",
            amount_fen=1234 + number,
            total_fen=5000,
            source=f"overpaid:P{number}",
            reason=FORMULA,
            problem="",
            state=state,
            open=state is RefundState.ABNORMAL,
            requested_at=world.clock.now,
        )
        for number, state in enumerate(states)
    ]
    await world.db[refunds.COLLECTION].insert_many([to_document(one) for one in made])
    return [one.id for one in made[:3]]


async def asked(world: World, who: Member, **wish: Any) -> str:
    reply = await world.api.post("/api/v1/exports", WISH | wish, as_=who)
    assert reply.status == 202, reply.body
    assert (reply.body["state"], reply.body["url"]) == ("writing", None)
    return str(reply.body["export_id"])


async def followed(world: World, who: Member, export_id: str) -> dict[str, Any]:
    reply = await world.api.get(f"/api/v1/exports/{export_id}", as_=who)
    assert reply.status == 200, reply.body
    return dict(reply.body)


async def exported(world: World, who: Member, **wish: Any) -> dict[str, Any]:
    return await exports_build.exported(world, who, wish=WISH | wish)


async def fetched(world: World, url: str) -> Reply:
    return await exports_build.fetched(world, {"url": url})


def rows(file: bytes) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(file)).get_sheet_by_index(0).to_python()


async def test_a_list_is_fetched_as_a_spreadsheet(
    world: World, admin: Member, stuck: list[str]
) -> None:
    done = await exported(world, admin)
    assert (done["state"], done["rows"], done["complete"]) == ("ready", 3, True)
    file = await fetched(world, done["url"])
    assert file.headers["Content-Type"].endswith("spreadsheetml.sheet")
    assert "attachment" in file.headers["Content-Disposition"]
    assert len(file.raw) == done["bytes"]
    heading, *found = rows(file.raw)
    assert heading[:4] == ["微信退款单号", "支付单号", "收款账户", "金额(元)"]
    assert [row[0] for row in found] == stuck
    assert found[0][3:7] == [12.34, FORMULA, "未成功", ""]


async def test_it_is_filtered_and_sorted_as_the_list_is(
    world: World, admin: Member, stuck: list[str]
) -> None:
    done = await exported(world, admin, filters={"state": "failed", "sort": "newest"})
    _, *found = rows((await fetched(world, done["url"])).raw)
    assert [row[0] for row in found] == [stuck[2], stuck[0]]


@pytest.mark.parametrize(
    ("wish", "status", "code"),
    [
        ({"filters": {"state": "nowhere"}}, 422, "bad_filters"),
        ({"filters": {"colour": "red"}}, 422, "bad_filters"),
        ({"filters": {"limit": "5"}}, 422, "bad_filters"),
        ({"list": "secrets"}, 404, "not_found"),
        ({"subject": "cc.chaoyang"}, 422, "bad_subject"),
        ({"list": "unpaid_homes"}, 422, "bad_subject"),
        ({"list": "fee_rules", "subject": "cc.张三 13900000001"}, 422, "bad_subject"),
        ({"list": "../etc"}, 422, "invalid_input"),
    ],
)
async def test_what_is_no_list_is_said(
    world: World, admin: Member, wish: dict[str, Any], status: int, code: str
) -> None:
    reply = await world.api.post("/api/v1/exports", WISH | wish, as_=admin)
    assert (reply.status, reply.code) == (status, code)
    assert await world.db[exports.COLLECTION].count_documents({}) == 0


async def test_who_may_not_read_the_list_gets_no_file(world: World, staff: Member) -> None:
    reply = await world.api.post("/api/v1/exports", WISH, as_=staff)
    assert reply.status == 403
    assert await world.db[exports.COLLECTION].count_documents({}) == 0


@pytest.mark.usefixtures("stuck")
async def test_a_right_that_ended_before_it_was_written_gives_no_file(
    world: World, admin: Member
) -> None:
    export_id = await asked(world, admin)
    await world.db.appointments.delete_many({"phone_index": {"$exists": True}})
    await world.work()
    row = await world.db[exports.COLLECTION].find_one({"_id": export_id})
    assert row is not None
    assert (row["state"], row["problem"]) == ("refused", "forbidden")
    assert await world.db[export_parts.COLLECTION].count_documents({}) == 0


@pytest.mark.usefixtures("stuck")
async def test_it_is_mine_alone_and_its_link_lasts_five_minutes(
    world: World, admin: Member, staff: Member
) -> None:
    done = await exported(world, admin)
    path = f"/api/v1/exports/{done['export_id']}"
    assert (await world.api.get(path, as_=staff)).status == 404
    for listed, count in ((admin, 1), (staff, 0)):
        mine = await world.api.get("/api/v1/exports", as_=listed)
        assert len(mine.body["items"]) == count
    other = "1" if done["url"].endswith("0") else "0"
    assert (await fetched(world, done["url"][:-1] + other)).status == 404
    assert (await fetched(world, done["url"].replace(done["export_id"], "x"))).status == 404
    await world.advance(minutes=5)
    assert (await fetched(world, done["url"])).status == 404
    fresh = await followed(world, admin, done["export_id"])
    assert (await fetched(world, fresh["url"])).status == 200
    over = {"$set": {"expires_at": world.clock.now}}  # a day later
    await world.db[exports.COLLECTION].update_one({}, over)
    assert (await fetched(world, fresh["url"])).status == 404


async def test_more_than_a_file_holds_is_said_in_it(
    world: World, admin: Member, stuck: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_jobs, "MOST_ROWS", 2)
    monkeypatch.setattr(export_jobs, "ROWS_AT_ONCE", 1)
    done = await exported(world, admin)
    assert (done["rows"], done["complete"]) == (2, False)
    found = rows((await fetched(world, done["url"])).raw)
    assert [row[0] for row in found[1:3]] == stuck[:2]
    assert found[-1][0] == export_jobs.MORE


@pytest.mark.usefixtures("stuck")
async def test_two_workers_make_one_file(world: World, admin: Member) -> None:
    export_id = await asked(world, admin)
    payload = {"export_id": export_id}
    await export_jobs.write(world.deps, payload)
    before = await followed(world, admin, export_id)
    await export_jobs.write(world.deps, payload)
    assert (await followed(world, admin, export_id))["bytes"] == before["bytes"]
    assert await world.db[export_parts.COLLECTION].count_documents({}) == 1
    assert len(rows((await fetched(world, before["url"])).raw)) == 4


@pytest.mark.usefixtures("stuck")
async def test_it_is_sealed_and_noted(world: World, admin: Member) -> None:
    done = await exported(world, admin)
    part = await world.db[export_parts.COLLECTION].find_one({})
    assert part is not None
    assert b"PK" not in part["content"][:4]
    noted = {"act": "privacy.exported", "subject": done["export_id"]}
    row = await world.db.audit.find_one(noted)
    assert row is not None
    assert row["facts"] == {"kind": "list:refunds", "format": "xlsx"}
    name = {"state": "failed"}
    again = await exported(world, admin, filters=name, format="csv")
    row = await world.db.audit.find_one({**noted, "subject": again["export_id"]})
    assert row is not None
    assert row["facts"] == {"kind": "list:refunds", "format": "csv", "filters": ["state"]}


async def test_a_file_says_who_exported_what(
    world: World, admin: Member, stuck: list[str]
) -> None:
    """On a sheet of its own and at the foot of each page, by the number that the audit has."""
    done = await exported(world, admin, filters={"sort": "newest"})
    content = (await fetched(world, done["url"])).raw
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    assert book.sheet_names == ["退款", "导出说明"]
    facts = dict(book.get_sheet_by_index(1).to_python())
    assert facts == {
        "内容": "退款",
        "筛选": "sort=newest",
        "导出人": "管理员",
        "导出时间": "2026-03-02 12:00",
        "导出编号": done["export_id"],
    }
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    assert re.search(rf"<oddFooter>[^<]*管理员[^<]*{done['export_id']}", sheet)
    assert len(rows(content)) == 1 + len(stuck)


async def test_who_exported_is_named_as_others_see_them(world: World, admin: Member) -> None:
    [row] = await world.db.appointments.find({"role": "administrator"}).to_list()
    sealed = appointments.NAME.seal(world.deps.vault, row["_id"], "王秀兰")
    await world.db.appointments.update_one(
        {"_id": row["_id"]}, {"$set": {"name_sealed": sealed}}
    )
    done = await exported(world, admin)
    book = CalamineWorkbook.from_filelike(io.BytesIO((await fetched(world, done["url"])).raw))
    assert dict(book.get_sheet_by_index(1).to_python())["导出人"] == "管理员 王*"


async def test_a_list_is_fetched_as_csv(world: World, admin: Member, stuck: list[str]) -> None:
    done = await exported(world, admin, format="csv")
    assert done["format"] == "csv"
    file = await fetched(world, done["url"])
    assert file.headers["Content-Type"].startswith("text/csv")
    assert ".csv" in file.headers["Content-Disposition"]
    text = file.raw.decode("utf-8-sig")
    assert text != file.raw.decode()  # Excel knows by the mark that it is UTF-8
    heading, *found = csv.reader(io.StringIO(text))
    assert heading[:4] == ["微信退款单号", "支付单号", "收款账户", "金额(元)"]
    assert [row[0] for row in found[:3]] == stuck
    assert found[0][3:7] == ["12.34", f"'{FORMULA}", "未成功", ""]
    assert found[3] == []
    assert ["导出编号", done["export_id"]] in found[4:]


async def test_the_lists_are_listed_with_their_columns(world: World, admin: Member) -> None:
    reply = await world.api.get("/api/v1/export-lists", as_=admin)
    found = {each["name"]: each for each in reply.body["items"]}
    assert found["refunds"]["columns"][0] == "微信退款单号"
    assert found["refunds"]["title"] == "退款"


async def test_what_a_filter_lacks_is_said_as_the_list_says_it(
    world: World, admin: Member
) -> None:
    wish = {"list": "places", "subject": "cc.chaoyang"}
    reply = await world.api.post("/api/v1/exports", wish, as_=admin)
    assert (reply.code, reply.body["errors"]) == (
        "bad_filters",
        [{"field": "kind", "message": "缺少 kind"}],
    )


@pytest.mark.usefixtures("stuck")
async def test_a_right_that_ended_gives_no_link_to_a_file_that_is_there(
    world: World, admin: Member
) -> None:
    done = await exported(world, admin)
    await world.db.appointments.delete_many({"phone_index": {"$exists": True}})
    reply = await world.api.get(f"/api/v1/exports/{done['export_id']}", as_=admin)
    assert (reply.status, reply.code) == (403, "forbidden")


@pytest.mark.usefixtures("stuck")
async def test_the_same_is_not_written_twice_and_no_more_than_a_few_at_once(
    world: World, admin: Member
) -> None:
    states = ("failed", "abnormal", "done")
    ids = [await asked(world, admin, filters={"state": state}) for state in states]
    assert await asked(world, admin, filters={"state": "done"}) == ids[-1]
    reply = await world.api.post("/api/v1/exports", WISH, as_=admin)
    assert (reply.status, reply.code) == (409, "exports_under_way")
    await world.work()
    assert (await followed(world, admin, ids[0]))["state"] == "ready"


async def test_a_day_has_room_for_so_many(
    world: World, admin: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.exports.actions.MOST_KEPT", 1)
    await exported(world, admin)
    reply = await world.api.post("/api/v1/exports", WISH, as_=admin)
    assert (reply.status, reply.code) == (409, "exports_full")


async def test_a_file_that_goes_on_failing_is_said_to_have_failed(
    world: World, admin: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise ValueError("a row that cannot be read")

    export_id = await asked(world, admin)
    monkeypatch.setattr(export_jobs, "_write_list", broken)
    with pytest.raises(ValueError, match="cannot be read"):
        await export_jobs.write(world.deps, {"export_id": export_id})
    assert (await followed(world, admin, export_id))["state"] == "writing"
    await world.advance(minutes=10)
    with pytest.raises(Permanent):
        await export_jobs.write(world.deps, {"export_id": export_id})
    found = await followed(world, admin, export_id)
    assert (found["state"], found["problem"]) == ("refused", "failed")


async def test_whose_account_was_closed_leaves_no_part_behind(
    world: World, admin: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also of a file that was being written: its worker stops, and what it wrote goes."""
    done, under_way = await exported(world, admin), await asked(world, admin)
    row = await world.db[exports.COLLECTION].find_one({"_id": under_way})
    writer = files.Writer(world.deps, msgspec.convert(row, Export))
    monkeypatch.setattr(files, "PART_BYTES", 1)
    await world.db[exports.COLLECTION].delete_many({})  # as the closing of the account does
    await writer.write(b"xyz")
    with pytest.raises(NotFound):
        await writer.progress(1)
    assert await world.db[export_parts.COLLECTION].count_documents({}) == 3 + done["rows"] + 1

    async def forget(tx: Transaction) -> bool:
        return await privacy.forget(world.deps, tx, admin.person_id)

    monkeypatch.setattr(store, "PARTS_AT_ONCE", 3)
    assert [await world.deps.in_transaction(forget) for _ in range(2)] == [True, False]
    assert await world.db[export_parts.COLLECTION].count_documents({}) == 0


async def test_who_is_refused_is_seen_by_the_auditor_of_the_place(
    world: World, head: Member
) -> None:
    wish = {"list": "unpaid_homes", "subject": NEXT_UNIT}
    assert (await world.api.post("/api/v1/exports", wish, as_=head)).status == 404
    [row] = await world.db.audit.find({"act": "refused"}).to_list()
    assert row["place"] == NEXT_UNIT


async def test_days_in_a_wrong_order_are_said(world: World, admin: Member) -> None:
    path = "/api/v1/refunds?requested_from=2026-03-02&requested_to=2026-03-01"
    reply = await world.api.get(path, as_=admin)
    assert (reply.status, reply.code) == (422, "invalid_input")
