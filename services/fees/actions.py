"""Fee rules, what residents owe, and how a bill is settled or voided."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

import msgspec

from services import errors
from services.days import day_of
from services.dependencies import Dependencies, Transaction
from services.documents import new_id
from services.fees import runs, store
from services.fees.models import Bill, FeeRule
from services.fees.states import BillState
from services.fees.views import (
    BillView,
    EndFeeRule,
    FeeRuleView,
    MonthsAfterVoid,
    NewFeeRule,
    Owed,
    VoidBill,
    bill_view,
    bill_views,
    rule_view,
)
from services.ledger import actions as ledger
from services.ledger.models import Journal, Posting, income, receivable
from services.permissions import Actor, Permission, require_at
from services.places import actions as places
from services.places.models import Kind

RULE_PLACES: Final = (Kind.COMPOUND, Kind.BUILDING, Kind.UNIT)


class BadFeeRule(errors.InvalidInput):
    """A rule needs one price and one due term, real days, and a place that has homes."""

    code = "bad_fee_rule"


class UnknownPayee(errors.InvalidInput):
    """No merchant account of that key is configured: money would have nowhere to go."""

    code = "unknown_payee"


class FeeRuleExists(errors.Conflict):
    code = "fee_rule_exists"


class FeeRuleEnded(errors.Conflict):
    code = "fee_rule_ended"


class BillNotOwing(errors.Conflict):
    """Paid, void or still a draft. Paid bills are refunded, not voided."""

    code = "bill_not_owing"


async def add_rule(
    deps: Dependencies, actor: Actor, place: str, request: NewFeeRule
) -> FeeRuleView:
    """Write a rule. The same rule again is the same rule; a new price is a new start day."""
    found = await places.access_place(deps, actor, place, Permission.MANAGE_FEES)
    if found.kind not in RULE_PLACES:
        raise BadFeeRule("收费规则请设在小区、楼栋或单元上")
    _check(deps, request)
    now = deps.now()
    usages = sorted(set(request.usages))
    rule = FeeRule(
        id=new_id(now),
        place=place,
        slots=[f"{request.kind}|{request.start_day}|{usage}" for usage in usages],
        created_by=actor.person_id,
        created_at=now,
        **{**msgspec.structs.asdict(request), "usages": usages},
    )
    if not await places.use(deps, [place]):
        raise errors.NotFound("没有找到这个地方")
    if await store.insert_rule(deps.db, rule):
        return rule_view(rule)
    earlier = await store.rule_like(deps.db, rule)
    if earlier is None or not _same(earlier, rule):
        raise FeeRuleExists("同一天起已有一条同类收费规则", rule_id=earlier and earlier.id)
    return rule_view(earlier)


def _check(deps: Dependencies, request: NewFeeRule) -> None:
    if (request.price is None) == (request.monthly_fen is None):
        raise BadFeeRule("请填写单价或每月金额,两者只填一项")
    if (request.due_day is None) == (request.due_days is None):
        raise BadFeeRule("请填写每月缴费日或出账后天数,两者只填一项")
    for day in filter(None, (request.start_day, request.end_day)):
        _check_day(day)
    if request.end_day is not None and request.end_day < request.start_day:
        raise BadFeeRule("结束日期不能早于开始日期")
    if request.account not in deps.merchants:
        raise UnknownPayee("没有这个收款账户", account=request.account)


def _check_day(day: str) -> None:
    try:
        date.fromisoformat(day)
    except ValueError:
        raise BadFeeRule("没有这一天", day=day) from None


def _same(one: FeeRule, other: FeeRule) -> bool:
    own = {"id": "", "created_by": "", "created_at": one.created_at}
    return msgspec.structs.replace(one, **own) == msgspec.structs.replace(other, **own)


async def end_rule(
    deps: Dependencies, actor: Actor, rule_id: str, request: EndFeeRule
) -> FeeRuleView:
    """Set a rule's last day, once. Bills that were made stay; nothing else of it changes."""
    rule = await store.find_rule(deps.db, rule_id)
    if rule is None or not actor.may(Permission.MANAGE_FEES, rule.place):
        raise errors.NotFound("没有找到这条收费规则")
    _check_day(request.end_day)
    if rule.end_day == request.end_day:
        return rule_view(rule)
    withdrawn = request.end_day < rule.start_day
    ended = msgspec.structs.replace(
        rule,
        end_day=request.end_day,
        ended_by=actor.person_id,
        ended_at=deps.now(),
        slots=[rule.id] if withdrawn else rule.slots,
    )
    if not await store.end_rule(deps.db, ended):
        raise FeeRuleEnded("这条规则已经有结束日期", end_day=rule.end_day)
    return rule_view(ended)


