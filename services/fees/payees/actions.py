"""Actions on payees: writing one down, ending it, and who is paid for a bill.

Whoever may decide where money goes (MANAGE_PAYEES) is somebody else than who sets prices
(MANAGE_FEES): a price names a payee that is there, and cannot lead money elsewhere.
"""

from collections.abc import Collection, Sequence

import msgspec
from msgspec import Struct
from pymongo.errors import DuplicateKeyError

from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.fees.models import FeeKind
from services.fees.payees import store, views
from services.fees.payees.models import (
    EndPayee,
    NewPayee,
    Payee,
    PayeesQuery,
    PayeeView,
    ReceiptNumbers,
)
from services.firms import actions as firms
from services.kernel import errors
from services.kernel.access import accessible
from services.kernel.acts import Act
from services.kernel.days import Day, check_day, day_of
from services.kernel.documents import digest_id
from services.kernel.pages import Page
from services.kernel.paths import ancestors, covers, outermost
from services.kernel.permissions import Actor, Permission
from services.kernel.unions import Part
from services.merchants import actions as merchants
from services.places import actions as places
from services.places.models import LADDER, Kind

PAYEE_PLACES = LADDER[: Kind.COMPOUND.depth]


class BadPayee(errors.InvalidInput):
    """A firm is paid at its compound and under its name; others there or above."""

    code = "bad_payee"
    details_type = errors.UnknownDay


class UnknownAccountDetails(Struct, frozen=True, kw_only=True):
    """Account that is not configured.

    `account`: Key of the merchant account that was asked for.
    """

    account: str


class UnknownAccount(errors.InvalidInput):
    """No merchant account of that key is configured: money would have nowhere to go."""

    code = "unknown_account"
    details_type = UnknownAccountDetails


class AccountTakenDetails(Struct, frozen=True, kw_only=True):
    """Payee that has the account.

    `name`: Name of the payee that the account belongs to.
    """

    name: str


class AccountTaken(errors.Conflict):
    """The account belongs to a payee of another name or firm, or with other fees."""

    code = "payee_account_taken"
    details_type = AccountTakenDetails


class PayeeExists(errors.Conflict):
    """The account stands at this place on some of these days already."""

    code = "payee_exists"


class PayeeEnded(errors.Conflict):
    """Somebody else set the last day meanwhile, or it can only become earlier."""

    code = "payee_ended"
    details_type = errors.LatestDay


async def add(deps: Dependencies, actor: Actor, place: str, request: NewPayee) -> PayeeView:
    """Write down who may charge fees at a place. The same payee again is the same one.

    Raises NotFound, BadPayee, UnknownAccount, AccountTaken, PayeeExists.
    """
    found = await places.access_place(deps, actor, place, Permission.MANAGE_PAYEES)
    await merchants.refresh(deps)
    _check(deps, request, found.kind)
    payee = _draft(deps, actor, place, request)

    async def save(tx: Transaction) -> Payee:
        others = await store.of_account(deps.db, tx, payee.account)
        # of two who name one account at once, the second starts again and sees the first
        await places.hold(deps, tx, ancestors(place)[0])
        if not await places.use(deps, [place], tx=tx):
            raise errors.NotFound("没有找到这个地方")
        if payee.firm and (await firms.get(deps, tx, payee.firm)).name != payee.name:
            raise BadPayee("收款单位名称应与物业企业登记的名称一致")
        new = _beside_slips(payee, others)
        _require_room(new, others)
        await store.insert(deps.db, tx, new)
        said = ("account", "kinds", "firm", "from_day", "to_day")
        facts = {name: getattr(new, name) for name in said}
        about = {"place": place, "subject": new.id}
        await audit.record(deps, tx, actor, Act.PAYEE_ADDED, **about, **facts)
        return new

    try:
        return await views.view(deps, await deps.in_transaction(save))
    except DuplicateKeyError:
        return await deps.in_transaction(lambda tx: _again(deps, tx, actor, payee))


def _check(deps: Dependencies, request: NewPayee, kind: Kind) -> None:
    check_day(request.from_day)
    if check_day(request.to_day or request.from_day) < request.from_day:
        raise BadPayee("结束日期不能早于开始日期")
    if kind not in PAYEE_PLACES or (request.firm_id and kind is not Kind.COMPOUND):
        raise BadPayee("物业企业请登记在小区上,其他收款单位可登记在小区或上级")
    if request.account not in deps.merchants:
        raise UnknownAccount("没有这个收款账户", account=request.account)


