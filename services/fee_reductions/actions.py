"""Actions on fee reductions: asked for by owners, entered by staff, listed, given up.

Who decides, and what comes of it, is in decisions.py.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pymongo.errors import DuplicateKeyError

from services.audit import actions as audit
from services.consents import actions as consents
from services.consents.policies import PolicyKey
from services.dependencies import Dependencies, Transaction
from services.fee_reductions import notify, periods, store, views
from services.fee_reductions.jobs import FORGOTTEN_AFTER, LET_GO
from services.fee_reductions.models import (
    EndReduction,
    HomeReductions,
    NewReduction,
    Reduction,
    ReductionsQuery,
    ReductionView,
)
from services.fee_reductions.rules import actions as rules
from services.fee_reductions.rules import offers
from services.fee_reductions.rules.models import Cause, Decider, ReductionRule
from services.fee_reductions.states import (
    TABLE,
    ReductionAction,
    ReductionMovedOn,
    ReductionState,
)
from services.homes import household
from services.jobs import actions as jobs
from services.kernel import errors
from services.kernel.access import accessible
from services.kernel.days import Day
from services.kernel.pages import Page
from services.kernel.permissions import Actor, Permission, require_at
from services.photos import actions as photos
from services.places import actions as places
from services.residencies import owners

MISSING = "没有找到这项减免"
MOVED_ON = "这项减免刚有变动,请刷新看看"


class NoReductionRule(errors.Conflict):
    """The compound has no rule for this cause on the first day."""

    code = "no_fee_reduction_rule"


class ReductionWaits(errors.Conflict):
    """A request of the home for this cause waits for a decision already."""

    code = "fee_reduction_waits"


async def ask(deps: Dependencies, actor: Actor, home: str, wish: NewReduction) -> ReductionView:
    """Ask for a reduction for a home of one's own.

    Raises NotFound, ConsentNeeded, BadReduction, NoReductionRule, ReductionExists,
    ReductionWaits.
    """
    require_at(actor, Permission.MANAGE_HOME, home)
    policies = [PolicyKey.PRIVACY, *([PolicyKey.HARDSHIP] if wish.cause.is_sensitive else [])]
    for policy in policies:
        await consents.check(deps, actor.person_id, policy)
    new = await _draft(deps, actor, home, wish, person=actor.person_id)
    return await _file(deps, actor, new, ReductionAction.ASK, policies)


async def enter(
    deps: Dependencies, actor: Actor, home: str, wish: NewReduction
) -> ReductionView:
    """Enter a request at the window, for an owner; somebody else decides on it.

    Who has no phone agrees on paper. Raises as `ask`, and Forbidden, OwnHome.
    """
    require_at(actor, Permission.ENTER_REDUCTIONS, home)
    if wish.cause.is_sensitive and not actor.may(Permission.KEEP_EXEMPTIONS, home):
        raise errors.Forbidden("困难减免请到社区办理")
    new = await _draft(deps, actor, home, wish, person=None)
    return await _file(deps, actor, new, ReductionAction.ENTER, [])


async def _draft(
    deps: Dependencies, actor: Actor, home: str, wish: NewReduction, *, person: str | None
) -> Reduction:
    """Check what was sent, by the rule of its first day, and seal what was typed."""
    compound = places.compound_of(home)
    rule = await rules.in_force(deps, compound, wish.cause, wish.from_day)
    if rule is None:
        raise NoReductionRule("小区没有这项减免")
    periods.check(wish, rule, deps.today())
    draft = _new(deps, actor, home, wish, rule)
    draft.person = person
    if wish.document:
        draft.document_sealed = draft.seal(deps.vault, wish.document.strip(), "document")
    if wish.note:
        draft.note_sealed = draft.seal(deps.vault, wish.note, "note")
    return draft


def _new(
    deps: Dependencies, actor: Actor, home: str, wish: NewReduction, rule: ReductionRule
) -> Reduction:
    return Reduction(
        id=deps.new_id(),
        home=home,
        cause=wish.cause,
        rule_id=rule.id,
        rule_version=rule.version,
        kinds=rule.kinds,
        share=rule.share,
        decider=rule.decider,
        person=None,
        filed_by=actor.person_id,
        open_key=f"{home}:{wish.cause}",
        state=ReductionState.REQUESTED,
        from_day=wish.from_day,
        to_day=wish.to_day,
        last_day=wish.to_day,
        photo_ids=list(dict.fromkeys(wish.photo_ids)),
        created_at=deps.now(),
    )


async def _file(
    deps: Dependencies,
    actor: Actor,
    new: Reduction,
    action: ReductionAction,
    policies: Sequence[PolicyKey],
) -> ReductionView:
    deciders = await notify.deciders_of(deps, new)

    async def save(tx: Transaction) -> None:
        for policy in policies:
            await consents.require(deps, tx, actor.person_id, policy)
        home = await household.hold(deps, tx, new.home)
        if action is ReductionAction.ENTER:
            household.require_not_own(actor, home)
        turns = await owners.turns_of(deps, [new.home], tx=tx)
        periods.set_owners(new, turns.get(new.home, ()), deps.today())
        await periods.require_free(deps, tx, new)
        await store.insert(deps.db, tx, new)
        await _attach(deps, tx, actor, new)
        await notify.ask(deps, tx, new, deciders - {actor.person_id}, home.place)
        await note(deps, tx, actor, action, new)

    try:
        await deps.in_transaction(save)
    except DuplicateKeyError:
        raise ReductionWaits("这套房屋已有同样的申请在等待决定") from None
    return await views.view(deps, actor, new)


async def _attach(deps: Dependencies, tx: Transaction, actor: Actor, new: Reduction) -> None:
    """Attach the proof for who decides. What staff photograph is not their own."""
    if not new.photo_ids:
        return
    by_firm = new.decider is Decider.FIRM
    needs = Permission.DECIDE_REDUCTIONS if by_firm else Permission.KEEP_EXEMPTIONS
    about: dict[str, Any] = {"subject": new.id, "place": new.home, "needs": needs}
    await photos.attach(deps, tx, actor, new.photo_ids, owner=new.person or "", **about)


async def note(
    deps: Dependencies, tx: Transaction, actor: Actor, action: ReductionAction, found: Reduction
) -> None:
    """Write an act into the audit; never the cause, which tells of hardship."""
    said = ("state", "share", "kinds", "rule_id", "from_day", "last_day")
    facts = {name: getattr(found, name) for name in said}
    about = {"place": found.home, "subject": found.id}
    await audit.record(deps, tx, actor, TABLE.act(action), **about, **facts)


async def of_home(deps: Dependencies, actor: Actor, home: str) -> HomeReductions:
    """Return what was asked for in the actor's time at a home of theirs, and what may be."""
    require_at(actor, Permission.MANAGE_HOME, home)
    found = [one for one in await store.of_home(deps.db, home) if views.is_own(actor, one)]
    today, turns = deps.today(), await owners.turns_of(deps, [home])
    earliest, latest = periods.first_days(today)
    first = max(earliest, periods.owners_on(today, turns.get(home, ())))
    may_ask = await offers.listing(deps, places.compound_of(home), first, latest)
    return HomeReductions(offers=may_ask, items=await views.views(deps, actor, found))


