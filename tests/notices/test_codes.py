"""Code of a notice on the posted paper: case 30 of docs/reference/wechat.md."""

import asyncio
from typing import Any, Final

import pytest

from services.kernel.permissions import Role
from services.notices.codes.actions import CODES
from tests.build.cast import NEXT_UNIT, UNIT, Estate, appoint
from tests.build.homes import get
from tests.build.mailbox import calls
from tests.build.notices import act, drafted, published
from tests.build.world import Reply

DRAWN: Final = "/wxa/getwxacodeunlimit"
PNG: Final = b"\x89PNG"


async def code(estate: Estate, notice_id: str, who: Any = "staff") -> Reply:
    return await get(estate, who, f"notices/{notice_id}/code")


async def test_case_30_the_code_leads_to_the_notice(estate: Estate) -> None:
    notice_id = await published(estate)
    reply = await code(estate, notice_id)
    assert (reply.status, reply.headers["Content-Type"]) == (200, "image/png")
    assert reply.raw.startswith(PNG)
    [asked] = await estate.world.wechat.calls(DRAWN)
    assert (asked["body"]["scene"], asked["body"]["page"]) == (
        notice_id,
        "pages/notices/notice",
    )
    assert len(notice_id) <= 32
    shown = await get(estate, "li", f"me/notices/{asked['body']['scene']}")
    assert shown.status == 200


async def test_case_30_many_prints_are_one_call(estate: Estate) -> None:
    notice_id = await published(estate)
    await estate.member("staff")
    replies = await asyncio.gather(*(code(estate, notice_id) for _ in range(20)))
    assert {reply.status for reply in replies} == {200}
    assert len({reply.raw for reply in replies}) == 1
    CODES._kept.clear()  # another process
    assert (await code(estate, notice_id)).raw == replies[0].raw
    assert await calls(estate.world, DRAWN) == 1


@pytest.mark.parametrize(
    ("fault", "status", "stable", "wait"),
    [
        ({"errcode": 45009}, 503, "wechat_unavailable", "60"),
        ({"errcode": -1}, 503, "wechat_unavailable", "3"),
        ({"drop": "before"}, 503, "wechat_unavailable", "3"),
        ({"errcode": 41030}, 409, "notice_code_not_drawn", None),
        ({"errcode": 40169}, 409, "notice_code_not_drawn", None),
        ({"raw": {"errcode": 0, "errmsg": "ok"}}, 503, "wechat_unavailable", "3"),
    ],
)
async def test_case_30_an_error_with_status_200_is_an_error(
    estate: Estate, fault: dict[str, Any], status: int, stable: str, wait: str | None
) -> None:
    notice_id = await published(estate)
    await estate.world.wechat.fault(DRAWN, match={"times": None}, **fault)
    reply = await code(estate, notice_id)
    assert (reply.status, reply.code) == (status, stable)
    assert reply.headers.get("Retry-After") == wait
    await estate.world.wechat.control("DELETE", "faults")
    assert (await code(estate, notice_id)).raw.startswith(PNG)


async def test_case_30_a_scene_of_33_characters_is_not_sent(estate: Estate) -> None:
    notice_id, longer = await published(estate), "0" * 33
    assert (await code(estate, longer)).code == "not_found"
    kept = await estate.world.db.notices.find_one({"_id": notice_id})
    assert kept is not None
    await estate.world.db.notices.insert_one(kept | {"_id": longer})
    reply = await code(estate, longer)
    assert (reply.status, reply.code) == (409, "notice_code_not_drawn")
    assert await calls(estate.world, DRAWN) == 0


async def test_heads_of_its_places_print_what_is_published(estate: Estate) -> None:
    """Of a neighbouring staircase not, nor residents, nor before it is out."""
    await appoint(estate.world.deps, Role.UNIT_HEAD, NEXT_UNIT, "sun")
    own = {"places": [UNIT], "relations": ["owner"]}
    notice_id = await drafted(estate, audience=own)
    assert (await code(estate, notice_id)).status == 200
    assert (await code(estate, notice_id, "head")).status == 404
    await act(estate, notice_id, "publish")
    found = {who: (await code(estate, notice_id, who)) for who in ("head", "sun", "li")}
    assert {who: reply.status for who, reply in found.items()} == {
        "head": 200,
        "sun": 404,
        "li": 403,
    }
    whole = await published(estate)
    assert (await code(estate, whole, "sun")).status == 200


async def test_what_was_withdrawn_is_not_hung_up_any_more(estate: Estate) -> None:
    notice_id = await published(estate)
    await act(estate, notice_id, "withdraw", because="停水取消")
    reply = await code(estate, notice_id)
    assert (reply.status, reply.code) == (409, "notice_moved_on")
    assert (await code(estate, notice_id, "head")).status == 404
