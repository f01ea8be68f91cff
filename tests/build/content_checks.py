"""Contents in tests that WeChat checks: submitted by a feature that only tests have."""

from collections.abc import Sequence
from typing import Any, Final

from services.content_checks import actions
from services.content_checks.states import CheckState
from services.dependencies import Dependencies, Transaction
from tests.build import photos
from tests.build.cast import COMPOUND
from tests.build.documents import Database
from tests.build.sign_ins import Member
from tests.build.world import World

KIND: Final = "question"
SUBJECT: Final = f"{KIND}:1"
CHECK_TEXT: Final = "/wxa/msg_sec_check"
CHECK_PICTURE: Final = "/wxa/media_check_async"
# Words of the stand-in's: risky, and to be looked at.
GOOD, DOUBTFUL, RISKY = "二次供水什么时候恢复?", "疑似词", "违禁词"

Told = list[tuple[str, CheckState]]


async def nothing(*_: object) -> None:
    """What becomes of a content that nobody keeps."""


def register(deps: Dependencies) -> None:
    """Let contents of the kind be checked where no test listens to what becomes of them."""
    checked: Any = deps.features.checked
    checked.setdefault(KIND, nothing)


async def submit(
    world: World,
    author: Member,
    text: str = GOOD,
    *,
    photos: Sequence[str] = (),
    subject: str = SUBJECT,
    place: str = COMPOUND,
) -> str:
    """Submit what somebody wrote in WeChat a moment ago; return the check's id."""
    await world.wechat.openid(author.name)

    async def work(tx: Transaction) -> str:
        return await actions.submit(
            world.deps,
            tx,
            author=author.person_id,
            subject=subject,
            place=place,
            text=text,
            photos=photos,
        )

    return await world.deps.in_transaction(work)


async def with_picture(world: World, author: Member, text: str = GOOD) -> tuple[str, str]:
    """Submit a text with a picture and let the worker begin; return check and photo."""
    await world.agree(author, "proof")
    photo_id = await photos.sent(world.api, author)
    check_id = await submit(world, author, text, photos=[photo_id])
    await world.work()
    return check_id, photo_id


async def state_of(db: Database, check_id: str) -> str:
    found = await db.content_checks.find_one({"_id": check_id})
    assert found is not None
    return str(found["state"])


async def media(world: World, **plan: Any) -> None:
    """Plan how WeChat fares with the pictures that are submitted from now on."""
    await world.wechat.do("settings", media={"after_seconds": 5, **plan})


async def traces(world: World) -> list[str]:
    return [row["_id"] async for row in world.db.media_verdicts.find()]


def verdict(trace_id: str, suggest: str = "pass", **fields: Any) -> dict[str, Any]:
    result = {"suggest": suggest, "label": 100}
    event = {"Event": "wxa_media_check", "trace_id": trace_id, "version": 2, "result": result}
    return {"errcode": 0, "CreateTime": 1_772_424_000, **event, **fields}
