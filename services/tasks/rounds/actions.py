"""Actions on rounds: items are looked at, findings become something, it is finished."""

from typing import Final

import msgspec
from msgspec import Struct

from services.audit import actions as audit
from services.cases import actions as cases
from services.cases import history
from services.cases.models import EventView, Reading
from services.dependencies import Dependencies, Transaction
from services.kernel import errors
from services.kernel.acts import Act
from services.kernel.documents import Document
from services.kernel.findings import Finding
from services.kernel.pages import ListQuery, Page
from services.kernel.permissions import Actor, Permission, scope_of
from services.photos import actions as photos
from services.photos.models import PhotoPurpose
from services.tasks.parts import rungs
from services.tasks.rounds import states, store, views
from services.tasks.rounds.kind import ROUND
from services.tasks.rounds.models import (
    NOTE,
    Check,
    CheckRoundItem,
    FileRoundFinding,
    FinishRound,
    MyRoundsQuery,
    Round,
    RoundItemResult,
    RoundPhotos,
    RoundsQuery,
    RoundView,
    WholeRoundView,
)
from services.tasks.rounds.states import RoundAction, RoundState

NO_ITEM: Final = "清单里没有这一项"


class NoteNeeded(errors.InvalidInput):
    """A finding says what was found."""

    code = "round_note_needed"


class ItemsLeft(errors.InvalidInput):
    """Items were not looked at."""

    code = "round_items_left"


class FindingsLeftDetails(Struct, frozen=True, kw_only=True):
    """How many findings became nothing.

    `left`: Number of findings.
    """

    left: int


class FindingsLeft(errors.Conflict):
    """Findings became nothing: file them, or say that they are left; `left` in details."""

    code = "round_findings_left"
    details_type = FindingsLeftDetails


class NotAFinding(errors.Conflict):
    """Only what was found becomes something."""

    code = "round_not_a_finding"


class FiledBefore(errors.Conflict):
    """The finding became something before, and is not changed any more."""

    code = "round_filed_before"


class UnknownTarget(errors.InvalidInput):
    """There is no such thing that a finding can become."""

    code = "round_unknown_target"


async def mine(deps: Dependencies, actor: Actor, query: MyRoundsQuery) -> Page[RoundView]:
    """Rounds that I have or had in hand by an office of mine: open ones, by their day."""
    page = await store.in_hand(deps.db, rungs.keys_of(actor), query)
    return page.of(await views.shown(deps, actor, page.items))


async def listing(deps: Dependencies, actor: Actor, query: RoundsQuery) -> Page[RoundView]:
    """Rounds at places where I give tasks, newest first. Raises Forbidden, NotFound."""
    scope = scope_of(actor, Permission.GIVE_TASKS, query.place)
    page = await store.page(deps.db, scope, query)
    return page.of(await views.shown(deps, actor, page.items))


async def get(deps: Dependencies, actor: Actor, round_id: str) -> WholeRoundView:
    """One round of my office or of one below it. Raises NotFound."""
    return await views.whole(deps, actor, await views.access(deps, actor, round_id))


async def events(
    deps: Dependencies, actor: Actor, round_id: str, query: ListQuery
) -> Page[EventView]:
    """The history of a round, the earliest first. Raises NotFound."""
    found = await views.access(deps, actor, round_id)
    reading = Reading(reader=actor.person_id, internal=True)
    return await history.of_case(deps, ROUND, found, query, reading)


async def attached(deps: Dependencies, actor: Actor, round_id: str) -> RoundPhotos:
    """Where the photos of a round can be seen, also those that went on with a finding.

    By whoever reads the round. Raises NotFound.
    """
    found = await views.access(deps, actor, round_id)
    asked = [
        (photo, subject)
        for check in found.checks
        for photo in check.photo_ids
        for subject in (found.id, check.filed)
        if subject
    ]
    return RoundPhotos(items=await photos.links_of(deps, asked))


async def check(
    deps: Dependencies, actor: Actor, round_id: str, key: str, wish: CheckRoundItem
) -> WholeRoundView:
    """Say what an item looks like; the same again changes nothing.

    Raises NotFound, NoteNeeded, FiledBefore, RoundMovedOn.
    """
    if wish.result is RoundItemResult.FINDING and wish.note is None:
        raise NoteNeeded("请写明发现了什么")

    async def save(tx: Transaction) -> Round:
        found = await views.access(deps, actor, round_id, tx=tx)
        number = _number(found, key)
        again = _is_same(deps, found, found.checks[number], wish)
        if found.state is not RoundState.OPEN:
            raise states.moved_on(found.state)
        if not again:
            await _write(deps, tx, actor, (found, number), wish)
        facts: Document = {"item": key, "result": wish.result, "again": again}
        act = Act.ROUND_ITEM_CHECKED
        await audit.record(deps, tx, actor, act, place=found.place, subject=found.id, **facts)
        return found

    return await views.whole(deps, actor, await deps.in_transaction(save))


