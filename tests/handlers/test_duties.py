"""Separation of duties: an auditor does nothing else, and nobody learns of it who may not."""

import asyncio

from services.kernel.permissions import Role
from services.places import actions as places
from services.places.models import Kind, NewPlace
from tests.build.cast import COMMUNITY, COMPOUND, PHONES, Estate, appoint


async def test_who_administers_does_not_audit(estate: Estate) -> None:
    api, admin = estate.world.api, await estate.member("admin")
    for phone, role, status in (
        ("13900000012", "auditor", 409),
        ("13900000077", "auditor", 201),
        ("13900000077", "administrator", 409),
        ("13900000078", "administrator", 201),
        ("13900000011", "auditor", 409),
        ("13900000077", "community_staff", 409),
    ):
        wish = {"role": role, "place": COMMUNITY, "phone": phone}
        reply = await api.post("/api/v1/appointments", wish, as_=admin)
        assert reply.status == status, reply.body
        assert status == 201 or reply.code == "duties_separate"


async def test_a_clerk_does_not_learn_who_audits_elsewhere(estate: Estate) -> None:
    """The appointment waits beside the earlier role, and the clerk is answered as ever."""
    api, phone = estate.world.api, "13900000077"
    await appoint(estate.world.deps, Role.AUDITOR, "cc", phone)
    await estate.advance(minutes=1)
    staff = await estate.member("staff")
    wish = {"role": "community_staff", "place": COMPOUND, "phone": phone}
    mine = await api.post("/api/v1/appointments", wish, as_=staff)
    assert mine.status == 201, mine.body
    both = await estate.world.sign_in("both", phone)
    path = f"/api/v1/places/{COMPOUND}/unpaid-homes"
    assert (await api.get(path, as_=both)).status == 403
    assert (await api.get("/api/v1/audit", as_=both)).status == 200
    roles = (await api.get("/api/v1/me", as_=both)).body["roles"]
    assert [role["role"] for role in roles] == ["auditor"]


async def test_an_auditor_appointed_elsewhere_takes_nobodys_office_away(
    estate: Estate,
) -> None:
    """What was given first stays in force, whoever gave it."""
    api, deps = estate.world.api, estate.world.deps
    other = f"{COMMUNITY.rpartition('.')[0]}.other"
    await places.create(deps, NewPlace(path=other, kind=Kind.COMMUNITY, name="另一社区"))
    await appoint(deps, Role.ADMINISTRATOR, other, "13900000078")
    await estate.advance(minutes=1)
    far = await estate.world.sign_in("far", "13900000078")
    wish = {"role": "auditor", "place": other, "phone": PHONES["staff"]}
    assert (await api.post("/api/v1/appointments", wish, as_=far)).status == 201
    staff = await estate.member("staff")
    assert (await api.get(f"/api/v1/places/{COMPOUND}/unpaid-homes", as_=staff)).status == 200
    assert (await api.get("/api/v1/audit", as_=staff)).status == 403


async def test_an_auditor_and_an_administrator_at_once_are_two_people(estate: Estate) -> None:
    api, admin = estate.world.api, await estate.member("admin")
    for number in range(4):
        wish = {"place": COMMUNITY, "phone": f"1390000022{number}"}
        replies = await asyncio.gather(
            *(
                api.post("/api/v1/appointments", {**wish, "role": role}, as_=admin)
                for role in ("auditor", "administrator")
            )
        )
        assert sorted(reply.status for reply in replies) == [201, 409]
