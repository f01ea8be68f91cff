"""People who signed in: their account, what they agreed to, the phone they hold."""

from collections.abc import Collection, Sequence
from datetime import datetime

from services.dependencies import Dependencies, Transaction
from services.kernel import errors, phones
from services.kernel.unions import Part
from services.people import identity, store
from services.people.models import PHONE, Person


async def find_or_add(deps: Dependencies, openid: str, *, unionid: str | None = None) -> Person:
    """Return the person behind a WeChat user of this mini-program, added now if new.

    `unionid` is noted while a service account is linked: without one nothing needs it.
    """
    fresh = Person(
        id=deps.new_id(),
        wechat_key=identity.key_of(deps, openid),
        openid=openid,
        union_key=identity.union_key_of(unionid) if unionid and deps.service else None,
        created_at=deps.now(),
    )
    return await store.upsert(deps.db, fresh)


async def find(deps: Dependencies, person_id: str) -> Person | None:
    return await store.find(deps.db, person_id)


def part(person_id: str) -> Part[Person]:
    """Return the query for a person, to be read with others."""
    return store.part(person_id)


async def counted_as(deps: Dependencies, person_id: str) -> str:
    """Return what a person is counted by: a keyed fingerprint of their WeChat user.

    It is the same for every account they open, so that no limit ends with an account.
    """
    person = await store.find(deps.db, person_id)
    return deps.vault.blind(person.wechat_key, purpose="quota") if person else person_id


async def find_many(deps: Dependencies, person_ids: Sequence[str]) -> dict[str, Person]:
    """Return person id → person, of those there are; the closed ones, too."""
    return {person.id: person for person in await store.find_many(deps.db, person_ids)}


async def openids(deps: Dependencies, person_ids: Sequence[str]) -> dict[str, str]:
    """Return person id → openid, for messages; nobody writes to a closed account."""
    people = await store.find_many(deps.db, person_ids)
    return {person.id: person.openid for person in people if person.closed_at is None}


async def union_keys(deps: Dependencies, person_ids: Sequence[str]) -> dict[str, str]:
    """Return person id → key in all apps of our Open Platform account, where one is known."""
    people = await store.find_many(deps.db, person_ids)
    return {person.id: person.union_key for person in people if person.union_key}


async def closed_among(deps: Dependencies, person_ids: Sequence[str]) -> set[str]:
    """Return those whose account was closed."""
    return await store.closed_among(deps.db, person_ids)


async def note_sign_in(
    deps: Dependencies, tx: Transaction, person_id: str, at: datetime
) -> None:
    """Write that a person signs in. Raises SignInRefused when their account is closed."""
    if not await store.note_sign_in(deps.db, tx, person_id, at):
        raise identity.SignInRefused("这个账号已停用,请联系社区")


async def require_open(deps: Dependencies, tx: Transaction, person_id: str) -> None:
    """Lock a person's account in a transaction that writes something of theirs.

    Without the lock that row would stay behind when they erase themself at the same moment.
    Raises Unauthenticated for a closed account.
    """
    if await store.hold(deps.db, tx, person_id) is None:
        raise errors.Unauthenticated("这个账号已注销,请重新登录")


async def consents_of(deps: Dependencies, person_id: str) -> dict[str, int] | None:
    """Return policy → version agreed to; None for a closed account."""
    return await store.consents_of(deps.db, person_id)


async def hold(deps: Dependencies, tx: Transaction, person_id: str) -> dict[str, int] | None:
    """Lock an account; return policy → version agreed to, None for a closed account."""
    return await store.hold(deps.db, tx, person_id)


async def note_consent(
    deps: Dependencies, tx: Transaction, person_id: str, policy: str, version: int | None
) -> None:
    """Write which version of a policy a person agrees to from now on; None: none any more."""
    await store.note_consent(deps.db, tx, person_id, policy, version)


async def take_phone(deps: Dependencies, tx: Transaction, person_id: str, phone: str) -> None:
    """Make a person the holder of a phone, E.164. Whoever held it before loses it at once."""
    index = phones.blind_index(deps.vault, phone)
    sealed = PHONE.seal(deps.vault, person_id, phone)
    await store.take_phone(deps.db, tx, index, person_id, sealed=sealed, at=deps.now())


def phone_of(deps: Dependencies, person: Person) -> str | None:
    """Return the phone a person proved, E.164."""
    if person.phone_sealed is None:
        return None
    return PHONE.open(deps.vault, person.id, person.phone_sealed)


async def holders_of(
    deps: Dependencies, tx: Transaction, phone_indexes: Collection[str]
) -> dict[str, str]:
    """Return phone index → person who holds it, for writing something under these phones."""
    if not phone_indexes:
        return {}
    return await store.holders_of(deps.db, tx, sorted(phone_indexes))


async def holder_of(deps: Dependencies, tx: Transaction, phone_index: str | None) -> str | None:
    """Return the person who holds a phone, for writing something under it."""
    if phone_index is None:
        return None
    return (await store.holders_of(deps.db, tx, [phone_index])).get(phone_index)
