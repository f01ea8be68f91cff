"""Homes: who belongs to them, who asks to, who lets whom in; photos of proof."""

from dataclasses import replace
from io import BytesIO
from typing import Any, Final
from urllib.parse import parse_qsl

import msgspec
import pytest
from PIL import Image

from mongo_indexes import home_codes as mongo_indexes_home_codes
from mongo_indexes import (
    home_invitations,
    home_requests,
    photos,
    places,
    residencies,
)
from services.home_codes import actions as home_codes
from services.home_codes import models as home_codes_models
from services.home_codes.models import HomeCode
from services.home_requests.models import HomeRequest
from services.home_requests.states import RequestState
from services.invitations import models as invitations_models
from services.invitations.models import Invitation, token_index
from services.kernel.documents import to_document
from services.kernel.permissions import Permission, Role
from services.photos import links, upload
from services.photos.models import Photo, PhotoPurpose
from services.photos.states import PhotoState
from services.places.models import Kind, Place, Usage
from services.residencies.models import Relation
from tests.matrix import makers
from tests.matrix.posts import HOME, HOMES, OWNER, UNIT, UNITS, Post
from tests.matrix.row import Row
from tests.matrix.rules import Outcome, at, decided, everyone, mine, public, somewhere
from tests.matrix.town import Furniture, Scene
from tests.matrix.walk import IN_TOWN, Walked

pytestmark = IN_TOWN

P = Permission
ADVISERS = (P.ADVISE_HOMES,)
KNOW_THE_PEOPLE = (P.MANAGE_HOME, P.VIEW_RESIDENTS)
HOUSEHOLD = (
    "its owners see the people by name, heads and staff masked; who lives there is told 403"
)
GUESTS = "an owner ends what guests have, the community anybody's; heads see it and may not"
OPEN_PLACES = (
    "how one finds one's home: what a place is called is known to all, who lives there not"
)
PICTURED = "who sent it, and who decides about what it was sent for"
REASON = {"reason": "材料一致"}
# Nobody of the matrix has to do with this unit: guests of the homes here stay strangers.
FAR_AWAY: Final = UNITS[-1]


def sees_people(post: Post, place: str) -> Outcome:
    if any(post.may(permission, place) for permission in KNOW_THE_PEOPLE):
        return Outcome.ALLOWED
    return Outcome.FORBIDDEN if post.may(P.PAY_BILLS, place) else Outcome.MISSING


def ends(post: Post, place: str) -> Outcome:
    if any(post.may(p, place) for p in (P.MANAGE_HOME, P.DECIDE_HOMES)):
        return Outcome.ALLOWED
    return Outcome.FORBIDDEN if post.may(P.VIEW_RESIDENTS, place) else Outcome.MISSING


def looks(post: Post, place: str) -> Outcome:
    allowed = post == OWNER or post.may(P.DECIDE_HOMES, place)
    return Outcome.ALLOWED if allowed else Outcome.MISSING


def filed(_: Scene, made: str) -> dict[str, Any]:
    return {"home": made, "relation": "tenant", "name": "陈晨", "to_day": "2026-12-31"}


def resident(scene: Scene, _: str) -> dict[str, Any]:
    return {"name": f"李{scene.number}", "relation": "family", "reason": "户口本"}


async def tenant(scene: Scene) -> str:
    """Somebody who rents a home."""
    number = f"+86{makers.phone(scene)}"
    row = scene.town.seats.residency(scene.place, Role.TENANT, phone=number)
    return await scene.town.insert(residencies.COLLECTION, row)


def phone(scene: Scene, _: str) -> dict[str, Any]:
    return {"phone": makers.phone(scene), "reason": "本人到窗口更换"}


def picture(scene: Scene, _: str) -> bytes:
    drawn = BytesIO()
    Image.new("RGB", (40, 30), (scene.number % 250, 90, 90)).save(drawn, "JPEG")
    return drawn.getvalue()


async def signed(scene: Scene) -> dict[str, str]:
    """A photo that is really there, and its address."""
    deps, someone = scene.town.world.deps, scene.owner
    actor = msgspec.structs.replace(someone.post.actor, person_id=someone.person_id)
    photo = await upload.add(deps, actor, PhotoPurpose.PROOF, picture(scene, ""))
    url, _ = links.LINK.sign(deps.vault, photo.photo_id, deps.now(), links.LASTS)
    query = url.partition("?")[2]
    return {"photo_id": photo.photo_id, **dict(parse_qsl(query))}


