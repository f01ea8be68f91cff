"""Fresh targets of homes and who belongs to them: each returns what a route is called with."""

from dataclasses import replace
from typing import Final

from mongo_indexes import home_codes as mongo_indexes_home_codes
from mongo_indexes import home_invitations, home_requests, photos, places, residencies
from services.home_codes import actions as home_codes
from services.home_codes import models as home_codes_models
from services.home_codes.models import HomeCode
from services.home_requests.models import HomeRequest
from services.home_requests.states import RequestState
from services.invitations import models as invitations_models
from services.invitations.models import Invitation, token_index
from services.kernel.documents import to_document
from services.kernel.permissions import Permission, Role
from services.photos.models import Photo, PhotoPurpose
from services.photos.states import PhotoState
from services.places.models import Kind, Place, Usage
from services.residencies.models import Relation
from tests.matrix import makers
from tests.matrix.posts import UNITS
from tests.matrix.town import Scene

# Nobody of the matrix has to do with this unit: guests of the homes here stay strangers.
FAR_AWAY: Final = UNITS[-1]


async def home(scene: Scene) -> str:
    """A new home of the unit that is the scene's place, where nobody belongs."""
    path = f"{scene.place}.n{scene.number}"
    made = Place(
        id=path,
        kind=Kind.HOME,
        name=path.rpartition(".")[2],
        address=path,
        area=5000,
        usage=Usage.FLAT,
        created_at=scene.town.world.deps.now(),
    )
    return await scene.town.insert(places.COLLECTION, made)


def _request(scene: Scene, state: RequestState, person: str) -> HomeRequest:
    deps, request_id = scene.town.world.deps, scene.town.new_id()
    name = deps.vault.seal("陈晨", place=f"home_requests/{request_id}/name")
    return HomeRequest(
        id=request_id,
        home=scene.place,
        relation=Relation.TENANT,
        person=person,
        filed_by=person,
        open_key=f"{person}:{scene.place}",
        state=state,
        name_sealed=name,
        to_day="2026-12-31",
        created_at=deps.now(),
    )


async def asked_head(scene: Scene) -> str:
    """A tenant who wants to be bound; a head is asked first."""
    made = _request(scene, RequestState.WITH_HEAD, scene.town.new_id())
    return await scene.town.insert(home_requests.COLLECTION, made)


async def asked_community(scene: Scene) -> str:
    """The same, for the community to decide; by somebody who can be bound to a home."""
    made = _request(scene, RequestState.WITH_COMMUNITY, scene.town.new_id())
    return await scene.town.insert(home_requests.COLLECTION, made)


async def dispute(scene: Scene) -> str:
    """Somebody says that a home others own is theirs."""
    made = _request(scene, RequestState.WITH_COMMUNITY, scene.town.new_id())
    made.relation, made.to_day, made.disputed = Relation.OWNER, None, True
    return await scene.town.insert(home_requests.COLLECTION, made)


async def own_request(scene: Scene) -> str:
    made = _request(scene, RequestState.WITH_HEAD, scene.owner.person_id)
    made.open_key = None
    return await scene.town.insert(home_requests.COLLECTION, made)


def _invitation(scene: Scene, inviter: str, token: str) -> Invitation:
    deps, invitation_id = scene.town.world.deps, scene.town.new_id()
    return Invitation(
        id=invitation_id,
        home=scene.place,
        relation=Relation.FAMILY,
        name_sealed=deps.vault.seal("小梅", place=f"home_invitations/{invitation_id}/name"),
        token_index=token_index(deps.vault, token),
        person=inviter,
        created_at=deps.now(),
        expires_at=deps.now() + invitations_models.INVITATION_LIFE,
    )


async def invitation(scene: Scene) -> dict[str, str]:
    """An invitation into a home, by its owner."""
    made = _invitation(scene, scene.owner.person_id, f"token-{scene.number}")
    invitation_id = await scene.town.insert(home_invitations.COLLECTION, made)
    return {"home": scene.place, "invitation_id": invitation_id}


async def token(scene: Scene) -> str:
    """What an owner far away handed on, for whoever has it."""
    far = replace(scene, place=await home(replace(scene, place=FAR_AWAY)))
    host = scene.town.seats.residency(
        far.place, Role.OWNER, phone=f"+86{makers.phone(scene)}", person=scene.town.new_id()
    )
    await scene.town.insert(residencies.COLLECTION, host)
    secret = f"token-{scene.number}"
    made = _invitation(far, host.person or "", secret)
    await scene.town.insert(home_invitations.COLLECTION, made)
    return secret


async def code(scene: Scene) -> str:
    """A code printed for somebody of the register far away."""
    deps = scene.town.world.deps
    far = replace(scene, place=await home(replace(scene, place=FAR_AWAY)))
    typed = home_codes._draw()
    made = HomeCode(
        residency=await makers.resident(far),
        home=far.place,
        code_index=home_codes._index(deps, typed),
        printed_by="test",
        printed_at=deps.now(),
        expires_at=deps.now() + home_codes_models.CODE_LIFE,
    )
    await scene.town.insert(mongo_indexes_home_codes.COLLECTION, made)
    return typed


async def proof(scene: Scene) -> str:
    """A photo of the owner's that hangs on a request for a home."""
    deps, photo_id = scene.town.world.deps, scene.town.new_id()
    made = Photo(
        id=photo_id,
        person=scene.owner.person_id,
        purpose=PhotoPurpose.PROOF,
        state=PhotoState.READY,
        key_sealed="",
        sha256="",
        bytes=1,
        width=1,
        height=1,
        created_at=deps.now(),
        attached_to=scene.town.new_id(),
        place=scene.place,
        needs=Permission.DECIDE_HOMES,
        sweep_at=None,
    )
    await scene.town.world.db[photos.COLLECTION].insert_one(to_document(made))
    return photo_id
