"""What readers open and what helps them: counted at night, weighed, and forgotten."""

from typing import Any

import pytest

from server.features import FEATURES
from services.handbook.readers import jobs
from tests.build.cast import COMMUNITY, Estate
from tests.build.homes import acts, get, post
from tests.handbook.conftest import TEXT, Handbook


async def opens(estate: Estate, article: str, who: str, version: int = 1) -> int:
    reply = await post(estate, who, f"handbook/{article}/opens", version=version)
    return reply.status


async def figures(estate: Estate, article: str) -> tuple[int, int, int]:
    seen = (await get(estate, "staff", f"handbook/{article}/draft")).body
    return seen["uses"], seen["helped_people"], seen["unhelped_people"]


async def night(estate: Estate) -> None:
    await jobs.count(estate.world.deps, {})


async def test_an_opening_counts_once_a_day_and_a_verdict_once_a_person(
    estate: Estate, handbook: Handbook
) -> None:
    article = await handbook.published()
    for who in ("li", "li", "wang"):
        assert await opens(estate, article, who) == 204
    path = f"handbook/{article}/verdict"
    for who, helped in (("li", True), ("li", False), ("wang", True), ("wang", True)):
        reply = await handbook.put(who, path, version=1, helped=helped)
        assert (reply.status, reply.body["helped"]) == (200, helped)
    assert (await get(estate, "li", f"handbook/{article}")).body["helped"] is False
    await night(estate)
    assert await figures(estate, article) == (0, 1, 1)  # the day is not over
    await estate.advance(days=1)
    assert await opens(estate, article, "li") == 204
    for _ in range(2):
        await night(estate)
        assert await figures(estate, article) == (2, 1, 1)
    await estate.advance(days=9)  # nights that were missed
    await night(estate)
    assert await figures(estate, article) == (3, 1, 1)
    judged = await acts(estate.world, "handbook.judged")
    assert [one["facts"] for one in judged] == [
        {"version": 1},
        {"version": 1},
        {"version": 1},
        {"version": 1, "again": True},
    ]
    rows = await estate.world.db.handbook_opens.find().to_list()
    people = {(await estate.member(who)).person_id for who in ("li", "wang")}
    assert not [person for person in people if person in str(rows)]


async def test_a_new_version_is_counted_anew_and_the_old_one_to_its_end(
    estate: Estate, handbook: Handbook
) -> None:
    article = await handbook.published()
    await opens(estate, article, "li")
    await post(estate, "staff", f"handbook/{article}/versions", TEXT)
    await handbook.publish(article, version=2)
    await opens(estate, article, "wang", 1)  # who had it open still
    await opens(estate, article, "wang", 2)
    await estate.advance(days=2)
    await night(estate)
    rows = await estate.world.db.handbook_articles.find().sort("version", 1).to_list()
    assert [(one["uses"], one["is_counted"]) for one in rows] == [(2, False), (1, True)]


async def test_what_nobody_looked_at_for_a_year_is_shown_for_review(
    estate: Estate, handbook: Handbook
) -> None:
    seldom = await handbook.published(title="很少人看的")
    often = await handbook.published(title="常有人看的")
    await opens(estate, often, "li")
    path = f"places/{COMMUNITY}/handbook-reviews"

    async def due(more: str = "") -> list[str]:
        reply = await get(estate, "staff", path + more)
        return [item["article_id"] for item in reply.body["items"]]

    await estate.advance(days=200)
    await night(estate)
    assert (await due(), await due("?days=100")) == ([], [often, seldom])
    await estate.advance(days=170)
    await night(estate)
    assert await due() == [often, seldom]
    reply = await handbook.do("review", often)
    assert reply.status == 200
    assert await due() == [seldom]
    await post(estate, "staff", f"handbook/{seldom}/versions", TEXT)
    await handbook.publish(seldom, version=2)
    assert await due() == []
    assert len(await acts(estate.world, "handbook.reviewed")) == 1


async def test_what_is_reviewed_while_a_night_counts_weighs_nothing(
    estate: Estate, handbook: Handbook, monkeypatch: pytest.MonkeyPatch
) -> None:
    article = await handbook.published()
    await opens(estate, article, "li")
    await estate.advance(days=300)
    verdicts = jobs.readers.count_verdicts

    async def reviewed(*args: Any) -> Any:
        assert (await handbook.do("review", article)).status == 200
        return await verdicts(*args)

    monkeypatch.setattr(jobs.readers, "count_verdicts", reviewed)
    await night(estate)
    monkeypatch.undo()
    [row] = await estate.world.db.handbook_articles.find().to_list()
    assert (row["weight"], row["uses"]) == (0, 0)
    await estate.advance(days=1)
    await night(estate)
    [row] = await estate.world.db.handbook_articles.find().to_list()
    assert (row["weight"], row["uses"]) == (2, 1), "nothing is lost by it"


async def test_nobody_judges_a_draft_or_without_agreeing(
    estate: Estate, handbook: Handbook
) -> None:
    article = await handbook.draft()
    body: dict[str, Any] = {"version": 1, "helped": True}
    assert (await handbook.put("li", f"handbook/{article}/verdict", **body)).status == 404
    assert await opens(estate, article, "li") == 404
    await handbook.publish(article)
    taken_back = await post(estate, "li", "me/consents/privacy/withdrawal")
    assert taken_back.status == 200, taken_back.body
    reply = await handbook.put("li", f"handbook/{article}/verdict", **body)
    assert (reply.status, reply.code) == (403, "consent_needed")
    assert await opens(estate, article, "li") == 204  # nothing of theirs is kept


async def test_what_an_erased_reader_said_goes(estate: Estate, handbook: Handbook) -> None:
    article = await handbook.published()
    await handbook.put("li", f"handbook/{article}/verdict", version=1, helped=True)
    li = await estate.member("li")

    async def save(tx: Any) -> bool:
        return await FEATURES.erasure["handbook"](estate.world.deps, tx, li.person_id)

    assert await estate.world.deps.in_transaction(save) is False
    assert not await estate.world.db.handbook_verdicts.count_documents({})
    await night(estate)
    assert await figures(estate, article) == (0, 0, 0)
