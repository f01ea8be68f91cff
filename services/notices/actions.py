"""Actions on notices before publication: drafted, changed, reviewed; and who sees them."""

from services.audiences import actions as audiences
from services.audiences import senders as audience_senders
from services.audiences.models import Preview
from services.dependencies import Dependencies, Transaction
from services.kernel import errors
from services.kernel.pages import Page
from services.kernel.permissions import Actor, Permission, scope_of
from services.notices import drafts, notify, senders, states, store, views
from services.notices.contents import checks
from services.notices.contents.models import AttachmentLinks
from services.notices.corrections import actions as corrections
from services.notices.figures import groups
from services.notices.models import (
    ChangeNotice,
    NewNotice,
    Notice,
    NoticesQuery,
    NoticeSummary,
    NoticeView,
    ReviewNotice,
)
from services.notices.publications import access, access_seen, move, note
from services.notices.rules import actions as rules
from services.notices.states import NoticeAction
from services.photos import actions as photos

# Of a draft, what no change of it touches.
FIXED = frozenset({"id", "state", "author", "created_at", "revision", "schedule"})


class ReviewNotAsked(errors.Conflict):
    """The place asks for no second pair of eyes: the notice can be published."""

    code = "notice_review_not_asked"


class OwnNotice(errors.Forbidden):
    """The second pair of eyes is somebody else than who wrote it."""

    code = "own_notice"


class ReasonNeeded(errors.InvalidInput):
    """A notice is sent back with a reason."""

    code = "reason_needed"


async def write(deps: Dependencies, actor: Actor, wish: NewNotice) -> NoticeView:
    """Draft a notice.

    Raises NotFound, AudienceEmpty, FilterNotYours, KindNotYours, OnePlace, TooManyAttachments,
    HtmlRefused, EndsBeforeStart, AnswersAfterEnd, TimePast, BadQuestion, UnknownTemplate,
    BadBlanks, TextNeeded.
    """
    made = await drafts.complete(deps, actor, wish)

    async def save(tx: Transaction) -> None:
        await store.insert(deps.db, tx, made)
        await drafts.attach(deps, tx, actor, made)
        await note(deps, tx, actor, NoticeAction.EDIT, made)

    await deps.in_transaction(save)
    return await views.view(deps, made)


async def change(
    deps: Dependencies, actor: Actor, notice_id: str, wish: ChangeNotice
) -> NoticeView:
    """Change a draft. Raises NoticeMovedOn, and what `write` does."""
    found = await access_seen(deps, actor, notice_id, wish.revision)
    states.require(found.state, NoticeAction.EDIT)
    made = await drafts.changed(deps, actor, found, wish)
    changes = {n: getattr(made, n) for n in made.__struct_fields__ if n not in FIXED}

    async def save(tx: Transaction) -> Notice:
        kept = await move(deps, tx, found, NoticeAction.EDIT, **changes)
        await drafts.detach(deps, tx, made, found.attachments)
        await drafts.attach(deps, tx, actor, made, found.attachments)
        await note(deps, tx, actor, NoticeAction.EDIT, found)
        return kept

    return await views.view(deps, await deps.in_transaction(save))


async def submit(deps: Dependencies, actor: Actor, notice_id: str) -> NoticeView:
    """Ask for a second pair of eyes. Raises ReviewNotAsked, EndsBeforeStart, NoticeMovedOn."""
    found = await access(deps, actor, notice_id)
    states.require(found.state, NoticeAction.SUBMIT)
    if not (await rules.of(deps, found.places)).second_eyes:
        raise ReviewNotAsked("这里不要求审核,可以直接发布")
    checks.check_times(found.content, deps.now())
    key = f"{found.id}:{found.revision}"
    reviewers = await notify.reviewers_of(deps, found)

    async def save(tx: Transaction) -> NoticeView:
        made = await move(deps, tx, found, NoticeAction.SUBMIT, sent_back_because="")
        await notify.ask_reviewers(deps, tx, reviewers, made, key=key)
        await note(deps, tx, actor, NoticeAction.SUBMIT, found)
        return await views.view(deps, made)

    return await deps.in_transaction(save)


