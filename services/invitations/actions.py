"""Invitations of an owner to family, a tenant or a payer.

Each is a token for one person, good for a week. Only a keyed fingerprint of the token is kept.
The owner must still be one when it is accepted.
"""

import secrets

from services.audit import actions as audit
from services.audit.models import Act
from services.consents import actions as consents
from services.dependencies import Dependencies, Transaction
from services.homes import household, terms
from services.homes import notify as homes_notify
from services.homes.household import Household
from services.homes.models import Bound, SlipState
from services.homes.notify import News
from services.invitations import store
from services.invitations.models import (
    INVITATION_LIFE,
    AcceptInvitation,
    Invitation,
    InvitationView,
    Invite,
    NewInvitation,
)
from services.kernel import errors
from services.kernel.days import day_of
from services.kernel.documents import new_id
from services.kernel.permissions import Actor, Permission, require_at
from services.residencies.models import Newcomer, Relation, Residency, Way

TOKEN_BYTES = 24
MOST_OPEN = 20  # of one home


class TooManyInvitations(errors.Conflict):
    code = "too_many_invitations"


class InvitationUnknown(errors.NotFound):
    code = "invitation_unknown"


class InvitationUsed(errors.Conflict):
    """Somebody else accepted it; each is for one person."""

    code = "invitation_used"


class InvitationOver(errors.Conflict):
    """Too old, revoked, or of somebody who is not the owner any more."""

    code = "invitation_over"


async def invite(deps: Dependencies, actor: Actor, home: str, wish: Invite) -> NewInvitation:
    """Make an invitation. The token is told this once."""
    require_at(actor, Permission.MANAGE_HOME, home)
    now, token = deps.now(), secrets.token_urlsafe(TOKEN_BYTES)
    terms.require_end(Relation(wish.relation), wish.to_day)
    _, to_day = terms.check_span(None, wish.to_day, day_of(now))
    fresh = Invitation(
        id=new_id(now),
        home=home,
        relation=Relation(wish.relation),
        name_sealed="",
        to_day=to_day,
        token_index=_index(deps, token),
        person=actor.person_id,
        created_at=now,
        expires_at=now + INVITATION_LIFE,
    )
    fresh.name_sealed = deps.vault.seal(wish.name, place=_name_place(fresh))

    async def save(tx: Transaction) -> None:
        await consents.require(deps, tx, actor.person_id)
        held = await household.hold(deps, home, tx)
        _require_owner(held, actor.person_id)
        if len(await store.open_at(deps.db, home, now, tx)) >= MOST_OPEN:
            raise TooManyInvitations("还没接受的邀请太多了,请先撤回一些", most=MOST_OPEN)
        await store.insert(deps.db, fresh, tx)
        await audit.record(
            deps,
            tx,
            actor,
            Act.HOME_INVITED,
            place=home,
            subject=fresh.id,
            relation=fresh.relation,
            to_day=to_day,
        )

    await deps.in_transaction(save)
    return NewInvitation(invitation_id=fresh.id, token=token, expires_at=fresh.expires_at)


def _index(deps: Dependencies, token: str) -> str:
    return deps.vault.blind(token, purpose="home-invitation")


def _name_place(invitation: Invitation) -> str:
    return f"home_invitations/{invitation.id}/name"


def _require_owner(home: Household, person: str) -> Residency:
    """Return the row by which somebody owns the home today. Raises InvitationOver."""
    for row in home.owners:
        if row.person == person and row.from_day <= home.today:
            return row
    raise InvitationOver("邀请已失效,请联系房屋的业主")


