"""Articles are found by words and suggested while somebody writes."""

from urllib.parse import quote

from tests.build.cast import COMMUNITY, COMPOUND, LI_HOME, NEXT_UNIT, UNIT, Estate
from tests.build.homes import acts, get, post
from tests.build.sign_ins import Member
from tests.handbook.conftest import TEXT, Handbook


async def loaded(estate: Estate, place: str = COMMUNITY) -> int:
    reply = await post(estate, "admin", f"places/{place}/handbook-starter")
    assert reply.status == 200, reply.body
    return int(reply.body["written"])


async def suggested(estate: Estate, text: str, who: Member | str = "li") -> list[str]:
    reply = await get(estate, who, f"handbook/suggestions?place={LI_HOME}&text={quote(text)}")
    assert reply.status == 200, reply.body
    return [item["title"] for item in reply.body["items"]]


async def test_the_starter_set_is_loaded_once_and_found(
    estate: Estate, handbook: Handbook
) -> None:
    written = await loaded(estate)
    assert written >= 12
    assert (await loaded(estate), len(await handbook.titles(more="&limit=100"))) == (0, written)
    [first, again] = await acts(estate.world, "handbook.loaded")
    assert (first["place"], first["facts"]) == (COMMUNITY, {"written": written})
    assert again["facts"] == {"written": 0}
    # found by words of title and steps, and by matter
    assert await handbook.titles(more=f"&q={quote('楼上漏水')}") == ["楼上漏水怎么办"]
    assert "怎么成立业主大会、选业委会" in await handbook.titles(more=f"&q={quote('备案')}")
    assert await handbook.titles(more="&category=pets") == ["养狗扰民、不牵绳怎么办"]
    assert await handbook.titles(more=f"&q={quote('天气')}") == []
    assert await handbook.titles(more=f"&q={quote('!')}") == []
    # also as people call it, and where no article has every word
    called = {
        "电梯坏了": "电梯困人、停运怎么办",
        "噪音": "邻居噪声太大怎么办",
        "维修基金": "维修资金能修什么,怎么用",
        "滞纳金": "欠了物业费会怎样",
        "楼上漏水了怎么处理": "楼上漏水怎么办",
        "停车位": "车位归谁,占道停车怎么办",
    }
    for asked, title in called.items():
        assert title in await handbook.titles(more=f"&q={quote(asked)}"), asked
    assert await handbook.titles(more=f"&q={quote('噪音')}&category=pets") == []
    # by pages
    reply = await get(estate, "li", f"handbook?place={LI_HOME}&limit=5")
    cursor, seen = reply.body["next_cursor"], [one["title"] for one in reply.body["items"]]
    while cursor:
        page = await get(estate, "li", f"handbook?place={LI_HOME}&limit=5&cursor={cursor}")
        seen += [one["title"] for one in page.body["items"]]
        cursor = page.body["next_cursor"]
    assert seen == await handbook.titles(more="&limit=100")
    # suggested while a case is written
    best = {
        "楼上漏水,我家卫生间天花板都湿了": "楼上漏水怎么办",
        "邻居半夜唱歌,噪声太大": "邻居噪声太大怎么办",
        "邻居养狗从不牵绳": "养狗扰民、不牵绳怎么办",
        "消防通道被车堵了": "楼道堆物、消防通道被堵怎么办",
        "物业费怎么交": "物业费怎么交,空着的房子要交吗",
        "电梯把人困住了": "电梯困人、停运怎么办",
        "我想装修": "装修前要办什么",
    }
    for text, title in best.items():
        found = await suggested(estate, text)
        assert (found[0], len(found) <= 3) == (title, True), text
    for text in ("你好,请问", "!!", "今天天气真好"):
        assert await suggested(estate, text) == []


async def test_whoever_has_to_do_with_a_place_searches_and_is_helped_there(
    estate: Estate, handbook: Handbook
) -> None:
    """Residents write about their staircase, building and compound, too; heads above theirs."""
    await handbook.published()
    text = quote("楼上漏水")
    for place in (LI_HOME, UNIT, UNIT.rpartition(".")[0], COMPOUND, COMMUNITY):
        for who in ("li", "head", "staff"):
            found = await get(estate, who, f"handbook/suggestions?place={place}&text={text}")
            assert (found.status, len(found.body["items"])) == (200, 1), (place, who)
            assert await handbook.titles(who, place) == ["楼上漏水怎么办"]
    elsewhere = f"handbook/suggestions?place={NEXT_UNIT}&text={text}"
    assert (await get(estate, "li", elsewhere)).status == 404
    assert (await get(estate, "li", f"handbook?place={NEXT_UNIT}")).status == 404


async def test_what_a_place_retired_or_wrote_anew_is_not_loaded_again(
    estate: Estate, handbook: Handbook
) -> None:
    await loaded(estate)
    listed = await get(estate, "li", f"handbook?place={LI_HOME}&limit=100")
    first, second, *rest = [item["article_id"] for item in listed.body["items"]]
    await handbook.do("retirement", first, "admin")
    await post(estate, "admin", f"handbook/{second}/versions", TEXT)
    await handbook.publish(second, "admin", version=2)
    assert await loaded(estate) == 0
    assert len(await handbook.titles(more="&limit=100")) == len(rest) + 1


async def test_only_an_administrator_loads_the_set(estate: Estate) -> None:
    reply = await post(estate, "staff", f"places/{COMMUNITY}/handbook-starter")
    assert reply.status == 403
    low = await post(estate, "admin", f"places/{COMMUNITY}.c07/handbook-starter")
    assert (low.status, low.code) == (422, "bad_handbook_article")


async def test_what_is_replaced_retired_or_of_elsewhere_is_not_suggested(
    estate: Estate, handbook: Handbook, city: Member
) -> None:
    base = await handbook.published(city, "cc", title="全市:楼上漏水")
    own = await handbook.published(title="社区:楼上漏水", replaces=base)
    assert await suggested(estate, "楼上漏水") == ["社区:楼上漏水"]
    await handbook.do("retirement", own)
    assert await suggested(estate, "楼上漏水") == ["全市:楼上漏水"]
    stranger = await estate.world.sign_in("fremd")
    path = f"handbook/suggestions?place={LI_HOME}&text={quote('漏水')}"
    assert (await get(estate, stranger, path)).status == 404