async def recall(deps: Dependencies, actor: Actor, notice_id: str) -> NoticeView:
    """Make a draft of what waits for a review or for its hour. Raises NoticeMovedOn."""
    found = await access(deps, actor, notice_id)
    states.require(found.state, NoticeAction.RECALL)

    async def save(tx: Transaction) -> NoticeView:
        made = await move(deps, tx, found, NoticeAction.RECALL, publish_at=None)
        await note(deps, tx, actor, NoticeAction.RECALL, found)
        return await views.view(deps, made)

    return await deps.in_transaction(save)


async def review(
    deps: Dependencies, actor: Actor, notice_id: str, wish: ReviewNotice
) -> NoticeView:
    """Approve what somebody else wrote, or send it back with a reason.

    A correction that waits is judged in the same way. What was changed after they read it is
    not approved: NoticeMovedOn. Raises OwnNotice, ReasonNeeded, too.
    """
    found = await access_seen(deps, actor, notice_id, wish.revision)
    if not wish.approve and wish.reason is None:
        raise ReasonNeeded("请写明退回的原因")
    if found.proposal is not None:
        _require_others(actor, found)
        made = await corrections.judge(deps, actor, found, wish)
        return await views.view(deps, made)
    action = NoticeAction.APPROVE if wish.approve else NoticeAction.SEND_BACK
    states.require(found.state, action)
    _require_others(actor, found)
    because = "" if wish.approve else wish.reason or ""
    said = {"reviewed_by": actor.person_id, "reviewed_at": deps.now()}

    async def save(tx: Transaction) -> NoticeView:
        made = await move(deps, tx, found, action, sent_back_because=because, **said)
        await notify.notify_of_review(deps, tx, made, because)
        await note(deps, tx, actor, action, found, approved=wish.approve)
        return await views.view(deps, made)

    return await deps.in_transaction(save)


def _require_others(actor: Actor, found: Notice) -> None:
    if actor.person_id in senders.writers_of(found):
        raise OwnNotice("自己写的通知要由别人审核")


async def get(deps: Dependencies, actor: Actor, notice_id: str) -> NoticeView:
    """Return a notice as its senders see it. Raises NotFound."""
    return await views.view(deps, await access(deps, actor, notice_id))


async def preview(deps: Dependencies, actor: Actor, notice_id: str) -> Preview:
    """Count whom a notice would reach, by which channel. Raises NotFound, FilterNotYours."""
    found = await access(deps, actor, notice_id)
    frozen = await audiences.freeze(deps, found.audience)
    audiences.require_filters(actor, frozen)
    template = notify.template_of(found.kind).key
    counted, homes = await audiences.preview(deps, frozen, template)
    is_hidden = await groups.is_small(deps, actor, frozen, homes)
    return Preview() if is_hidden else counted


async def links(deps: Dependencies, actor: Actor, notice_id: str) -> AttachmentLinks:
    """Return addresses of a notice's pictures and papers. Raises NotFound."""
    found = await access(deps, actor, notice_id)
    ids = [each.photo_id for each in found.attachments]
    return AttachmentLinks(items=await photos.links_to(deps, ids, subject=found.id))


async def listing(deps: Dependencies, actor: Actor, query: NoticesQuery) -> Page[NoticeSummary]:
    """Return the notices that the actor works on, the newest first unless asked otherwise.

    Raises NotFound for a place that is not theirs.
    """
    scope_of(actor, Permission.SEND_NOTICES, query.place)
    page = await store.page(
        deps.db, audience_senders.keys(actor, senders.KINDS, query.place), query
    )
    return page.of(await views.summaries(deps, page.items))
