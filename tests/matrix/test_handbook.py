"""Rows about the handbook: written by offices, read by all who live or work there."""

from typing import Any, Final

import pytest

from mongo_indexes import handbook_articles
from services.handbook.models import Article, ArticleCategory, version_id
from services.handbook.states import ArticleState
from services.kernel import words
from services.kernel.permissions import Permission, Role
from tests.matrix.posts import COMMUNITY, HOME, OTHER_COMMUNITY, UNIT, Post
from tests.matrix.row import Row
from tests.matrix.rules import Outcome, at, decided
from tests.matrix.town import Furniture, Maker, Scene
from tests.matrix.walk import IN_TOWN, Walked

pytestmark = IN_TOWN

P = Permission
READS: Final = (
    "all who live or work at a place, under it or over it; it tells nothing of people"
)
WRITES: Final = "who writes there; who only reads it is told that it is not for them"
TEXT: Final[dict[str, Any]] = {
    "category": "pets",
    "title": "养狗要注意什么",
    "steps": ["牵好绳"],
    "answered_by": "unit_head",
}
SEEN: Final[dict[str, Any]] = {"version": 1}


def article(state: ArticleState) -> Maker:
    """Return a maker of an article with one version."""

    async def make(scene: Scene) -> str:
        now, made_id = scene.town.world.deps.now(), scene.town.new_id()
        is_public = state is not ArticleState.DRAFT
        made = Article(
            id=version_id(made_id, 1),
            article=made_id,
            version=1,
            place=scene.place,
            category=ArticleCategory.PETS,
            title="养狗要注意什么",
            steps=["牵好绳"],
            answered_by=Role.UNIT_HEAD,
            state=state,
            words=words.read().kept("养狗要注意什么"),
            title_words=words.read().kept("养狗要注意什么"),
            written_by="test",
            written_at=now,
            published_at=now if is_public else None,
            reviewed_at=now if is_public else None,
        )
        await scene.town.insert(handbook_articles.COLLECTION, made)
        return made_id

    return make


published, draft = article(ArticleState.PUBLISHED), article(ArticleState.DRAFT)


def _touches(post: Post, place: str) -> bool:
    held = post.places(P.READ_HANDBOOK)
    return any(f"{a}.".startswith(f"{b}.") for h in held for a, b in ((h, place), (place, h)))


def _reads(post: Post, place: str) -> Outcome:
    return Outcome.ALLOWED if _touches(post, place) else Outcome.MISSING


def _writes(post: Post, place: str) -> Outcome:
    if post.may(P.WRITE_HANDBOOK, place):
        return Outcome.ALLOWED
    knows = _touches(post, place) or not post.places(P.WRITE_HANDBOOK)
    return Outcome.FORBIDDEN if knows else Outcome.MISSING


def _at_place(scene: Scene, _: Any) -> dict[str, str]:
    return {"place": scene.place}


FURNITURE: Final[Furniture] = (
    (published, (COMMUNITY, OTHER_COMMUNITY)),
    (draft, (COMMUNITY, OTHER_COMMUNITY)),
)
OF_ONE: Final = "/api/v1/handbook/{article_id}"
ROWS = (
    Row(
        "get",
        "/api/v1/handbook",
        decided(_reads, READS, HOME, UNIT, permission=P.READ_HANDBOOK),
        query=_at_place,
        beyond=READS,
    ),
    Row(
        "get",
        "/api/v1/handbook/suggestions",
        decided(_reads, READS, HOME, UNIT),
        query=lambda scene, _: {"place": scene.place, "text": "养狗要注意什么"},
        beyond=READS,
    ),
    Row(
        "post",
        "/api/v1/handbook",
        at(COMMUNITY),
        body=lambda scene, _: TEXT | {"place": scene.place},
    ),
    Row("get", OF_ONE, decided(_reads, READS, COMMUNITY), makes=published, beyond=READS),
    Row(
        "get",
        f"{OF_ONE}/versions",
        decided(_reads, READS, COMMUNITY),
        makes=published,
        beyond=READS,
    ),
    Row(
        "post",
        f"{OF_ONE}/versions",
        decided(_writes, WRITES, COMMUNITY, permission=P.WRITE_HANDBOOK),
        makes=published,
        body=TEXT,
    ),
    Row("get", f"{OF_ONE}/draft", at(COMMUNITY), makes=draft),
    Row("put", f"{OF_ONE}/draft", at(COMMUNITY), makes=draft, body=TEXT | {"edits": 1}),
    Row("delete", f"{OF_ONE}/draft", at(COMMUNITY), makes=draft),
    Row("post", f"{OF_ONE}/publication", at(COMMUNITY), makes=draft, body=SEEN),
    Row(
        "post",
        f"{OF_ONE}/retirement",
        decided(_writes, WRITES, COMMUNITY, permission=P.WRITE_HANDBOOK),
        makes=published,
        body=SEEN,
    ),
    Row(
        "post",
        f"{OF_ONE}/review",
        decided(_writes, WRITES, COMMUNITY, permission=P.WRITE_HANDBOOK),
        makes=published,
        body=SEEN,
    ),
    Row(
        "post",
        f"{OF_ONE}/opens",
        decided(_reads, READS, COMMUNITY),
        makes=published,
        body=SEEN,
        silent="what somebody reads is nobody's business: it is counted without their name",
    ),
    Row(
        "put",
        f"{OF_ONE}/verdict",
        decided(_reads, READS, COMMUNITY),
        makes=published,
        body=SEEN | {"helped": True},
        beyond=READS,
    ),
    Row("post", "/api/v1/places/{place}/handbook-starter", at(COMMUNITY)),
    Row(
        "get",
        "/api/v1/places/{place}/handbook-reviews",
        at(COMMUNITY),
        bare="what is to be looked at again, and nothing here is that old",
    ),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_everybody_gets_what_they_may(walked: Walked, row: Row) -> None:
    await walked(row)
