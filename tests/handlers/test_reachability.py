"""How many homes of a place a message would reach, for those who send: a naive recount."""

from random import Random
from typing import Any, cast

import pytest

from server.features import FEATURES
from services.kernel.documents import to_document
from services.kernel.permissions import Role
from services.kernel.templates import Purpose, is_of_offices
from services.messaging.models import grant_id
from services.people import actions as people_actions
from services.people.models import Person
from services.reachability import actions
from services.residencies import store as residencies_store
from services.residencies.models import Relation, Residency
from tests.build.cast import COMPOUND, LI_HOME, NEXT_UNIT, UNIT, Estate, appoint, homes
from tests.build.mailbox import TEMPLATE, allow, follow, open_push, open_service_push
from tests.build.world import Reply, World

BUILDING = UNIT.rpartition(".")[0]
OTHER = "stand-in-home_news"


async def ask(estate: Estate, name: str, place: str = COMPOUND) -> Reply:
    path = f"/api/v1/places/{place}/reachability"
    return await estate.world.api.get(path, as_=await estate.member(name))


async def reached(estate: Estate, place: str = COMPOUND) -> dict[str, tuple[int, int]]:
    """Return template → homes it reaches, and all homes there."""
    reply = await ask(estate, "staff", place)
    assert reply.status == 200, reply.body
    return {
        one["template"]: (one["homes"]["numerator"], one["homes"]["denominator"])
        for one in reply.body["templates"]
    }


async def test_a_home_is_reached_by_anybody_of_it_once(estate: Estate) -> None:
    await open_push(estate.world)
    for name in ("li", "mei", "wang"):
        await estate.member(name)
    assert set((await reached(estate)).values()) == {(0, 3)}

    for name in ("li", "mei", "mei"):
        await allow(estate.world, name)
    await allow(estate.world, "wang", OTHER)
    found = await reached(estate)
    assert (found["bill_issued"], found["home_news"]) == ((1, 3), (1, 3))
    reply = await ask(estate, "staff", UNIT)
    assert reply.body["homes"] == 2
    [issued] = [one for one in reply.body["templates"] if one["template"] == "bill_issued"]
    assert issued == {
        "template": "bill_issued",
        "title": "您有新的账单",
        "purpose": "payment",
        "homes": {"numerator": 1, "denominator": 2, "basis_points": 5000},
        "homes_by_service": {"numerator": 0, "denominator": 2, "basis_points": 0},
    }


async def test_who_follows_the_service_account_is_counted_apart(estate: Estate) -> None:
    await open_push(estate.world)
    await open_service_push(estate.world)
    for name in ("li", "mei", "wang"):
        await estate.member(name)
        unionid = (await estate.world.wechat.do(f"users/{name}"))["unionid"]
        openid = await estate.world.wechat.openid(name)
        await people_actions.find_or_add(estate.world.deps, openid, unionid=unionid)
    await allow(estate.world, "li")
    await follow(estate.world, "mei")  # of the same home
    await follow(estate.world, "wang")
    await estate.world.work()
    found = {one["template"]: one for one in (await ask(estate, "staff")).body["templates"]}
    ways = [found[key] for key in ("bill_issued", "home_news")]
    assert [one["homes"]["numerator"] for one in ways] == [1, 0]
    assert [one["homes_by_service"]["numerator"] for one in ways] == [1, 2]


async def test_only_what_residents_get_is_listed(estate: Estate) -> None:
    listed = set(await reached(estate))
    assert {"bill_issued", "notice", "home_request_progress"} <= listed
    assert not {"hand_over_offered", "notice_to_review", "home_to_advise"} & listed