def _number(found: Round, key: str) -> int:
    """Return the position of an item. Raises NotFound."""
    keys = [check.key for check in found.checks]
    if key not in keys:
        raise errors.NotFound(NO_ITEM)
    return keys.index(key)


def _is_same(deps: Dependencies, found: Round, before: Check, wish: CheckRoundItem) -> bool:
    kept = (before.result, before.photo_ids, views.note_of(deps, found, before))
    return kept == (wish.result, list(dict.fromkeys(wish.photo_ids)), wish.note)


async def _write(
    deps: Dependencies,
    tx: Transaction,
    actor: Actor,
    about: tuple[Round, int],
    wish: CheckRoundItem,
) -> None:
    found, number = about
    before = found.checks[number]
    if before.filed:
        raise FiledBefore("这个问题已经上报,不能再改")
    made = Check(
        key=before.key,
        label=before.label,
        category=before.category,
        result=wish.result,
        note_sealed=NOTE.seal(deps.vault, found.id, wish.note) if wish.note else "",
        photo_ids=list(dict.fromkeys(wish.photo_ids)),
        by=actor.person_id,
        at=deps.now(),
    )
    await _keep_photos(deps, tx, actor, found, (before, made))
    added = _is_finding(made) - _is_finding(before)
    if not await store.write_check(deps.db, tx, found, number, made, added):
        raise states.moved_on(found.state)
    found.checks[number] = made
    found.findings += added


def _is_finding(check: Check) -> int:
    return int(check.result is RoundItemResult.FINDING)


async def _keep_photos(
    deps: Dependencies,
    tx: Transaction,
    actor: Actor,
    found: Round,
    checks: tuple[Check, Check],
) -> None:
    """Attach the photos that are new, as the actor's, and discard those that were left out."""
    before, made = checks
    new = [each for each in made.photo_ids if each not in before.photo_ids]
    gone = [each for each in before.photo_ids if each not in made.photo_ids]
    if new:
        await photos.attach(
            deps,
            tx,
            actor,
            new,
            subject=found.id,
            place=found.place,
            needs=Permission.DO_TASKS,
            purposes={PhotoPurpose.CASE},
        )
    if gone:
        await photos.discard(deps, tx, gone, subject=found.id)


async def file(
    deps: Dependencies, actor: Actor, round_id: str, key: str, wish: FileRoundFinding
) -> WholeRoundView:
    """Let a finding become something, e.g. a repair, with its words and the actor's photos.

    Raises NotFound, UnknownTarget, NotAFinding, FiledBefore, and what the target says.
    """
    target = deps.features.findings.get(wish.target)
    if target is None:
        raise UnknownTarget("不能上报为这一类事项")
    seen = await views.access(deps, actor, round_id)
    before = _require_finding(seen, _number(seen, key))
    own = before.photo_ids if before.by == actor.person_id else []
    finding = Finding(
        place=seen.place,
        text=views.note_of(deps, seen, before) or before.label,
        photo_ids=tuple(own),
        category=wish.category or (before.category if target.has_categories else ""),
        source=seen.id,
    )
    finish = await target.prepare(deps, actor, finding)

    async def save(tx: Transaction) -> Round:
        found = await views.access(deps, actor, round_id, tx=tx)
        number = _number(found, key)
        if _require_finding(found, number) != before:
            raise FiledBefore("这一项刚刚有改动,请刷新后再试")
        await photos.detach(deps, tx, actor, own, subject=found.id)
        filed = await finish(tx)
        changes: Document = {"target": target.name, "filed": filed}
        linked = msgspec.structs.replace(before, **changes)
        if not await store.link(deps.db, tx, found, number, linked):
            raise FiledBefore("这个问题已经上报过了")
        facts: Document = {"item": key, "target": target.name, "filed": filed}
        act = Act.ROUND_FINDING_FILED
        await audit.record(deps, tx, actor, act, place=found.place, subject=found.id, **facts)
        found.checks[number] = linked
        return found

    return await views.whole(deps, actor, await deps.in_transaction(save))


def _require_finding(found: Round, number: int) -> Check:
    check = found.checks[number]
    if check.result is not RoundItemResult.FINDING:
        raise NotAFinding("只有发现的问题可以上报")
    if check.filed:  # before the photos, which went with it, are missed
        raise FiledBefore("这个问题已经上报过了")
    return check


async def finish(
    deps: Dependencies, actor: Actor, round_id: str, wish: FinishRound
) -> WholeRoundView:
    """Finish a round whose items were all looked at.

    Raises NotFound, ItemsLeft, FindingsLeft, RoundMovedOn.
    """

    async def change(_tx: Transaction, found: Round) -> Document:
        if found.left:
            raise ItemsLeft(f"还有{found.left}项没有看")
        if found.unfiled and not wish.leave_findings:
            message = f"还有{found.unfiled}个问题没有上报,请上报或确认不上报"
            raise FindingsLeft(message, left=found.unfiled)
        return {}

    found = await cases.act(deps, actor, ROUND, round_id, RoundAction.FINISH, change=change)
    return await views.whole(deps, actor, found)
