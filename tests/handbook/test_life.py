"""Articles of the handbook: drafted, published, replaced, retired, reviewed."""

from typing import Any

import pytest

from services.handbook import models, store
from tests.build.cast import COMMUNITY, COMPOUND, LI_HOME, Estate
from tests.build.homes import acts, at_once, get, post
from tests.build.sign_ins import Member
from tests.handbook.conftest import TEXT, Handbook


async def test_an_article_is_written_published_and_read(
    estate: Estate, handbook: Handbook
) -> None:
    article = await handbook.draft()
    assert await handbook.titles() == []
    assert (await get(estate, "li", f"handbook/{article}")).status == 404
    await handbook.publish(article)
    assert await handbook.titles() == ["楼上漏水怎么办"]
    seen = (await get(estate, "li", f"handbook/{article}")).body
    for name, value in TEXT.items():
        assert seen[name] == value
    assert (seen["version"], seen["state"], seen["helped"]) == (1, "published", None)
    [noted] = await acts(estate.world, "handbook.published")
    assert (noted["place"], noted["subject"]) == (COMMUNITY, article)
    assert noted["facts"] == {"version": 1}


async def test_a_new_version_takes_the_place_of_the_old_which_stays_readable(
    estate: Estate, handbook: Handbook
) -> None:
    article = await handbook.published()
    new = TEXT | {"title": "楼上漏水先做什么", "steps": ["先关自家电闸"]}
    reply = await post(estate, "staff", f"handbook/{article}/versions", new)
    assert (reply.status, reply.body["version"], reply.body["state"]) == (201, 2, "draft")
    assert await handbook.titles() == ["楼上漏水怎么办"]
    again = await post(estate, "staff", f"handbook/{article}/versions", new)
    assert (again.status, again.code) == (409, "handbook_draft_exists")
    await handbook.publish(article, version=2)
    assert await handbook.titles() == ["楼上漏水先做什么"]
    history = (await get(estate, "li", f"handbook/{article}/versions")).body["items"]
    assert [(one["version"], one["state"]) for one in history] == [
        (2, "published"),
        (1, "retired"),
    ]
    assert history[1]["steps"] == TEXT["steps"]
    paged = await get(estate, "li", f"handbook/{article}/versions?limit=1")
    assert [one["version"] for one in paged.body["items"]] == [2]
    assert paged.body["next_cursor"]


async def test_only_a_draft_is_changed_and_of_two_the_first_counts(
    estate: Estate, handbook: Handbook
) -> None:
    article = await handbook.draft()
    path = f"handbook/{article}/draft"
    first = await handbook.put("staff", path, **TEXT | {"edits": 1, "title": "漏水了"})
    assert (first.status, first.body["title"], first.body["edits"]) == (200, "漏水了", 2)
    late = await handbook.put("staff", path, **TEXT | {"edits": 1})
    assert (late.status, late.code) == (409, "handbook_moved_on")
    await handbook.publish(article)
    gone = await handbook.put("staff", path, **TEXT | {"edits": 2})
    assert gone.status == 404
    deleted = await estate.world.api.delete(f"/api/v1/{path}", as_=await estate.member("staff"))
    assert deleted.status == 404
    assert await handbook.titles() == ["漏水了"]


async def test_a_draft_is_discarded(estate: Estate, handbook: Handbook) -> None:
    article = await handbook.draft()
    staff = await estate.member("staff")
    reply = await estate.world.api.delete(f"/api/v1/handbook/{article}/draft", as_=staff)
    assert reply.status == 204
    assert not await estate.world.db.handbook_articles.count_documents({})
    assert len(await acts(estate.world, "handbook.discarded")) == 1


async def test_of_two_who_publish_at_once_one_does(estate: Estate, handbook: Handbook) -> None:
    article = await handbook.draft()
    replies = await at_once(*(handbook.do("publication", article) for _ in range(2)))
    assert sorted(reply.status for reply in replies) in ([200, 404], [200, 409])
    assert len(await acts(estate.world, "handbook.published")) == 1


async def test_what_is_retired_is_found_by_nobody_and_read_by_its_address(
    estate: Estate, handbook: Handbook
) -> None:
    article = await handbook.published()
    old = await handbook.do("retirement", article, version=2)
    assert (old.status, old.code) == (409, "handbook_moved_on")
    reply = await handbook.do("retirement", article)
    assert (reply.status, reply.body["state"]) == (200, "retired")
    assert await handbook.titles() == []
    seen = await get(estate, "li", f"handbook/{article}")
    assert (seen.status, seen.body["state"]) == (200, "retired")
    assert (await handbook.do("review", article)).code == "handbook_moved_on"


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": ""},
        {"steps": []},
        {"steps": ["好"] * 2},
        {"steps": ["先关水阀"] * 13},
        {"category": "cooking"},
        {"answered_by": None},
        {"place": COMPOUND},
        {"sources": [{"law": "民法典", "article": "第一条", "url": "http://a.cn/"}]},
        {"sources": [{"law": "民法典", "article": "第一条", "url": "https://a.cn/ 看"}]},
        {"sources": [{"law": "民法典", "article": "第一条", "url": "javascript:alert(1)"}]},
        {"sources": [{"law": "民法典"}]},
    ],
)
async def test_what_is_no_article(
    estate: Estate, handbook: Handbook, wrong: dict[str, Any]
) -> None:
    reply = await post(estate, "staff", "handbook", TEXT | {"place": COMMUNITY} | wrong)
    assert reply.status == 422
    assert await handbook.titles() == []


