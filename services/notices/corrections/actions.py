"""Corrections of published notices: a new version, approved first where the place asks so."""

from datetime import datetime
from typing import Any, Final

import msgspec

from services.audiences import actions as audiences
from services.dependencies import Dependencies, Transaction
from services.kernel import errors
from services.kernel.permissions import Actor
from services.messaging.broadcasts import actions as broadcasts
from services.messaging.broadcasts.models import Quiet
from services.notices import drafts, notify, states
from services.notices.contents import checks
from services.notices.contents.models import Content, Proposal, Version
from services.notices.corrections import repeats
from services.notices.models import CorrectNotice, Notice, ReviewNotice, position
from services.notices.publications import access_seen, move, note
from services.notices.rules import actions as rules
from services.notices.states import NoticeAction

MOST_CORRECTIONS: Final = 50  # whose texts stand in one document


class TooManyCorrections(errors.Conflict):
    """Fifty corrections of one notice; `most` in details. It is withdrawn and written anew."""

    code = "too_many_corrections"
    details_type = errors.Most


class NoticeUnchanged(errors.InvalidInput):
    """What is said to be right is what was published."""

    code = "notice_unchanged"


async def correct(
    deps: Dependencies, actor: Actor, notice_id: str, wish: CorrectNotice
) -> Notice:
    """Correct a published notice: a new version, which the broadcast goes on with.

    Where the place asks for a second pair of eyes, it waits for them. Raises NotFound,
    NoticeMovedOn, NoticeUnchanged, TooManyCorrections, FilterNotYours, and what is wrong with
    the content.
    """
    found = await access_seen(deps, actor, notice_id, wish.revision)
    states.require(found.state, NoticeAction.CORRECT)
    audiences.require_filters(actor, found.audience)
    now = deps.now()
    content = checks.corrected(found, wish, now)
    if content == found.content:
        raise NoticeUnchanged("与现在的内容一样,不需要更正")
    if len(found.history) >= MOST_CORRECTIONS:
        raise TooManyCorrections("更正次数太多,请撤回后重新发布", most=MOST_CORRECTIONS)
    proposal = Proposal(
        content=content,
        because=wish.because,
        by=actor.person_id,
        at=now,
        tell_again=wish.tell_again,
    )
    held = await rules.of(deps, found.places)
    quiet = notify.quiet_of(held)

    async def save(tx: Transaction) -> Notice:
        made = msgspec.structs.replace(found, attachments=content.attachments)
        await drafts.attach(deps, tx, actor, made, found.attachments)
        if held.second_eyes:
            return await _propose(deps, tx, actor, found, proposal)
        return await _apply(deps, tx, actor, found, proposal, quiet=quiet)

    return await deps.in_transaction(save)


async def _propose(
    deps: Dependencies, tx: Transaction, actor: Actor, found: Notice, proposal: Proposal
) -> Notice:
    # Also of one that this replaces, or that was dismissed: their words may be in it.
    writers = sorted({*found.writers, proposal.by})
    made = await move(deps, tx, found, NoticeAction.PROPOSE, proposal=proposal, writers=writers)
    await drafts.discard_proposed(deps, tx, found, proposal.content)
    await note(deps, tx, actor, NoticeAction.PROPOSE, found)
    return made


async def _apply(
    deps: Dependencies,
    tx: Transaction,
    actor: Actor,
    found: Notice,
    proposal: Proposal,
    *,
    quiet: Quiet,
) -> Notice:
    """Make a correction the present version, in the caller's transaction."""
    changes = _changes(found, proposal, deps.now())
    made = await move(deps, tx, found, NoticeAction.CORRECT, **changes)
    await drafts.discard_proposed(deps, tx, found, proposal.content)
    broadcast, text = notify.broadcast_of(made), notify.wish(made)
    await broadcasts.rewrite(
        deps, tx, broadcast, title=text.title, body=text.body, values=text.values
    )
    await repeats.follow(deps, tx, made, found, quiet)
    facts = {"version": made.version, "tell_again": proposal.tell_again}
    await note(deps, tx, actor, NoticeAction.CORRECT, found, **facts)
    return made


def _changes(found: Notice, proposal: Proposal, now: datetime) -> dict[str, Any]:
    """Return the fields of a notice that a correction changes."""
    content, published_at = proposal.content, found.published_at or proposal.at
    old = Version(
        number=found.version,
        title=found.title,
        text=found.text,
        attachments=found.attachments,
        published_at=found.corrected_at or published_at,
        because=proposal.because,
    )
    number = found.version + 1
    return {
        **{name: getattr(content, name) for name in Content.__struct_fields__},
        "version": number,
        "history": [*found.history, old],
        "position": position(published_at, found.id, pinned=content.pinned),
        "corrected_at": now,
        "corrected_because": proposal.because,
        "told_again": repeats.editions(found, number, tell_again=proposal.tell_again),
        "proposal": None,
        "writers": [],
    }


async def judge(deps: Dependencies, actor: Actor, found: Notice, wish: ReviewNotice) -> Notice:
    """Let a correction go out that waits, or dismiss it. Raises NoticeMovedOn."""
    proposal = found.proposal
    if proposal is None:
        raise states.moved_on(found.state)
    because = "" if wish.approve else wish.reason or ""
    quiet = notify.quiet_of(await rules.of(deps, found.places))

    async def save(tx: Transaction) -> Notice:
        if wish.approve:
            checks.check_times(proposal.content, deps.now())
            return await _apply(deps, tx, actor, found, proposal, quiet=quiet)
        made = await move(
            deps, tx, found, NoticeAction.DISMISS, proposal=None, sent_back_because=because
        )
        await drafts.discard_proposed(deps, tx, found, found.content)
        await notify.notify_of_review(deps, tx, made, because, writer=proposal.by)
        await note(deps, tx, actor, NoticeAction.DISMISS, found, approved=False)
        return made

    return await deps.in_transaction(save)
