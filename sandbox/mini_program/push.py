"""Server push: events to the product's address, repeated until it answers "success"."""

import secrets
from enum import StrEnum
from typing import Any, Literal
from urllib.parse import urlencode

import msgspec

from sandbox.keys import MiniProgram
from sandbox.mini_program.envelope import as_json, as_xml, sealed, signature
from sandbox.outbound import Reply
from sandbox.records import Job, PushTarget
from sandbox.world import World

KIND = "push"
RETRIES, RETRY_SECONDS = 3, 5.0
OK_STATUS = 200
# In JSON every event's list is called List; in XML each has its own wrapper around it.
WRAPPERS = {
    "subscribe_msg_popup_event": "SubscribeMsgPopupEvent",
    "subscribe_msg_change_event": "SubscribeMsgChangeEvent",
    "subscribe_msg_sent_event": "SubscribeMsgSentEvent",
}


class PushFault(StrEnum):
    BAD = "bad"
    MISSING = "missing"
    TAMPERED = "tampered"


class PushCraft(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """Overrides for one push; None: as configured."""

    sign: PushFault | None = None
    format: Literal["json", "xml"] | None = None
    mode: Literal["safe", "plain"] | None = None
    appid: str | None = None  # inside of the sealed envelope


GENUINE = PushCraft()


def event_of(world: World, app: MiniProgram, name: str, openid: str) -> dict[str, Any]:
    return {
        "ToUserName": app.original_id,
        "FromUserName": openid,
        "CreateTime": int(world.clock.now()),
        "MsgType": "event",
        "Event": name,
    }


def list_event(
    world: World, app: MiniProgram, name: str, openid: str, rows: list[dict[str, str]]
) -> dict[str, Any]:
    return {**event_of(world, app, name, openid), "List": rows}


def _rendered(event: dict[str, Any], form: str) -> bytes:
    rows = event.get("List")
    if form == "json":
        # WeChat writes a list of one element as that element.
        lone = isinstance(rows, list) and len(rows) == 1
        return as_json(event | {"List": rows[0]} if lone and rows else event)
    wrapper = WRAPPERS.get(event.get("Event", ""))
    if rows is None or wrapper is None:
        return as_xml(event)
    rest = {name: value for name, value in event.items() if name != "List"}
    return as_xml({**rest, wrapper: {"List": rows}})


def _spoilt(text: str, fault: PushFault | None) -> str:
    return "0" * len(text) if fault == PushFault.BAD else text


def _sealed(
    app: MiniProgram, body: bytes, form: str, stamp: tuple[str, str], craft: PushCraft
) -> tuple[bytes, dict[str, str]]:
    """Return the body in its envelope and the query parameters of safe mode."""
    cipher = sealed(body, app.push_aes_key, craft.appid or app.appid)
    sign = _spoilt(signature(app.push_token, *stamp, cipher), craft.sign)
    if craft.sign == PushFault.TAMPERED:
        cipher = sealed(body, app.push_aes_key, app.appid)
    outer = {"ToUserName": app.original_id, "Encrypt": cipher}
    whole = as_json(outer) if form == "json" else as_xml(outer)
    return whole, {"encrypt_type": "aes", "msg_signature": sign}


def target_of(world: World, app: MiniProgram) -> PushTarget:
    """Return where pushes about this app go: a service account has an address of its own."""
    linked = app is world.keys.credentials.service_account
    return world.settings.service_push if linked else world.settings.push


async def send(
    world: World, app: MiniProgram, event: dict[str, Any], craft: PushCraft = GENUINE
) -> Reply:
    """Deliver once, with a new timestamp and signature."""
    target = target_of(world, app)
    form, mode = craft.format or target.format, craft.mode or target.mode
    stamp = (str(int(world.clock.now())), str(secrets.randbelow(10**10)))
    body, query = _rendered(event, form), dict(zip(("timestamp", "nonce"), stamp, strict=True))
    query["openid"] = str(event.get("FromUserName", ""))
    query["signature"] = _spoilt(signature(app.push_token, *stamp), craft.sign)
    if mode == "safe":
        body, more = _sealed(app, body, form, stamp, craft)
        query |= more
    if craft.sign == PushFault.MISSING:
        query = {k: v for k, v in query.items() if not k.endswith("signature")}
    return await world.outbound.send(
        f"{target.url}?{urlencode(query)}",
        body,
        {"Content-Type": "application/json" if form == "json" else "text/xml"},
        timeout_seconds=target.timeout_seconds,
        fault=craft.sign or ("crafted" if craft != GENUINE else ""),
    )


def enqueue(
    world: World, app: MiniProgram, event: dict[str, Any], craft: PushCraft = GENUINE
) -> Job | None:
    """Schedule a push, due at once; None when no address is configured."""
    if not target_of(world, app).url:
        return None
    data = {"appid": app.appid, "event": event, "craft": msgspec.to_builtins(craft)}
    return world.schedule.add(KIND, data, world.clock.now())


async def deliver(world: World, job: Job) -> float | None:
    app = world.keys.programs[job.data["appid"]]
    craft = msgspec.convert(job.data["craft"], PushCraft)
    reply = await send(world, app, job.data["event"], craft)
    job.met_status, job.met_text = reply.status, reply.text
    taken = reply.status == OK_STATUS and reply.body in (b"", b"success")
    return None if taken or job.attempt >= RETRIES else RETRY_SECONDS


async def push_now(
    world: World,
    app: MiniProgram,
    event: dict[str, Any],
    craft: PushCraft = GENUINE,
    *,
    copies: int = 1,
) -> list[dict[str, Any]]:
    """Deliver and return the outcome of the first attempts; repeats follow by the clock."""
    met = []
    for _ in range(copies):
        job = enqueue(world, app, event, craft)
        if job is not None:
            await world.schedule.perform(job)
            met.append(job.met)
    return met
