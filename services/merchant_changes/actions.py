"""Actions on changes of merchant accounts: proposed by one person, approved by another.

Into which account money goes is what a thief with one administrator's phone would change first:
no change is made by one person alone, switching off included (docs/decisions/62-merchants.md).
"""

from collections.abc import Awaitable, Callable
from typing import Final

import msgspec
from pymongo.errors import DuplicateKeyError

from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.kernel import errors
from services.kernel.acts import Act
from services.kernel.days import Day, check_day
from services.kernel.interests import SamePerson
from services.kernel.pages import Page
from services.kernel.permissions import Actor, Permission, require_city
from services.kernel.views import show
from services.merchant_changes import store
from services.merchant_changes.models import (
    KEYS,
    Change,
    ChangeKind,
    ChangesQuery,
    ChangeView,
    Decision,
    NewChange,
    NewMerchant,
)
from services.merchant_changes.states import TABLE, ChangeAction
from services.merchants import actions as merchants
from services.merchants.models import Identity, Keys, Merchant
from services.merchants.probes.jobs import ONE as PROBE
from services.payments.closings.jobs import CLOSE

Check = Callable[[Transaction], Awaitable[None]]
OPERATOR: Final = "command line: "


class ChangeWaits(errors.Conflict):
    """One change of an account at a time: the other is to be decided first."""

    code = "merchant_change_waits"


class ChangeDecided(errors.Conflict):
    """Somebody decided meanwhile."""

    code = "merchant_change_decided"


class NothingToChange(errors.Conflict):
    """The account is as it is asked to be."""

    code = "merchant_unchanged"


def operator(name: str) -> Actor:
    """Return somebody at the command line: who holds the machine holds all its keys."""
    return Actor(OPERATOR + name.strip().casefold(), "")


async def propose_new(deps: Dependencies, actor: Actor, request: NewMerchant) -> ChangeView:
    """Propose to add an account. Raises Forbidden, BadMerchant, MerchantTaken, ChangeWaits."""
    require_city(actor, Permission.MANAGE_PAYEES)
    return await propose_new_by(deps, actor, request)


async def propose_new_by(deps: Dependencies, actor: Actor, request: NewMerchant) -> ChangeView:
    identity = msgspec.convert(request, Identity, from_attributes=True)
    await merchants.check_usable(request.account, identity, request.keys)
    change = _draft(deps, actor, request.account, ChangeKind.ADD, request.reason)
    change.identity = identity
    _seal(deps, change, request.keys)

    async def check(tx: Transaction) -> None:
        await merchants.require_free(deps, tx, change.account, identity)

    return await _propose(deps, actor, change, check)


async def propose(
    deps: Dependencies, actor: Actor, account: str, request: NewChange
) -> ChangeView:
    """Propose a change of an account.

    Raises Forbidden, NotFound, BadMerchant, NothingToChange, ChangeWaits.
    """
    require_city(actor, Permission.MANAGE_PAYEES)
    return await propose_by(deps, actor, account, request)


async def propose_by(
    deps: Dependencies, actor: Actor, account: str, request: NewChange
) -> ChangeView:
    change = _draft(deps, actor, account, request.kind, request.reason)
    keys = _rotation(deps, request)
    if keys is not None:
        found = await deps.in_transaction(lambda tx: merchants.held(deps, tx, account))
        await merchants.check_usable(account, merchants.identity_of(found), keys)
        change.old_until = request.old_until
        _seal(deps, change, keys)

    async def check(tx: Transaction) -> None:
        _require_change(await merchants.held(deps, tx, account), change.kind)

    return await _propose(deps, actor, change, check)


def _rotation(deps: Dependencies, request: NewChange) -> Keys | None:
    """Return the keys of a rotation. Raises InvalidInput for what does not belong together."""
    is_rotation = request.kind is ChangeKind.ROTATE
    fits = bool(request.keys) == is_rotation == bool(request.old_until)
    if request.kind is ChangeKind.ADD or not fits:
        raise errors.InvalidInput("更换密钥须提供新密钥和旧密钥的最后日期,其他更改不提供")
    if request.old_until and check_day(request.old_until) < deps.today():
        raise errors.InvalidInput("旧密钥的最后日期不能早于今天")
    return request.keys


def _require_change(merchant: Merchant, kind: ChangeKind) -> None:
    there = {
        ChangeKind.SWITCH_OFF: not merchant.is_on,
        ChangeKind.SWITCH_ON: merchant.is_on,
        ChangeKind.SHIP: merchant.ships,
        ChangeKind.STOP_SHIPPING: not merchant.ships,
        ChangeKind.COMBINE: merchant.combines,
        ChangeKind.STOP_COMBINING: not merchant.combines,
    }
    if there.get(kind):
        raise NothingToChange("这个收款账户已经是这样了")


