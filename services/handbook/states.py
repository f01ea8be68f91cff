"""State machine of a version of an article. The table is the specification.

A draft is changed as often as its writers like. What was published never changes: another
version takes its place, and what people once read stays readable.
"""

from enum import StrEnum, auto
from typing import Final

from services.kernel import errors
from services.kernel.acts import Act
from services.kernel.labels import Labelled
from services.kernel.permissions import Permission
from services.kernel.states import Table, Transition


class ArticleState(Labelled):
    """State of a version."""

    DRAFT = "draft", "草稿"
    PUBLISHED = "published", "已发布"
    RETIRED = "retired", "已停用"


class ArticleAction(StrEnum):
    EDIT = auto()
    DISCARD = auto()
    PUBLISH = auto()
    REPLACE = auto()  # another version of the same article is published
    REVIEW = auto()  # its writers say that it is still right
    RETIRE = auto()


P, S, A = Permission, ArticleState, ArticleAction
WRITES: Final = P.WRITE_HANDBOOK
TABLE: Final = Table(
    S.DRAFT,
    Transition(S.DRAFT, A.EDIT, S.DRAFT, needs=WRITES, act=Act.HANDBOOK_WRITTEN),
    Transition(S.DRAFT, A.DISCARD, None, needs=WRITES, act=Act.HANDBOOK_DISCARDED),
    Transition(S.DRAFT, A.PUBLISH, S.PUBLISHED, needs=WRITES, act=Act.HANDBOOK_PUBLISHED),
    Transition(S.PUBLISHED, A.REPLACE, S.RETIRED),
    Transition(S.PUBLISHED, A.REVIEW, S.PUBLISHED, needs=WRITES, act=Act.HANDBOOK_REVIEWED),
    Transition(S.PUBLISHED, A.RETIRE, S.RETIRED, needs=WRITES, act=Act.HANDBOOK_RETIRED),
)


class ArticleMovedOn(errors.Conflict):
    """Somebody else changed, published or retired it meanwhile: look again."""

    code = "handbook_moved_on"


class DraftExists(errors.Conflict):
    """The article has a draft already: go on with that one, or discard it."""

    code = "handbook_draft_exists"


class BadArticle(errors.InvalidInput):
    """An article belongs to a community or a place above it, and replaces one from above."""

    code = "bad_handbook_article"


class HandbookFull(errors.Conflict):
    """A place has so many articles that nobody finds his way."""

    code = "handbook_full"
    details_type = errors.Most
