"""Transfer of a home to a new owner.

The old owners and whoever belonged to their household go on the day before; tenants stay: a
sale does not break a lease (买卖不破租赁, 民法典 art. 725). What the home owes stays with it,
and what happened there stays with those who lived it: no row is removed, and the new owner's
begins on their first day.
"""

from msgspec import Struct

from services.audit import actions as audit
from services.audit.models import Act
from services.dependencies import Dependencies, Transaction
from services.home_codes import store as home_codes_store
from services.home_requests import actions as home_requests
from services.homes import household, terms
from services.homes import notify as homes_notify
from services.homes.household import Household
from services.homes.notify import News
from services.invitations import store as invitations_store
from services.kernel import errors, id_numbers, phones
from services.kernel.days import day_of, plus_days
from services.kernel.permissions import Actor, Permission, require_at
from services.ownership.models import Transfer, Transferred
from services.residencies import actions as residencies
from services.residencies.models import Newcomer, Relation, Residency


class AlreadyTransferred(errors.Conflict):
    """A new owner is written down from that day on, or a later one."""

    code = "already_transferred"


class Sale(Struct, kw_only=True):
    """A newcomer becomes the owner on their `from_day`.

    `request`: the dispute that it settles, if it does.
    """

    newcomer: Newcomer
    because: str
    request: str = ""


async def transfer(deps: Dependencies, actor: Actor, home: str, wish: Transfer) -> Transferred:
    """Write a home's new owner and let go of the old one's household, all or nothing."""
    require_at(actor, Permission.DECIDE_HOMES, home)
    day = terms.check_change(wish.day, day_of(deps.now()))
    newcomer = Newcomer(
        home=home,
        relation=Relation.OWNER,
        name=wish.name,
        phone=phones.normalise(wish.phone) if wish.phone else None,
        id_number=id_numbers.normalise(wish.id_number) if wish.id_number else None,
        from_day=day,
        source=f"transfer:{actor.person_id}",
        recorded_by=actor.person_id,
        because=wish.reason,
    )

    async def save(tx: Transaction) -> Transferred:
        held = await household.hold(deps, home, tx)
        done = await change_owner(
            deps, tx, held, Sale(newcomer=newcomer, because=wish.reason), actor
        )
        await audit.record(
            deps,
            tx,
            actor,
            Act.OWNER_CHANGED,
            place=home,
            subject=done.residency_id,
            day=day,
            ended=done.ended,
            invitations=done.invitations_revoked,
            requests=done.requests_withdrawn,
        )
        return done

    return await deps.in_transaction(save)


async def change_owner(
    deps: Dependencies, tx: Transaction, home: Household, sale: Sale, actor: Actor
) -> Transferred:
    """Let the old owners' household go and the new owner in. Raises AlreadyTransferred."""
    day = sale.newcomer.from_day
    if any(_written_for(row, day) for row in home.owners):
        raise AlreadyTransferred("这套房屋刚刚变更过业主,请核对")
    leaving = [row for row in home.rows if row.relation is not Relation.TENANT]
    last = plus_days(day, -1)
    going = [row for row in leaving if row.to_day is None or row.to_day > last]
    await residencies.end(deps, tx, going, last, actor=actor, because=sale.because)
    owner = await residencies.move_in(deps, tx, sale.newcomer)
    household.require_not_own(actor, home, owner)
    await home_codes_store.revoke(deps.db, [row.id for row in leaving], tx)
    revoked = await invitations_store.revoke_at(deps.db, home.place.id, tx)
    people = {row.person for row in (*leaving, owner) if row.person}
    closed = await home_requests.withdraw_after_sale(
        deps, tx, home, people=people, but=sale.request
    )
    told = people - {owner.person}
    await homes_notify.news(deps, tx, home.place, told, what=News.SOLD, key=owner.id)
    return Transferred(
        residency_id=owner.id,
        bound=owner.person is not None,
        ended=len(going),
        invitations_revoked=revoked,
        requests_withdrawn=closed,
    )


def _written_for(row: Residency, day: str) -> bool:
    """Tell whether a decision, not a register, made somebody the owner from then on."""
    decided = row.source.startswith(("transfer:", "request:"))
    return decided and row.relation is Relation.OWNER and row.from_day >= day
