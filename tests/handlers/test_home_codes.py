"""Codes the community prints: for whom, read how, used once."""

from typing import Any

import pytest

from services.home_codes import actions as home_codes
from tests.build.cast import (
    COMMUNITY,
    COMPOUND,
    LI_HOME,
    NEXT_UNIT,
    UNIT,
    WANG_HOME,
    ZHAO_HOME,
    Estate,
)
from tests.build.homes import (
    accept,
    acts,
    at_once,
    get,
    homes_of,
    invite,
    newcomer,
    people_of,
    post,
    told,
)
from tests.build.sign_ins import Member
from tests.build.world import Reply


@pytest.fixture(autouse=True)
async def _somebody_without_a_phone(estate: Estate) -> None:
    """At Li's; the rest of the register waits for its phones."""
    body = {"name": "陈晨", "relation": "family", "reason": "没有手机"}
    assert (await post(estate, "staff", f"homes/{LI_HOME}/residents", **body)).status == 201


async def printed(estate: Estate, place: str = UNIT) -> list[dict[str, Any]]:
    reply = await post(estate, "staff", f"places/{place}/home-codes")
    assert reply.status == 201, reply.body
    return list(reply.body["codes"])


async def code_of(estate: Estate, place: str = LI_HOME) -> str:
    [mine] = [c for c in await printed(estate, place) if c["name_masked"] == "陈*"]
    return str(mine["code"])


async def use(estate: Estate, who: Member | str, code: str) -> Reply:
    return await post(estate, who, "me/homes/code", code=code)


async def test_codes_are_for_those_who_are_not_bound(estate: Estate) -> None:
    await estate.member("li"), await estate.member("mei")
    reply = await post(estate, "staff", f"places/{COMPOUND}/home-codes")
    names = [(c["address"], c["name_masked"], c["relation"]) for c in reply.body["codes"]]
    assert names == [
        ("春光小区3栋1单元101室", "s*", "owner"),
        ("春光小区3栋2单元501室", "w*", "owner"),
        ("春光小区3栋2单元502室", "陈*", "family"),
    ]
    assert reply.body["expires_at"] == "2026-04-01T04:00:00Z"
    [noted] = await acts(estate.world, "home.codes_printed")
    assert (noted["place"], noted["facts"]) == (COMPOUND, {"codes": 3})


async def test_a_code_is_no_longer_than_people_type_and_not_kept(estate: Estate) -> None:
    code = await code_of(estate)
    assert len(code) == 11
    assert code[5] == "-"
    kept = str(await estate.world.db.home_codes.find().to_list())
    assert code not in kept
    assert home_codes.read(code) not in kept
    assert len({c["code"] for _ in range(5) for c in await printed(estate)}) == 20


@pytest.mark.parametrize(
    "typed",
    ["0ab1c-d2e3f", "OABlC D2E3F", " oabIcd2e3f ", "0AB1C--D2E3F", "0ab1cd2e3f"],
)
def test_a_code_is_read_however_it_is_typed(typed: str) -> None:
    assert home_codes.read(typed) == "0ab1cd2e3f"


@pytest.mark.parametrize("typed", ["0ab1c-d2e3", "0ab1c-d2e3fg", "0ab1c-d2e3u", "", "-----"])
def test_what_is_no_code(typed: str) -> None:
    assert home_codes.read(typed) == ""


async def test_it_binds_exactly_its_residency_once(estate: Estate) -> None:
    chen, zhou = await newcomer(estate, "chen"), await newcomer(estate, "zhou")
    code = await code_of(estate)
    first = await use(estate, chen, code.lower().replace("0", "o").replace("1", "l"))
    assert (first.status, first.body["home"], first.body["relation"]) == (
        200,
        LI_HOME,
        "family",
    )
    assert (await use(estate, chen, code)).body == first.body
    late = await use(estate, zhou, code)
    assert (late.status, late.code) == (409, "home_code_over")
    assert await homes_of(estate, zhou) == {}
    bound = [row["_id"] for row in await people_of(estate.world, LI_HOME) if row["bound_by"]]
    assert bound == [first.body["residency_id"]]
    assert [a["facts"]["repeated"] for a in await acts(estate.world, "home.code_used")].count(
        False
    ) == 1


async def test_printing_again_replaces(estate: Estate) -> None:
    chen = await newcomer(estate, "chen")
    old, new = await code_of(estate), await code_of(estate)
    assert (await use(estate, chen, old)).code == "home_code_unknown"
    assert (await use(estate, chen, new)).status == 200


async def test_after_thirty_days_it_is_paper(estate: Estate) -> None:
    code = await code_of(estate)
    await estate.world.advance(days=30)
    chen = await newcomer(estate, "chen")
    reply = await use(estate, chen, code)
    assert (reply.status, reply.code) == (409, "home_code_over")


async def test_for_somebody_bound_meanwhile_it_opens_nothing(estate: Estate) -> None:
    [mine] = [c for c in await printed(estate) if c["name_masked"] == "l*"]
    li, chen = await estate.member("li"), await newcomer(estate, "chen")
    reply = await use(estate, chen, mine["code"])
    assert (reply.status, reply.code) == (409, "home_code_over")
    assert await homes_of(estate, li) == {LI_HOME: "owner"}


async def test_an_ended_residency_is_not_opened(estate: Estate) -> None:
    chen, code = await newcomer(estate, "chen"), await code_of(estate)
    [row] = [
        r for r in await people_of(estate.world, LI_HOME) if r["source"].startswith("staff")
    ]
    await post(estate, "staff", f"residencies/{row['_id']}/end", reason="搬走")
    assert (await use(estate, chen, code)).code == "home_code_over"
    await estate.world.db.home_codes.update_many({}, {"$set": {"state": "open"}})
    assert (await use(estate, chen, code)).code == "home_code_over"
    assert await homes_of(estate, chen) == {}


