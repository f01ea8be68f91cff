"""Handbook (常见问题处理手册): what is kept of its articles, what is sent, and what is seen."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.handbook.states import ArticleState
from services.kernel.labels import Labelled
from services.kernel.pages import ListQuery, ShortListQuery
from services.kernel.paths import PlacePath, ancestors
from services.kernel.permissions import Role
from services.kernel.types import LINE, Id, Remark
from services.places.models import Kind

# Offices that answer for what people are told.
PLACES: Final = (Kind.CITY, Kind.DISTRICT, Kind.SUBDISTRICT, Kind.COMMUNITY)
# Of one place. A reader sees those of four places at most; a suggestion looks at all of them.
MOST: Final = 300
# Laws and prices change; no rule says how often a text is looked at. Lists may ask otherwise.
REVIEW_DAYS: Final = 365


class ArticleCategory(Labelled):
    """Matter that an article is about."""

    FEES = "fees", "物业费"
    REPAIRS = "repairs", "报修"
    EMERGENCY = "emergency", "紧急情况"
    NEIGHBOURS = "neighbours", "邻里纠纷"
    PARKING = "parking", "停车"
    PETS = "pets", "养宠"
    ELEVATORS = "elevators", "电梯"
    FUND = "fund", "维修资金"
    COMMITTEE = "committee", "业委会"
    DECORATION = "decoration", "装修"
    FIRE = "fire", "消防安全"
    OTHER = "other", "其他"


Title = Annotated[
    str, Meta(min_length=2, max_length=40, pattern=LINE, examples=["楼上漏水怎么办"])
]
Step = Annotated[
    str, Meta(min_length=2, max_length=120, pattern=LINE, examples=["先请楼上关水阀"])
]
Steps = Annotated[list[Step], Meta(min_length=1, max_length=12)]
LawName = Annotated[str, Meta(min_length=2, max_length=60, pattern=LINE, examples=["民法典"])]
LawArticle = Annotated[
    str, Meta(min_length=1, max_length=40, pattern=LINE, examples=["第二百八十六条"])
]
# Only letters, digits and signs of ASCII after https://, so that an address is what it seems.
Https = Annotated[
    str,
    Meta(
        max_length=300,
        pattern=r"^https://[0-9A-Za-z]([0-9A-Za-z.-]*[0-9A-Za-z])?(:[0-9]{1,5})?(/[!-~]*)?$(?!\n)",
        examples=["https://flk.npc.gov.cn/"],
    ),
]
Answer = Annotated[
    str, Meta(min_length=2, max_length=80, pattern=LINE, examples=["社区人民调解委员会"])
]
Position = Annotated[int, Meta(ge=0, le=9999)]
Version = Annotated[int, Meta(ge=1, le=10**6)]


class LegalSource(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Legal source of an article.

    `law`: Name of the law or rule.
    `article`: Article of it.
    `url`: Where it can be read, https only; null for none.
    """

    law: LawName
    article: LawArticle
    url: Https | None = None


Sources = Annotated[list[LegalSource], Meta(max_length=5)]


class Article(Struct, kw_only=True):
    """One version of an article.

    `id`: of the version; `article`: of the article, the same for all versions. `depth`: rungs
    of its place, by which the nearest comes first. `replaces`: article of a place above that
    people of this place are not shown. `hidden_at`: places whose own articles replace this
    one. `words`, `title_words`: by which it is found, `under`: its place and all above.
    `edits`: how often it was written. `is_counted`: whether nights count what became of it;
    `counted_to`: last day in its figures. `weight`: of reviewing it, as of last night.
    """

    id: str = field(name="_id")
    article: str
    version: int
    place: str
    depth: int = 0
    under: list[str] = []
    category: ArticleCategory
    title: str
    steps: list[str]
    sources: list[LegalSource] = []
    answered_by: Role | None = None
    answered_text: str = ""
    position: int = 0
    replaces: str = ""
    hidden_at: list[str] = []
    words: list[str] = []
    title_words: list[str] = []
    state: ArticleState = ArticleState.DRAFT
    edits: int = 1
    written_by: str
    written_at: datetime
    published_by: str = ""
    published_at: datetime | None = None
    reviewed_by: str = ""
    reviewed_at: datetime | None = None
    retired_by: str = ""
    retired_at: datetime | None = None
    is_counted: bool = False
    counted_to: str = ""
    uses: int = 0
    helped: int = 0
    unhelped: int = 0
    weight: int = 0

    def __post_init__(self) -> None:
        self.under = ancestors(self.place)
        self.depth = len(self.under)


def version_id(article: str, version: int) -> str:
    """Return the id of a version: of two who write the next one, the second sees it."""
    return f"{article}-{version}"


# What clients send


class WriteArticle(Struct, forbid_unknown_fields=True, kw_only=True):
    """Text of a version.

    `category`: Matter that it is about.
    `title`: Question that it answers.
    `steps`: What to do, in order.
    `sources`: Laws and rules that it rests on.
    `answered_by`: Office to ask; null for what `answered_text` says alone.
    `answered_text`: Who answers, in words; needed where no office is named.
    `position`: Place among its neighbours, the lowest first.
    """

    category: ArticleCategory
    title: Title
    steps: Steps
    sources: Sources = []
    answered_by: Role | None = None
    answered_text: Answer | None = None
    position: Position = 0


class NewArticle(WriteArticle, forbid_unknown_fields=True, kw_only=True):
    """Article to write, as a draft.

    `place`: Path of the city, district, subdistrict or community that it is for.
    `replaces`: Id of an article of a place above that is not shown at this place any more.
    """

    place: PlacePath
    replaces: Id | None = None


