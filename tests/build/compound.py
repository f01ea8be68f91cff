"""The demo's compound in tests: its 36 units, who lives there, whom a notice did not reach."""

from collections import defaultdict
from random import Random
from typing import Any, Final

from demo import people as demo
from services.grants import actions as grants
from services.kernel import phones
from services.kernel.documents import to_document
from services.kernel.permissions import Actor
from services.notices.readings import actions as readings
from services.notices.readings.models import ReadNotices
from services.people.models import Person
from services.places import actions as places
from services.places.models import Kind, NewPlace
from services.residencies import store as residencies_store
from services.residencies.models import Relation, Residency
from tests.build.cast import COMPOUND, LI_HOME, SUN_HOME, WANG_HOME, Estate, homes, live_there
from tests.build.mailbox import open_push
from tests.build.world import World

CAST: Final = ("li", "mei", "wang", "sun")
THEIRS: Final = (LI_HOME, WANG_HOME, SUN_HOME)
SECOND_HOME: Final = f"{COMPOUND}.b12.u3.101"  # of Wang
Found = dict[str, dict[str, str]]  # unit → home → why nobody there was reached


async def build(estate: Estate) -> list[str]:
    """Make every home, and an owner for most who has signed in for some; return the units."""
    world, chance = estate.world, Random(36)  # noqa: S311
    there = {home.place for home in demo.households()}
    found = sorted({place.rpartition(".")[0] for place in there})
    buildings = {unit.rpartition(".")[0] for unit in found}
    for paths, kind in ((buildings, Kind.BUILDING), (found, Kind.UNIT)):
        for path in sorted(paths):
            if not await world.db.places.find_one({"_id": path}):
                name = path.rpartition(".")[2]
                await places.create(world.deps, NewPlace(path=path, kind=kind, name=name))
    await homes(world.deps, dict.fromkeys(sorted(there - {*THEIRS}), 5000))
    await people_of(world, [h for h in demo.households() if h.place not in THEIRS], chance)
    await live_there(world.deps, [(SECOND_HOME, "wang", Relation.OWNER)])
    await open_push(world)
    for name in CAST:
        await estate.member(name)
    return found


async def people_of(world: World, found: list[demo.Household], chance: Random) -> None:
    rows, signed_in = [], []
    for home in found:
        is_bound = bool(home.phone) and chance.random() < 0.6
        if is_bound:
            signed_in.append(person(world, f"p-{home.place}"))
        phone = f"+86{home.phone}"
        rows.append(
            Residency(
                id=f"at-{home.place}",
                home=home.place,
                relation=Relation.OWNER,
                name_sealed="",
                phone_index=phones.blind_index(world.deps.vault, phone) if home.phone else None,
                person=signed_in[-1]["_id"] if is_bound else None,
                from_day="2020-01-01",
                source="test",
            )
        )
    await world.db.people.insert_many(signed_in)
    await world.deps.in_transaction(lambda tx: residencies_store.put(world.deps.db, tx, rows))


def person(world: World, person_id: str) -> dict[str, Any]:
    key = f"app:{person_id}"
    made = Person(id=person_id, wechat_key=key, openid=key, created_at=world.clock.now)
    return to_document(made)


async def opened(world: World, person_id: str, notice_id: str) -> None:
    """Let somebody open a notice, if it is theirs to read."""
    actor = Actor(person_id, "", await grants.grants_of(world.deps, person_id))
    await readings.read(world.deps, actor, ReadNotices(notice_ids=[notice_id]))


async def recounted(world: World, notice_id: str, units: list[str]) -> Found:
    """Look at messages, visits and answers, home by home; not at what broadcasts keep."""
    told = defaultdict[str, list[dict[str, Any]]](list)
    async for message in world.db.messages.find({"broadcast": f"notices:{notice_id}"}):
        for place in message["places"]:
            told[place].append(message)
    reached = {home for home, rows in told.items() if any(map(looked, rows))}
    async for visit in world.db.notice_visits.find({"notice": notice_id}):
        reached |= {visit["home"]} if visit["result"] in {"told", "paper_left"} else set()
    async for answer in world.db.notice_readings.find({"notice": notice_id, "answered": True}):
        reached |= {answer["home"]}
    found: Found = {unit: {} for unit in units}
    async for home in world.db.places.find({"kind": "home"}):
        path = home["_id"]
        if path.startswith(f"{COMPOUND}.") and path not in reached:
            found[path.rpartition(".")[0]][path] = why(told[path])
    return found


def looked(message: dict[str, Any]) -> bool:
    return bool(message["shown_at"] or message["answered_at"])


def why(rows: list[dict[str, Any]]) -> str:
    if not rows:
        return "nobody_bound"
    is_pushed = any(row["delivery"] == "sent" for row in rows)
    return "pushed_not_opened" if is_pushed else "inbox_only"
