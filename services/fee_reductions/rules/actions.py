"""Actions on rules of fee reductions: what a compound's contract or a city's paper gives.

A new share is a new rule from a day on. What was granted keeps the rule it was granted by.
"""

from collections.abc import Sequence

import msgspec
from pymongo.errors import DuplicateKeyError

from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.fee_reductions.rules import offers, store
from services.fee_reductions.rules.models import (
    Cause,
    Decider,
    EndReductionRule,
    NewReductionRule,
    ReductionRule,
    ReductionRulesQuery,
    ReductionRuleView,
)
from services.fees.models import FeeKind
from services.kernel import errors
from services.kernel.access import accessible
from services.kernel.acts import Act
from services.kernel.days import Day, check_day
from services.kernel.pages import Page
from services.kernel.permissions import Actor, Permission, require_at
from services.kernel.views import show
from services.places import actions as places
from services.places.models import Kind


class BadReductionRule(errors.InvalidInput):
    """A rule is for a compound, and a firm decides on vacant homes and the property fee."""

    code = "bad_fee_reduction_rule"


class ReductionRuleExists(errors.Conflict):
    """The compound has another rule for this cause from the same day."""

    code = "fee_reduction_rule_exists"


class ReductionRuleEnded(errors.Conflict):
    """The rule has a last day already."""

    code = "fee_reduction_rule_ended"


async def add(
    deps: Dependencies, actor: Actor, place: str, request: NewReductionRule
) -> ReductionRuleView:
    """Add a rule of a compound. The same rule again is the same rule.

    Raises NotFound, BadReductionRule, ReductionRuleExists.
    """
    found = await places.access_place(deps, actor, place, Permission.MANAGE_FEES)
    if found.kind is not Kind.COMPOUND:
        raise BadReductionRule("减免标准请设在小区上")
    _check(request)

    async def save(tx: Transaction) -> ReductionRule:
        await places.hold(deps, tx, place)
        earlier = await store.of_compound(deps.db, place, request.cause, tx=tx)
        same = next((one for one in earlier if _is_same(one, request)), None)
        rule = same or _draft(deps, actor, place, request, version=len(earlier) + 1)
        if same is None:
            await store.insert(deps.db, tx, rule)
        await _note(deps, tx, actor, Act.FEE_REDUCTION_RULE_ADDED, rule, again=same is not None)
        return rule

    try:
        rule = await deps.in_transaction(save)
    except DuplicateKeyError:
        raise ReductionRuleExists("同一天起已有一条同类减免标准") from None
    return (await _views(deps, [rule]))[0]


def _check(request: NewReductionRule) -> None:
    check_day(request.start_day)
    if not request.share:
        raise BadReductionRule("请填写减免比例")
    if request.decider is Decider.FIRM and request.cause.is_sensitive:
        raise BadReductionRule("困难减免由社区决定,不能由物业决定")
    if request.decider is Decider.FIRM and set(request.kinds) != {FeeKind.PROPERTY_FEE}:
        raise BadReductionRule("物业只能决定物业费的减免")


def _is_same(rule: ReductionRule, request: NewReductionRule) -> bool:
    """Tell whether a rule that holds says what is asked for."""
    asked = {**msgspec.structs.asdict(request), "kinds": sorted(set(request.kinds))}
    return rule.end_day is None and all(getattr(rule, n) == v for n, v in asked.items())


def _draft(
    deps: Dependencies, actor: Actor, place: str, request: NewReductionRule, *, version: int
) -> ReductionRule:
    asked = {**msgspec.structs.asdict(request), "kinds": sorted(set(request.kinds))}
    return ReductionRule(
        id=deps.new_id(),
        place=place,
        version=version,
        slots=[f"{request.cause}|{request.start_day}", f"{request.cause}|v{version}"],
        created_by=actor.person_id,
        created_at=deps.now(),
        **asked,
    )


async def _note(
    deps: Dependencies,
    tx: Transaction,
    actor: Actor,
    act: Act,
    rule: ReductionRule,
    *,
    again: bool,
) -> None:
    said = ("cause", "kinds", "share", "decider", "version", "start_day", "end_day")
    facts = {name: getattr(rule, name) for name in said}
    about = {"place": rule.place, "subject": rule.id}
    await audit.record(deps, tx, actor, act, **about, **facts, again=again)


async def end(
    deps: Dependencies, actor: Actor, rule_id: str, request: EndReductionRule
) -> ReductionRuleView:
    """Set a rule's last day, once. What was granted by it stays.

    Raises NotFound, ReductionRuleEnded.
    """
    last = check_day(request.end_day)

    async def save(tx: Transaction) -> ReductionRule:
        rule = await _access(deps, tx, actor, rule_id)
        again = rule.end_day == last
        ended = rule if again else _ended(deps, actor, rule, last)
        if not again and not await store.end(deps.db, tx, ended):
            raise ReductionRuleEnded("这条减免标准已经有结束日期")
        await _note(deps, tx, actor, Act.FEE_REDUCTION_RULE_ENDED, ended, again=again)
        return ended

    return (await _views(deps, [await deps.in_transaction(save)]))[0]


def _ended(deps: Dependencies, actor: Actor, rule: ReductionRule, last: Day) -> ReductionRule:
    """Return a rule with its last day; a withdrawn one leaves its first day to another."""
    slots = rule.slots[1:] if last < rule.start_day else rule.slots
    about = {"ended_by": actor.person_id, "ended_at": deps.now()}
    return msgspec.structs.replace(rule, end_day=last, slots=slots, **about)


async def _access(
    deps: Dependencies, tx: Transaction, actor: Actor, rule_id: str
) -> ReductionRule:
    return accessible(
        actor,
        await store.find(deps.db, tx, rule_id),
        Permission.MANAGE_FEES,
        at=lambda rule: rule.place,
        missing="没有找到这条减免标准",
    )


async def listing(
    deps: Dependencies, actor: Actor, place: str, query: ReductionRulesQuery
) -> Page[ReductionRuleView]:
    """Return rules of the compounds at or under a place."""
    require_at(actor, Permission.MANAGE_FEES, place)
    found = await store.page(deps.db, place, query)
    return found.of(await _views(deps, found.items))


async def _views(deps: Dependencies, rules: Sequence[ReductionRule]) -> list[ReductionRuleView]:
    addresses = await places.addresses(deps, sorted({rule.place for rule in rules}))
    return [
        show(
            rule,
            ReductionRuleView,
            rule_id=rule.id,
            address=addresses.get(rule.place, rule.place),
        )
        for rule in rules
    ]


async def in_force(
    deps: Dependencies, place: str, cause: Cause, day: Day, *, tx: Transaction | None = None
) -> ReductionRule | None:
    """Return the rule of a compound for a cause that holds on a day: that started last."""
    return offers.holding(await store.of_compound(deps.db, place, cause, tx=tx), day)
