"""Categories of repairs over HTTP: the tree that everybody chooses from, kept by the city."""

import asyncio
from typing import Any, Final

import msgspec
import pytest

from services.dependencies import Dependencies
from services.kernel.days import day_of, plus_days
from services.kernel.documents import to_document
from services.kernel.errors import DomainError
from services.repairs.categories import actions, catalogue
from services.repairs.categories.models import EmergencyFund, Scope
from services.repairs.categories.trees import Tree
from tests.build.cast import COMPOUND, LI_HOME, Estate
from tests.build.homes import acts
from tests.build.late_reads import one_behind
from tests.build.sign_ins import Member
from tests.build.world import Api, Clock, Reply, World
from tests.lists.case import FORMULA, Case, Item, Maker
from tests.lists.walk import walk

PATH: Final = "/api/v1/places/cc/repair-categories"
TREE: Final = f"/api/v1/places/{LI_HOME}/repair-category-tree"
NEW: Final = {
    "code": "cellar_flooded",
    "parent": "water",
    "label": "地下室进水",
    "hint": "别下去,先关电闸",
    "scope": "common",
    "danger": "danger",
    "skill": "plumbing",
    "from_day": "2026-03-02",
}
ROOF: Final = {
    "version": 1,
    "label": "房顶漏了",
    "scope": "common",
    "danger": "urgent",
    "skill": "masonry",
    "emergency_fund": "roof_leak",
}


async def add(api: Api, who: Member, place: str = "cc", **change: Any) -> Reply:
    path = f"/api/v1/places/{place}/repair-categories"
    return await api.post(path, {**NEW, **change}, as_=who)


async def change(api: Api, who: Member, code: str = "roof_leak", **changes: Any) -> Reply:
    wish = msgspec.json.encode({**ROOF, **changes})
    return await api.call("PUT", f"{PATH}/{code}", wish, as_=who)


async def tree(api: Api, who: Member) -> dict[str, dict[str, Any]]:
    reply = await api.get(TREE, as_=who)
    assert reply.status == 200, reply.body
    return {item["code"]: item for item in reply.body["items"]}


async def refusal(deps: Dependencies, code: str, day: str) -> str:
    """Return the code by which a category is refused for a new ticket; "" when it is not."""
    try:
        found = await actions.choose(deps, COMPOUND, code, today=day)
    except DomainError as error:
        return error.code
    assert found.code == code
    return ""


def test_the_catalogue_is_a_tree_in_good_order() -> None:
    categories = catalogue.of_city("cc", Clock().now)
    found = Tree(categories)
    assert len(found.by_code) == len(categories)
    leaves = [each for each in categories if not found.is_group(each.code)]
    assert 35 <= len(leaves) <= 45
    for each in categories:
        assert (each.parent in found.by_code) is bool(each.parent)
        assert each.emergency_fund is EmergencyFund.NONE or each.scope is not Scope.HOME
    assert {each.emergency_fund for each in leaves} == {*EmergencyFund}
    assert all(each.parent for each in leaves)


async def test_everybody_sees_the_catalogue_with_groups_first(
    world: World, estate: Estate, li: Member
) -> None:
    found = await tree(world.api, li)
    codes = [*found]
    for code, item in found.items():
        assert item["parent"] is None or codes.index(item["parent"]) < codes.index(code)
    assert found["water"]["is_group"]
    assert not found["water_leak"]["is_group"]
    assert found["water_leak"]["hint"] == "先关水槽下的阀门;关不住,就关进户总阀"
    assert await world.db.repair_categories.count_documents({}) == 0
    upstairs = found["upstairs_leak"]
    assert (upstairs["label"], upstairs["scope"], upstairs["danger"]) == (
        "楼上漏水",
        "home",
        "urgent",
    )
    assert upstairs["hint"] == "先敲门请楼上关水阀,再拍照留证"
    nowhere = "/api/v1/places/zz.a/repair-category-tree"
    assert (await world.api.get(nowhere, as_=li)).status == 404
    assert (await world.api.get(TREE, as_=None)).status == 401
    assert estate


async def test_the_first_change_makes_the_whole_tree_the_citys_own(
    world: World, admin: Member, li: Member
) -> None:
    before = await tree(world.api, li)
    added = await add(world.api, admin)
    assert added.status == 201, added.body
    after = await tree(world.api, li)
    assert after.pop("cellar_flooded") == added.body
    assert after == before
    [row] = await acts(world, "repair.category_added")
    assert row["facts"] == {"parent": "water", "danger": "danger"}
    again = await add(world.api, admin)
    assert (again.status, again.body) == (201, added.body)
    other = await add(world.api, admin, label="别的")
    assert (other.status, other.code) == (409, "repair_category_exists")
    assert (await add(world.api, admin, code="tree")).code == "repair_category_exists"