class ChangeArticleDraft(WriteArticle, forbid_unknown_fields=True, kw_only=True):
    """Draft as it shall be from now on.

    `edits`: How often it was written when it was seen: somebody else may have gone on.
    """

    edits: Version


class ArticleVersion(Struct, forbid_unknown_fields=True, kw_only=True):
    """Version that is meant.

    `version`: Version that was seen.
    """

    version: Version


class ArticleVerdict(ArticleVersion, forbid_unknown_fields=True, kw_only=True):
    """Whether an article helped.

    `helped`: Whether it did.
    """

    helped: bool


SearchText = Annotated[str, Meta(min_length=1, max_length=40, pattern=LINE, examples=["漏水"])]


class HandbookQuery(ShortListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which articles to show.

    `place`: Path of the place that is asked about, e.g. my home.
    `q`: Words to be found in title and steps: all of them, or most where no article has all.
    `category`: Matter that they are about.
    """

    place: PlacePath
    q: SearchText | None = None
    category: ArticleCategory | None = None


class HandbookSuggestionsQuery(Struct, forbid_unknown_fields=True, kw_only=True):
    """What somebody is about to report.

    `place`: Path of the place that it is about.
    `text`: What was written so far.
    """

    place: PlacePath
    text: Remark


class ArticleSort(Labelled):
    NEWEST = "newest", "新写的在前"
    OLDEST = "oldest", "先写的在前"


class ArticlesQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which versions of articles to list.

    `state`: State of the versions.
    `category`: Matter that they are about.
    `sort`: Order of the list.
    """

    state: ArticleState | None = None
    category: ArticleCategory | None = None
    sort: ArticleSort = ArticleSort.NEWEST


class HandbookReviewsQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which published articles to list that nobody looked at for long.

    `days`: Days since somebody wrote it or said that it is still right, at least.
    `category`: Matter that they are about.
    """

    days: Annotated[int, Meta(ge=1, le=3650)] = REVIEW_DAYS
    category: ArticleCategory | None = None


# What clients see


class BriefArticle(Struct, kw_only=True):
    """Article, as much as a list shows.

    `article_id`: Opaque id of the article.
    `version`: Version that is in force.
    `place`: Path of the place that it is for.
    `category`: Matter that it is about.
    `title`: Question that it answers.
    """

    article_id: str
    version: int
    place: str
    category: ArticleCategory
    title: Title


class LegalSourceView(Struct, kw_only=True):
    """Legal source of an article.

    `law`: Name of the law or rule.
    `article`: Article of it.
    `url`: Where it can be read, https only; null for none.
    """

    law: LawName
    article: LawArticle
    url: Https | None


class HandbookSuggestions(Struct, kw_only=True):
    """Articles that may answer what somebody is about to report.

    `items`: At most three, the best first.
    """

    items: list[BriefArticle]


class ArticleView(Struct, kw_only=True):
    """Version of an article, as people read it.

    `article_id`: Opaque id of the article.
    `version`: Number of the version.
    `place`: Path of the place that it is for.
    `category`: Matter that it is about.
    `title`: Question that it answers.
    `steps`: What to do, in order.
    `sources`: Laws and rules that it rests on.
    `answered_by`: Office to ask; null for none.
    `answered_text`: Who answers, in words; null for none.
    `state`: Whether it is in force.
    `published_at`: When it was published; null for a draft.
    `reviewed_at`: When somebody last said that it is right; null for a draft.
    `retired_at`: Since when it is not in force; null while it is.
    `helped`: What I said of it: whether it helped me; null before.
    """

    article_id: str
    version: int
    place: str
    category: ArticleCategory
    title: Title
    steps: list[Step]
    sources: list[LegalSourceView]
    answered_by: Role | None
    answered_text: Answer | None
    state: ArticleState
    published_at: datetime | None
    reviewed_at: datetime | None
    retired_at: datetime | None
    helped: bool | None


class ArticleVersionView(Struct, kw_only=True):
    """Version of an article, as its writers see it.

    `article_id`: Opaque id of the article.
    `version`: Number of the version.
    `place`: Path of the place that it is for.
    `category`: Matter that it is about.
    `title`: Question that it answers.
    `steps`: What to do, in order.
    `sources`: Laws and rules that it rests on.
    `answered_by`: Office to ask; null for none.
    `answered_text`: Who answers, in words; null for none.
    `position`: Place among its neighbours, the lowest first.
    `replaces`: Id of the article that it replaces at this place; null for none.
    `state`: State of the version.
    `edits`: How often it was written, to be sent with a change.
    `written_at`: When it was last written.
    `published_at`: When it was published; null before.
    `reviewed_at`: When somebody last said that it is right; null before.
    `retired_at`: When it was retired; null before.
    `uses`: How many people opened it, each once a day, until last night.
    `helped_people`: How many it helped, until last night.
    `unhelped_people`: How many it did not help, until last night.
    """

    article_id: str
    version: int
    place: str
    category: ArticleCategory
    title: Title
    steps: list[Step]
    sources: list[LegalSourceView]
    answered_by: Role | None
    answered_text: Answer | None
    position: int
    replaces: Annotated[str, Meta(examples=["01kjpb7wg0gzfqa4g06ymgfk7a"])] | None
    state: ArticleState
    edits: int
    written_at: datetime
    published_at: datetime | None
    reviewed_at: datetime | None
    retired_at: datetime | None
    uses: int
    helped_people: int
    unhelped_people: int


class LoadedStarter(Struct, kw_only=True):
    """Starter set that was loaded.

    `written`: How many of its articles were written now; the rest is there, or was.
    """

    written: int