async def test_a_changed_phone_takes_the_paper_back(estate: Estate) -> None:
    chen, code = await newcomer(estate, "chen"), await code_of(estate)
    [row] = [
        r for r in await people_of(estate.world, LI_HOME) if r["source"].startswith("staff")
    ]
    body = {"phone": "13900000020", "reason": "有手机了"}
    await post(estate, "staff", f"residencies/{row['_id']}/phone", **body)
    assert (await use(estate, chen, code)).code == "home_code_over"


@pytest.mark.parametrize(("who", "status"), [("li", 403), ("head", 403), ("zhao", 403)])
async def test_only_the_community_prints(estate: Estate, who: str, status: int) -> None:
    assert (await post(estate, who, f"places/{UNIT}/home-codes")).status == status


async def test_staff_of_another_compound_print_nothing_here(estate: Estate) -> None:
    phone = "13900000030"
    elsewhere = {"role": "community_staff", "place": f"{COMMUNITY}.c08", "phone": phone}
    assert (await post(estate, "admin", "appointments", **elsewhere)).status == 201
    far = await newcomer(estate, "far", phone)
    for place, status in ((UNIT, 404), (NEXT_UNIT, 404), (COMMUNITY, 404), (ZHAO_HOME, 201)):
        assert (await post(estate, far, f"places/{place}/home-codes")).status == status


async def test_printing_asks_again(estate: Estate) -> None:
    staff = await estate.member("staff")
    await estate.world.advance(minutes=11)
    path = f"places/{UNIT}/home-codes"
    assert (await post(estate, staff, path)).code == "confirmation_needed"
    await estate.world.confirm(staff)
    assert (await post(estate, staff, path)).status == 201


async def test_too_many_at_once_are_refused(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home_codes, "MOST_CODES", 3)
    reply = await post(estate, "staff", f"places/{COMPOUND}/home-codes")
    assert (reply.status, reply.code) == (422, "too_many_codes")
    assert await estate.world.db.home_codes.count_documents({}) == 0


async def test_guessing_is_slow(estate: Estate) -> None:
    chen = await newcomer(estate, "chen")
    replies = [await use(estate, chen, f"00000-0000{n}") for n in range(10)]
    assert {(r.status, r.code) for r in replies} == {(404, "home_code_unknown")}
    assert (await use(estate, chen, await code_of(estate))).status == 429


async def test_a_code_used_by_two_at_once_lets_one_in(estate: Estate) -> None:
    people = [await newcomer(estate, name) for name in ("chen", "zhou", "wu")]
    code = await code_of(estate)
    replies = await at_once(*(use(estate, p, code) for p in people for _ in range(2)))
    assert sorted({r.status for r in replies}) == [200, 409]
    assert [len(await homes_of(estate, p)) for p in people].count(1) == 1


async def test_a_code_and_a_phone_at_once_have_one_holder(estate: Estate) -> None:
    """Whoever comes first, the registered phone has it in the end: its holder is meant."""
    [mine] = [c for c in await printed(estate) if c["name_masked"] == "w*"]
    chen, wang = await newcomer(estate, "chen"), await newcomer(estate, "wang")
    code = await estate.world.wechat.phone_code("wang", "13900000002")
    proved, used = await at_once(
        post(estate, wang, "me/phone", code=code), use(estate, chen, mine["code"])
    )
    assert proved.status == 200
    assert used.status in {200, 409}
    assert await homes_of(estate, chen) == {}
    assert await homes_of(estate, wang) == {WANG_HOME: "owner"}
    assert (await get(estate, chen, "me")).status == 200


async def test_the_same_code_sent_several_times_at_once_is_sent_once(estate: Estate) -> None:
    chen, code = await newcomer(estate, "chen"), await code_of(estate)
    replies = await at_once(*(use(estate, chen, code) for _ in range(4)))
    assert [reply.status for reply in replies] == [200] * 4
    assert all(reply.body == replies[0].body for reply in replies)
    noted = [act["facts"]["repeated"] for act in await acts(estate.world, "home.code_used")]
    assert sorted(noted) == [False, True, True, True]


async def test_the_registered_phone_takes_the_home_back_from_a_codes_finder(
    estate: Estate,
) -> None:
    """Paper is found by anybody; the number of the register is proved by whom it means."""
    [slip] = [c for c in await printed(estate) if c["name_masked"] == "w*"]
    finder = await newcomer(estate, "chen")
    assert (await use(estate, finder, slip["code"])).status == 200
    wang = await estate.member("wang")
    assert await homes_of(estate, wang) == {WANG_HOME: "owner"}
    assert await homes_of(estate, finder) == {}
    assert len(await told(estate.world, finder, "home_news")) == 1
    [row] = await people_of(estate.world, WANG_HOME)
    assert (row["bound_by"], row["history"][-1]["did"]) == ("phone", "bound_by_phone")


async def test_so_it_does_from_who_came_by_an_invitation_into_its_row(estate: Estate) -> None:
    """A token is handed on like paper: mei's row is hers once she proves her number."""
    finder = await newcomer(estate, "chen")
    token = (await invite(estate, "family", name="mei"))["token"]
    assert (await accept(estate, finder, token)).status == 200
    assert await homes_of(estate, finder) == {LI_HOME: "family"}
    assert await homes_of(estate, await estate.member("mei")) == {LI_HOME: "family"}
    assert await homes_of(estate, finder) == {}