def _draft(deps: Dependencies, actor: Actor, place: str, request: NewPayee) -> Payee:
    return Payee(
        id=digest_id("payee", place, request.account, request.from_day),
        place=place,
        name=request.name,
        account=request.account,
        kinds=sorted(set(request.kinds)),
        firm=request.firm_id or "",
        from_day=request.from_day,
        to_day=request.to_day,
        written_by=actor.person_id,
        written_at=deps.now(),
        charged=False,
    )


def _beside_slips(payee: Payee, others: Sequence[Payee]) -> Payee:
    """Return a payee under an id of its own, where slips of its place and first day have it."""
    slips = sum(other.is_slip and _begin_alike(payee, other) for other in others)
    if not slips:
        return payee
    own = digest_id("payee", payee.place, payee.account, payee.from_day, slips)
    return msgspec.structs.replace(payee, id=own)


def _begin_alike(one: Payee, other: Payee) -> bool:
    begins = ("place", "account", "from_day")
    return all(getattr(one, name) == getattr(other, name) for name in begins)


def _require_room(payee: Payee, others: Sequence[Payee]) -> None:
    """Raise unless the account is this payee's everywhere, and free here on these days.

    One that is over counts, too: its bills are still to be paid, under its name. A slip has
    no bills, and keeps nobody from writing the right name.
    """
    identity = (payee.name, payee.firm, payee.kinds)
    for other in (other for other in others if not other.is_slip):
        if (other.name, other.firm, other.kinds) != identity:
            raise AccountTaken("这个收款账户已登记给别的收款单位或收费", name=other.name)
        if other.id != payee.id and other.place == payee.place and _overlap(payee, other):
            raise PayeeExists("这个收款单位在这段时间已经登记过")


def _overlap(one: Payee, other: Payee) -> bool:
    return one.stands_on(max(one.from_day, other.from_day)) and other.stands_on(
        max(one.from_day, other.from_day)
    )


async def _again(deps: Dependencies, tx: Transaction, actor: Actor, payee: Payee) -> PayeeView:
    """Return the payee that is there already, if it is the same one."""
    there = await store.at_places(deps.db, [payee.place], tx=tx)
    alike = (p for p in there if _begin_alike(payee, p) and not p.is_slip)
    earlier = next(alike, payee)
    wanted = msgspec.structs.replace(payee, id=earlier.id)
    shown, asked = await views.views(deps, [earlier, wanted])
    if earlier is payee or shown != asked:
        raise PayeeExists("这个收款单位从同一天起已经登记过")
    about = {"place": payee.place, "subject": earlier.id}
    await audit.record(deps, tx, actor, Act.PAYEE_ADDED, **about, again=True)
    return shown


async def end(deps: Dependencies, actor: Actor, payee_id: str, request: EndPayee) -> PayeeView:
    """Bring the last day of a payee forward. Bills that were issued stay owed to it.

    Raises NotFound, PayeeEnded.
    """

    async def save(tx: Transaction) -> Payee:
        payee = await _access(deps, tx, actor, payee_id)
        last = check_day(request.last_day)
        about = {"place": payee.place, "subject": payee.id}
        if payee.to_day == last:
            await audit.record(deps, tx, actor, Act.PAYEE_ENDED, **about, again=True)
            return payee
        ended = msgspec.structs.replace(
            payee, to_day=last, ended_by=actor.person_id, ended_at=deps.now()
        )
        later = payee.to_day is not None and last > payee.to_day
        if later or not await store.end(deps.db, tx, ended, payee.to_day):
            raise PayeeEnded("收款单位的结束日期只能提前", to_day=payee.to_day)
        await audit.record(deps, tx, actor, Act.PAYEE_ENDED, **about, last_day=last)
        return ended

    return await views.view(deps, await deps.in_transaction(save))


