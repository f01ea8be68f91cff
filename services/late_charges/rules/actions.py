"""Actions on rules of late charges: proposed with their clause, approved by another person.

No law of the state lets a payee charge anything for being late; a contract does (民法典 art.
585). A rule says which clause of which page. What a law's number is exceeded by is a warning
that both people acknowledge, and never a refusal.
"""

from collections.abc import Sequence
from typing import Any

from pymongo.errors import DuplicateKeyError

from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.fees.models import HomeFee
from services.fees.payees import charters
from services.fees.payees.models import Payee
from services.kernel import errors
from services.kernel.access import accessible
from services.kernel.acts import Act
from services.kernel.days import check_day
from services.kernel.interests import SamePerson
from services.kernel.pages import Page
from services.kernel.permissions import Actor, Permission, require_at
from services.kernel.views import show
from services.late_charges.loans import actions as loans
from services.late_charges.rules import store, warnings
from services.late_charges.rules.models import (
    DecideLateRule,
    LateRule,
    LateRulesQuery,
    LateRuleView,
    NewLateRule,
)
from services.late_charges.rules.states import TABLE, LateRuleAction
from services.places import actions as places
from services.places.models import Kind


class BadLateRule(errors.InvalidInput):
    """A rule is of a compound, for kinds that its payee is paid, and never for late charges."""

    code = "bad_late_rule"


class LateRuleExists(errors.Conflict):
    """The payee has another rule for one of these kinds from the same day."""

    code = "late_rule_exists"


class LateRuleMoved(errors.Conflict):
    """Somebody decided on the rule, or ended it, meanwhile."""

    code = "late_rule_moved_on"


class LateRateWarning(errors.Conflict):
    """The rate is above what a court would usually leave; whoever goes on says so."""

    code = "late_rate_warning"


async def propose(
    deps: Dependencies, actor: Actor, place: str, wish: NewLateRule
) -> LateRuleView:
    """Propose a rule of a compound.

    Raises NotFound, BadLateRule, UnknownPayee, LateRateWarning, LateRuleExists.
    """
    found = await places.access_place(deps, actor, place, Permission.MANAGE_FEES)
    if found.kind is not Kind.COMPOUND:
        raise BadLateRule("违约金标准请设在小区上")
    payee = await _payee(deps, place, wish)
    read = await _read(deps, wish.daily_rate, acknowledged=wish.acknowledged)

    async def save(tx: Transaction) -> LateRule:
        await places.hold(deps, tx, place)
        version = await store.count(deps.db, tx, place) + 1
        rule = _draft(deps, actor, place, wish, payee=payee, version=version)
        rule.proposed_warning = read
        await store.insert(deps.db, tx, rule)
        await _record(deps, tx, actor, Act.LATE_RULE_PROPOSED, rule, read=read)
        return rule

    try:
        rule = await deps.in_transaction(save)
    except DuplicateKeyError:
        raise LateRuleExists("这个收款单位同一天起已有一条违约金标准") from None
    return await shown(deps, rule)


async def _payee(deps: Dependencies, place: str, wish: NewLateRule) -> Payee:
    check_day(wish.start_day)
    charter = await charters.require(deps, wish.payee_id, place)
    if HomeFee.LATE_FEE in wish.kinds:
        raise BadLateRule("违约金不再计收违约金")
    if wrong := [kind for kind in wish.kinds if not charter.payee.takes(kind)]:
        raise BadLateRule(f"这个收款单位不收{wrong[0].label}")
    return charter.payee


async def _read(deps: Dependencies, daily_rate: int, *, acknowledged: bool) -> str:
    """Return the warning that was acknowledged; "" for none. Raises LateRateWarning."""
    warning = warnings.text_of(daily_rate, await loans.on_day(deps, deps.today()))
    if warning and not acknowledged:
        raise LateRateWarning(f"{warning}。如仍要执行,请确认已知晓")
    return warning


