"""Account of the person who asks: profile, proof of a phone, sign-out everywhere."""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Final

from services.accounts.models import HomeView, Me, RoleView
from services.appointments import offices
from services.appointments.models import Appointment
from services.audit import actions as audit
from services.browser_sign_ins import actions as browser_sign_ins
from services.consents import actions as consents
from services.dependencies import Dependencies, Transaction
from services.grants import actions as grants
from services.grants.models import Holdings
from services.kernel import errors, masking, phones, unions
from services.kernel.acts import Act
from services.kernel.permissions import Actor, office
from services.people import actions as people
from services.people import identity
from services.places import actions as places
from services.places.models import BuildingView
from services.residencies import actions as residencies
from services.residencies import notify
from services.residencies.models import Residency
from services.sessions import lifecycle
from services.sessions.models import SignedIn

TAKEN_BACK: Final = "登记的本人已验证手机号,您的绑定已解除"


async def give_phone(deps: Dependencies, actor: Actor, code: str) -> Me:
    """Prove a phone and receive the homes and roles that were written under it.

    A phone has one holder, whoever proved it last: numbers move to other people, and the
    former tenant must not go on seeing the home. Whoever came into a registered person's row
    by a printed code or a token leaves it for them, and is told. Raises ConsentNeeded,
    CodeRefused, InvalidPhone.
    """
    person = actor.person_id
    await consents.check(deps, person)
    phone = await identity.phone_of(deps, code)
    index = phones.blind_index(deps.vault, phone)

    async def bind(tx: Transaction) -> None:
        await consents.require(deps, tx, person)
        await people.take_phone(deps, tx, person, phone)
        taken = await residencies.follow_phone(deps, tx, person, index)
        await _tell_bearers(deps, tx, taken)
        await offices.follow_phone(deps, tx, person, index)
        homes = [row.id for row in taken]
        await audit.record(deps, tx, actor, Act.PHONE_PROVED, subject=person, taken=homes)

    await deps.in_transaction(bind)
    return await _show(deps, person, await grants.holdings_of(deps, person))


async def _tell_bearers(
    deps: Dependencies, tx: Transaction, taken: Sequence[Residency]
) -> None:
    addresses = await places.addresses(deps, [row.home for row in taken]) if taken else {}
    for row in taken:
        await notify.notify_of_home(
            deps,
            tx,
            row.person or "",
            address=addresses.get(row.home, row.home),
            news=TAKEN_BACK,
            key=f"{row.id}:taken:{row.bound_at}",
        )


async def me(deps: Dependencies, actor: SignedIn) -> Me:
    """Return who the actor is, where they live and what they are responsible for."""
    return await _show(deps, actor.person_id, actor.holdings)


async def _show(deps: Dependencies, person_id: str, held: Holdings) -> Me:
    own = [*(home.home for home in held.homes), *(role.place for role in held.roles)]
    named = places.part([*own, *chain(*held.buildings.values())])
    whole = people.part(person_id)
    found = await unions.read(deps.db, [whole, named])
    person = next(iter(found.of(whole)), None)
    if person is None:
        raise errors.Unauthenticated("请重新登录")
    addresses = places.addresses_in(found.of(named))
    phone = people.phone_of(deps, person)
    return Me(
        person_id=person.id,
        phone_masked=masking.phone(phone) if phone else None,
        homes=[
            HomeView(place=h.home, address=addresses.get(h.home, h.home), relation=h.relation)
            for h in held.homes
        ],
        roles=[
            _role_view(role, addresses, held.buildings.get(role.place, []))
            for role in held.roles
        ],
    )


def _role_view(
    held: Appointment, addresses: Mapping[str, str], buildings: Sequence[str]
) -> RoleView:
    return RoleView(
        role=held.role,
        title=office(held.role, substitute=held.substitute_for),
        place=held.place,
        address=addresses.get(held.place, held.place),
        buildings=[BuildingView(path=b, address=addresses.get(b, b)) for b in buildings],
        until_day=held.to_day,
    )


async def sign_out_everywhere(deps: Dependencies, actor: Actor) -> None:
    """End every session of one's own, this one too, and every browser sign-in under way."""
    act = Act.SIGNED_OUT_EVERYWHERE

    async def save(tx: Transaction) -> None:
        ended = await lifecycle.end_all(deps, tx, actor.person_id, because=act)
        await browser_sign_ins.refuse_all(deps, tx, actor.person_id)
        await audit.record(deps, tx, actor, act, sessions=ended)

    await deps.in_transaction(save)