async def rules(
    deps: Dependencies, actor: Actor, place: str, *, after: str, limit: int
) -> list[FeeRuleView]:
    """Rules made for a place and below it, by id."""
    require_at(actor, Permission.MANAGE_FEES, place)
    found = await store.rules_under(deps.db, place, after=after, limit=limit)
    return [rule_view(rule) for rule in found]


async def my_bills(
    deps: Dependencies,
    actor: Actor,
    state: BillState,
    *,
    before: str,
    limit: int,
) -> list[BillView]:
    """Bills of the homes the actor belongs to today, the latest period first."""
    homes = actor.places(Permission.PAY_BILLS)
    found = await store.of_homes(deps.db, homes, state, before=before, limit=limit)
    addresses = await places.addresses(deps, homes)
    return bill_views(found, addresses, day_of(deps.now()))


async def owed(deps: Dependencies, actor: Actor) -> Owed:
    """Everything the actor's homes owe, added up over all bills."""
    count, amount_fen = await store.owed(deps.db, actor.places(Permission.PAY_BILLS))
    return Owed(count=count, amount_fen=amount_fen)


async def access_bills(deps: Dependencies, actor: Actor, bill_ids: Sequence[str]) -> list[Bill]:
    """Return bills of homes the actor pays for, each once, in the order asked for.

    NotFound when one of them is missing, a draft, or somebody else's.
    """
    wanted = list(dict.fromkeys(bill_ids))
    found = [
        bill
        for bill in await store.find_bills(deps.db, wanted)
        if bill.state is not BillState.DRAFT and actor.may(Permission.PAY_BILLS, bill.home)
    ]
    if len(found) != len(wanted):
        raise errors.NotFound("没有找到账单")
    return found


async def bills_by_id(
    deps: Dependencies, bill_ids: Sequence[str], tx: Transaction | None = None
) -> list[Bill]:
    """Return the bills that exist, in the order asked for. No actor: for booking money."""
    return await store.find_bills(deps.db, bill_ids, tx)


async def hold(deps: Dependencies, tx: Transaction, bill_ids: Sequence[str]) -> bool:
    """Prove in an order's transaction that all these bills are still owing.

    A write, not a read: a payment or a void at the same moment then conflicts with it.
    """
    return await store.hold(deps.db, bill_ids, tx)


async def settle(
    deps: Dependencies, tx: Transaction, bill_id: str, journal_id: str, at: datetime
) -> bool:
    """Mark a bill as paid by a journal. False when it was paid or voided before."""
    changes = {"state": BillState.PAID, "paid_at": at, "journal_id": journal_id}
    return await store.move(deps.db, bill_id, BillState.OWING, changes=changes, tx=tx)


async def void(deps: Dependencies, actor: Actor, bill_id: str, request: VoidBill) -> BillView:
    """Take back an unpaid bill, with a reason and a reversing journal."""
    found = await store.find_bills(deps.db, [bill_id])
    if not found or not actor.may(Permission.RUN_BILLS, found[0].home):
        raise errors.NotFound("没有找到账单")
    [bill] = found
    changes = {
        "state": BillState.VOID,
        "voided_at": deps.now(),
        "voided_by": actor.person_id,
        "void_reason": request.reason,
    }
    if request.months is MonthsAfterVoid.OPEN:
        # frees the months and stays unique: see index `slots`
        changes["slots"] = [f"void|{bill.id}"]

    async def save(tx: Transaction) -> None:
        if not await store.move(deps.db, bill_id, BillState.OWING, changes=changes, tx=tx):
            raise BillNotOwing("这张账单已缴或已作废,不能作废")
        await ledger.post(deps, tx, _reversal(bill, deps.now()))

    await deps.in_transaction(save)
    addresses = await places.addresses(deps, [bill.home])
    bill.state = BillState.VOID
    return bill_view(bill, addresses.get(bill.home, bill.home), day_of(deps.now()))


def _reversal(bill: Bill, at: datetime) -> Journal:
    compound = places.compound_of(bill.home)
    return Journal(
        id=f"void:{bill.id}",
        kind="void",
        place=compound,
        at=at,
        postings=[
            Posting(income(bill.kind, compound), bill.amount_fen),
            Posting(receivable(bill.id), -bill.amount_fen),
        ],
        reference={"bill": bill.id},
    )


start_run = runs.start
publish_run = runs.publish
cancel_run = runs.cancel
get_run = runs.get
list_runs = runs.listing
run_bills = runs.bills_of
JOBS: Final = runs.JOBS
