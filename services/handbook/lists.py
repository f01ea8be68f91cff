"""Lists of articles, as their writers see and export them."""

from typing import Final

from services.handbook import shelves
from services.handbook.models import ArticlesQuery, ArticleVersionView, HandbookReviewsQuery
from services.kernel.lists import List
from services.kernel.permissions import Permission
from services.kernel.tables import columns

COLUMNS: Final = columns(
    ArticleVersionView,
    title="问题",
    category="类别",
    version="版本",
    state="状态",
    answered_by="解答人",
    answered_text="由谁解答",
    written_at="编写时间",
    published_at="发布时间",
    reviewed_at="核对时间",
    retired_at="停用时间",
    uses="查看人次",
    helped_people="有帮助",
    unhelped_people="没帮助",
)
ARTICLES: Final = List(
    name="handbook_articles",
    needs=Permission.WRITE_HANDBOOK,
    title="手册内容",
    query=ArticlesQuery,
    read=shelves.written,
    columns=COLUMNS,
)
REVIEWS: Final = List(
    name="handbook_reviews",
    needs=Permission.WRITE_HANDBOOK,
    title="待核对的手册内容",
    query=HandbookReviewsQuery,
    read=shelves.reviews,
    columns=COLUMNS,
)
LISTS: Final = (ARTICLES, REVIEWS)
