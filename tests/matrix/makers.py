"""Targets that routes of several areas take: each maker returns the id to call a route with."""

from typing import Any, Final

from mongo_indexes import appointments, bills, contracts, messages, residencies
from services.appointments.models import Appointment
from services.bills.models import Bill
from services.bills.states import BillState
from services.fees.models import BillKind
from services.kernel.days import plus_months
from services.kernel.permissions import Role
from services.messaging.models import Message, position
from tests.matrix.marks import LEAST_FEN
from tests.matrix.posts import COMPOUND, UNIT
from tests.matrix.seats import FAR_DAY
from tests.matrix.town import Scene

# What a bill comes to marks its home in every answer: no other bill, no sum of two and nothing
# of which a few yuan went back is the same.
APART_FEN: Final = 1009  # prime


def phone(scene: Scene) -> str:
    """A number that nobody has."""
    return f"137{scene.number:08d}"


def month(scene: Scene) -> str:
    """A month of this century that nothing was written for."""
    return plus_months("2030-01", next(scene.town.months))


async def office(scene: Scene) -> str:
    """A unit head's office that somebody holds who is not of the matrix."""
    return await scene.town.insert(appointments.COLLECTION, unit_head(scene))


def unit_head(scene: Scene) -> Appointment:
    """A unit head's office, where the scene is of no place at a unit that there is."""
    number = f"+86{phone(scene)}"
    return scene.town.seats.appointment(Role.UNIT_HEAD, scene.place or UNIT, phone=number)


async def resident(scene: Scene) -> str:
    """Somebody of the register at a home, whom nobody claimed."""
    number = f"+86{phone(scene)}"
    row = scene.town.seats.residency(scene.place, Role.RESIDENT, phone=number)
    return await scene.town.insert(residencies.COLLECTION, row)


async def message(scene: Scene) -> str:
    now, message_id = scene.town.world.deps.now(), scene.town.new_id()
    made = Message(
        id=message_id,
        person=scene.owner.person_id,
        template="refund_done",
        key=message_id,
        values={},
        title="退款到账",
        body="已退回",
        page="",
        position=position(now, message_id),
        created_at=now,
    )
    return await scene.town.insert(messages.COLLECTION, made)


async def bill(scene: Scene, state: BillState = BillState.OWING, **more: Any) -> Bill:
    now, number = scene.town.world.deps.now(), scene.number
    period = plus_months("2020-01", number % 70)
    made = Bill(
        id=scene.town.new_id(),
        run_id=scene.town.new_id(),
        rule_id="",
        home=scene.place,
        period=period,
        months=1,
        slots=[f"test|{number}"],
        amount_fen=LEAST_FEN + APART_FEN * (1 + number),
        explanation=f"{number}",
        payee_name="安居物业",
        due_on="2020-12-31",
        state=state,
        created_at=now,
        issued_at=now,
        paid_at=now if state is BillState.PAID else None,
        **{"kind": BillKind.PROPERTY_FEE, "account": "firm", **more},
    )
    await scene.town.insert(bills.COLLECTION, made)
    return made


async def firm(scene: Scene) -> str:
    """Return the firm that serves the matrix's compound."""
    query = {"place": COMPOUND, "to_day": FAR_DAY}
    found = await scene.town.world.db[contracts.COLLECTION].find_one(query)
    assert found is not None
    return str(found["firm"])
