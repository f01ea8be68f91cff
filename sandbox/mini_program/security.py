"""Content check API, version 2: result.suggest is the verdict, not errcode 0."""

import secrets
from typing import Any

from msgspec import UNSET, UnsetType

from sandbox.keys import MiniProgram
from sandbox.mini_program import push
from sandbox.mini_program.errors import MiniError
from sandbox.mini_program.gate import Body, MiniRoute, by_token, ok, read
from sandbox.openids import belongs
from sandbox.outbound import is_loopback
from sandbox.records import Job, MediaCheck, MediaPlan
from sandbox.web import Answer, Call
from sandbox.world import World

KIND = "media_check"
ACTIVE_SECONDS = 2 * 3600
LONGEST_CONTENT = 2500
LABELS = {"pass": 100, "review": 21000, "risky": 20006}
SCENES = (1, 2, 3, 4)
CANNOT_DOWNLOAD = -1008


class TextBody(Body):
    openid: str = ""
    scene: int = 0
    version: int = 0
    content: str = ""
    title: str = ""
    nickname: str = ""
    signature: str = ""


class MediaBody(Body):
    openid: str = ""
    scene: int = 0
    version: int | UnsetType = UNSET
    media_url: str = ""
    media_type: int = 0


def _check(world: World, app: MiniProgram, openid: str, scene: int) -> None:
    if scene not in SCENES:
        raise MiniError(40129)
    if not belongs(openid, app.appid):
        raise MiniError(43104 if openid else 40003)
    user = world.store.users.get(openid)
    if user is None or world.clock.now() - user.active_at > ACTIVE_SECONDS:
        raise MiniError(61010)


def _suggestion(world: World, text: str) -> str:
    settings = world.settings
    if any(word in text for word in settings.risky_words):
        return "risky"
    return "review" if any(word in text for word in settings.review_words) else "pass"


async def check_text(world: World, call: Call, app: MiniProgram) -> Answer:
    body = read(call, TextBody)
    if body.version != 2:  # noqa: PLR2004 - version 1 was stopped on 2021-09-01
        raise MiniError(47001, "data format error hint: [version must be 2]")
    _check(world, app, body.openid, body.scene)
    if not body.content:
        raise MiniError(44002)
    if len(body.content) > LONGEST_CONTENT:
        raise MiniError(45002, "content size out of limit")
    text = f"{body.content}\n{body.title}\n{body.nickname}\n{body.signature}"
    suggest = _suggestion(world, text)
    judged = {"suggest": suggest, "label": LABELS[suggest]}
    return ok(
        trace_id=secrets.token_hex(12),
        result=judged,
        detail=[
            {"strategy": "content_model", "errcode": 0, "prob": 90, **judged},
            {"strategy": "keyword", "errcode": 0},  # no suggest here: nothing was found
        ],
    )


def apply_plan(check: MediaCheck, plan: MediaPlan) -> None:
    failed = plan.outcome == "download_failed"
    check.suggest = plan.outcome if plan.outcome in LABELS else "pass"
    check.label = LABELS[check.suggest]
    check.errcode = CANNOT_DOWNLOAD if failed else 0
    check.shape = "v1" if plan.shape == "v1" else check.shape


async def check_media(world: World, call: Call, app: MiniProgram) -> Answer:
    body, plan = read(call, MediaBody), world.settings.media
    _check(world, app, body.openid, body.scene)
    if not (body.media_url.startswith("https://") or is_loopback(body.media_url)):
        raise MiniError(47001, "data format error hint: [media_url]")
    if body.media_type not in (1, 2):
        raise MiniError(47001, "data format error hint: [media_type]")
    check = MediaCheck(
        trace_id=secrets.token_hex(16),
        appid=app.appid,
        openid=body.openid,
        media_url=body.media_url,
        created_at=world.clock.now(),
        shape="v2" if body.version == 2 else "v1",  # noqa: PLR2004 - not said: old shape
    )
    apply_plan(check, plan)
    with world.store.together():
        world.store.media_checks.save(check.trace_id, check)
        if plan.outcome != "never":
            due = world.clock.now() + plan.after_seconds
            world.schedule.add(KIND, {"trace_id": check.trace_id}, due)
    return ok(trace_id=check.trace_id)


def _event(world: World, app: MiniProgram, check: MediaCheck) -> dict[str, Any]:
    event = push.event_of(world, app, "wxa_media_check", check.openid)
    about = {**event, "appid": app.appid, "trace_id": check.trace_id}
    if check.shape == "v1":
        unsigned = check.errcode % 2**32  # as -1008 used to be written
        risky = int(check.suggest == "risky")
        return {**about, "isrisky": risky, "status_code": unsigned, "extra_info_json": ""}
    judged = {"suggest": check.suggest, "label": check.label}
    found = {"strategy": "content_model", "errcode": check.errcode, "prob": 90, **judged}
    message = "download failed" if check.errcode else "ok"
    verdict = {"errcode": check.errcode, "errmsg": message, "result": judged}
    return {**about, "version": 2, "detail": [found], **verdict}


async def push_result(world: World, check: MediaCheck) -> list[dict[str, Any]]:
    app = world.keys.programs[check.appid]
    check.pushed = True
    world.store.media_checks.save(check.trace_id, check)
    return await push.push_now(world, app, _event(world, app, check))


async def conclude(world: World, job: Job) -> None:
    """Finish a media check: download a picture from this machine, push the verdict."""
    check = world.store.media_checks.rows[job.data["trace_id"]]
    if is_loopback(check.media_url) and not check.errcode:
        timeout = world.settings.push.timeout_seconds
        reply = await world.outbound.send(check.media_url, None, {}, timeout_seconds=timeout)
        if reply.status != push.OK_STATUS:
            check.errcode = CANNOT_DOWNLOAD
    await push_result(world, check)


ROUTES = [
    ("POST", "/wxa/msg_sec_check", MiniRoute(by_token, check_text)),
    ("POST", "/wxa/media_check_async", MiniRoute(by_token, check_media)),
]