async def test_a_tree_that_was_copied_earlier_takes_a_newer_standard_category_as_any(
    world: World, admin: Member, li: Member
) -> None:
    """As docs/how-to/set-up-a-city.md tells; what a city ended does not come back so."""
    today = catalogue.of_city("cc", world.clock.now)
    [newer] = [each for each in today if each.code == "upstairs_leak"]
    earlier = [to_document(each) for each in today if each is not newer]
    await world.db.repair_categories.insert_many(earlier)
    assert newer.code not in await tree(world.api, li)
    wish = {
        "code": newer.code,
        "parent": newer.parent,
        "label": newer.label,
        "hint": newer.hint,
        "scope": newer.scope,
        "danger": newer.danger,
        "skill": newer.skill,
        "position": 5,
    }
    assert (await add(world.api, admin, **wish)).status == 201
    codes = [*await tree(world.api, li)]
    assert codes[codes.index("water_leak") + 1] == newer.code
    over = {name: wish[name] for name in ("label", "scope", "skill")}
    ended = await change(
        world.api, admin, newer.code, **over, emergency_fund="none", to_day="2026-03-01"
    )
    assert ended.status == 200
    again = await add(world.api, admin, **wish)
    assert (again.status, again.code) == (409, "repair_category_exists")
    assert newer.code not in await tree(world.api, li)


async def test_first_changes_at_once_copy_the_catalogue_once(
    world: World, admin: Member, li: Member
) -> None:
    number = len(await tree(world.api, li))
    codes = ("one_more", "two_more", "three_more")
    replies = await asyncio.gather(*(add(world.api, admin, code=code) for code in codes))
    assert [reply.status for reply in replies] == [201] * 3
    assert len(await tree(world.api, li)) == number + 3


@pytest.mark.parametrize(
    ("wish", "status", "code"),
    [
        ({"parent": "nothing"}, 422, "bad_repair_category"),
        ({"from_day": "2026-02-01"}, 422, "bad_repair_category"),
        ({"from_day": "2026-02-30"}, 422, "invalid_input"),
        ({"scope": "home", "emergency_fund": "roof_leak"}, 422, "bad_repair_category"),
        ({"code": "Wasser"}, 422, "invalid_input"),
        ({"code": "a1"}, 422, "invalid_input"),
        ({"label": ""}, 422, "invalid_input"),
        ({"danger": "deadly"}, 422, "invalid_input"),
        ({"place": COMPOUND}, 422, "bad_repair_category"),
        ({"place": "cc.nowhere"}, 404, "not_found"),
    ],
)
async def test_a_category_that_cannot_be_meant_is_refused(
    world: World, admin: Member, wish: dict[str, Any], status: int, code: str
) -> None:
    reply = await add(world.api, admin, **wish)
    assert (reply.status, reply.code) == (status, code)
    assert await world.db.repair_categories.count_documents({}) == 0


async def test_a_tree_has_three_levels(world: World, admin: Member, li: Member) -> None:
    assert (await add(world.api, admin)).status == 201
    inner = {"parent": "cellar_flooded", "code": "cellar_of_shop"}
    assert (await add(world.api, admin, **inner)).status == 201
    assert (await tree(world.api, li))["cellar_flooded"]["is_group"]
    deep = await add(world.api, admin, parent="cellar_of_shop", code="too_deep")
    assert (deep.status, deep.code) == (422, "bad_repair_category")
    day = day_of(world.clock.now)
    assert await refusal(world.deps, "cellar_flooded", day) == "repair_category_unknown"
    assert await refusal(world.deps, "cellar_of_shop", day) == ""
    assert await actions.line(world.deps, LI_HOME, "cellar_of_shop") == [
        "water",
        "cellar_flooded",
        "cellar_of_shop",
    ]


async def test_only_who_keeps_the_rules_of_the_city_changes_them(
    api: Api, estate: Estate, staff: Member, li: Member
) -> None:
    assert (await add(api, li)).status == 403
    assert (await add(api, staff)).status == 404
    assert (await change(api, staff)).status == 404
    assert (await add(api, staff, COMPOUND)).code == "bad_repair_category"
    assert (await api.get(PATH, as_=staff)).status == 404
    here = f"/api/v1/places/{COMPOUND}/repair-categories?limit=1"
    assert (await api.get(here, as_=staff)).body["items"][0]["code"] == "building"
    assert estate


