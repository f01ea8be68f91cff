"""Ends of rules of late charges: the last day of bills that bear any, also set anew.

A bill that was charged keeps the rule by which it was: an end that would give it another one,
or none, is refused while the charge stands.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from services.bills import actions as bills
from services.bills import charges
from services.bills.models import Bill
from services.bills.states import BillState
from services.dependencies import Dependencies, Transaction
from services.fees.models import BillKind
from services.kernel import errors
from services.kernel.days import Day, check_day
from services.kernel.permissions import Actor
from services.late_charges import lines
from services.late_charges import store as late_fees
from services.late_charges.models import ChargedLine
from services.late_charges.rules import actions as rules
from services.late_charges.rules.actions import LateRuleMoved
from services.late_charges.rules.models import EndLateRule, LateRule, LateRuleView
from services.late_charges.rules.states import TABLE, LateRuleAction
from services.late_charges.states import LateFeesState

LINES_AT_ONCE: Final = 500


class LateRuleCharged(errors.Conflict):
    """Bills that the rule would hold for no more, or only now, were charged by another."""

    code = "late_rule_charged"


async def end(
    deps: Dependencies, actor: Actor, rule_id: str, request: EndLateRule
) -> LateRuleView:
    """End a rule, or set its end anew: bills of later days bear no late charge by it.

    Raises NotFound, LateRuleMoved, LateRuleCharged.
    """
    rule, action = await rules.access(deps, actor, rule_id), LateRuleAction.END
    day = check_day(request.end_day)
    TABLE.require(rule.state, action, LateRuleMoved("这条违约金标准的状态已变化,请刷新"))
    if rule.end_day == day:
        raise LateRuleMoved("这条违约金标准已经在这一天停用")
    changes = {"end_day": day, "ended_by": actor.person_id, "ended_at": deps.now()}

    async def save(tx: Transaction) -> LateRule:
        await late_fees.hold_open(deps.db, tx, rule.place, rule.account)
        await _require_as_charged(deps, tx, rule, day)
        return await rules.move(deps, tx, actor, rule, action, changes)

    return await rules.shown(deps, await deps.in_transaction(save))


async def _require_as_charged(
    deps: Dependencies, tx: Transaction, rule: LateRule, end_day: Day
) -> None:
    """Raise LateRuleCharged where a bill that was charged would have another rule."""
    before = await rules.at_compounds(deps, [rule.place], tx=tx)
    after = [
        msgspec.structs.replace(each, end_day=end_day) if each.id == rule.id else each
        for each in before
    ]
    found = late_fees.charged(deps.db, tx, rule.place, rule.account, at_once=LINES_AT_ONCE)
    async for some in found:
        known = {bill.id: bill for bill in await bills.find_many(deps, _named(some))}
        for line in some:
            bill = known[line.bill]
            is_kept = _rule_of(before, bill) != line.rule or _rule_of(after, bill) == line.rule
            if not is_kept and _stands(line, known):
                raise LateRuleCharged("这些日子的账单已按原来的标准计收违约金,请先作废再改")


def _rule_of(held: Sequence[LateRule], bill: Bill) -> str:
    found = lines.rule_of(held, bill)
    return found.id if found else ""


def _named(some: Sequence[ChargedLine]) -> list[str]:
    """Return the bills that were late, and those of their late charges."""
    return sorted({name for line in some for name in (line.bill, _charge_of(line))})


def _charge_of(line: ChargedLine) -> str:
    return charges.id_of(BillKind.LATE_FEE, lines.source_of(line, line.batch))


def _stands(line: ChargedLine, known: Mapping[str, Bill]) -> bool:
    """Tell whether a line is billed, or is about to be; none is that was dropped or voided."""
    charge = known.get(_charge_of(line))
    if charge is None:
        return line.state is LateFeesState.APPROVED
    return charge.state is not BillState.VOID