async def people_at_random(world: World, chance: Random) -> list[str]:
    """Fill two staircases with homes, people of all kinds and grants; return the homes."""
    made = {f"{unit}.{n}": 5000 for unit in (UNIT, NEXT_UNIT) for n in range(601, 616)}
    await homes(world.deps, made)
    rows = []
    for number in range(60):
        person = Person(
            id=f"p{number:02d}",
            wechat_key=f"app:o{number}",
            openid=f"o{number}",
            created_at=world.clock.now,
            closed_at=world.clock.now if chance.random() < 0.1 else None,
        )
        await world.db.people.insert_one(to_document(person))
        row = Residency(
            id=f"at-random-{number}",
            home=chance.choice(sorted(made)),
            relation=chance.choice([*Relation]),
            name_sealed="",
            person=person.id if chance.random() < 0.9 else None,
            from_day=chance.choice(["2020-01-01", "2027-01-01"]),
            to_day=chance.choice([None, None, "2025-01-01", "2026-12-31"]),
            source="test",
        )
        rows.append(row)
        others = sorted({*world.deps.templates.values()} - {TEMPLATE})
        # Of a chance of their own: how many templates there are changes nothing else.
        own = Random(number)  # noqa: S311
        who = grant_id(person.openid, "").removeprefix(":")
        await world.db.message_grants.insert_many(
            {
                "_id": grant_id(person.openid, template_id),
                "who": who,
                "left": own.randrange(5),
            }
            for template_id in (TEMPLATE, *others)
            if template_id == TEMPLATE or own.random() < 0.5
        )
    await world.deps.in_transaction(lambda tx: residencies_store.put(world.deps.db, tx, rows))
    for home in chance.sample(sorted(made), 4):
        change = {"$set": {"retired_from": "2026-01-01"}}
        await world.db.places.update_one({"_id": home}, change)
    return sorted(made)


async def recounted(world: World, place: str) -> dict[str, tuple[int, int]]:
    """Count in the plainest way, home by home and template by template."""
    today = world.deps.today()
    leaves = {"home_news": 2}  # the one that shares its id, with a bill
    offices = {key for key, one in FEATURES.templates.items() if is_of_offices(one)}
    found = dict.fromkeys(FEATURES.templates.keys() - offices, 0)
    all_homes = [
        row["_id"]
        async for row in world.db.places.find({"kind": "home"})
        if row["_id"].startswith(f"{place}.") and not row.get("retired_from")
    ]
    for home in all_homes:
        for key in found:
            is_payment = FEATURES.templates[key].purpose is Purpose.PAYMENT
            is_reached = False
            async for row in world.db.residencies.find({"home": home}):
                person = await world.db.people.find_one({"_id": row["person"]})
                over = row["to_day"] is not None and row["to_day"] < today
                if not person or person["closed_at"] or row["from_day"] > today or over:
                    continue
                grant = grant_id(person["openid"], world.deps.templates[key])
                count = await world.db.message_grants.find_one({"_id": grant})
                is_told = is_payment or row["relation"] != "payer"
                if count and count["left"] > leaves.get(key, 0) and is_told:
                    is_reached = True
            found[key] += is_reached
    return {key: (number, len(all_homes)) for key, number in found.items()}


async def test_the_figures_are_those_of_a_naive_recount(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    configured = cast("dict[str, str]", estate.world.deps.templates)
    monkeypatch.setitem(configured, "home_news", TEMPLATE)
    monkeypatch.setattr(actions, "HOMES_AT_ONCE", 7)
    await people_at_random(estate.world, Random(20260304))  # noqa: S311
    for place in (COMPOUND, BUILDING, UNIT, NEXT_UNIT):
        expected = await recounted(estate.world, place)
        assert await reached(estate, place) == expected
        (news, _), (bills, total) = expected["home_news"], expected["bill_issued"]
        assert 0 < news < bills < total


async def test_few_homes_are_shown_to_nobody_who_may_not_see_them(estate: Estate) -> None:
    await appoint(estate.world.deps, Role.COMMITTEE_MEMBER, COMPOUND, "sun")
    for place, total in ((COMPOUND, 3), (LI_HOME, 1)):
        reply = await ask(estate, "sun", place)
        shown: dict[str, Any] = {"place": place, "homes": total, "templates": None}
        assert (reply.status, reply.body) == (200, shown)
    assert (await ask(estate, "head", LI_HOME)).body["templates"]

    await people_at_random(estate.world, Random(20260304))  # noqa: S311
    assert (await ask(estate, "sun")).body["templates"] is not None


async def test_a_place_too_large_is_refused(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "HOMES_AT_MOST", 2)
    reply = await ask(estate, "staff")
    assert (reply.status, reply.code) == (413, "too_many_homes")
    assert reply.body["details"] == {"limit": 2}
    assert (await ask(estate, "staff", UNIT)).status == 200


async def test_a_place_of_nobody_else_is_missing(estate: Estate) -> None:
    for name, place, status in (("head", COMPOUND, 404), ("li", UNIT, 403)):
        assert (await ask(estate, name, place)).status == status
