"""Lists of the handbook: all that offices wrote, and what they should look at again."""

from datetime import datetime, timedelta
from typing import Any, Final

import pytest

from mongo_indexes import handbook_articles
from services.handbook.models import Article, ArticleCategory, version_id
from services.handbook.states import ArticleState
from services.kernel.documents import to_document
from services.kernel.permissions import Role
from tests.build.cast import COMMUNITY, Estate
from tests.build.world import NOON
from tests.lists.case import FORMULA, Case, Item, Maker
from tests.lists.walk import walk

ELSEWHERE: Final = "cc.chaoyang.guilin.other"
S: Final = ArticleState
MATTERS: Final = (ArticleCategory.PETS, ArticleCategory.FEES, ArticleCategory.PARKING)


def _article(number: int, **more: Any) -> Article:
    """Return one of differing versions; the last one lies elsewhere."""
    article = f"article{number:02d}"
    wrote = NOON - timedelta(days=300 * (number // 2))
    state: ArticleState = more.pop("state", S.PUBLISHED)
    made = Article(
        id=version_id(article, 1),
        article=article,
        version=1,
        place=ELSEWHERE if number == 9 else COMMUNITY,
        category=MATTERS[number % 3],
        title=FORMULA,
        steps=[FORMULA],
        answered_by=[Role.UNIT_HEAD, None][number % 2],
        answered_text=FORMULA,
        state=state,
        written_by="staff",
        written_at=wrote,
        published_at=None if state is S.DRAFT else wrote,
        reviewed_at=None if state is S.DRAFT else wrote,
    )
    for name, value in more.items():
        setattr(made, name, value)
    return made


async def _insert(estate: Estate, made: list[Article]) -> None:
    db = estate.world.db
    await db[handbook_articles.COLLECTION].insert_many([to_document(one) for one in made])


async def of_articles(estate: Estate) -> Case:
    states = [S.DRAFT, S.PUBLISHED, S.PUBLISHED, S.RETIRED]
    await _insert(estate, [_article(n, state=states[n % 4]) for n in range(10)])
    return Case(
        who=await estate.member("staff"),
        stranger=await estate.member("head"),
        path=f"/api/v1/places/{COMMUNITY}/handbook",
        subject=COMMUNITY,
        place=COMMUNITY,
        filters=[
            {"state": "draft"},
            {"category": "pets"},
            {"state": "published", "category": "fees"},
        ],
        orders={
            "newest": "-written_at,-article_id",
            "oldest": "written_at,article_id",
        },
        rows=9,
    )


def _is_older(item: Item, days: str) -> bool:
    return datetime.fromisoformat(item["reviewed_at"]) < NOON - timedelta(days=int(days))


async def of_reviews(estate: Estate) -> Case:
    """The more it weighs the earlier it comes; here as many days as people opened it."""
    made = [_article(number) for number in range(10)]
    for number, each in enumerate(made):
        each.weight = each.uses = number * 7 % 11
    made += [_article(number, state=S.RETIRED) for number in range(20, 22)]
    await _insert(estate, made)
    return Case(
        who=await estate.member("staff"),
        stranger=await estate.member("head"),
        path=f"/api/v1/places/{COMMUNITY}/handbook-reviews",
        subject=COMMUNITY,
        place=COMMUNITY,
        filters=[
            {"days": "700"},
            {"days": "10"},
            {"category": "pets", "days": "100"},
            {"category": "fees"},
        ],
        orders={"": "-uses,article_id"},
        rows=5,
        matches={"days": _is_older},
        unless={"days": lambda item: _is_older(item, "365")},
    )


MAKERS: Final[dict[str, Maker]] = {
    "handbook_articles": of_articles,
    "handbook_reviews": of_reviews,
}


@pytest.mark.parametrize("name", MAKERS)
async def test_a_list_is_as_all_are(estate: Estate, name: str) -> None:
    await walk(estate.world, name, await MAKERS[name](estate))
