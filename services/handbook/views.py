"""Views of articles, and who may read and write them.

An article is read by whoever has to do with its place: it tells nobody anything about people.
"""

from typing import Final

from services.handbook.models import (
    Article,
    ArticleVersionView,
    ArticleView,
    BriefArticle,
    LegalSourceView,
)
from services.kernel.access import accessible
from services.kernel.paths import covers
from services.kernel.permissions import Actor, Permission
from services.kernel.views import show

MISSING: Final = "没有找到这篇手册内容"
FORBIDDEN: Final = "手册由社区和上级部门编写"


def reads(actor: Actor, place: str) -> bool:
    """Tell whether somebody lives or works at a place, under it, or over it."""
    held = actor.places(Permission.READ_HANDBOOK)
    return any(covers(place, each) or covers(each, place) for each in held)


def readable(actor: Actor, found: Article | None) -> Article:
    """Return an article that is or was in force, to who reads those of its place. NotFound."""
    return accessible(
        actor,
        found,
        people=lambda one: [actor.person_id] if reads(actor, one.place) else [],
        missing=MISSING,
    )


def writable(actor: Actor, found: Article | None) -> Article:
    """Return a version to who writes there. NotFound; Forbidden for who only reads it."""
    return accessible(
        actor,
        found,
        Permission.WRITE_HANDBOOK,
        at=lambda one: one.place,
        missing=MISSING,
        knows=lambda one: bool(one.published_at) and reads(actor, one.place),
        forbidden=FORBIDDEN,
    )


def brief(article: Article) -> BriefArticle:
    """Show an article in a list of many."""
    return show(article, BriefArticle, article_id=article.article)


def whole(article: Article, *, helped: bool | None) -> ArticleView:
    """Show an article to a reader. `helped`: what they said of it."""
    return show(
        article,
        ArticleView,
        article_id=article.article,
        answered_text=article.answered_text or None,
        sources=[show(each, LegalSourceView) for each in article.sources],
        helped=helped,
    )


def version(article: Article) -> ArticleVersionView:
    """Show a version to its writers."""
    return show(
        article,
        ArticleVersionView,
        article_id=article.article,
        answered_text=article.answered_text or None,
        sources=[show(each, LegalSourceView) for each in article.sources],
        replaces=article.replaces or None,
        helped_people=article.helped,
        unhelped_people=article.unhelped,
    )
