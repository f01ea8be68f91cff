"""Payment and refund notices: encrypted, signed for each delivery, repeated for a day."""

import base64
import secrets
import uuid
from typing import Any

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sandbox.clock import rfc3339
from sandbox.faults import SignFault
from sandbox.keys import Merchant
from sandbox.outbound import Reply
from sandbox.pay.signatures import KeyKind, Signing, sign_headers, usual_kind
from sandbox.pay.views import combined, transaction
from sandbox.records import Job, Order
from sandbox.reshape import merged
from sandbox.world import World

KIND = "notice"
RETRY_SECONDS = (
    15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600,
    10800, 10800, 10800, 21600, 21600,
)  # fmt: skip
DONE = (200, 204)  # the status decides, whatever the body says


class Craft(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """Defects to put into a notice."""

    sign: SignFault | None = None
    serial: str | None = None
    timestamp: int | None = None
    api_v3_key: str | None = None
    overrides: dict[str, Any] = msgspec.field(default_factory=dict)  # of the plain resource
    resource: dict[str, Any] | None = None  # the whole plain resource instead
    event: dict[str, Any] = msgspec.field(default_factory=dict)  # of the outer event
    times: int = 1  # deliveries spoilt; the ones after are genuine


GENUINE = Craft()


def encrypt(api_v3_key: str, plain: bytes, associated_data: str) -> dict[str, str]:
    """Encrypt a resource with AEAD_AES_256_GCM in WeChat Pay's format."""
    nonce = secrets.token_hex(6)
    sealed = AESGCM(api_v3_key.encode()).encrypt(
        nonce.encode(), plain, associated_data.encode()
    )
    return {
        "algorithm": "AEAD_AES_256_GCM",
        "ciphertext": base64.b64encode(sealed).decode(),
        "associated_data": associated_data,
        "nonce": nonce,
    }


def event(world: World, event_type: str, summary: str) -> dict[str, Any]:
    """Return the outer event, the same in every delivery: id and create_time do not change."""
    return {
        "id": str(uuid.uuid4()),
        "create_time": rfc3339(world.clock.now()),
        "resource_type": "encrypt-resource",
        "event_type": event_type,
        "summary": summary,
    }


def payment_event(world: World, order: Order) -> dict[str, Any]:
    """Return the payload of a notice job for a payment."""
    return {
        "mchid": order.mchid,
        "url": order.request["notify_url"],
        "original_type": "transaction",
        "event": event(world, "TRANSACTION.SUCCESS", "支付成功"),
        "plain": combined(world.store, order) if order.parts else transaction(order),
    }


def enqueue(world: World, data: dict[str, Any], craft: Craft = GENUINE) -> Job:
    """Schedule a notice; the first delivery is due at once."""
    data["craft"] = msgspec.to_builtins(craft)
    return world.schedule.add(KIND, data, world.clock.now())


def _kind(world: World, merchant: Merchant) -> KeyKind:
    """Return the kind of key that signs this notice: the other one for `grey_share` of them."""
    usual = usual_kind(merchant)
    settings = world.merchant_settings(merchant)
    if not settings.grey_share:
        return usual
    settings.grey_debt += settings.grey_share
    if settings.grey_debt < 1:
        return usual
    settings.grey_debt -= 1
    return "certificate" if usual == "public_key" else "public_key"


def _body(merchant: Merchant, data: dict[str, Any], craft: Craft) -> bytes:
    plain = craft.resource or merged(data["plain"], craft.overrides)
    kind, key = data["original_type"], craft.api_v3_key or merchant.api_v3_key
    resource = encrypt(key, msgspec.json.encode(plain), kind)
    whole = {**data["event"], "resource": {"original_type": kind, **resource}}
    return msgspec.json.encode(merged(whole, craft.event))


async def send(world: World, data: dict[str, Any], craft: Craft) -> Reply:
    merchant = world.keys.merchants[data["mchid"]]
    body = _body(merchant, data, craft)
    signing = Signing(fault=craft.sign, serial=craft.serial, timestamp=craft.timestamp)
    signed = sign_headers(world, merchant, body, _kind(world, merchant), signing)
    return await world.outbound.send(
        data["url"],
        body,
        {"Content-Type": "application/json", "Accept": "*/*", **signed},
        timeout_seconds=world.settings.notify_timeout_seconds,
        fault=craft.sign or ("crafted" if craft != GENUINE else ""),
    )


async def deliver(world: World, job: Job) -> float | None:
    """Deliver once; return the seconds until the next try, None when it was accepted."""
    craft = msgspec.convert(job.data["craft"], Craft)
    reply = await send(world, job.data, craft if job.attempt < craft.times else GENUINE)
    job.met_status, job.met_text = reply.status, reply.text
    if reply.status in DONE or job.attempt >= len(RETRY_SECONDS):
        return None
    return float(RETRY_SECONDS[job.attempt])