def signature(_: Scene, made: dict[str, str]) -> dict[str, str]:
    return {name: made[name] for name in ("expires", "signature")}


async def home(scene: Scene, **more: Any) -> str:
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
        **more,
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


# What there is of it everywhere, so that it can leak.
FURNITURE: Final[Furniture] = (
    (makers.resident, tuple(HOMES)),
    (asked_head, tuple(HOMES)),
    (asked_community, tuple(HOMES)),
    (invitation, tuple(HOMES)),
    (own_request, tuple(HOMES)),
    (proof, tuple(HOMES)),
)
ROWS = (
    Row(
        "get",
        "/api/v1/directory",
        everyone(),
        query={"under": UNIT},
        beyond=OPEN_PLACES,
    ),
    Row(
        "post",
        "/api/v1/home-requests",
        decided(lambda *_: Outcome.ALLOWED, "anybody may ask to belong to any home", UNIT),
        makes=home,
        body=filed,
        beyond="names the home that was asked for",
        twin=True,
    ),
    Row("get", "/api/v1/home-requests", somewhere()),
    Row("get", "/api/v1/home-requests/{request_id}", at(HOME), makes=asked_head),
    Row(
        "post",
        "/api/v1/home-requests/{request_id}/advice",
        at(HOME),
        makes=asked_head,
        body={"known": "yes", "reason": "老邻居"},
    ),
    Row(
        "post",
        "/api/v1/home-requests/{request_id}/decision",
        at(HOME, seen=ADVISERS),
        makes=asked_community,
        body={"accept": False, **REASON},
    ),
    Row(
        "post",
        "/api/v1/home-requests/{request_id}/settlement",
        at(HOME, seen=ADVISERS),
        makes=dispute,
        body={"outcome": "keep", **REASON},
    ),
    Row(
        "post",
        "/api/v1/home-requests/{request_id}/reveal",
        at(HOME, seen=ADVISERS),
        makes=asked_head,
        body={"fields": ["name"], "reason": "verify_identity"},
    ),
    Row("get", "/api/v1/me/home-requests", everyone(), beyond="names the homes one asked for"),
    Row(
        "post",
        "/api/v1/me/home-requests/{request_id}/withdraw",
        mine(),
        makes=own_request,
    ),
    Row(
        "get",
        "/api/v1/homes/{home}/residents",
        decided(sees_people, HOUSEHOLD, HOME),
    ),
    Row("post", "/api/v1/homes/{home}/residents", at(HOME), body=resident),
    Row(
        "post",
        "/api/v1/homes/{home}/transfer",
        at(UNIT),
        makes=home,
        body={"name": "赵强", "day": "2026-03-02", "reason": "已办理登记"},
    ),
    Row(
        "delete",
        "/api/v1/homes/{home}/invitations/{invitation_id}",
        at(HOME),
        makes=invitation,
    ),
    Row(
        "post",
        "/api/v1/invitations/accept",
        everyone(),
        makes=token,
        body=lambda _, made: {"token": made},
        beyond="names the home that was opened",
        twin=True,
    ),
    Row("post", "/api/v1/places/{place}/home-codes", at(UNIT)),
    Row(
        "post",
        "/api/v1/me/homes/code",
        everyone(),
        makes=code,
        body=lambda _, made: {"code": made},
        beyond="names the home that was opened",
        twin=True,
    ),
    Row(
        "post",
        "/api/v1/residencies/{residency_id}/phone",
        at(HOME, seen=KNOW_THE_PEOPLE),
        makes=makers.resident,
        body=phone,
    ),
    Row(
        "put",
        "/api/v1/residencies/{residency_id}/tenant-pays",
        at(HOME, seen=KNOW_THE_PEOPLE),
        makes=tenant,
        body={"pays": True, "reason": "租赁合同第四条"},
    ),
    Row(
        "post",
        "/api/v1/residencies/{residency_id}/end",
        decided(ends, GUESTS, HOME),
        makes=makers.resident,
        body={"reason": "已搬走"},
    ),
    Row("post", "/api/v1/photos", everyone(), body=picture),
    Row(
        "get",
        "/api/v1/photos/{photo_id}/url",
        decided(looks, PICTURED, HOME),
        makes=proof,
        bare="an address that says nothing",
    ),
    Row(
        "get",
        "/photos/{photo_id}",
        public(),
        makes=signed,
        query=signature,
        bare="a picture; its address is the permission",
    ),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_everybody_gets_what_they_may(walked: Walked, row: Row) -> None:
    await walked(row)
