"""Lists of what heads keep: visits, household cards, promises to pay."""

from datetime import timedelta
from typing import Final

import pytest

from mongo_indexes import household_cards, payment_promises, visits
from services.kernel.days import end_of
from services.kernel.documents import to_document
from services.kernel.permissions import Role
from services.visits.cards.models import SAID, CardEntry, CardKind, ConsentWay
from services.visits.models import MINUTES, Visit, VisitOutcome, VisitPurpose, WhoGoes
from services.visits.promises.models import Promise
from services.visits.promises.states import PromiseState
from services.visits.states import VisitState
from tests.build.cast import COMMUNITY, LI_HOME, SUN_HOME, UNIT, WANG_HOME, Estate
from tests.lists.case import FORMULA, Case, Maker
from tests.lists.walk import walk

KEEPER: Final = f"{Role.UNIT_HEAD}|{UNIT}"


async def of_visits(estate: Estate) -> Case:
    world, states, outcomes = estate.world, [*VisitState], [*VisitOutcome]
    made = []
    for number in range(12):
        state = states[number % 3]
        is_made = state is VisitState.MADE
        visit_id, day = f"visit{number:02d}", f"2026-03-{number // 2 + 1:02d}"
        minutes = MINUTES.seal(world.deps.vault, visit_id, FORMULA) if is_made else ""
        made.append(
            Visit(
                id=visit_id,
                home=WANG_HOME if number % 4 else LI_HOME,
                keeper="unit_head|elsewhere" if number > 9 else KEEPER,
                role=Role.UNIT_HEAD,
                office=UNIT,
                purpose=[*VisitPurpose][number % 8],
                goes=[*WhoGoes][number % 2],
                day=day,
                due_at=end_of(day),
                every_days=30 if number % 5 == 0 else None,
                state=state,
                planned_by="head",
                planned_at=world.clock.now,
                outcome=outcomes[number % 4] if is_made else None,
                minutes_sealed=minutes,
            )
        )
    await world.db[visits.COLLECTION].insert_many([to_document(one) for one in made])
    return Case(
        who=await estate.member("head"),
        stranger=await estate.member("li"),
        path="/api/v1/visits",
        place=UNIT,
        filters=[
            {"state": "planned"},
            {"state": "made", "outcome": "met"},
            {"outcome": "met"},
            {"purpose": "policy"},
            {"home": LI_HOME},
            {"day_from": "2026-03-02", "day_to": "2026-03-04"},
        ],
        orders={"soonest": "day,visit_id", "latest": "-day,-visit_id"},
        rows=10,
        free_text=False,  # nobody exports minutes
    )


async def of_cards(estate: Estate) -> Case:
    world, kinds = estate.world, [*CardKind]
    homes = ((LI_HOME, "r0-li"), (WANG_HOME, "r2-wang"), (SUN_HOME, "r3-sun"))
    now, made = world.clock.now, []
    for number in range(12):
        home, about = homes[number % 3]
        kind, entry_id = kinds[number % 11], f"entry{number:02d}"
        made.append(
            CardEntry(
                id=entry_id,
                home=home,
                residency=about,
                residencies=[about],
                people=[],
                kind=kind,
                sensitive=kind.is_sensitive,
                text_sealed=SAID.seal(world.deps.vault, entry_id, FORMULA),
                keeper=KEEPER,
                consent=ConsentWay.ON_PAPER,
                consent_at=now,
                created_at=now,
                due_at=now + timedelta(days=kind.days),
            )
        )
    await world.db[household_cards.COLLECTION].insert_many([to_document(e) for e in made])
    return Case(
        who=await estate.member("staff"),
        stranger=await estate.member("li"),
        readers=[await estate.member("head")],
        path="/api/v1/household-cards",
        place=COMMUNITY,
        places={"head": UNIT},
        filters=[
            {"sensitivity": "sensitive"},
            {"kind": "has_dog"},
            {"kind": "health", "sensitivity": "sensitive"},
            {"place": UNIT},
        ],
        orders={"": "home,entry_id"},
        matches={"place": lambda item, place: item["home"].startswith(place)},
        rows=12,
        free_text=False,  # nobody exports what they say
    )


async def of_promises(estate: Estate) -> Case:
    world, states = estate.world, [*PromiseState]
    now, made = world.clock.now, []
    for number in range(11):
        state, day = states[number % 5], f"2026-03-{number // 2 + 1:02d}"
        is_open = state is PromiseState.OPEN
        made.append(
            Promise(
                id=f"promise{number:02d}",
                home=f"{UNIT}.{number:03d}" if number % 4 else LI_HOME,
                keeper="unit_head|elsewhere" if number > 8 else KEEPER,
                residencies=[],
                people=[],
                bills=["bill"],
                day=day,
                due_at=end_of(day),
                state=state,
                waits=is_open or state is PromiseState.BROKEN,
                noted_by="head",
                noted_at=now,
                ended_at=None if is_open else now,
                forget_at=None if is_open else now + timedelta(days=365),
            )
        )
    await world.db[payment_promises.COLLECTION].insert_many([to_document(p) for p in made])
    return Case(
        who=await estate.member("head"),
        stranger=await estate.member("li"),
        path="/api/v1/payment-promises",
        place=UNIT,
        filters=[{"state": "broken"}, {"home": LI_HOME}],
        orders={"soonest": "day,promise_id", "latest": "-day,-promise_id"},
        rows=9,
        free_text=False,  # nobody types anything
    )


MAKERS: Final[dict[str, Maker]] = {
    "visits": of_visits,
    "household_cards": of_cards,
    "payment_promises": of_promises,
}


@pytest.mark.parametrize("name", MAKERS)
async def test_a_list_is_as_all_are(estate: Estate, name: str) -> None:
    await walk(estate.world, name, await MAKERS[name](estate))
