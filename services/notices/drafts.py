"""Drafts of notices: what was sent, checked and completed."""

from collections.abc import Sequence

import msgspec
from msgspec import UNSET

from services.audiences import actions as audiences
from services.audiences import senders as audience_senders
from services.dependencies import Dependencies, Transaction
from services.kernel.paths import smallest_around
from services.kernel.permissions import Actor, Permission
from services.notices import senders
from services.notices.contents import checks
from services.notices.contents.models import Attachment, Content
from services.notices.forms import actions as forms
from services.notices.models import ChangeNotice, NewNotice, Notice
from services.photos import actions as photos


async def complete(deps: Dependencies, actor: Actor, wish: NewNotice) -> Notice:
    """Return the notice that somebody wants to write, checked. Nothing is kept yet.

    Raises NotFound, AudienceEmpty, FilterNotYours, KindNotYours, OnePlace, and what is wrong
    with the content.
    """
    await audiences.check(deps, actor, wish.audience, Permission.SEND_NOTICES)
    meant = (await audiences.freeze(deps, wish.audience)).places
    role = senders.office_of(actor, wish.kind, meant)
    title, text = forms.written(wish.template, wish.values, wish.title, wish.text)
    now = deps.now()
    made = Notice(
        id=deps.new_id(),
        kind=wish.kind,
        role=role,
        place=smallest_around(meant),
        places=list(meant),
        senders=audience_senders.tokens(actor, role, meant),
        author=actor.person_id,
        changed_by=actor.person_id,
        writers=[actor.person_id],
        title=title,
        text=text,
        attachments=wish.attachments,
        signed_by=wish.signed_by,
        audience=wish.audience,
        shown_from=checks.kept_instant(wish.shown_from),
        shown_until=checks.kept_instant(wish.shown_until),
        pinned=wish.pinned,
        question=checks.kept_question(wish.question),
        created_at=now,
        changed_at=now,
    )
    checks.check_html(made.signed_by)
    checks.check_content(made.kind, made.content, now, since=made.shown_from)
    return made


async def changed(
    deps: Dependencies, actor: Actor, found: Notice, wish: ChangeNotice
) -> Notice:
    """Return a draft with changes, checked as if it were new. Raises the same.

    It stays the office's that wrote it, unless it is for others now.
    """
    names = {*wish.__struct_fields__} - {"revision"}
    said = {name: getattr(wish, name) for name in names if getattr(wish, name) is not UNSET}
    kept = {name: getattr(found, name) for name in names - said.keys()}
    made = await complete(deps, actor, NewNotice(kind=found.kind, **kept, **said))
    if made.audience == found.audience:
        made.senders = audience_senders.tokens_again(actor, found, made.places)
        made.role = found.role
    return msgspec.structs.replace(
        made,
        id=found.id,
        author=found.author,
        writers=sorted({*senders.writers_of(found), actor.person_id}),
        created_at=found.created_at,
        revision=found.revision,
        schedule=found.schedule,
    )


async def attach(
    deps: Dependencies,
    tx: Transaction,
    actor: Actor,
    made: Notice,
    before: Sequence[Attachment] = (),
) -> None:
    """Attach the pictures and papers that are new, in the transaction that keeps the notice.

    They are the office's from then on, shown to who may read the notice and to nobody by
    another way. Raises NotFound unless each is the actor's own.
    """
    there = {each.photo_id for each in before}
    new = [each.photo_id for each in made.attachments if each.photo_id not in there]
    if new:
        needs = Permission.SEND_NOTICES
        await photos.attach(
            deps, tx, actor, new, subject=made.id, place="", needs=needs, owner=""
        )


async def detach(
    deps: Dependencies, tx: Transaction, made: Notice, before: Sequence[Attachment]
) -> None:
    """Discard the files that a draft has no more."""
    kept = {each.photo_id for each in made.attachments}
    gone = [each.photo_id for each in before if each.photo_id not in kept]
    if gone:
        await photos.discard(deps, tx, gone, subject=made.id)


async def discard_proposed(
    deps: Dependencies, tx: Transaction, found: Notice, kept: Content
) -> None:
    """Discard the files of an earlier proposal that no version of the notice has."""
    if found.proposal is None:
        return
    read = [*(version.attachments for version in found.history), found.attachments]
    there = {each.photo_id for files in (*read, kept.attachments) for each in files}
    gone = {each.photo_id for each in found.proposal.content.attachments} - there
    await photos.discard(deps, tx, sorted(gone), subject=found.id)
