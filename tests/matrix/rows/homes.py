"""Rows about homes: who belongs to them, who asks to, who lets whom in; photos of proof."""

from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from PIL import Image

from services.kernel.permissions import Permission
from services.photos import links, upload
from services.photos.models import PhotoPurpose
from tests.matrix import dwelling, makers
from tests.matrix.posts import HOME, OWNER, UNIT, Post
from tests.matrix.row import Row
from tests.matrix.rules import Outcome, at, decided, everyone, mine, public, somewhere
from tests.matrix.town import Scene

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
    query = links.sign(deps, photo.photo_id).url.partition("?")[2]
    return {"photo_id": photo.photo_id, **dict(parse_qsl(query))}


def signature(_: Scene, made: dict[str, str]) -> dict[str, str]:
    return {name: made[name] for name in ("expires", "signature")}


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
        makes=dwelling.home,
        body=filed,
        beyond="names the home that was asked for",
        twin=True,
    ),
    Row("get", "/api/v1/home-requests", somewhere()),
    Row("get", "/api/v1/home-requests/{request_id}", at(HOME), makes=dwelling.asked_head),
    Row(
        "post",
        "/api/v1/home-requests/{request_id}/advice",
        at(HOME),
        makes=dwelling.asked_head,
        body={"known": "yes", "reason": "老邻居"},
    ),
    Row(
        "post",
        "/api/v1/home-requests/{request_id}/decision",
        at(HOME, seen=ADVISERS),
        makes=dwelling.asked_community,
        body={"accept": False, **REASON},
    ),
    Row(
        "post",
        "/api/v1/home-requests/{request_id}/settlement",
        at(HOME, seen=ADVISERS),
        makes=dwelling.dispute,
        body={"outcome": "keep", **REASON},
    ),
    Row(
        "post",
        "/api/v1/home-requests/{request_id}/reveal",
        at(HOME, seen=ADVISERS),
        makes=dwelling.asked_head,
        body={"fields": ["name"], "reason": "verify_identity"},
    ),
    Row("get", "/api/v1/me/home-requests", everyone(), beyond="names the homes one asked for"),
    Row(
        "post",
        "/api/v1/me/home-requests/{request_id}/withdraw",
        mine(),
        makes=dwelling.own_request,
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
        makes=dwelling.home,
        body={"name": "赵强", "day": "2026-03-02", "reason": "已办理登记"},
    ),
    Row(
        "post",
        "/api/v1/homes/{home}/invitations",
        at(HOME),
        body={"relation": "family", "name": "李小梅"},
    ),
    Row("get", "/api/v1/homes/{home}/invitations", at(HOME)),
    Row(
        "delete",
        "/api/v1/homes/{home}/invitations/{invitation_id}",
        at(HOME),
        makes=dwelling.invitation,
    ),
    Row(
        "post",
        "/api/v1/invitations/accept",
        everyone(),
        makes=dwelling.token,
        body=lambda _, made: {"token": made},
        beyond="names the home that was opened",
        twin=True,
    ),
    Row("post", "/api/v1/places/{place}/home-codes", at(UNIT)),
    Row(
        "post",
        "/api/v1/me/homes/code",
        everyone(),
        makes=dwelling.code,
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
        makes=dwelling.proof,
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
