"""Retirement of homes: those that do not exist, and those that stand in the register twice.

A retired home stays, with its bills and its history; from its day on it is billed no more and
nobody can be bound to it. The people of a home that is merged go on in the other one.
"""

from collections.abc import Sequence

from services.dependencies import Dependencies, Transaction
from services.home_codes import actions as home_codes
from services.home_corrections import entries, store, views
from services.home_corrections.actions import (
    check_first_day,
    require_free_name,
    require_strange,
)
from services.home_corrections.entries import Why
from services.home_corrections.models import (
    Change,
    Ended,
    HomeCorrectionView,
    RestoreHome,
    RetireHome,
)
from services.home_requests import withdrawals
from services.homes import household, notify
from services.homes.household import Household
from services.homes.notify import News
from services.invitations import actions as invitations
from services.kernel import errors
from services.kernel.days import plus_days
from services.kernel.paths import parent
from services.kernel.permissions import Actor, Permission, require_at
from services.places import actions as places
from services.places import homes
from services.residencies import actions as residencies
from services.residencies import sealed
from services.residencies.models import Newcomer, Residency


class HomeInhabited(errors.Conflict):
    """Somebody is bound to the home: it exists, or it is to be merged with another."""

    code = "home_inhabited"


class CannotMerge(errors.InvalidInput):
    """Two entries of one home lie in the same unit, and neither is retired."""

    code = "cannot_merge"


class OwnersDiffer(errors.Conflict):
    """The two homes have different owners: to merge them would give one the other's home."""

    code = "owners_differ"


class NotRetired(errors.Conflict):
    """The home stands, or was merged: its people live in the other one now."""

    code = "not_retired"


async def retire(
    deps: Dependencies, actor: Actor, home: str, wish: RetireHome
) -> HomeCorrectionView:
    """Retire a home from a day on, or merge it into another one of its unit.

    Raises NotFound, OwnHome, BadFirstDay, HomeInhabited, CannotMerge.
    """
    require_at(actor, Permission.IMPORT_REGISTER, home)
    check_first_day(deps, wish.from_day)

    async def save(tx: Transaction) -> HomeCorrectionView:
        held = await household.hold(deps, tx, home)
        await require_strange(deps, tx, actor, held, wish.from_day)
        moved = await _empty(deps, tx, actor, held, wish)
        await homes.retire(deps, tx, home, wish.from_day, merged_into=wish.merge_into)
        row = entries.draft(
            deps,
            held.place,
            Change.MERGED if wish.merge_into else Change.RETIRED,
            Why(from_day=wish.from_day, document=wish.document, reason=wish.reason),
            by=actor.person_id,
            merged_into=wish.merge_into,
        )
        row.ended = [Ended(residency=r.id, to_day=r.to_day) for r in held.rows]
        await entries.write(deps, tx, actor, row, ended=len(held.rows), moved=moved)
        return views.view(deps, row, held.place.address)

    return await deps.in_transaction(save)


async def _empty(
    deps: Dependencies, tx: Transaction, actor: Actor, held: Household, wish: RetireHome
) -> int:
    """End all relations to a home, in the other one if it is merged; return how many moved."""
    moved = 0
    if wish.merge_into:
        moved = await _move_people(deps, tx, actor, held, wish)
    elif any(row.person for row in held.rows):
        raise HomeInhabited("有人已绑定这套房屋,不能注销;如与另一套重复请合并")
    await residencies.end(
        deps, tx, actor, held.rows, plus_days(deps.today(), -1), because=wish.reason
    )
    await home_codes.revoke(deps, tx, [row.id for row in held.rows])
    await invitations.revoke_at(deps, tx, held.place.id)
    await withdrawals.withdraw_all(deps, tx, held)
    return moved


async def _move_people(
    deps: Dependencies, tx: Transaction, actor: Actor, held: Household, wish: RetireHome
) -> int:
    """Write the people of a home into the one it is merged into, unless they are there."""
    target = wish.merge_into or ""
    if parent(target) != parent(held.place.id) or target == held.place.id:
        raise CannotMerge("只能合并到同一单元的另一套房屋")
    into = await household.hold(deps, tx, target)
    await require_strange(deps, tx, actor, into, wish.from_day)
    people = {row.id: _same(deps, into.rows, row) for row in held.rows}
    if into.owners and not all(people[row.id] for row in held.owners):
        raise OwnersDiffer("两套房屋登记的业主不同,请先核实产权")
    for row in held.rows:
        same = people[row.id]
        if same is None:
            await residencies.move_in(deps, tx, _newcomer(deps, actor, row, target, wish))
        else:
            await residencies.complete(deps, tx, actor, same, row, because=wish.reason)
    told = [row.person for row in held.rows]
    await notify.news(deps, tx, into.place, told, what=News.MERGED, key=held.place.id)
    return len(held.rows)


def _same(deps: Dependencies, rows: Sequence[Residency], row: Residency) -> Residency | None:
    """Return the row of a home that means the same person in the same way, or None."""
    alike = (r for r in rows if household.same_role(r.relation, row.relation))
    return next((r for r in alike if _is_one_person(deps, r, row)), None)


def _is_one_person(deps: Dependencies, one: Residency, other: Residency) -> bool:
    """Tell whether two rows mean one person: whatever both know decides, a name alone last."""
    if one.person and other.person:
        return one.person == other.person
    if one.id_number_index and other.id_number_index:
        return one.id_number_index == other.id_number_index
    if one.phone_index and other.phone_index and one.phone_index != other.phone_index:
        return False
    return sealed.name_of(deps, one) == sealed.name_of(deps, other)


def _newcomer(
    deps: Dependencies, actor: Actor, row: Residency, target: str, wish: RetireHome
) -> Newcomer:
    """Return the resident as one of the other home, with what brought them here at first."""
    return Newcomer(
        home=target,
        relation=row.relation,
        name=sealed.name_of(deps, row),
        phone=sealed.phone_of(deps, row),
        id_number=sealed.id_number_of(deps, row),
        person=row.person,
        way=row.bound_by,
        from_day=row.from_day,
        to_day=row.to_day,
        source=row.source,
        recorded_by=actor.person_id,
        because=wish.reason,
    )


async def restore(
    deps: Dependencies, actor: Actor, home: str, wish: RestoreHome
) -> HomeCorrectionView:
    """Let a home that was retired by mistake stand again, with the people it had then.

    Raises NotFound, NotRetired, HomeNameTaken.
    """
    require_at(actor, Permission.IMPORT_REGISTER, home)

    async def save(tx: Transaction) -> HomeCorrectionView:
        held = await places.hold(deps, tx, home)
        if held is None:
            raise errors.NotFound("没有找到这套房屋")
        if held.retired_from is None or held.merged_into:
            raise NotRetired("这套房屋没有注销,或已合并,不能恢复")
        await require_free_name(deps, tx, held)
        await homes.retire(deps, tx, home, None)
        await _take_back(deps, tx, actor, home, wish)
        why = Why(from_day=held.retired_from, document=wish.document, reason=wish.reason)
        row = entries.draft(deps, held, Change.RESTORED, why, by=actor.person_id)
        await entries.write(deps, tx, actor, row)
        return views.view(deps, row, held.address)

    return await deps.in_transaction(save)


async def _take_back(
    deps: Dependencies, tx: Transaction, actor: Actor, home: str, wish: RestoreHome
) -> None:
    """Reopen the relations that ended with the home."""
    retired = await store.latest(deps.db, tx, home, Change.RETIRED)
    for row in retired.ended if retired else []:
        await residencies.reopen(
            deps, tx, actor, row.residency, row.to_day, because=wish.reason
        )