async def accept(deps: Dependencies, actor: Actor, wish: AcceptInvitation) -> Bound:
    """Belong to the home that a token opens; the same person again is told the same."""
    await consents.check(deps, actor.person_id)
    opened = await store.find_by_token(deps.db, _index(deps, wish.token))
    if opened is None:
        raise InvitationUnknown("没有找到这个邀请,请核对")

    async def save(tx: Transaction) -> Bound:
        await consents.require(deps, tx, actor.person_id)
        home = await household.hold(deps, opened.home, tx)
        found = await store.find(deps.db, opened.id, tx) or opened
        repeated = found.used_by == actor.person_id
        if repeated:
            row = home.row_of(actor.person_id, found.residency)
        else:
            _check(deps, found)
            row = await _let_in(deps, tx, actor, home, found)
        if row is None:
            raise InvitationOver("邀请已失效,请业主重新邀请")
        await audit.record(
            deps,
            tx,
            actor,
            Act.INVITATION_ACCEPTED,
            place=found.home,
            subject=found.id,
            relation=found.relation,
            residency=row.id,
            repeated=repeated,
        )
        return Bound(
            residency_id=row.id,
            home=row.home,
            address=home.place.address,
            relation=row.relation,
            to_day=row.to_day,
        )

    return await deps.in_transaction(save)


def _check(deps: Dependencies, found: Invitation) -> None:
    if found.state is SlipState.USED:
        raise InvitationUsed("这个邀请已被别人接受,请业主重新邀请")
    if found.state is SlipState.REVOKED or found.expires_at <= deps.now():
        raise InvitationOver("邀请已失效,请业主重新邀请")


async def _let_in(
    deps: Dependencies, tx: Transaction, actor: Actor, home: Household, found: Invitation
) -> Residency:
    """Write the invited person into the home."""
    owner = _require_owner(home, found.person)
    household.require_new(home, actor.person_id, found.relation)
    if not await store.use(deps.db, found.id, actor.person_id, deps.now(), tx):
        raise InvitationOver("邀请已失效,请业主重新邀请")
    newcomer = Newcomer(
        home=found.home,
        relation=found.relation,
        name=deps.vault.unseal(found.name_sealed, place=_name_place(found)),
        person=actor.person_id,
        way=Way.INVITATION,
        from_day=home.today,
        to_day=_last_day(found, owner),
        source=f"invitation:{found.id}",
    )
    row = await household.let_in(deps, tx, home, newcomer)
    await store.note_residency(deps.db, found.id, row.id, tx)
    await homes_notify.news(
        deps, tx, home.place, [found.person], what=News.JOINED, key=found.id
    )
    return row


def _last_day(found: Invitation, owner: Residency) -> str | None:
    """Return the guest's last day: family goes with the owner, a lease outlives a sale."""
    lasts = [found.to_day]
    if found.relation is not Relation.TENANT:
        lasts.append(owner.to_day)
    return min((day for day in lasts if day), default=None)


async def listing(deps: Dependencies, actor: Actor, home: str) -> list[InvitationView]:
    """A home's invitations that may still be accepted, newest first; without tokens."""
    require_at(actor, Permission.MANAGE_HOME, home)
    return [
        InvitationView(
            invitation_id=found.id,
            relation=found.relation,
            name=deps.vault.unseal(found.name_sealed, place=_name_place(found)),
            to_day=found.to_day,
            created_at=found.created_at,
            expires_at=found.expires_at,
        )
        for found in await store.open_at(deps.db, home, deps.now())
    ]


async def revoke(deps: Dependencies, actor: Actor, home: str, invitation_id: str) -> None:
    """Take an invitation back. Repeats are harmless; one that was accepted is past that."""
    require_at(actor, Permission.MANAGE_HOME, home)

    async def save(tx: Transaction) -> None:
        found = await store.find(deps.db, invitation_id, tx)
        if found is None or found.home != home:
            raise errors.NotFound("没有找到这个邀请")
        done = await store.revoke(deps.db, found.id, tx)
        if not done and found.state is SlipState.USED:
            raise InvitationUsed("邀请已被接受,如需移除请到住户里办理")
        await audit.record(
            deps,
            tx,
            actor,
            Act.INVITATION_REVOKED,
            place=home,
            subject=found.id,
            repeated=not done,
        )

    await deps.in_transaction(save)
