"""Openings of mediations: by a party, or by an office that asks for its residents.

Whoever opens one never learns who has an account: parties are named by home and name, the
register tells by itself whom it means, and the answer is the same whether it knows anybody.
"""

from collections.abc import Sequence

import msgspec

from services.appointments import offices
from services.cases import actions as cases
from services.cases import ladder
from services.consents import actions as consents
from services.dependencies import Dependencies, Transaction
from services.kernel import errors, phones
from services.kernel.access import accessible
from services.kernel.acts import Act
from services.kernel.days import month_of
from services.kernel.interests import homes_of
from services.kernel.paths import ancestors
from services.kernel.permissions import Actor, Permission, Role
from services.mediations import interests, notify, steps, store
from services.mediations.kind import MEDIATION, quarter_of
from services.mediations.models import NOTE, Mediation
from services.mediations.openings.models import NewParty, Opened, OpenMediation
from services.mediations.parties import store as parties
from services.mediations.parties.models import (
    FEWEST,
    MOST,
    NAME,
    PHONE,
    STATEMENT,
    PartyRow,
    SaidBy,
    party_id,
)
from services.mediations.states import MediationState
from services.people import actions as people
from services.places import actions as places
from services.places import grids
from services.places.models import Kind
from services.quotas import actions as quotas
from services.quotas.models import SHARES, Quota
from services.residencies import actions as residencies
from services.residencies import sealed
from services.residencies.models import Residency


class BadParties(errors.InvalidInput):
    """Two to ten different parties are needed, all of one community."""

    code = "mediation_bad_parties"


class NoMember(errors.Conflict):
    """The community has nobody without interest in it who says who mediates."""

    code = "mediation_no_member"


class TooManyMediations(errors.Conflict):
    """As many were opened within a day as one may; `most` in details."""

    code = "too_many_mediations"
    details_type = errors.Most


async def open_one(deps: Dependencies, actor: Actor, wish: OpenMediation) -> Opened:
    """Open a mediation, and ask the parties whether they take part.

    Raises NotFound, BadParties, MediationInterest, NoMember, TooManyMediations,
    ConsentNeeded.
    """
    await consents.check(deps, actor.person_id)
    _require_theirs(actor, wish)
    draft, rows = await _draft(deps, actor, wish)
    members = await _members(deps, actor, draft)

    async def save(tx: Transaction) -> Mediation:
        await consents.require(deps, tx, actor.person_id)
        await _require_room(deps, tx, actor, wish)
        used = [draft.place, *draft.homes]
        if set(await places.use(deps, used, tx=tx)) != set(used):
            raise errors.NotFound(places.MISSING)
        made = msgspec.structs.replace(draft)  # a transaction may run twice
        await store.insert(deps.db, tx, made)
        await parties.insert(deps.db, tx, rows)
        await cases.begin(deps, tx, actor, MEDIATION, made)
        await notify.ask(deps, tx, made, sorted({*made.people} - {actor.person_id}))
        await notify.opened(deps, tx, made, {*members} - {actor.person_id})
        await steps.note(deps, tx, actor, made, Act.MEDIATION_OPENED)
        return made

    made = await deps.in_transaction(save)
    return Opened(mediation_id=made.id, state=made.state)


async def _members(deps: Dependencies, actor: Actor, draft: Mediation) -> list[str]:
    """Return the community's mediation members who have no interest in it.

    Without one nobody could ever name a mediator. Raises NoMember, which counts as an opening:
    else it would tell whoever goes on asking where the members live.
    """
    members = await ladder.first_people(deps, MEDIATION, draft)
    free = await interests.impartial(deps, draft, members)
    if not free:
        if members:
            await deps.in_transaction(lambda tx: _take_room(deps, tx, actor))
        raise NoMember("社区没有可以受理的调解委员,请先联系社区")
    return free


def _require_theirs(actor: Actor, wish: OpenMediation) -> None:
    """Raise NotFound or BadParties unless it is the actor's dispute or place."""
    named = [(party.home, party.name) for party in wish.parties]
    homes = [party.home for party in wish.parties if party.home]
    count = len(named) + (wish.home is not None)
    if not FEWEST <= count <= MOST or len(set(named)) != len(named):
        raise BadParties(f"当事人要有{FEWEST}到{MOST}位,且不能重复")
    all_homes = [*homes, *([wish.home] if wish.home else [])]
    if len({places.community_of(home) for home in all_homes}) != 1:
        raise BadParties("当事人要住在同一个社区,至少一位填写房屋")
    if wish.home is not None:
        return  # whether it is theirs, the register tells
    _require_at(actor, Permission.MEDIATE, homes)
    if not homes_of(actor).isdisjoint(homes):
        raise interests.refusal()  # their own dispute they open as a party


def _require_at(actor: Actor, permission: Permission, homes: Sequence[str]) -> None:
    """Raise NotFound unless the actor holds a permission at one of some homes."""
    held = next((home for home in homes if actor.may(permission, home)), None)
    accessible(actor, held, permission, at=lambda home: home, missing=places.MISSING)


