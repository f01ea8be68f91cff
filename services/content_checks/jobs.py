"""Jobs of content checks: the text and each picture are put before WeChat.

Asking twice costs a call and is harmless. While WeChat is away a check waits and nothing is
shown unchecked; what WeChat refuses to judge is judged by a person.
Source: api_msgseccheck, media_check_async; errors: docs/reference/wechat.md.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final, TypeVar

import structlog

from services.content_checks import findings, pictures, store
from services.content_checks.models import TEXT, ContentCheck, Finding, text_parts
from services.content_checks.states import CheckState
from services.content_checks.texts import pieces
from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.jobs.models import Again, RetryAt
from services.kernel.days import day_of, plus_days, start_of
from services.kernel.documents import Document
from services.kernel.errors import TooMany
from services.limits import actions as limits
from services.limits.models import Rate
from services.people import actions as people
from services.photos import actions as photos
from services.photos.models import Media
from services.wechat.errors import Reaction, WeChatError
from services.wechat.models import Scene

CHECK_TEXT: Final = "content_checks.text"
CHECK_PICTURE: Final = "content_checks.picture"
# WeChat counts all of us together, so all processes count under one name.
EVERYBODY: Final = "all"
# A verdict comes within 30 minutes; a picture is submitted once more, and then a person looks.
VERDICT_WITHIN: Final = timedelta(minutes=35)
# How long a check waits before it asks again: half of its age, between these two.
SHORTEST_WAIT: Final = timedelta(seconds=30)
LONGEST_WAIT: Final = timedelta(minutes=10)
# WeChat has been away, or answering in words unknown to us, for longer than a person needs.
PATIENCE: Final = timedelta(days=2)

T = TypeVar("T")
log = structlog.get_logger(__name__)


async def begin(deps: Dependencies, tx: Transaction, check: ContentCheck) -> None:
    """Enqueue the work of a check: one job for its text, one for each picture."""
    if check.pieces:
        await jobs.enqueue(deps, tx, CHECK_TEXT, check.id, check_id=check.id)
    for photo_id in check.photo_ids:
        key = f"{check.id}:{photo_id}"
        await jobs.enqueue(deps, tx, CHECK_PICTURE, key, check_id=check.id, photo_id=photo_id)


async def check_text(deps: Dependencies, payload: Document) -> None:
    """Put the pieces of a text before WeChat that it has not judged."""
    check = await _pending(deps, payload)
    if check is None:
        return
    text = TEXT.open(deps.vault, check.id, check.text_sealed)
    for part, piece in zip(text_parts(check.pieces), pieces(text), strict=True):
        if part in check.found:
            continue
        finding = await _found(deps, check, piece)
        if await findings.note(deps, check.id, part, finding) is not CheckState.PENDING:
            return


async def _found(deps: Dependencies, check: ContentCheck, piece: str) -> Finding:
    openid = await _openid(deps, check)
    if openid is None:
        return Finding.REVIEW

    async def call() -> Finding:
        verdict = await deps.wechat.check_text(openid, piece, Scene.FORUM)
        return Finding(verdict.suggestion)  # result.suggest: errcode 0 does not mean clean

    return await _ask(deps, check, Rate.CHECK_TEXT, call) or Finding.REVIEW


async def check_picture(deps: Dependencies, payload: Document) -> Again | None:
    """Submit a picture and look for the verdict in 35 minutes; twice, then a person looks.

    Of films, voices and papers WeChat judges none: a person looks at once.
    """
    check, photo_id = await _pending(deps, payload), payload["photo_id"]
    if check is None or photo_id in check.found:
        return None
    sent = check.sent.get(photo_id, [])
    if sent and deps.now() < sent[-1] + VERDICT_WITHIN:  # a worker died after its note
        return Again(sent[-1] + VERDICT_WITHIN)
    trace_id = None
    if len(sent) < pictures.SUBMISSIONS and await _is_picture(deps, photo_id):
        trace_id = await _submitted(deps, check, photo_id)
    if trace_id is None:
        await findings.note(deps, check.id, photo_id, Finding.REVIEW)
        return None
    await pictures.note_submission(deps, check.id, photo_id, trace_id)
    return Again(deps.now() + VERDICT_WITHIN)


async def _is_picture(deps: Dependencies, photo_id: str) -> bool:
    return (await photos.media_of(deps, [photo_id])).get(photo_id) is Media.JPEG


async def _submitted(deps: Dependencies, check: ContentCheck, photo_id: str) -> str | None:
    """Submit a picture; None when WeChat will not judge it."""
    openid = await _openid(deps, check)
    if openid is None:
        return None
    url = photos.url_for_wechat(deps, photo_id)

    async def call() -> str:
        return await deps.wechat.check_media(openid, url, Scene.FORUM)

    return await _ask(deps, check, Rate.CHECK_PICTURE, call)


async def _pending(deps: Dependencies, payload: Document) -> ContentCheck | None:
    """Return a check that WeChat has to judge; None when it is over, erased or a person's."""
    check = await store.find(deps.db, payload["check_id"])
    return check if check and check.state is CheckState.PENDING else None


async def _openid(deps: Dependencies, check: ContentCheck) -> str | None:
    """Return by whom WeChat knows the author; None when their account is closed."""
    return (await people.openids(deps, [check.author])).get(check.author)


async def _ask(
    deps: Dependencies, check: ContentCheck, rate: Rate, call: Callable[[], Awaitable[T]]
) -> T | None:
    """Return what WeChat says; None when it will not judge. Raises RetryAt while it is away."""
    now = deps.now()
    try:
        await limits.take(deps.limiter, rate, EVERYBODY)
        return await call()
    except TooMany as full:
        wait = timedelta(seconds=full.details["retry_after_seconds"])
        raise RetryAt(now + wait, "our own share of calls to WeChat") from full
    except WeChatError as refusal:
        due_at = retry_at(refusal.reaction, check.created_at, now)
        if due_at is None:
            log.warning("content_not_judged", check=check.id, errcode=refusal.errcode)
            return None
        raise RetryAt(due_at, str(refusal)) from refusal


def retry_at(reaction: Reaction, since: datetime, now: datetime) -> datetime | None:
    """Return when to ask WeChat again; None when it will not answer, and a person looks.

    `since`: when the check began.
    """
    age = now - since
    if age >= PATIENCE:
        return None
    match reaction:
        case Reaction.BUSY | Reaction.UNKNOWN | Reaction.NEW_TOKEN:
            return now + min(max(age / 2, SHORTEST_WAIT), LONGEST_WAIT)
        case Reaction.MINUTE_LIMIT:
            return now.replace(second=0, microsecond=0) + timedelta(minutes=1)
        case Reaction.DAILY_QUOTA:
            return start_of(
                plus_days(day_of(now), 1)
            )  # WeChat counts anew at Beijing's midnight
    return None


JOBS: Final[dict[str, jobs.Handler]] = {CHECK_TEXT: check_text, CHECK_PICTURE: check_picture}