async def number_receipts(
    deps: Dependencies, actor: Actor, payee_id: str, request: ReceiptNumbers
) -> PayeeView:
    """Have the receipts of a payee numbered without gaps from now on, or no longer.

    Orders that are made from then on follow it. Raises NotFound.
    """

    async def save(tx: Transaction) -> Payee:
        payee = await _access(deps, tx, actor, payee_id)
        await store.number_receipts(deps.db, tx, payee_id, wanted=request.numbered)
        about = {"place": payee.place, "subject": payee_id}
        act, numbered = Act.PAYEE_RECEIPTS_SET, request.numbered
        await audit.record(deps, tx, actor, act, **about, numbered=numbered)
        return msgspec.structs.replace(payee, numbers_receipts=numbered)

    return await views.view(deps, await deps.in_transaction(save))


async def _access(deps: Dependencies, tx: Transaction, actor: Actor, payee_id: str) -> Payee:
    payee = await store.find(deps.db, payee_id, tx=tx)
    return accessible(
        actor,
        payee,
        Permission.MANAGE_PAYEES,
        at=lambda payee: payee.place,
        missing="没有找到这个收款单位",
    )


async def listing(
    deps: Dependencies, actor: Actor, place: str, query: PayeesQuery
) -> Page[PayeeView]:
    """Payees that may charge at a place or at something below it."""
    await places.access_place(deps, actor, place, Permission.MANAGE_FEES)
    found = await store.page(deps.db, place, query)
    return found.of(await views.views(deps, found.items))


async def first_day(deps: Dependencies, account: str) -> Day | None:
    """Return the day before which nobody can have paid into an account; None: not known.

    An order is for a payee, so there was none before the first payee was written down.
    """
    found = await store.first_of(deps.db, account)
    return day_of(found.written_at) if found else None


async def is_firm(deps: Dependencies, account: str) -> bool:
    """Tell whether an account is a property firm's."""
    return bool(await store.firm_of(deps.db, account))


async def places_of(deps: Dependencies, account: str) -> list[str]:
    """Return the places at which the payee of an account stands, ended ones too, by path."""
    return list(outermost(await store.places_of(deps.db, account)))


async def accounts(deps: Dependencies) -> list[str]:
    """Return the accounts of all payees."""
    return await store.accounts(deps.db)


async def public_accounts(deps: Dependencies, held: Sequence[str]) -> list[str]:
    """Return the accounts of payees that are no firm and stand only under some places."""
    found = await store.public_under(deps.db, held) if held else {}
    return [
        account
        for account, stands_at in found.items()
        if all(any(covers(each, place) for each in held) for place in stands_at)
    ]


async def find(deps: Dependencies, payee_id: str) -> Payee | None:
    return await store.find(deps.db, payee_id)


def part_around(homes: Sequence[str]) -> Part[Payee]:
    """Return the query of `around`, to be read with others."""
    return store.part_at_places(_around(homes))


async def around(deps: Dependencies, homes: Sequence[str]) -> list[Payee]:
    """Return the payees of the places homes lie in, ended ones too: whom they may still owe."""
    return await store.at_places(deps.db, _around(homes)) if homes else []


def _around(homes: Sequence[str]) -> list[str]:
    return sorted({place for home in homes for place in ancestors(home)})


def at_home(found: Sequence[Payee], home: str) -> list[Payee]:
    """Return those of the payees found that stand at a place in which a home lies, by id."""
    places_around = ancestors(home)
    there = {payee.id: payee for payee in found if payee.place in places_around}
    return [payee for _, payee in sorted(there.items())]


async def of_firm(deps: Dependencies, compound: str, firm: str) -> list[Payee]:
    """Return the payees of a compound that are this firm: what it may dispose of."""
    found = await store.at_places(deps.db, [compound])
    return [payee for payee in found if payee.firm == firm and not payee.is_slip]


async def for_repairs(deps: Dependencies, compound: str, firm: str) -> Payee | None:
    """Return the payee of a firm that is paid for repairs in homes ordered today, or None.

    All payees of a firm are its own. Where it has several, the one of the property fee is
    taken: residents know it.
    """
    today = deps.today()
    found = [
        payee
        for payee in await of_firm(deps, compound, firm)
        if payee.stands_on(today) and payee.account in deps.merchants
    ]
    found.sort(key=lambda p: (FeeKind.PROPERTY_FEE not in p.kinds, p.from_day, p.id))
    return next(iter(found), None)


async def mark_charged(deps: Dependencies, tx: Transaction, payee_ids: Collection[str]) -> None:
    """Note that bills were issued for these payees: from now on none of them is a slip."""
    await store.mark_charged(deps.db, tx, payee_ids)