async def listing(
    deps: Dependencies, actor: Actor, place: str, query: ReductionsQuery
) -> Page[ReductionView]:
    """Return reductions under a place; to a firm those of vacant homes. Raises NotFound."""
    require_at(actor, Permission.ENTER_REDUCTIONS, place)
    sees_all = actor.may(Permission.KEEP_EXEMPTIONS, place)
    cause = None if sees_all else Cause.VACANT
    page = await store.page(deps.db, place, query, cause=cause)
    return page.of(await views.views(deps, actor, page.items))


async def get(deps: Dependencies, actor: Actor, reduction_id: str) -> ReductionView:
    """Return a reduction of one's own home, or of a place of one's office. NotFound."""
    found = accessible(
        actor,
        await store.find(deps.db, reduction_id),
        people=lambda one: [actor.person_id] if views.knows(actor, one) else [],
        missing=MISSING,
    )
    return await views.view(deps, actor, found)


async def access_own(
    deps: Dependencies, tx: Transaction, actor: Actor, reduction_id: str
) -> Reduction:
    """Return a reduction of the actor's, or of a home in the actor's time. NotFound."""
    found = await store.find(deps.db, reduction_id, tx=tx)
    return accessible(
        actor,
        found,
        people=lambda one: [actor.person_id] if views.is_own(actor, one) else [],
        missing=MISSING,
    )


