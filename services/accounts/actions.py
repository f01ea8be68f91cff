"""Who a person is, where they live and what they hold today; the front door of the accounts."""

import asyncio
from collections.abc import Sequence

from services.accounts import by_wechat, consents, phones, residency_store, standing, store
from services.accounts.models import HomeView, Me, Person, RoleView
from services.audit import actions as audit
from services.audit.models import Act
from services.dependencies import Dependencies, Transaction
from services.kernel import errors
from services.kernel.days import day_of
from services.kernel.permissions import Actor
from services.places import actions as places
from services.wechat.errors import WeChatError


async def give_phone(deps: Dependencies, actor: Actor, code: str) -> Me:
    """Prove a phone number and receive the homes and roles that were written under it.

    A number has one holder, whoever proved it last: numbers move to other people, and the
    former tenant must not go on seeing the home.
    """
    await consents.look_for(deps, actor.person_id)
    try:
        given = await deps.wechat.phone_number(code)
    except WeChatError as error:
        raise by_wechat.problem(error) from error
    phone = phones.normalise(f"+{given.country_code}{given.number}")
    sealed = deps.vault.seal(phone, place=f"people/{actor.person_id}/phone")
    index = phone_index(deps, phone)

    async def bind(tx: Transaction) -> None:
        await consents.require(deps, tx, actor.person_id)
        await store.take_phone(
            deps.db, index, actor.person_id, sealed=sealed, at=deps.now(), tx=tx
        )
        await audit.record(deps, tx, actor, Act.PHONE_PROVED, subject=actor.person_id)

    await deps.in_transaction(bind)
    return await me(deps, actor)


def phone_index(deps: Dependencies, phone: str) -> str:
    """Return the blind index of an E.164 number: equality without the number."""
    return phones.blind_index(deps.vault, phone)


async def me(deps: Dependencies, actor: Actor) -> Me:
    """Who I am, where I live, what I am responsible for."""
    today = day_of(deps.now())
    person, homes, roles = await asyncio.gather(
        store.find_person(deps.db, actor.person_id),
        residency_store.residencies_of(deps.db, actor.person_id, today),
        standing.roles_of(deps, actor.person_id),
    )
    if person is None:
        raise errors.Unauthenticated("请重新登录")
    addresses = await places.addresses(deps, [home.home for home in homes])
    return Me(
        person_id=person.id,
        phone_masked=_masked_phone(deps, person),
        homes=[
            HomeView(place=h.home, address=addresses.get(h.home, h.home), relation=h.relation)
            for h in homes
        ],
        roles=[RoleView(role=r.role, place=r.place, until_day=r.to_day) for r in roles],
    )


def _masked_phone(deps: Dependencies, person: Person) -> str | None:
    if person.phone_sealed is None:
        return None
    return phones.mask(
        deps.vault.unseal(person.phone_sealed, place=f"people/{person.id}/phone")
    )


async def openids(deps: Dependencies, person_ids: Sequence[str]) -> dict[str, str]:
    """Return person id → openid, for messages; nobody writes to a closed account."""
    found = await store.find_people(deps.db, person_ids)
    return {person.id: person.openid for person in found if person.closed_at is None}
