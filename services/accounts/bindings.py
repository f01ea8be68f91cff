"""Binding of homes and offices to whoever proves a phone."""

from datetime import datetime

from mongo_indexes import appointments, people, phones, residencies
from services.appointments.models import Visibility
from services.dependencies import Database, Transaction
from services.kernel.days import day_of, not_over_on
from services.residencies.models import Way


async def bind_phone(
    db: Database, person_id: str, phone_index: str, at: datetime, tx: Transaction
) -> None:
    """Give the person what the register and the community wrote under this phone.

    A residency that somebody was bound to in another way stays theirs. Who may see the number
    of a head is chosen by whoever holds it: the last holder's choice is not the next one's.
    """
    current = {"phone_index": phone_index, **not_over_on(day_of(at))}
    free = {"bound_by": {"$in": [None, Way.PHONE]}, "person": {"$ne": person_id}}
    bound = {"person": person_id, "bound_by": Way.PHONE, "bound_at": at}
    await db[residencies.COLLECTION].update_many(
        {**current, **free}, {"$set": bound}, session=tx
    )
    office = {"person": person_id, "phone_visible_to": Visibility.NOBODY}
    await db[appointments.COLLECTION].update_many(
        {**current, "person": {"$ne": person_id}}, {"$set": office}, session=tx
    )


async def unbind_other_phone(
    db: Database, person_id: str, phone_index: str, at: datetime, tx: Transaction
) -> None:
    """Take away what hung on a phone the person no longer has."""
    lost = {
        "person": person_id,
        "phone_index": {"$ne": phone_index},
        **not_over_on(day_of(at)),
    }
    free = {"person": None, "bound_by": None, "bound_at": None}
    await db[residencies.COLLECTION].update_many(
        {**lost, "bound_by": Way.PHONE}, {"$set": free}, session=tx
    )
    vacant = {"person": None, "phone_visible_to": Visibility.NOBODY}
    await db[appointments.COLLECTION].update_many(lost, {"$set": vacant}, session=tx)


async def take_phone(
    db: Database, index: str, person_id: str, *, sealed: str, at: datetime, tx: Transaction
) -> None:
    """Make a person the holder of a phone, who was and what hung on it losing it at once."""
    change = {"phone_sealed": None, "phone_index": None}
    before = await db[phones.COLLECTION].find_one_and_update(
        {"_id": index}, {"$set": {"person": person_id}}, upsert=True, session=tx
    )
    earlier = before.get("person") if before else None
    if earlier not in {None, person_id}:
        await db[people.COLLECTION].update_one(
            {"_id": earlier, "phone_index": index}, {"$set": change}, session=tx
        )
    given = {"phone_sealed": sealed, "phone_index": index, "phone_given_at": at}
    person = await db[people.COLLECTION].find_one_and_update(
        {"_id": person_id}, {"$set": given}, session=tx
    )
    left = person.get("phone_index") if person else None
    if left not in {None, index}:
        await db[phones.COLLECTION].update_one(
            {"_id": left, "person": person_id}, {"$set": {"person": None}}, session=tx
        )
    await unbind_other_phone(db, person_id, index, at, tx)
    await bind_phone(db, person_id, index, at, tx)
