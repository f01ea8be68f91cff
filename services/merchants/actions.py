"""Actions on merchant accounts: read anew by each process, and changed within a transaction.

What is kept here wins over the account of the same key in the environment (WXPAY_ACCOUNTS),
which is how a first account comes in without a second administrator. Each change has a version
greater than all before it, so that a process asks only for what it does not know yet: with
every order, every few seconds, and when Redis says so.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Final

import msgspec
import structlog
from redis.exceptions import RedisError

from services.dependencies import Dependencies, Transaction
from services.kernel import endings, errors, unions
from services.kernel.days import Day, end_of
from services.kernel.pages import Page
from services.kernel.permissions import Actor, Permission, require_city
from services.kernel.unions import Part
from services.kernel.vault import Unreadable
from services.kernel.views import show
from services.merchants import store
from services.merchants.models import (
    EARLIER_KEYS,
    KEYS,
    Identity,
    Keys,
    Merchant,
    MerchantsQuery,
    MerchantView,
)
from services.wechat.merchant import AccountError, MerchantAccount, check
from services.wechat.pay import PayClient
from services.wechat.pay_session import Earlier

TELL: Final = "merchants"
HINT_SECONDS: Final = 0.2

log = structlog.get_logger(__name__)


class MerchantTaken(errors.Conflict):
    """Another account has this key, or this merchant of WeChat's."""

    code = "merchant_taken"


class BadMerchant(errors.InvalidInput):
    """With these keys nothing could be signed or opened; the message names the field."""

    code = "bad_merchant"


# ── what this process uses ──────────────────────────────────────────────────────────────


def part_news(deps: Dependencies) -> Part[Merchant]:
    """Return the query for what this process does not know yet, to be read with others."""
    return store.part_since(deps.merchants.version)


async def refresh(deps: Dependencies) -> None:
    """Take over what changed since this process last looked: one query on an index."""
    part = part_news(deps)
    take(deps, (await unions.read(deps.db, [part])).of(part))


def take(deps: Dependencies, news: Sequence[Merchant]) -> None:
    """Use accounts as they are now. One that cannot be used is alarmed and used no more."""
    for merchant in sorted(news, key=lambda each: each.version):
        if merchant.version <= deps.merchants.version:
            continue
        try:
            _use(deps, merchant)
        except (Unreadable, ValueError) as error:
            log.error("merchant_unusable", account=merchant.id, why=type(error).__name__)  # noqa: TRY400  # nothing of keys
            deps.merchants.drop(merchant.id)
        deps.merchants.version = merchant.version


def _use(deps: Dependencies, merchant: Merchant) -> None:
    account = account_of(merchant, opened(deps, merchant))
    earlier = None
    if merchant.earlier_keys and merchant.earlier_until:
        text = EARLIER_KEYS.open(deps.vault, merchant.id, merchant.earlier_keys)
        before = account_of(merchant, msgspec.json.decode(text, type=Keys))
        earlier = Earlier(before, end_of(merchant.earlier_until))
    deps.merchants.put(
        account,
        earlier,
        takes_orders=merchant.is_on,
        ships=merchant.ships,
        combines=merchant.combines,
    )


async def find_client(deps: Dependencies, key: str) -> PayClient | None:
    """Return the client of an account, also of one that was added a moment ago."""
    if key not in deps.merchants:
        await refresh(deps)
    return deps.merchants.get(key)


def opened(deps: Dependencies, merchant: Merchant) -> Keys:
    """Return the keys of an account. Raises Unreadable."""
    return msgspec.json.decode(KEYS.open(deps.vault, merchant.id, merchant.keys), type=Keys)


def account_of(merchant: Merchant, keys: Keys) -> MerchantAccount:
    return _account(merchant.id, identity_of(merchant), keys)


def identity_of(merchant: Merchant) -> Identity:
    return msgspec.convert(merchant, Identity, from_attributes=True)


def _account(key: str, identity: Identity, keys: Keys) -> MerchantAccount:
    return MerchantAccount(
        key=key,
        **{**msgspec.structs.asdict(identity), "mode": identity.mode.value},
        **msgspec.structs.asdict(keys),
    )


async def check_usable(key: str, identity: Identity, keys: Keys) -> None:
    """Raise BadMerchant for keys with which nothing can be signed or opened.

    In a thread: that a private key is one takes 60 ms to prove.
    """
    try:
        await asyncio.to_thread(check, _account(key, identity, keys))
    except AccountError as error:
        raise BadMerchant(f"商户资料不能使用:{error}") from error


# ── changes ─────────────────────────────────────────────────────────────────────────────


async def held(deps: Dependencies, tx: Transaction, key: str) -> Merchant:
    """Return an account as it is kept, or as the environment has it. Raises NotFound."""
    found = await store.find(deps.db, key, tx=tx)
    if found is not None:
        return found
    given = deps.merchants.environment.get(key)
    if given is None:
        raise errors.NotFound("没有这个收款账户")
    keys = msgspec.convert(given, Keys, from_attributes=True)
    return _made(deps, key, msgspec.convert(given, Identity, from_attributes=True), keys)


