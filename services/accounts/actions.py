"""Who a person is, where they live and what they hold today; the front door of the accounts."""

import asyncio

from services.accounts import bindings
from services.accounts.models import HomeView, Me, RoleView
from services.appointments import offices
from services.audit import actions as audit
from services.audit.models import Act
from services.browser_sign_ins import store as browser_sign_ins_store
from services.consents import actions as consents
from services.dependencies import Dependencies, Transaction
from services.kernel import errors, phones
from services.kernel.days import day_of
from services.kernel.permissions import Actor
from services.people import identity
from services.people import store as people_store
from services.people.models import Person
from services.places import actions as places
from services.residencies import actions as residencies
from services.sessions import store as sessions_store
from services.wechat.errors import WeChatError


async def give_phone(deps: Dependencies, actor: Actor, code: str) -> Me:
    """Prove a phone number and receive the homes and roles that were written under it.

    A number has one holder, whoever proved it last: numbers move to other people, and the
    former tenant must not go on seeing the home.
    """
    await consents.check(deps, actor.person_id)
    try:
        given = await deps.wechat.phone_number(code)
    except WeChatError as error:
        raise identity.problem(error) from error
    phone = phones.normalise(f"+{given.country_code}{given.number}")
    sealed = deps.vault.seal(phone, place=f"people/{actor.person_id}/phone")
    index = phone_index(deps, phone)

    async def bind(tx: Transaction) -> None:
        await consents.require(deps, tx, actor.person_id)
        await bindings.take_phone(
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
        people_store.find(deps.db, actor.person_id),
        residencies.of_person(deps.db, actor.person_id, today),
        offices.roles_of(deps, actor.person_id),
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


async def sign_out_everywhere(deps: Dependencies, actor: Actor) -> None:
    """End every session of one's own, this one too, and what was about to become one."""
    act = Act.SIGNED_OUT_EVERYWHERE

    async def save(tx: Transaction) -> None:
        now = deps.now()
        ended = await sessions_store.end_all(
            deps.db, actor.person_id, at=now, because=act, tx=tx
        )
        await browser_sign_ins_store.refuse_all(deps.db, actor.person_id, now, tx)
        await audit.record(deps, tx, actor, act, sessions=ended)

    await deps.in_transaction(save)
