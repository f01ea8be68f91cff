"""Messages about the review of a bad rating."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from services.cases.kinds import News, Side
from services.dependencies import Dependencies, Transaction
from services.kernel.templates import Ask, Moment, Purpose, Template
from services.repairs.notify import REPAIR_PROGRESS, About, send
from services.repairs.reviews.models import Review

REPAIR_REVIEW: Final = Template(
    key="repair_review",
    title="差评待处理",
    body="{address}的报修{number}:{work}。",
    page="pages/work/review",
    data={"thing1": "address", "character_string2": "number", "thing3": "work"},
    purpose=Purpose.REMINDER,
    asks=(Ask(Moment.AFTER_WORKING, "有差评要处理时提醒您"),),
)
TEMPLATES: Final = (REPAIR_REVIEW,)
SEEN: Final = "社区看了您的评价,点开查看"
NEW: Final = "有差评,请跟进"


async def opened(
    deps: Dependencies, tx: Transaction, review: Review, people: Iterable[str]
) -> None:
    """Tell the community of a bad rating."""
    await _send(deps, tx, review, people, REPAIR_REVIEW, f"{review.id}:new", NEW)


async def tell(
    deps: Dependencies,
    tx: Transaction,
    review: Review,
    news: StrEnum,
    people: Iterable[str],
    side: Side,
    key: str,
) -> None:
    """Tell people of a step or of other news, in the words of their side of it."""
    if side is Side.REPORT:
        await _send(deps, tx, review, people, REPAIR_PROGRESS, key, SEEN)
    else:
        late = "差评快到处理期限" if news is News.WARNED else "差评超时,请尽快处理"
        await _send(deps, tx, review, people, REPAIR_REVIEW, f"{key}:{news}", late)


async def _send(
    deps: Dependencies,
    tx: Transaction,
    review: Review,
    people: Iterable[str],
    template: Template,
    key: str,
    words: str,
) -> None:
    opens = review.id if template is REPAIR_REVIEW else review.repair
    about = About(review.place, review.number, opens)
    await send(deps, tx, people, template, about=about, key=key, words=words)
