"""Actions on fee rules: what homes under a place pay from a day on. A new price, a new rule."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

import msgspec
from pymongo.errors import DuplicateKeyError

from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.fees import store, views
from services.fees.models import (
    BilledAt,
    BillingPeriod,
    EndFeeRule,
    FeeKind,
    FeeRule,
    FeeRulesQuery,
    FeeRuleView,
    NewFeeRule,
    Proration,
    RuleSource,
)
from services.fees.payees import charters
from services.fees.payees.models import Payee
from services.fees.refusals import (
    BadFeeRule,
    FeeRuleEnded,
    FeeRuleExists,
)
from services.kernel import errors
from services.kernel.access import accessible
from services.kernel.acts import Act
from services.kernel.pages import Page
from services.kernel.permissions import Actor, Permission, require_at
from services.places import actions as places
from services.places.models import Kind
from services.residencies import actions as residencies

# What the audit says of a rule.
NOTED: Final = (
    "kind",
    "price",
    "monthly_fen",
    "person_fen",
    "period",
    "proration",
    "version",
    "start_day",
    "end_day",
    "payee",
    "account",
)
RULE_PLACES: Final = (Kind.COMPOUND, Kind.BUILDING, Kind.UNIT)


async def add(deps: Dependencies, actor: Actor, place: str, request: NewFeeRule) -> FeeRuleView:
    """Add a rule. The same rule again is the same rule; a new price is a new start day.

    Raises NotFound, BadFeeRule, UnknownPayee, PayeeMayNotCharge, FeeRuleExists, OwnHome.
    """
    found = await places.access_place(deps, actor, place, Permission.MANAGE_FEES)
    if found.kind not in RULE_PLACES:
        raise BadFeeRule("收费标准请设在小区、楼栋或单元上")
    _check(request)
    days = [day for day in (request.start_day, request.end_day) if day]
    payee = await charters.payee_for(deps, request.payee_id, place, request.kind, days)
    rule = _draft(deps, actor, place, request, payee)

    async def save(tx: Transaction) -> FeeRule:
        # held: of two rules at once the second has the next number
        if not await places.hold(deps, tx, place):
            raise errors.NotFound("没有找到这个地方")
        since = rule.start_day
        await residencies.require_none_below(deps, tx, actor.person_id, place, since)
        earlier = await store.count(deps.db, tx, place, rule.kind)
        numbered = msgspec.structs.replace(rule, version=earlier + 1)
        await store.insert(deps.db, tx, numbered)
        await _note(deps, tx, actor, Act.FEE_RULE_ADDED, numbered)
        return numbered

    try:
        written = await deps.in_transaction(save)
    except DuplicateKeyError:
        return await deps.in_transaction(lambda tx: _again(deps, tx, actor, rule))
    return await views.view(deps, written)


def _draft(
    deps: Dependencies, actor: Actor, place: str, request: NewFeeRule, payee: Payee
) -> FeeRule:
    usages = sorted(set(request.usages))
    asked = {**msgspec.structs.asdict(request), "usages": usages}
    del asked["payee_id"]
    if source := request.source:
        asked["source"] = RuleSource(**msgspec.structs.asdict(source))
    return FeeRule(
        id=deps.new_id(),
        place=place,
        payee=payee.id,
        account=payee.account,
        payee_name=payee.name,
        slots=[f"{request.kind}|{request.start_day}|{usage}" for usage in usages],
        created_by=actor.person_id,
        created_at=deps.now(),
        **asked,
    )


async def _note(
    deps: Dependencies, tx: Transaction, actor: Actor, act: Act, rule: FeeRule
) -> None:
    facts = {name: getattr(rule, name) for name in NOTED}
    await audit.record(deps, tx, actor, act, place=rule.place, subject=rule.id, **facts)


async def _again(
    deps: Dependencies, tx: Transaction, actor: Actor, rule: FeeRule
) -> FeeRuleView:
    """Return the rule that is there already, if it is the same one."""
    earlier = await store.like(deps.db, tx, rule)
    if earlier is None or not _same(earlier, rule):
        raise FeeRuleExists("同一天起已有一条同类收费标准", rule_id=earlier and earlier.id)
    about = {"place": rule.place, "subject": earlier.id}
    await audit.record(deps, tx, actor, Act.FEE_RULE_ADDED, **about, again=True)
    return await views.view(deps, earlier)


def _check(request: NewFeeRule) -> None:
    prices = (request.price, request.monthly_fen, request.person_fen)
    if sum(price is not None for price in prices) != 1:
        raise BadFeeRule("请填写单价、每户每月金额或每人每月金额,只填一项")
    if (request.due_day is None) == (request.due_days is None):
        raise BadFeeRule("请填写每月缴费日或出账后天数,两者只填一项")
    for day in filter(None, (request.start_day, request.end_day, request.anniversary_day)):
        _check_day(day)
    _check_terms(request)
    if request.end_day is not None and request.end_day < request.start_day:
        raise BadFeeRule("结束日期不能早于开始日期")


def _check_terms(request: NewFeeRule) -> None:
    """Raise BadFeeRule for terms that do not go together, or that no document gives."""
    is_monthly = request.period is BillingPeriod.MONTHLY
    if is_monthly and request.timing is BilledAt.END:
        raise BadFeeRule("按月收费不分期初和期末,请选按季、半年或年")
    if request.anniversary_day and request.period is not BillingPeriod.ANNIVERSARY:
        raise BadFeeRule("只有按周年收费才填写周年起算日")
    is_plain = is_monthly and request.proration is Proration.ACTUAL_DAYS
    if request.source is None and not (is_plain and request.person_fen is None):
        raise BadFeeRule("请写明这样收费依据的合同、政策或业主决定")


def _check_day(day: str) -> None:
    try:
        date.fromisoformat(day)
    except ValueError:
        raise BadFeeRule("没有这一天", day=day) from None


def _same(one: FeeRule, other: FeeRule) -> bool:
    own = {"id": "", "created_by": "", "created_at": one.created_at, "version": 0}
    return msgspec.structs.replace(one, **own) == msgspec.structs.replace(other, **own)


async def _access(deps: Dependencies, tx: Transaction, actor: Actor, rule_id: str) -> FeeRule:
    rule = await store.find(deps.db, tx, rule_id)
    return accessible(
        actor,
        rule,
        Permission.MANAGE_FEES,
        at=lambda rule: rule.place,
        missing="没有找到这条收费标准",
    )


async def end(
    deps: Dependencies, actor: Actor, rule_id: str, request: EndFeeRule
) -> FeeRuleView:
    """Set a rule's last day, once. Bills that were made stay; nothing else of it changes.

    Raises NotFound, BadFeeRule, FeeRuleEnded, OwnHome.
    """

    async def save(tx: Transaction) -> FeeRule:
        rule = await _access(deps, tx, actor, rule_id)
        _check_day(request.end_day)
        if rule.end_day == request.end_day:
            about = {"place": rule.place, "subject": rule.id}
            await audit.record(deps, tx, actor, Act.FEE_RULE_ENDED, **about, again=True)
            return rule
        who, since = actor.person_id, request.end_day
        await residencies.require_none_below(deps, tx, who, rule.place, since)
        ended = _ended(deps, actor, rule, request.end_day)
        if not await store.end(deps.db, tx, ended):
            raise FeeRuleEnded("这条收费标准已经有结束日期", end_day=rule.end_day)
        await _note(deps, tx, actor, Act.FEE_RULE_ENDED, ended)
        return ended

    return await views.view(deps, await deps.in_transaction(save))


def _ended(deps: Dependencies, actor: Actor, rule: FeeRule, last: str) -> FeeRule:
    """Return a rule with its last day; before its first one it is withdrawn."""
    return msgspec.structs.replace(
        rule,
        end_day=last,
        ended_by=actor.person_id,
        ended_at=deps.now(),
        slots=[rule.id] if last < rule.start_day else rule.slots,
    )


async def listing(
    deps: Dependencies, actor: Actor, place: str, query: FeeRulesQuery
) -> Page[FeeRuleView]:
    """Rules made for a place and below it, the oldest first unless asked otherwise."""
    require_at(actor, Permission.MANAGE_FEES, place)
    found = await store.page(deps.db, place, query)
    return found.of(await views.views(deps, found.items))


async def for_homes(
    deps: Dependencies, homes: Sequence[str], kinds: Sequence[FeeKind], made_by: datetime
) -> list[FeeRule]:
    """Return the rules made by an instant that may apply to one of these homes."""
    return await store.for_homes(deps.db, homes, kinds, made_by)


async def of_compound(
    deps: Dependencies, compound: str, kinds: Sequence[FeeKind]
) -> list[FeeRule]:
    """Return all rules of these kinds in a compound: what a bill run of it rests on."""
    return await store.of_compound(deps.db, compound, kinds)
