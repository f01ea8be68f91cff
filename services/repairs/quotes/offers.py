"""Offer of a quote: who does a repair says what it costs, within the firm's price list."""

from collections.abc import Sequence

from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.fees.payees import actions as payees
from services.fees.payees.models import Payee
from services.kernel import errors
from services.kernel.acts import Act
from services.kernel.documents import Document, digest_id
from services.kernel.permissions import Actor, Permission
from services.places import actions as places
from services.repairs import states as repair_states
from services.repairs import store as repairs
from services.repairs import views as repair_views
from services.repairs.kind import REPAIR
from services.repairs.models import Part, Repair
from services.repairs.prices import actions as prices
from services.repairs.prices.models import Line
from services.repairs.quotes import guarantees, notify, store, views
from services.repairs.quotes.models import MOST_FEN, NewQuote, Quote, QuoteLine, QuoteView
from services.repairs.quotes.refusals import (
    BadTotal,
    NoPayee,
    NotAtHome,
    QuoteOutdated,
    UnderGuarantee,
)
from services.repairs.quotes.states import OPEN, QuoteAction
from services.repairs.states import ON_HAND


async def offer(deps: Dependencies, actor: Actor, repair_id: str, wish: NewQuote) -> QuoteView:
    """Offer the next quote of a repair that the actor does; it takes the place of the last one.

    The same again is the same. Raises NotFound, Forbidden, RepairMovedOn, NotAtHome, NoPayee,
    PriceUnknown, PriceOutOfBand, BadTotal, UnderGuarantee, QuoteOutdated.
    """
    repair, _ = await repair_views.access(deps, actor, repair_id)
    _require_doing(actor, repair)
    lines = await _lines(deps, repair.place, wish)

    async def save(tx: Transaction) -> Quote:
        found = await repairs.hold(deps.db, tx, repair_id)
        if found is None:
            raise errors.NotFound(REPAIR.missing)
        _require_doing(actor, found)
        await _require_no_guarantee(deps, tx, found)
        payee = await payees.for_repairs(deps, places.compound_of(found.place), found.firm)
        if not found.firm or payee is None:
            raise NoPayee("这个报修不能在线收费:没有物业企业,或它的收款账户还没有登记")
        new = _draft(deps, actor, found, payee, lines=lines, wish=wish)
        return await _put(deps, tx, actor, new)

    return await views.one(deps, actor, await deps.in_transaction(save))


async def _lines(deps: Dependencies, place: str, wish: NewQuote) -> list[QuoteLine]:
    """Return the lines with what the price list calls them, each within its band."""
    asked = [Line(code=line.code, unit_fen=line.unit_fen) for line in wish.lines]
    found = await prices.check(deps, place, asked, deps.today())
    lines = [
        QuoteLine(
            code=price.code,
            label=price.label,
            unit=price.unit,
            kind=price.kind,
            quantity=line.quantity,
            unit_fen=line.unit_fen,
            amount_fen=line.quantity * line.unit_fen,
        )
        for line, price in zip(wish.lines, found, strict=True)
    ]
    if not 1 <= _total(lines) <= MOST_FEN:
        raise BadTotal("报价的合计不对,请检查", most=MOST_FEN)
    return lines


def _total(lines: Sequence[QuoteLine]) -> int:
    return sum(line.amount_fen for line in lines)


def _require_doing(actor: Actor, found: Repair) -> None:
    """Raise unless the actor has this repair of a home in hand."""
    works = actor.may(Permission.WORK_ON_REPAIRS, found.place)
    if not works or found.holder != actor.person_id:
        raise errors.Forbidden(REPAIR.forbidden)
    if found.part is not Part.HOME:
        raise NotAtHome("公共部位的维修不向住户单独收费")
    if found.state not in ON_HAND:
        raise repair_states.moved_on(found.state)


async def _require_no_guarantee(deps: Dependencies, tx: Transaction, found: Repair) -> None:
    paid = await guarantees.find(deps, found, tx=tx)
    if paid is None:
        return
    until = paid.guaranteed_until
    said = f"同一问题在保修期内(到{until}),免费维修"
    if paid.repair == found.id:
        said = "这个报修已经收过费,没修好要免费返修"
    raise UnderGuarantee(said, repair_id=paid.repair, until=until)


def _draft(
    deps: Dependencies,
    actor: Actor,
    found: Repair,
    payee: Payee,
    *,
    lines: list[QuoteLine],
    wish: NewQuote,
) -> Quote:
    version = wish.after_version + 1
    return Quote(
        id=digest_id("repair_quote", found.id, version),
        repair=found.id,
        number=found.number,
        place=found.place,
        category=found.category,
        reported_category=found.reported_category,
        firm=found.firm,
        payee=payee.id,
        account=payee.account,
        payee_name=payee.name,
        version=version,
        lines=lines,
        total_fen=_total(lines),
        guarantee_days=wish.guarantee_days,
        offered_by=actor.person_id,
        offered_at=deps.now(),
    )


async def _put(deps: Dependencies, tx: Transaction, actor: Actor, new: Quote) -> Quote:
    """Insert a version behind the latest, which it supersedes; of two at once, one is first."""
    earlier = await store.of_repair(deps.db, new.repair, tx=tx)
    last = earlier[0] if earlier else None
    about = {"place": new.place, "subject": new.id}
    if last is not None and _same(last, new):
        await audit.record(deps, tx, actor, Act.REPAIR_QUOTE_OFFERED, **about, again=True)
        return last
    number = last.version if last else 0
    if number != new.version - 1:
        raise QuoteOutdated("刚刚有人报过价,请刷新后再试", version=number)
    if last is not None and last.state in OPEN:
        await store.move(deps.db, tx, last, QuoteAction.SUPERSEDE, ended_at=deps.now())
    await store.insert(deps.db, tx, new)
    await notify.offered(deps, tx, new)
    facts: Document = {
        "repair": new.repair,
        "version": new.version,
        "amount_fen": new.total_fen,
    }
    facts |= {"guarantee_days": new.guarantee_days}
    await audit.record(deps, tx, actor, Act.REPAIR_QUOTE_OFFERED, **about, **facts)
    return new


def _same(one: Quote, other: Quote) -> bool:
    """Tell whether two are one quote of one person, sent twice."""
    said = ("version", "lines", "guarantee_days", "offered_by")
    return all(getattr(one, name) == getattr(other, name) for name in said)