async def withdraw(deps: Dependencies, actor: Actor, reduction_id: str) -> ReductionView:
    """Take a request back that nobody has decided. Raises NotFound, ReductionMovedOn."""

    async def save(tx: Transaction) -> Reduction:
        found = await access_own(deps, tx, actor, reduction_id)
        moved = await store.move(deps.db, tx, found.id, ReductionAction.WITHDRAW)
        if moved is None:
            raise ReductionMovedOn(MOVED_ON)
        await forget_later(deps, tx, moved)
        await note(deps, tx, actor, ReductionAction.WITHDRAW, moved)
        return moved

    return await views.view(deps, actor, await deps.in_transaction(save))


async def give_up(
    deps: Dependencies, actor: Actor, reduction_id: str, wish: EndReduction
) -> ReductionView:
    """End a reduction of one's own home, e.g. since it is lived in again.

    Raises NotFound, BadReduction, ReductionMovedOn.
    """

    async def save(tx: Transaction) -> Reduction:
        found = await access_own(deps, tx, actor, reduction_id)
        return await end(deps, tx, actor, found, wish, ReductionAction.GIVE_UP)

    return await views.view(deps, actor, await deps.in_transaction(save))


async def end(
    deps: Dependencies,
    tx: Transaction,
    actor: Actor,
    found: Reduction,
    wish: EndReduction,
    action: ReductionAction,
) -> Reduction:
    """End what was granted on an earlier day. Raises BadReduction, ReductionMovedOn."""
    periods.check_end(found, wish.last_day)
    ended = await store.move(
        deps.db,
        tx,
        found.id,
        action,
        last_day=wish.last_day,
        ended_by=actor.person_id,
        ended_at=deps.now(),
        ending_sealed=found.seal(deps.vault, wish.reason, "ending"),
    )
    if ended is None:
        raise ReductionMovedOn(MOVED_ON)
    await note(deps, tx, actor, action, ended)
    return ended


async def forget_later(deps: Dependencies, tx: Transaction, found: Reduction) -> None:
    """Let the proof of what was not granted go after a month, in which one may complain."""
    due = deps.now() + FORGOTTEN_AFTER
    key = f"{found.id}:{found.state}"
    await jobs.enqueue(deps, tx, LET_GO, key, due_at=due, reduction_id=found.id)


# What bill runs ask for


async def of_homes(
    deps: Dependencies, homes: Sequence[str], made_by: datetime
) -> list[Reduction]:
    """Return what these homes were granted by an instant."""
    return await store.of_homes(deps.db, homes, made_by)


async def granted_under(
    deps: Dependencies, place: str, first: Day, last: Day
) -> list[Reduction]:
    """Return what homes under a place were granted of some days, by id."""
    return await store.granted_under(deps.db, place, first, last)


async def homes_reduced(
    deps: Dependencies, place: str, *, since: str, limit: int
) -> dict[str, Day]:
    """Return home → the first day that was ever reduced, of homes under a place, by home.

    `since`: the home to begin with.
    """
    return await store.homes_reduced(deps.db, place, since=since, limit=limit)
