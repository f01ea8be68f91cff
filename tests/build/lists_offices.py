"""Rows of the lists of those who oversee: the audit, appointments, hand-overs."""

from typing import Final

from services.audit import actions as audit
from services.dependencies import Transaction
from services.kernel.acts import Act
from services.kernel.paths import covers
from services.kernel.permissions import Actor
from tests.build.cast import COMMUNITY, COMPOUND, LI_HOME, OTHER_COMPOUND, ZHAO_HOME, Estate
from tests.build.deeds import auditor
from tests.build.lists import FORMULA, Case, Maker
from tests.build.world import World

DEEDS: Final = [
    (Act.FIRM_ADDED, COMMUNITY),
    (Act.PLACE_ADDED, COMPOUND),
    (Act.PLACE_ADDED, OTHER_COMPOUND),
    (Act.HOME_REQUESTED, LI_HOME),
    (Act.HOME_REQUESTED, ZHAO_HOME),
    (Act.PLACE_ADDED, COMPOUND),
]


async def done(world: World, actor: Actor, act: Act, place: str, subject: str) -> None:
    async def work(tx: Transaction) -> None:
        await audit.record(world.deps, tx, actor, act, place=place, subject=subject)

    await world.deps.in_transaction(work)


async def of_audit(estate: Estate) -> Case:
    """Deeds of two days; what reading the list adds to it is put aside by its day."""
    world = estate.world
    for number, (act, place) in enumerate(DEEDS):
        if number == 3:
            await world.advance(days=1)
        subject = FORMULA if number == 1 else f"s{number % 3}"
        await done(world, Actor(f"p{number % 2}", ""), act, place, subject)
    await audit.refused(
        world.deps, Actor("p1", ""), route="/api/v1/x", code="forbidden", place=COMPOUND
    )
    await world.advance(days=1)
    return Case(
        who=await auditor(estate, "community"),
        readers=[await auditor(estate, "city")],
        stranger=await estate.member("admin"),
        path="/api/v1/audit",
        place=COMMUNITY,
        places={"city": "cc"},
        base={"at_to": "2026-03-03"},
        filters=[
            {"person": "p0"},
            {"subject": "s2", "person": "p1"},
            {"act": Act.PLACE_ADDED.value},
            {"result": "refused"},
            {"result": "done", "act": Act.HOME_REQUESTED.value},
            {"place": COMPOUND},
            {"at_from": "2026-03-03", "at_to": "2026-03-03"},
            {"at_to": "2026-03-02", "place": OTHER_COMPOUND},
        ],
        orders={"newest": "-position", "oldest": "position"},
        rows=7,
        matches={
            "person": lambda item, value: item["person_id"] == value,
            "place": lambda item, value: covers(value, item["place"]),
        },
    )


MAKERS: Final[dict[str, Maker]] = {"audit": of_audit}