def _draft(
    deps: Dependencies,
    actor: Actor,
    place: str,
    wish: NewLateRule,
    *,
    payee: Payee,
    version: int,
) -> LateRule:
    kinds = sorted(set(wish.kinds))
    said = ("daily_rate", "after_days", "cap", "source", "page", "start_day")
    return LateRule(
        id=deps.new_id(),
        place=place,
        payee=payee.id,
        account=payee.account,
        payee_name=payee.name,
        kinds=kinds,
        stops=sorted(set(wish.stops)),
        version=version,
        slots=[f"{payee.account}|{kind}|{wish.start_day}" for kind in kinds],
        proposed_by=actor.person_id,
        proposed_at=deps.now(),
        **{name: getattr(wish, name) for name in said},
    )


async def _record(
    deps: Dependencies, tx: Transaction, actor: Actor, act: Act, rule: LateRule, *, read: str
) -> None:
    said = ("account", "kinds", "daily_rate", "cap", "version", "start_day", "end_day")
    facts: dict[str, Any] = {name: getattr(rule, name) for name in said}
    facts["warning_read"] = read
    await audit.record(deps, tx, actor, act, place=rule.place, subject=rule.id, **facts)


async def decide(
    deps: Dependencies, actor: Actor, rule_id: str, request: DecideLateRule
) -> LateRuleView:
    """Have a rule hold, or refuse it.

    Raises NotFound, SamePerson, LateRateWarning, LateRuleMoved.
    """
    rule, read = await access(deps, actor, rule_id), ""
    if request.approve:
        if rule.proposed_by == actor.person_id:
            raise SamePerson("提出的人不能自己批准,请另一位工作人员批准")
        read = await _read(deps, rule.daily_rate, acknowledged=request.acknowledged)
    action = LateRuleAction.APPROVE if request.approve else LateRuleAction.REFUSE
    changes: dict[str, Any] = {
        "decided_by": actor.person_id,
        "decided_at": deps.now(),
        "decided_because": request.reason,
        "decided_warning": read,
    }
    if not request.approve:
        changes["slots"] = [f"refused|{rule.id}"]  # leaves its first day to another

    async def save(tx: Transaction) -> LateRule:
        return await move(deps, tx, actor, rule, action, changes, read=read)

    return await shown(deps, await deps.in_transaction(save))


async def move(
    deps: Dependencies,
    tx: Transaction,
    actor: Actor,
    rule: LateRule,
    action: LateRuleAction,
    changes: dict[str, Any],
    *,
    read: str = "",
) -> LateRule:
    """Move a rule as it was read, with its audit row. Raises LateRuleMoved.

    `read`: the warning that was acknowledged with it.
    """
    moved = await store.move(deps.db, tx, rule, action, **changes)
    if moved is None:
        raise LateRuleMoved("这条违约金标准的状态已变化,请刷新")
    await _record(deps, tx, actor, TABLE.act(action), moved, read=read)
    return moved


async def access(deps: Dependencies, actor: Actor, rule_id: str) -> LateRule:
    return accessible(
        actor,
        await store.find(deps.db, rule_id),
        Permission.MANAGE_FEES,
        at=lambda rule: rule.place,
        missing="没有找到这条违约金标准",
    )


async def listing(
    deps: Dependencies, actor: Actor, place: str, query: LateRulesQuery
) -> Page[LateRuleView]:
    """Return rules of the compounds at or under a place."""
    require_at(actor, Permission.MANAGE_FEES, place)
    found = await store.page(deps.db, place, query)
    return found.of(await _views(deps, found.items))


async def shown(deps: Dependencies, rule: LateRule) -> LateRuleView:
    [view] = await _views(deps, [rule])
    return view


async def _views(deps: Dependencies, rules: Sequence[LateRule]) -> list[LateRuleView]:
    addresses = await places.addresses(deps, sorted({rule.place for rule in rules}))
    loan = await loans.on_day(deps, deps.today()) if rules else None
    return [
        show(
            rule,
            LateRuleView,
            rule_id=rule.id,
            address=addresses.get(rule.place, rule.place),
            warning=warnings.text_of(rule.daily_rate, loan),
        )
        for rule in rules
    ]


async def at_compounds(
    deps: Dependencies, compounds: Sequence[str], *, tx: Transaction | None = None
) -> list[LateRule]:
    """Return the rules of some compounds that hold or held, for who counts by them."""
    return await store.at_compounds(deps.db, compounds, tx=tx)
