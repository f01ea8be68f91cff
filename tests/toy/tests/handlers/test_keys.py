"""Keys: borrowed, listed and counted for who lends them, asked back, returned, forgotten."""

import io
from typing import Any, Final

from python_calamine import CalamineWorkbook

from tests.build.cast import COMPOUND, LI_HOME, NEXT_UNIT, SUN_HOME, UNIT, WANG_HOME, Estate
from tests.build.exports import exported, fetched
from tests.build.homes import acts, get, post
from tests.build.offices import templates_told
from tests.lists.case import Case, Maker
from tests.lists.walk import walk


async def borrowed(estate: Estate, who: str = "li", home: str = LI_HOME) -> dict[str, Any]:
    reply = await post(estate, who, f"homes/{home}/key-loans", door="单元门")
    assert reply.status == 201, reply.body
    return dict(reply.body)


async def key_loans(estate: Estate) -> Case:
    """Five keys of three homes, one of them back."""
    for who, home in (("li", LI_HOME), ("wang", WANG_HOME), ("sun", SUN_HOME)) * 2:
        await estate.advance(minutes=1)
        loan = await borrowed(estate, who, home)
    await post(estate, "staff", f"key-loans/{loan['loan_id']}/return")
    return Case(
        who=await estate.member("staff"),
        stranger=await estate.member("li"),
        path=f"/api/v1/places/{COMPOUND}/key-loans",
        subject=COMPOUND,
        place=COMPOUND,
        filters=[{"state": "lent"}, {"state": "returned"}],
        orders={"home": "home", "last_home": "-home"},
        rows=6,
        free_text=False,
    )


MAKERS: Final[dict[str, Maker]] = {"key_loans": key_loans}


async def test_the_list_is_as_all_are(estate: Estate) -> None:
    await walk(estate.world, "key_loans", await key_loans(estate))


async def test_a_key_is_borrowed_by_who_lives_there_and_nobody_else(estate: Estate) -> None:
    loan = await borrowed(estate)
    assert (loan["state"], loan["back_on"], loan["home"]) == ("lent", "2026-03-09", LI_HOME)
    wish = {"door": "单元门"}
    assert (await post(estate, "wang", f"homes/{LI_HOME}/key-loans", wish)).status == 404
    assert (await post(estate, "head", f"homes/{LI_HOME}/key-loans", wish)).status == 403
    assert len(await acts(estate.world, "key.borrowed")) == 1


async def test_a_list_ends_at_the_place_of_who_asks(estate: Estate) -> None:
    await borrowed(estate)
    await borrowed(estate, "wang", WANG_HOME)
    await borrowed(estate, "sun", SUN_HOME)
    listed = (await get(estate, "head", f"places/{UNIT}/key-loans")).body["items"]
    assert sorted(each["home"] for each in listed) == [WANG_HOME, LI_HOME]
    assert len((await get(estate, "staff", f"places/{COMPOUND}/key-loans")).body["items"]) == 3
    assert (await get(estate, "head", f"places/{NEXT_UNIT}/key-loans")).status == 404


async def test_loans_are_filtered_sorted_counted_and_exported(estate: Estate) -> None:
    loans = [await borrowed(estate)]
    await estate.advance(minutes=1)
    loans.append(await borrowed(estate, "wang", WANG_HOME))
    await post(estate, "head", f"key-loans/{loans[0]['loan_id']}/return")
    last = (await get(estate, "head", f"places/{UNIT}/key-loans?sort=last_home")).body["items"]
    assert [each["loan_id"] for each in last] == [loans[0]["loan_id"], loans[1]["loan_id"]]
    out = (await get(estate, "head", f"places/{UNIT}/key-loans?state=lent")).body["items"]
    assert [each["loan_id"] for each in out] == [loans[1]["loan_id"]]
    for place, keys in ((UNIT, 1), (COMPOUND, 1)):
        figures = await get(estate, "staff", f"places/{place}/key-figures")
        assert figures.body == {"place": place, "keys_out": keys}
    wish = {"list": "key_loans", "subject": UNIT, "filters": {"state": "lent"}}
    head = await estate.member("head")
    file = await fetched(estate.world, await exported(estate.world, head, wish=wish))
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(file.raw)).get_sheet_by_index(0)
    heading, row = sheet.to_python()
    assert (heading[2], row[:3]) == ("状态", [WANG_HOME, "单元门", "已借出"])


async def test_who_keeps_a_key_too_long_is_reminded_once(estate: Estate) -> None:
    loan = await borrowed(estate)
    await estate.advance(days=7, hours=24)
    await estate.world.work()
    assert await templates_told(estate.world, await estate.member("li")) == ["key_overdue"]
    [listed] = (await get(estate, "head", f"places/{UNIT}/key-loans")).body["items"]
    assert (listed["loan_id"], listed["state"]) == (loan["loan_id"], "overdue")
    reply = await post(estate, "head", f"key-loans/{loan['loan_id']}/return")
    assert (reply.status, reply.body["state"]) == (200, "returned")


async def test_a_key_comes_back_once(estate: Estate) -> None:
    path = f"key-loans/{(await borrowed(estate))['loan_id']}/return"
    assert (await post(estate, "li", path)).status == 403
    assert (await post(estate, "head", path)).status == 200
    again = await post(estate, "staff", path)
    assert (again.status, again.code) == (409, "key_returned")
    assert len(await acts(estate.world, "key.returned")) == 1
    await estate.advance(days=9)
    await estate.world.work()
    assert await templates_told(estate.world, await estate.member("li")) == []


async def test_what_was_borrowed_goes_with_the_account(estate: Estate) -> None:
    await borrowed(estate)
    await borrowed(estate, "wang", WANG_HOME)
    assert (await post(estate, "li", "me/deletion", confirm="注销")).status == 202
    await estate.world.work()
    assert [row["home"] async for row in estate.world.db.key_loans.find()] == [WANG_HOME]
