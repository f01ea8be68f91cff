"""Fresh targets of people, places and offices: each returns the id a route is called with."""

from datetime import timedelta

from mongo_indexes import (
    appointments,
    browser_sign_ins,
    contracts,
    firms,
    hand_overs,
    messages,
    places,
    residencies,
)
from services.appointments.models import Appointment
from services.browser_sign_ins import codes
from services.browser_sign_ins.models import LIFE, BrowserSignIn
from services.browser_sign_ins.states import BrowserState
from services.firms.models import Contract, Firm
from services.heads.models import HandOver
from services.kernel.permissions import Role
from services.messaging.models import Message, position
from services.messaging.templates import TemplateKey
from services.places.models import LADDER, Grid, Kind, Place
from services.statistics.models import OwedHomes
from tests.build.offices import credit_code
from tests.matrix.town import Scene


async def below(scene: Scene) -> str:
    """A new place right below the scene's."""
    path = f"{scene.place}.n{scene.number}"
    place = Place(
        id=path,
        kind=LADDER[path.count(".")],
        name=path.rpartition(".")[2],
        address=path,
        created_at=scene.town.world.deps.now(),
    )
    return await scene.town.insert(places.COLLECTION, place)


async def grid(scene: Scene) -> dict[str, str]:
    """A grid without buildings, of the community that is the scene's place."""
    made = Grid(
        id=f"{scene.place}.n{scene.number}",
        kind=Kind.GRID,
        name="网格",
        address="网格",
        created_at=scene.town.world.deps.now(),
        buildings=[],
    )
    return {"place": await scene.town.insert(places.COLLECTION, made)}


def phone(scene: Scene) -> str:
    """A number that nobody has."""
    return f"137{scene.number:08d}"


async def office(scene: Scene) -> str:
    """A unit head's office that somebody holds who is not of the matrix."""
    return await scene.town.insert(appointments.COLLECTION, _office(scene))


def _office(scene: Scene) -> Appointment:
    number = f"+86{phone(scene)}"
    return scene.town.seats.appointment(Role.UNIT_HEAD, scene.place, phone=number)


async def own_office(scene: Scene) -> str:
    """A unit head's office of the owner's own, over since yesterday and so without power.

    Power would change what the owner may do in the next cell.
    """
    made = _office(scene)
    made.person, made.to_day = scene.owner.person_id, scene.town.seats.yesterday
    return await scene.town.insert(appointments.COLLECTION, made)


async def resident(scene: Scene) -> str:
    """Somebody of the register at a home, whom nobody claimed."""
    number = f"+86{phone(scene)}"
    row = scene.town.seats.residency(scene.place, Role.RESIDENT, phone=number)
    return await scene.town.insert(residencies.COLLECTION, row)


async def hand_over(scene: Scene) -> str:
    """A list offered for an office at a unit; who gave it is not of the matrix."""
    now = scene.town.world.deps.now()
    made = HandOver(
        id=scene.town.new_id(),
        appointment=await office(scene),
        role=Role.UNIT_HEAD,
        place=scene.place,
        giver=scene.town.new_id(),
        made_by="test",
        made_at=now,
        parts=[scene.place],
        homes=1,
        owing=OwedHomes(),
        substitutes=[],
        open_requests=[],
    )
    return await scene.town.insert(hand_overs.COLLECTION, made)


async def firm(scene: Scene) -> str:
    made = Firm(
        id=scene.town.new_id(),
        name="新物业",
        credit_code=credit_code(scene.number + 1000),
        added_by="test",
        added_at=scene.town.world.deps.now(),
    )
    return await scene.town.insert(firms.COLLECTION, made)


async def contract(scene: Scene) -> str:
    made = Contract(
        id=scene.town.new_id(),
        firm=await firm(scene),
        place=scene.place,
        from_day="2028-01-01",
        to_day="2028-12-31",
        agreed_to_day="2028-12-31",
        signed_by="test",
        signed_at=scene.town.world.deps.now(),
    )
    return await scene.town.insert(contracts.COLLECTION, made)


async def message(scene: Scene) -> str:
    now, message_id = scene.town.world.deps.now(), scene.town.new_id()
    made = Message(
        id=message_id,
        person=scene.owner.person_id,
        template=TemplateKey.REFUND_DONE,
        key=message_id,
        values={},
        title="退款到账",
        body="已退回",
        page="",
        position=position(now, message_id),
        created_at=now,
    )
    return await scene.town.insert(messages.COLLECTION, made)


async def session(scene: Scene) -> str:
    return (await scene.town.seats.session(scene.owner)).id


async def code(scene: Scene) -> str:
    """A browser's code that waits for its answer; nobody's in particular."""
    return await scene.town.insert(browser_sign_ins.COLLECTION, _code(scene))


async def confirmed_code(scene: Scene) -> str:
    """A code with which the owner confirmed the session they ask with."""
    made = _code(scene)
    made.state, made.answered_at = BrowserState.USED, made.asked_at
    made.person, made.session = scene.owner.person_id, scene.owner.session_id
    return await scene.town.insert(browser_sign_ins.COLLECTION, made)


def _code(scene: Scene) -> BrowserSignIn:
    deps = scene.town.world.deps
    code_id = scene.town.new_id()
    return BrowserSignIn(
        id=code_id,
        device="Firefox",
        number="07",
        secret_index=codes.secret_index(deps, code_id),
        scene_index=codes.scene_index(deps, scene_of(scene, code_id)),
        asked_at=deps.now(),
        expires_at=deps.now() + LIFE - timedelta(seconds=1),
    )


def scene_of(scene: Scene, code_id: str) -> str:
    return codes.scene_of(scene.town.world.deps, code_id)
