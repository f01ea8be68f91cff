"""Acceptance of an invitation: the person who has the token is bound to the home."""

from services.audit import actions as audit
from services.consents import actions as consents
from services.dependencies import Dependencies, Transaction
from services.homes import household, notify, views
from services.homes.household import Household
from services.homes.models import Bound
from services.homes.notify import News
from services.invitations import store
from services.invitations.models import NAME, AcceptInvitation, Invitation, token_index
from services.invitations.states import (
    TABLE,
    InvitationAction,
    InvitationOver,
    InvitationState,
    InvitationUsed,
)
from services.kernel import errors
from services.kernel.permissions import Actor
from services.residencies.models import Newcomer, Relation, Residency, Way


class InvitationUnknown(errors.NotFound):
    """No invitation has this token."""

    code = "invitation_unknown"


async def accept(deps: Dependencies, actor: Actor, wish: AcceptInvitation) -> Bound:
    """Home that a token opens, bound to the actor; the same person again gets the same.

    Raises InvitationUnknown, InvitationUsed, InvitationOver, AlreadyBound, ConsentNeeded.
    """
    await consents.check(deps, actor.person_id)
    opened = await store.find_by_token(deps.db, token_index(deps.vault, wish.token))
    if opened is None:
        raise InvitationUnknown("没有找到这个邀请,请核对")

    async def save(tx: Transaction) -> Bound:
        await consents.require(deps, tx, actor.person_id)
        home = await household.hold(deps, tx, opened.home)
        found = await store.find(deps.db, opened.id, tx=tx) or opened
        repeated = found.used_by == actor.person_id
        if repeated:
            row = home.row_of(actor.person_id, found.residency)
        else:
            row = await _let_in(deps, tx, actor, home, found)
        if row is None:
            raise InvitationOver("邀请已失效,请业主重新邀请")
        await _note(deps, tx, actor, found, residency=row.id, repeated=repeated)
        return views.bound(home, row)

    return await deps.in_transaction(save)


async def _note(
    deps: Dependencies,
    tx: Transaction,
    actor: Actor,
    found: Invitation,
    *,
    residency: str,
    repeated: bool,
) -> None:
    await audit.record(
        deps,
        tx,
        actor,
        TABLE.act(InvitationAction.USE),
        place=found.home,
        subject=found.id,
        relation=found.relation,
        residency=residency,
        repeated=repeated,
    )


async def _let_in(
    deps: Dependencies, tx: Transaction, actor: Actor, home: Household, found: Invitation
) -> Residency:
    """Bind the invited person to the home, and tell whoever invited them."""
    owner = _require_valid(deps, home, found)
    household.require_new(home, actor.person_id, found.relation)
    if not await store.use(deps.db, tx, found.id, actor.person_id, deps.now()):
        raise InvitationOver("邀请已失效,请业主重新邀请")
    newcomer = Newcomer(
        home=found.home,
        relation=found.relation,
        name=NAME.open(deps.vault, found.id, found.name_sealed),
        person=actor.person_id,
        way=Way.INVITATION,
        from_day=home.today,
        to_day=_last_day(found, owner),
        source=f"invitation:{found.id}",
    )
    row = await household.let_in(deps, tx, home, newcomer)
    await store.note_residency(deps.db, tx, found.id, row.id)
    await notify.news(deps, tx, home.place, [found.person], what=News.JOINED, key=found.id)
    return row


def _require_valid(deps: Dependencies, home: Household, found: Invitation) -> Residency:
    """Return the row of the owner who sent it. Raises InvitationUsed, InvitationOver."""
    if found.state is InvitationState.USED:
        raise InvitationUsed("这个邀请已被别人接受,请业主重新邀请")
    if found.state is InvitationState.REVOKED or found.expires_at <= deps.now():
        raise InvitationOver("邀请已失效,请业主重新邀请")
    owner = home.owner_row(found.person)
    if owner is None:
        raise InvitationOver("邀请已失效,请联系房屋的业主")
    return owner


def _last_day(found: Invitation, owner: Residency) -> str | None:
    """Return the guest's last day: family goes with the owner, a lease outlives a sale."""
    lasts = [found.to_day]
    if found.relation is not Relation.TENANT:
        lasts.append(owner.to_day)
    return min((day for day in lasts if day), default=None)
