"""Invitations of an owner to family, a tenant or a payer.

Each is a token for one person, good for a week. Only a keyed fingerprint of the token is kept.
The owner must still be one when it is accepted.
"""

import secrets
from typing import Any, Final

from services.audit import actions as audit
from services.consents import actions as consents
from services.dependencies import Dependencies, Transaction
from services.homes import household, terms
from services.invitations import store
from services.invitations.models import (
    INVITATION_LIFE,
    NAME,
    Invitation,
    InvitationView,
    Invite,
    NewInvitation,
    token_index,
)
from services.invitations.states import (
    TABLE,
    InvitationAction,
    InvitationOver,
    InvitationState,
    InvitationUsed,
)
from services.kernel import errors
from services.kernel.acts import Act
from services.kernel.pages import ListQuery, Page
from services.kernel.permissions import Actor, Permission, require_at
from services.kernel.views import show
from services.residencies.models import Relation

TOKEN_BYTES: Final = 24
MOST_OPEN: Final = 20  # of one home


class TooManyInvitations(errors.Conflict):
    """Twenty invitations of the home wait to be accepted; `most` in details."""

    code = "too_many_invitations"
    details_type = errors.Most


async def invite(deps: Dependencies, actor: Actor, home: str, wish: Invite) -> NewInvitation:
    """New invitation into a home the actor owns. The token is shown this once.

    Raises TooManyInvitations, TenancyNeedsEnd, BadDays, ConsentNeeded.
    """
    require_at(actor, Permission.MANAGE_HOME, home)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    fresh = _fresh(deps, actor, home, wish, token=token)

    async def save(tx: Transaction) -> None:
        await consents.require(deps, tx, actor.person_id)
        held = await household.hold(deps, tx, home)
        if held.owner_row(actor.person_id) is None:
            raise InvitationOver("邀请已失效,请联系房屋的业主")
        if await store.count_open(deps.db, tx, home, fresh.created_at) >= MOST_OPEN:
            raise TooManyInvitations("还没接受的邀请太多了,请先撤回一些", most=MOST_OPEN)
        await store.insert(deps.db, tx, fresh)
        facts = {"relation": fresh.relation, "to_day": fresh.to_day}
        await _note(deps, tx, actor, Act.HOME_INVITED, fresh, **facts)

    await deps.in_transaction(save)
    return NewInvitation(invitation_id=fresh.id, token=token, expires_at=fresh.expires_at)


def _fresh(
    deps: Dependencies, actor: Actor, home: str, wish: Invite, *, token: str
) -> Invitation:
    now, relation = deps.now(), Relation(wish.relation)
    terms.require_end(relation, wish.to_day)
    _, to_day = terms.check_span(None, wish.to_day, deps.today())
    fresh = Invitation(
        id=deps.new_id(),
        home=home,
        relation=relation,
        name_sealed="",
        to_day=to_day,
        token_index=token_index(deps.vault, token),
        person=actor.person_id,
        created_at=now,
        expires_at=now + INVITATION_LIFE,
    )
    fresh.name_sealed = NAME.seal(deps.vault, fresh.id, wish.name)
    return fresh


async def _note(
    deps: Dependencies, tx: Transaction, actor: Actor, act: Act, found: Invitation, **facts: Any
) -> None:
    await audit.record(deps, tx, actor, act, place=found.home, subject=found.id, **facts)


async def listing(
    deps: Dependencies, actor: Actor, home: str, query: ListQuery
) -> Page[InvitationView]:
    """Invitations of a home that can be accepted, newest first; without tokens."""
    require_at(actor, Permission.MANAGE_HOME, home)
    page = await store.page(deps.db, home, deps.now(), query)
    return page.map(lambda found: _view(deps, found))


def _view(deps: Dependencies, found: Invitation) -> InvitationView:
    name = NAME.open(deps.vault, found.id, found.name_sealed)
    return show(found, InvitationView, invitation_id=found.id, name=name)


async def revoke(deps: Dependencies, actor: Actor, home: str, invitation_id: str) -> None:
    """Revoke an invitation; harmless to repeat. Raises InvitationUsed once it is accepted."""
    require_at(actor, TABLE.needs(InvitationAction.REVOKE), home)

    async def save(tx: Transaction) -> None:
        found = await store.find(deps.db, invitation_id, tx=tx)
        if found is None or found.home != home:
            raise errors.NotFound("没有找到这个邀请")
        done = await store.revoke(deps.db, tx, found.id)
        if not done and found.state is InvitationState.USED:
            raise InvitationUsed("邀请已被接受,如需移除请到住户里办理")
        await _note(
            deps, tx, actor, TABLE.act(InvitationAction.REVOKE), found, repeated=not done
        )

    await deps.in_transaction(save)


async def revoke_at(
    deps: Dependencies, tx: Transaction, home: str, *, person: str | None = None
) -> int:
    """Revoke a home's open invitations, or those one `person` sent; return how many."""
    return await store.revoke_at(deps.db, tx, home, person=person)
