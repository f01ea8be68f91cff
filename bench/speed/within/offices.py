"""The ladder above a compound, and an administrator of the city with a fresh session."""

from datetime import datetime
from typing import Any, Final

from bench.speed.within import residents
from bench.speed.within.site import Site
from services.sessions import tokens

KINDS: Final = ("city", "district", "subdistrict", "community", "compound", "building", "unit")
PERSON: Final = f"admin{0:021d}"
SESSION: Final = f"session-admin{0:013d}"


async def write(site: Site, *, cities: list[str]) -> str:
    """Appoint an administrator of some cities; return their access token."""
    now = site.deps.now()
    await ladder(site, residents.COMPOUND)
    for city in cities:
        await ladder(site, city)
        await site.deps.db.appointments.insert_one(appointment(city, now))
    session = {**residents.signed_in(0, now), "_id": SESSION, "person": PERSON}
    await site.deps.db.sessions.insert_one(session | {"confirmed_at": now})
    await site.deps.db.people.insert_one(person(PERSON, "admin", now))
    return tokens.issue_access(
        site.deps.vault, person_id=PERSON, session_id=SESSION, serial=0, at=now
    )


async def ladder(site: Site, path: str) -> None:
    """Write a place and all above it that are not there."""
    parts, now = path.split("."), site.deps.now()
    for rung, name in enumerate(parts):
        place = residents.place(".".join(parts[: rung + 1]), 0, now)
        place |= {"kind": KINDS[rung], "name": name, "address": name, "usage": None}
        place["area"] = None
        key = {"_id": place["_id"]}
        await site.deps.db.places.update_one(key, {"$setOnInsert": place}, upsert=True)


def appointment(place: str, now: datetime) -> dict[str, Any]:
    return {
        "_id": f"administrator-{place}",
        "role": "administrator",
        "place": place,
        "under": [place],
        "phone_sealed": "",
        "phone_index": "",
        "person": PERSON,
        "from_day": "2020-01-01",
        "to_day": None,
        "appointed_by": "bench",
        "appointed_at": now,
    }


def person(id_: str, openid: str, now: datetime) -> dict[str, Any]:
    return {"_id": id_, "wechat_key": f"bench:{openid}", "openid": openid, "created_at": now}