async def _require_room(
    deps: Dependencies, tx: Transaction, actor: Actor, wish: OpenMediation
) -> None:
    """Raise TooManyMediations: each asks neighbours. Offices open them for many."""
    if wish.home is not None:
        await _take_room(deps, tx, actor)


async def _take_room(deps: Dependencies, tx: Transaction, actor: Actor) -> None:
    who = await people.counted_as(deps, actor.person_id)
    if not await quotas.take(deps, tx, Quota.MEDIATIONS, who):
        most = SHARES[Quota.MEDIATIONS].times
        raise TooManyMediations("今天申请太多了,请明天再试", most=most)


async def _draft(
    deps: Dependencies, actor: Actor, wish: OpenMediation
) -> tuple[Mediation, list[PartyRow]]:
    """Return a mediation and its parties, with all that was typed sealed."""
    now, mediation_id = deps.now(), deps.new_id()
    named = [NewParty(name="", home=wish.home)] if wish.home else []
    named += wish.parties
    homes = sorted({party.home for party in named if party.home})
    await _require_homes(deps, homes)
    register = await residencies.of_homes(deps, homes)
    if wish.home:
        named[0].name = _own_name(deps, actor, wish.home, register)
        if (wish.home, named[0].name) in {(each.home, each.name) for each in wish.parties}:
            raise BadParties("对方不能是您自己")
    rows = [_row(deps, mediation_id, n, party) for n, party in enumerate(named, start=1)]
    _bind(deps, actor, rows, register, is_party=wish.home is not None)
    if wish.home:
        first = rows[0]
        first.agreed, first.answered_at, first.answered_by = True, now, SaidBy.APP
        first.statement_sealed = STATEMENT.seal(deps.vault, first.id, wish.statement)
    draft = Mediation(
        id=mediation_id,
        place=places.community_of(homes[0]),
        matter=wish.matter,
        state=MediationState.ASKING,
        person=actor.person_id if wish.home else "",
        filed_by="" if wish.home else actor.person_id,
        created_at=now,
        entered_at=now,
        steps=1,
        people=[row.person for row in rows if row.person],
        homes=homes,
        note_sealed="" if wish.home else NOTE.seal(deps.vault, mediation_id, wish.statement),
        opened_in=quarter_of(month_of(now)),
    )
    draft.excluded = await _excluded(deps, homes, wish)
    return draft, rows


async def _require_homes(deps: Dependencies, homes: Sequence[str]) -> None:
    """Raise NotFound unless each is a home that is there."""
    found = await places.find_many(deps, homes)
    if {each.id for each in found if each.kind is Kind.HOME} != set(homes):
        raise errors.NotFound(places.MISSING)


def _own_name(
    deps: Dependencies, actor: Actor, home: str, register: Sequence[Residency]
) -> str:
    """Return the name by which the register knows the actor at a home. Raises NotFound."""
    for row in register:
        if row.home == home and row.person == actor.person_id:
            return sealed.name_of(deps, row)
    raise errors.NotFound(places.MISSING)


def _row(deps: Dependencies, mediation_id: str, number: int, party: NewParty) -> PartyRow:
    row_id = party_id(mediation_id, number)
    phone = phones.normalise(party.phone) if party.phone else ""
    return PartyRow(
        id=row_id,
        mediation=mediation_id,
        number=number,
        person=None,
        home=party.home or "",
        name_sealed=NAME.seal(deps.vault, row_id, party.name),
        phone_sealed=PHONE.seal(deps.vault, row_id, phone) if phone else "",
        phone_index=phones.blind_index(deps.vault, phone) if phone else "",
    )


def _bind(
    deps: Dependencies,
    actor: Actor,
    rows: Sequence[PartyRow],
    register: Sequence[Residency],
    *,
    is_party: bool,
) -> None:
    """Write into each row whom the register means by home and name; each person once."""
    taken = set[str]()
    if is_party:
        rows[0].person = actor.person_id
        taken.add(actor.person_id)
    for row in rows[1:] if is_party else rows:
        name = NAME.open(deps.vault, row.id, row.name_sealed)
        for known in register:
            means = known.home == row.home and sealed.name_of(deps, known) == name
            if means and known.person and known.person not in taken:
                row.person = known.person
                taken.add(known.person)
                break


async def _excluded(deps: Dependencies, homes: Sequence[str], wish: OpenMediation) -> list[str]:
    """Return who holds the offices over any of some homes that the dispute is about."""
    roles = [Role(each.value) for each in wish.about]
    if not roles:
        return []
    above = {upper for home in homes for upper in ancestors(home)}
    over = await grids.grids_over(deps, homes)
    found = await offices.holders_at(deps, sorted({*above, *over}), roles)
    return sorted({each.person for each in found if each.person})
