"""Content checks: what residents write and others see is judged before anybody sees it.

By WeChat first (msg_sec_check, media_check_async) and, where that is not sure or cannot say, by
a person of the community. Whose content it is keeps its own state: it submits each version,
registers in its `feature.py` what happens at the end (`Feature.checked`), and shows nothing
before. See docs/explanation/content-checks.md.
"""

from collections.abc import Sequence

from services.audit import actions as audit
from services.content_checks import findings, jobs, states, store, views
from services.content_checks.models import (
    MOST_CHARS,
    MOST_PHOTOS,
    REASON,
    TEXT,
    ChecksQuery,
    CheckView,
    ContentCheck,
    DecideContent,
)
from services.content_checks.states import TABLE, CheckAction, CheckState
from services.content_checks.texts import pieces
from services.dependencies import Dependencies, Transaction
from services.kernel import errors
from services.kernel.access import accessible
from services.kernel.interests import OwnHome
from services.kernel.pages import Page
from services.kernel.permissions import Actor, Permission, scope_of


class OwnContent(errors.Forbidden):
    """Nobody decides about what they wrote themselves."""

    code = "own_content"


async def submit(
    deps: Dependencies,
    tx: Transaction,
    *,
    author: str,
    subject: str,
    place: str,
    text: str,
    photos: Sequence[str] = (),
) -> str:
    """Submit a version of a content, in the transaction that keeps it; return the check's id.

    `subject`: kind and id, "notice_question:<id>"; what is registered for the kind is called
    once, in the transaction that ends the check. An older version that is still being checked
    is void: its late verdict changes nothing. `place`: who moderates there decides what is
    doubtful. `photos`: that whose content it is has attached, to be seen once they passed.
    A text of more than 2,500 characters is judged in pieces. ValueError for nothing at all, for
    more than MOST_CHARS and MOST_PHOTOS, and for a kind that nobody registered.
    """
    _require_checkable(deps, subject, text, photos)
    check_id = deps.new_id()
    check = ContentCheck(
        id=check_id,
        subject=subject,
        open_key=subject,
        place=place,
        author=author,
        text_sealed=TEXT.seal(deps.vault, check_id, text),
        pieces=len(pieces(text)),
        photo_ids=list(dict.fromkeys(photos)),
        created_at=deps.now(),
    )
    await withdraw(deps, tx, subject)
    await store.insert(deps.db, tx, check)
    await jobs.begin(deps, tx, check)
    return check_id


def _require_checkable(
    deps: Dependencies, subject: str, text: str, photos: Sequence[str]
) -> None:
    kind, _, subject_id = subject.partition(":")
    if not subject_id or kind not in deps.features.checked:
        raise ValueError(f"nobody registered what becomes of {kind!r}")
    if not (text or photos) or len(text) > MOST_CHARS or len(set(photos)) > MOST_PHOTOS:
        raise ValueError(f"{len(text)} characters and {len(photos)} photos cannot be checked")


async def withdraw(deps: Dependencies, tx: Transaction, subject: str) -> None:
    """Void the open check of a content that was taken back or changed, if there is one."""
    await store.void(deps.db, tx, subject, **findings.ended(deps))


async def verdict(
    deps: Dependencies, subject: str, *, tx: Transaction | None = None
) -> CheckState | None:
    """Return how far the latest version of a content is; None when it was never submitted.

    And a month after the end: whose content it is keeps what it was told then.
    """
    check = await store.latest(deps.db, subject, tx=tx)
    return check.state if check else None


# For those who decide


async def listing(deps: Dependencies, actor: Actor, query: ChecksQuery) -> Page[CheckView]:
    """List checks of the actor's places, oldest first by default. Raises NotFound."""
    places = scope_of(actor, Permission.MODERATE, query.place)
    page = await store.page(deps.db, places, query)
    return page.of(await views.shown(deps, actor, page.items))


async def get(deps: Dependencies, actor: Actor, check_id: str) -> CheckView:
    """One check of the actor's places. Raises NotFound."""
    return await _view(deps, actor, await _access(deps, actor, check_id))


async def decide(
    deps: Dependencies, actor: Actor, check_id: str, wish: DecideContent
) -> CheckView:
    """Decide about a doubtful content, once.

    Raises OwnContent, OwnHome, CheckPending, CheckDecided.
    """
    action = CheckAction.ALLOW if wish.passed else CheckAction.FORBID

    async def save(tx: Transaction) -> ContentCheck:
        found = await _access(deps, actor, check_id, tx=tx)
        await _require_apart(deps, actor, found)
        states.require(found.state, action)
        found.decided_by = actor.person_id
        found.reason_sealed = REASON.seal(deps.vault, found.id, wish.reason)
        said = {"decided_by": found.decided_by, "reason_sealed": found.reason_sealed}
        if not await findings.end(deps, tx, found, action, **said):
            raise states.CheckDecided("这项内容已经处理过了,请刷新", state=found.state)
        act, facts = TABLE.act(action), {"place": found.place, "subject": found.id}
        await audit.record(deps, tx, actor, act, **facts, passed=wish.passed)
        return found

    await deps.in_transaction(save)
    return await get(deps, actor, check_id)


async def _require_apart(deps: Dependencies, actor: Actor, check: ContentCheck) -> None:
    """Raise OwnContent or OwnHome for words of the actor, or of somebody of their home."""
    if check.author == actor.person_id:
        raise OwnContent("自己写的内容要由别人审核")
    if check.author in await views.household(deps, actor):
        raise OwnHome("家人写的内容要由别的工作人员审核")


async def _access(
    deps: Dependencies, actor: Actor, check_id: str, *, tx: Transaction | None = None
) -> ContentCheck:
    """Return a check at a place where the actor decides. Raises NotFound."""
    return accessible(
        actor,
        await store.find(deps.db, check_id, tx=tx),
        Permission.MODERATE,
        at=lambda check: check.place,
        missing="没有找到这项内容",
    )


async def _view(deps: Dependencies, actor: Actor, check: ContentCheck) -> CheckView:
    [view] = await views.shown(deps, actor, [check])
    return view