async def test_of_two_who_saw_the_same_version_the_first_counts(
    world: World, admin: Member
) -> None:
    wishes = [change(world.api, admin, label=label) for label in ("甲", "乙")]
    replies = sorted(await asyncio.gather(*wishes), key=lambda reply: reply.status)
    assert [reply.status for reply in replies] == [200, 409]
    assert (replies[1].code, replies[1].body["details"]) == (
        "repair_category_moved_on",
        {"version": 2},
    )
    assert len(await acts(world, "repair.category_changed")) == 1


async def test_the_same_change_sent_again_is_the_same(world: World, admin: Member) -> None:
    won, lost = await one_behind(world.deps, change(world.api, admin), change(world.api, admin))
    assert (won.status, lost.status) == (200, 200)
    assert won.body == lost.body
    rows = await acts(world, "repair.category_changed")
    assert sorted(row["facts"].get("again", False) for row in rows) == [False, True]
    assert (await change(world.api, admin, "nothing")).status == 404


async def test_an_ended_category_is_shown_and_not_chosen(
    world: World, admin: Member, li: Member
) -> None:
    """So are those of an ended group; the last day still counts."""
    today = day_of(world.clock.now)
    early = await change(world.api, admin, to_day=plus_days(today, -2))
    assert (early.status, early.code) == (422, "bad_repair_category")
    assert (await change(world.api, admin, to_day=today)).status == 200
    assert await refusal(world.deps, "roof_leak", today) == ""
    tomorrow = plus_days(today, 1)
    assert await refusal(world.deps, "roof_leak", tomorrow) == "repair_category_ended"
    over = await change(world.api, admin, "lift", to_day=plus_days(today, -1), scope="common")
    assert over.status == 200
    assert await refusal(world.deps, "lift_trapped", today) == "repair_category_ended"
    assert await refusal(world.deps, "nothing", today) == "repair_category_unknown"
    assert not {"lift", "lift_trapped"} & (await tree(world.api, li)).keys()
    wanted = [(LI_HOME, "lift_trapped"), ("zz.a", "roof_leak"), ("cc", "nothing")]
    assert await actions.labels(world.deps, wanted) == {
        (LI_HOME, "lift_trapped"): "电梯困人",
        ("zz.a", "roof_leak"): "房顶漏水",
        ("cc", "nothing"): "nothing",
    }
    back = await change(world.api, admin, "lift", version=2, label="电梯")
    assert back.status == 200
    assert await refusal(world.deps, "lift_trapped", today) == ""


async def test_a_category_of_tomorrow_is_not_there_yet(
    world: World, admin: Member, li: Member
) -> None:
    assert (await add(world.api, admin, from_day="2026-03-10")).status == 201
    assert "cellar_flooded" not in await tree(world.api, li)
    assert (
        await refusal(world.deps, "cellar_flooded", "2026-03-09") == "repair_category_unknown"
    )
    assert await refusal(world.deps, "cellar_flooded", "2026-03-10") == ""


async def of_repair_categories(estate: Estate) -> Case:
    admin = await estate.member("admin")
    assert (await add(estate.world.api, admin, label=FORMULA[:20])).status == 201
    ended = {"label": FORMULA[:20], "to_day": "2026-03-02"}
    assert (await change(estate.world.api, admin, **ended)).status == 200
    await estate.world.db.repair_categories.update_many(
        {"skill": "lift"}, {"$set": {"label": FORMULA}}
    )
    return Case(
        who=admin,
        stranger=await estate.member("staff"),
        path=PATH,
        subject="cc",
        place="cc",
        filters=[
            {"parent": "lift", "danger": "urgent"},
            {"scope": "home", "skill": "electric"},
            {"emergency_fund": "drain_blocked"},
            {"on_day": "2026-03-03"},
        ],
        orders={"": "code"},
        rows=40,
        matches={"on_day": _holds},
    )


def _holds(item: Item, day: str) -> bool:
    return item["from_day"] <= day and (item["to_day"] is None or day <= item["to_day"])


MAKERS: Final[dict[str, Maker]] = {"repair_categories": of_repair_categories}


@pytest.mark.parametrize("name", MAKERS)
async def test_a_list_is_as_all_are(estate: Estate, name: str) -> None:
    await walk(estate.world, name, await MAKERS[name](estate))
