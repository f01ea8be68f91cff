"""Transfer of a home to a new owner.

The old owners and whoever belonged to their household go on the day before; tenants stay: a
sale does not break a lease (买卖不破租赁, 民法典 art. 725). What the home owes stays with it,
and what happened there stays with those who lived it: no row is removed, and the new owner's
begins on their first day.
"""

from collections.abc import Sequence

from msgspec import Struct

from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.home_codes import actions as home_codes
from services.home_requests import withdrawals
from services.homes import household, notify, terms
from services.homes.household import Household
from services.homes.notify import News
from services.invitations import actions as invitations
from services.kernel import errors, id_numbers, phones
from services.kernel.acts import Act
from services.kernel.days import plus_days
from services.kernel.permissions import Actor, Permission, require_at
from services.ownership.models import Transfer, Transferred
from services.residencies import actions as residencies
from services.residencies.models import Newcomer, Relation, Residency


class AlreadyTransferred(errors.Conflict):
    """A new owner is written down from that day on, or a later one."""

    code = "already_transferred"


class Sale(Struct, kw_only=True):
    """A newcomer becomes the owner on their `from_day`.

    `request`: the id of the disputed request that this decides, if there is one.
    """

    newcomer: Newcomer
    because: str
    request: str = ""


async def transfer(deps: Dependencies, actor: Actor, home: str, wish: Transfer) -> Transferred:
    """Transfer a home to a new owner; the old one's household ends with it, all or nothing.

    Raises AlreadyTransferred, OwnHome, BadDays.
    """
    require_at(actor, Permission.DECIDE_HOMES, home)
    sale = _sale(deps, actor, home, wish)

    async def save(tx: Transaction) -> Transferred:
        held = await household.hold(deps, tx, home)
        done = await change_owner(deps, tx, actor, held, sale)
        await audit.record(
            deps,
            tx,
            actor,
            Act.OWNER_CHANGED,
            place=home,
            subject=done.residency_id,
            day=sale.newcomer.from_day,
            ended=done.ended,
            invitations=done.invitations_revoked,
            requests=done.requests_withdrawn,
        )
        return done

    return await deps.in_transaction(save)


def _sale(deps: Dependencies, actor: Actor, home: str, wish: Transfer) -> Sale:
    newcomer = Newcomer(
        home=home,
        relation=Relation.OWNER,
        name=wish.name,
        phone=phones.normalise(wish.phone) if wish.phone else None,
        id_number=id_numbers.normalise(wish.id_number) if wish.id_number else None,
        from_day=terms.check_change(wish.day, deps.today()),
        source=f"transfer:{actor.person_id}",
        recorded_by=actor.person_id,
        because=wish.reason,
    )
    return Sale(newcomer=newcomer, because=wish.reason)


async def change_owner(
    deps: Dependencies, tx: Transaction, actor: Actor, home: Household, sale: Sale
) -> Transferred:
    """End the old owners' household and write the new owner. Raises AlreadyTransferred."""
    day = sale.newcomer.from_day
    if any(_written_for(row, day) for row in home.owners):
        raise AlreadyTransferred("这套房屋刚刚变更过业主,请核对")
    leaving = [row for row in home.rows if row.relation is not Relation.TENANT]
    last = plus_days(day, -1)
    going = [row for row in leaving if row.to_day is None or row.to_day > last]
    await residencies.end(deps, tx, actor, going, last, because=sale.because)
    owner = await residencies.move_in(deps, tx, sale.newcomer)
    household.require_not_own(actor, home, owner)
    revoked, withdrawn = await _end_household(deps, tx, home, leaving, owner, but=sale.request)
    return Transferred(
        residency_id=owner.id,
        bound=owner.person is not None,
        ended=len(going),
        invitations_revoked=revoked,
        requests_withdrawn=withdrawn,
    )


async def _end_household(
    deps: Dependencies,
    tx: Transaction,
    home: Household,
    leaving: Sequence[Residency],
    owner: Residency,
    *,
    but: str,
) -> tuple[int, int]:
    """Revoke what hung on the old household, and notify its people.

    Return how many invitations were revoked and how many requests withdrawn. `but`: the
    request that is being decided and must not be withdrawn.
    """
    await home_codes.revoke(deps, tx, [row.id for row in leaving])
    revoked = await invitations.revoke_at(deps, tx, home.place.id)
    people = {row.person for row in (*leaving, owner) if row.person}
    withdrawn = await withdrawals.withdraw_after_sale(deps, tx, home, people=people, but=but)
    told = people - {owner.person}
    await notify.news(deps, tx, home.place, told, what=News.SOLD, key=owner.id)
    return revoked, withdrawn


def _written_for(row: Residency, day: str) -> bool:
    """Tell whether a decision, not a register, made a person the owner from then on."""
    decided = row.source.startswith(("transfer:", "request:"))
    return decided and row.relation is Relation.OWNER and row.from_day >= day