async def test_an_article_is_answered_by_an_office_or_in_words(
    estate: Estate, handbook: Handbook
) -> None:
    said = {"answered_by": None, "answered_text": "社区值班室"}
    article = await handbook.published(**said)
    seen = (await get(estate, "li", f"handbook/{article}")).body
    assert {name: seen[name] for name in said} == said


async def test_a_place_holds_so_many_and_no_more(
    estate: Estate, handbook: Handbook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.handbook.actions.MOST", 1)
    article = await handbook.published()
    full = await handbook.do("publication", await handbook.draft())
    assert (full.status, full.code) == (409, "handbook_full")
    assert full.body["details"] == {"most": 1}
    await post(estate, "staff", f"handbook/{article}/versions", TEXT)
    await handbook.publish(article, version=2)
    assert models.MOST > 1


async def test_the_nearest_comes_first_and_a_community_may_replace_the_citys(
    estate: Estate, handbook: Handbook, city: Member
) -> None:
    base = await handbook.published(city, "cc", title="全市:楼上漏水", position=1)
    await handbook.published(city, "cc", title="全市:养狗", position=2)
    await handbook.published(title="社区:停车")
    assert await handbook.titles() == ["社区:停车", "全市:楼上漏水", "全市:养狗"]
    own = await handbook.published(title="社区:楼上漏水", position=1, replaces=base)
    assert await handbook.titles() == ["社区:停车", "社区:楼上漏水", "全市:养狗"]
    assert await handbook.titles(city, "cc") == ["全市:楼上漏水", "全市:养狗"]
    # another version of the city's stays away, too
    await post(estate, city, f"handbook/{base}/versions", TEXT | {"title": "全市:漏水"})
    await handbook.publish(base, city, version=2)
    assert await handbook.titles() == ["社区:停车", "社区:楼上漏水", "全市:养狗"]
    await handbook.do("retirement", own)
    assert await handbook.titles() == ["社区:停车", "全市:漏水", "全市:养狗"]


async def test_one_replaces_what_is_in_force_above_alone(
    estate: Estate, handbook: Handbook, city: Member
) -> None:
    own, draft = await handbook.published(), await handbook.draft(city, "cc")
    beside = {"place": COMMUNITY, "replaces": own}
    reply = await post(estate, "staff", "handbook", TEXT | beside)
    assert (reply.status, reply.code) == (422, "bad_handbook_article")
    for other in (draft, "nothing"):
        unknown = {"place": COMMUNITY, "replaces": other}
        assert (await post(estate, "staff", "handbook", TEXT | unknown)).status == 404
    below = {"place": "cc", "replaces": own}
    reply = await post(estate, city, "handbook", TEXT | below)
    assert (reply.status, reply.code) == (422, "bad_handbook_article")


async def test_residents_read_and_do_not_write(estate: Estate, handbook: Handbook) -> None:
    article = await handbook.published()
    for path in (f"places/{COMMUNITY}/handbook", f"handbook/{article}/draft"):
        assert (await get(estate, "li", path)).status == 403
    assert (await post(estate, "head", "handbook", TEXT | {"place": COMMUNITY})).status == 403
    stranger = await estate.world.sign_in("fremd")
    assert (await get(estate, stranger, f"handbook/{article}")).status == 404
    assert (await get(estate, stranger, f"handbook?place={LI_HOME}")).status == 404


async def test_of_several_who_begin_a_version_at_once_one_does(
    estate: Estate, handbook: Handbook
) -> None:
    article = await handbook.published()
    path = f"handbook/{article}/versions"
    replies = await at_once(*(post(estate, "staff", path, TEXT) for _ in range(3)))
    assert sorted(reply.status for reply in replies) == [201, 409, 409]
    codes = {reply.code for reply in replies if reply.status == 409}
    assert codes <= {"handbook_draft_exists"}


async def test_of_two_who_load_the_starter_set_at_once_one_does(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where both found nothing there, as the rows of both are the same."""
    path = f"places/{COMMUNITY}/handbook-starter"
    assert (await post(estate, "admin", path)).status < 300

    async def nothing(*_: object) -> set[str]:
        return set()

    monkeypatch.setattr(store, "existing", nothing)
    late = await post(estate, "admin", path)
    assert (late.status, late.code) == (409, "handbook_moved_on")
