"""Photos in tests: sent and looked at over HTTP, or attached by the product's own actions."""

from collections.abc import Sequence

from services.dependencies import Dependencies, Transaction
from services.kernel.permissions import Actor, Permission
from services.photos import actions, links, upload
from services.photos.models import PhotoPurpose
from tests.build.cast import LI_HOME
from tests.build.pictures import picture
from tests.build.sign_ins import Member
from tests.build.world import Api

PHOTOS = "/api/v1/photos"


async def sent(
    api: Api, who: Member, content: bytes | None = None, *, purpose: str = "proof"
) -> str:
    reply = await api.post(f"{PHOTOS}?purpose={purpose}", content or picture(), as_=who)
    assert reply.status == 201, reply.body
    return str(reply.body["photo_id"])


async def address(api: Api, who: Member, photo_id: str) -> str:
    reply = await api.get(f"{PHOTOS}/{photo_id}/url", as_=who)
    assert reply.status == 200, reply.body
    return str(reply.body["url"])


async def added(deps: Dependencies, actor: Actor) -> str:
    return (await upload.add(deps, actor, PhotoPurpose.PROOF, picture())).photo_id


async def attach(
    deps: Dependencies, actor: Actor, photo_ids: Sequence[str], place: str = LI_HOME
) -> None:
    """Attach photos to a request at a place, so that who decides there sees them."""

    async def work(tx: Transaction) -> None:
        await actions.attach(
            deps,
            tx,
            actor,
            photo_ids,
            subject="request-1",
            place=place,
            needs=Permission.DECIDE_HOMES,
        )

    await deps.in_transaction(work)


async def sees(deps: Dependencies, actor: Actor, photo_id: str) -> bool:
    return bool(await actions.urls(deps, actor, [photo_id]))


async def shown(deps: Dependencies, photo_id: str) -> bytes:
    url, _ = links.LINK.sign(deps.vault, photo_id, deps.now(), links.LASTS)
    expires, _, signature = url.partition("expires=")[2].partition("&signature=")
    file = await actions.show(deps, photo_id, expires, signature)
    return b"".join([piece async for piece in file.read(0, file.size)])


def on_disk(deps: Dependencies) -> list[str]:
    return [path.name for path in deps.photos.rglob("*") if path.is_file()]