def _draft(
    deps: Dependencies, actor: Actor, account: str, kind: ChangeKind, reason: str
) -> Change:
    return Change(
        id=deps.new_id(),
        account=account,
        kind=kind,
        reason=reason,
        proposed_by=actor.person_id,
        proposed_at=deps.now(),
    )


def _seal(deps: Dependencies, change: Change, keys: Keys) -> None:
    change.serial = keys.serial
    change.keys = KEYS.seal(deps.vault, change.id, msgspec.json.encode(keys).decode())


async def _propose(
    deps: Dependencies, actor: Actor, change: Change, check: Check
) -> ChangeView:
    async def save(tx: Transaction) -> None:
        await check(tx)
        await store.insert(deps.db, tx, change)
        await _record(deps, tx, actor, Act.MERCHANT_PROPOSED, change)

    try:
        await deps.in_transaction(save)
    except DuplicateKeyError:
        raise ChangeWaits("这个收款账户有一项更改还在等待批准") from None
    return _view(change)


async def _record(
    deps: Dependencies, tx: Transaction, actor: Actor, act: Act, change: Change
) -> None:
    facts = {"account": change.account, "kind": change.kind.value}
    await audit.record(deps, tx, actor, act, subject=change.id, **facts)


async def decide(
    deps: Dependencies, actor: Actor, change_id: str, request: Decision
) -> ChangeView:
    """Make a proposed change, or refuse it.

    Raises Forbidden, NotFound, SamePerson, ChangeDecided, MerchantTaken, NothingToChange.
    """
    require_city(actor, Permission.MANAGE_PAYEES)
    return await decide_by(deps, actor, change_id, request)


async def decide_by(
    deps: Dependencies, actor: Actor, change_id: str, request: Decision
) -> ChangeView:
    action = ChangeAction.APPROVE if request.approve else ChangeAction.REFUSE
    decided = {
        "decided_by": actor.person_id,
        "decided_at": deps.now(),
        "decided_because": request.reason,
    }

    async def save(tx: Transaction) -> Change:
        change = await store.find(deps.db, change_id, tx=tx)
        if change is None:
            raise errors.NotFound("没有这项更改")
        if request.approve and change.proposed_by == actor.person_id:
            raise SamePerson("提出更改的人不能自己批准,请另一位管理员批准")
        if not await store.move(deps.db, tx, change_id, action, **decided):
            raise ChangeDecided("这项更改已经处理过了,请刷新")
        if request.approve:
            await _make(deps, tx, change)
            await jobs.enqueue(deps, tx, PROBE, change.id, account=change.account)
        await _record(deps, tx, actor, TABLE.act(action), change)
        kept = {**decided, "state": TABLE.target(action), "keys": ""}
        return msgspec.structs.replace(change, **kept)

    return _view(await deps.in_transaction(save))


async def _make(deps: Dependencies, tx: Transaction, change: Change) -> None:
    """Change the account as it was proposed."""
    if change.kind is ChangeKind.ADD:
        if change.identity is None:
            raise RuntimeError("an addition without an identity")
        await merchants.add(deps, tx, change.account, change.identity, _keys(deps, change))
        return
    merchant, kind = await merchants.held(deps, tx, change.account), change.kind
    _require_change(merchant, kind)
    match kind:
        case ChangeKind.ROTATE:
            until: Day = change.old_until or deps.today()
            await merchants.rotate(deps, tx, merchant, _keys(deps, change), until)
        case ChangeKind.SWITCH_OFF | ChangeKind.SWITCH_ON:
            is_on = kind is ChangeKind.SWITCH_ON
            await merchants.switch(deps, tx, merchant, is_on=is_on)
            if not is_on:
                await jobs.enqueue(deps, tx, CLOSE, change.id, account=change.account)
        case ChangeKind.SHIP | ChangeKind.STOP_SHIPPING:
            await merchants.set_shipping(deps, tx, merchant, ships=kind is ChangeKind.SHIP)
        case ChangeKind.COMBINE | ChangeKind.STOP_COMBINING:
            combines = kind is ChangeKind.COMBINE
            await merchants.set_combining(deps, tx, merchant, combines=combines)


def _keys(deps: Dependencies, change: Change) -> Keys:
    return msgspec.json.decode(KEYS.open(deps.vault, change.id, change.keys), type=Keys)


async def listing(deps: Dependencies, actor: Actor, query: ChangesQuery) -> Page[ChangeView]:
    """Return changes of merchant accounts, the latest first."""
    require_city(actor, Permission.MANAGE_PAYEES)
    return await kept(deps, query)


async def kept(deps: Dependencies, query: ChangesQuery) -> Page[ChangeView]:
    """Return the same for whoever holds the machine."""
    return (await store.page(deps.db, query)).map(_view)


def _view(change: Change) -> ChangeView:
    return show(change, ChangeView, change_id=change.id)