def _made(deps: Dependencies, key: str, identity: Identity, keys: Keys) -> Merchant:
    return Merchant(
        id=key,
        **msgspec.structs.asdict(identity),
        serial=keys.serial,
        public_key_id=keys.public_key_id,
        keys=KEYS.seal(deps.vault, key, msgspec.json.encode(keys).decode()),
        version=0,
        changed_at=deps.now(),
    )


async def add(
    deps: Dependencies, tx: Transaction, key: str, identity: Identity, keys: Keys
) -> None:
    """Add an account. Raises MerchantTaken."""
    await require_free(deps, tx, key, identity)
    await _put(deps, tx, _made(deps, key, identity, keys))


async def require_free(
    deps: Dependencies, tx: Transaction, key: str, identity: Identity
) -> None:
    """Raise MerchantTaken when the key or the merchant is another account's."""
    number = (identity.mchid, identity.sub_mchid)
    given = {(one.mchid, one.sub_mchid) for one in deps.merchants.environment.values()}
    there = await store.find(deps.db, key, tx=tx)
    if there or key in deps.merchants.environment:
        raise MerchantTaken("这个收款账户代号已被使用")
    if number in given or await store.with_number(deps.db, tx, *number):
        raise MerchantTaken("这个商户号已登记为别的收款账户")


async def rotate(
    deps: Dependencies, tx: Transaction, merchant: Merchant, keys: Keys, until: Day
) -> None:
    """Sign with new keys from now on; read notices with the old ones to the end of a day."""
    old = KEYS.open(deps.vault, merchant.id, merchant.keys)
    merchant.earlier_keys = EARLIER_KEYS.seal(deps.vault, merchant.id, old)
    merchant.earlier_serial, merchant.earlier_until = merchant.serial, until
    merchant.serial, merchant.public_key_id = keys.serial, keys.public_key_id
    text = msgspec.json.encode(keys).decode()
    merchant.keys = KEYS.seal(deps.vault, merchant.id, text)
    await _put(deps, tx, merchant)


async def switch(
    deps: Dependencies, tx: Transaction, merchant: Merchant, *, is_on: bool
) -> None:
    """Let new orders be made with an account, or none any more."""
    merchant.is_on = is_on
    merchant.off_at = None if is_on else deps.now()
    merchant.orders_left = None
    await _put(deps, tx, merchant)


async def set_shipping(
    deps: Dependencies, tx: Transaction, merchant: Merchant, *, ships: bool
) -> None:
    """Let WeChat be told of each payment what was paid for, or not any more."""
    merchant.ships = ships
    await _put(deps, tx, merchant)


async def set_combining(
    deps: Dependencies, tx: Transaction, merchant: Merchant, *, combines: bool
) -> None:
    """Let one order pay an account and others together, or not any more."""
    merchant.combines = combines
    await _put(deps, tx, merchant)


async def _put(deps: Dependencies, tx: Transaction, merchant: Merchant) -> None:
    merchant.version = await store.newest_version(deps.db, tx) + 1
    merchant.changed_at = deps.now()
    await store.put(deps.db, tx, merchant)
    endings.of(tx).follow[TELL] = partial(_told, deps)


async def _told(deps: Dependencies) -> None:
    """Take the change over here, and tell the other processes by a hint in Redis.

    A lost hint costs them one poll interval.
    """
    await refresh(deps)
    with suppress(RedisError, OSError, TimeoutError):
        async with asyncio.timeout(HINT_SECONDS):
            await deps.redis.publish(channel(deps), b"")


def channel(deps: Dependencies) -> str:
    """Return where hints are published: processes of another database do not hear them."""
    return f"merchants:{deps.db.name}"


async def forget_earlier_keys(deps: Dependencies) -> None:
    """Delete keys from before a rotation whose last day is over."""
    for key in [*deps.merchants]:
        found = await store.find(deps.db, key)
        if found and found.earlier_until and found.earlier_until < deps.today():
            gone = {"earlier_keys": "", "earlier_until": None}
            await store.note(deps.db, key, found.version, **gone)


# ── looks ───────────────────────────────────────────────────────────────────────────────


async def off_since(deps: Dependencies, key: str) -> Merchant | None:
    """Return an account that is switched off; None when it is not."""
    found = await store.find(deps.db, key)
    return found if found and not found.is_on else None


async def note_left(deps: Dependencies, merchant: Merchant, orders: int) -> None:
    """Note how many open orders an account has that was switched off."""
    await store.note(deps.db, merchant.id, merchant.version, orders_left=orders)


async def listing(
    deps: Dependencies, actor: Actor, query: MerchantsQuery
) -> Page[MerchantView]:
    """Return the accounts that are kept here, by their names."""
    require_city(actor, Permission.MANAGE_PAYEES)
    return (await store.page(deps.db, query)).map(view)


async def kept(deps: Dependencies, query: MerchantsQuery) -> Page[MerchantView]:
    """Return the same for whoever holds the machine."""
    return (await store.page(deps.db, query)).map(view)


def view(merchant: Merchant) -> MerchantView:
    return show(merchant, MerchantView, account=merchant.id)
