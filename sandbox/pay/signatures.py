"""Signatures of WeChat Pay: verify the merchant's, make WeChat's, make wrong ones for tests."""

import base64
import re
import secrets
from typing import Literal

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from sandbox.faults import SignFault
from sandbox.keys import Merchant
from sandbox.pay.errors import sign_error
from sandbox.web import Call
from sandbox.world import World

SCHEME = "WECHATPAY2-SHA256-RSA2048"
FIELD = re.compile(r'(\w+)="([^"]*)"')
SKEW_SECONDS = 300
KeyKind = Literal["public_key", "certificate"]


class Signing(msgspec.Struct, kw_only=True):
    """Overrides for one signature."""

    fault: SignFault | None = None
    serial: str | None = None
    timestamp: int | None = None


PLAIN = Signing()


def _sign(key: rsa.RSAPrivateKey, message: bytes) -> str:
    return base64.b64encode(key.sign(message, padding.PKCS1v15(), hashes.SHA256())).decode()


def verify(world: World, merchant: Merchant, message: bytes, signature: str) -> bool:
    """Tell whether the merchant's private key made this base64 signature."""
    key = world.keys.private(merchant.private_key_pem).public_key()
    try:
        raw = base64.b64decode(signature, validate=True)
        key.verify(raw, message, padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True


def authenticate(world: World, call: Call) -> Merchant:
    """Return the merchant who signed the call; 401 unless valid and within 300 s."""
    scheme, _, rest = call.authorization.partition(" ")
    fields = dict(FIELD.findall(rest))
    merchant = world.keys.merchants.get(fields.get("mchid", ""))
    if scheme != SCHEME or fields.keys() < {"nonce_str", "timestamp", "signature"}:
        raise sign_error("Authorization头缺失或格式不正确")
    if merchant is None:
        raise sign_error("商户号不存在")
    if fields.get("serial_no") != merchant.serial:
        raise sign_error("商户证书序列号有误")
    timestamp = fields["timestamp"]
    if not timestamp.isdecimal() or abs(world.clock.now() - int(timestamp)) > SKEW_SECONDS:
        raise sign_error("时间戳与当前时间相差超过5分钟")
    head = f"{call.method}\n{call.uri}\n{timestamp}\n{fields['nonce_str']}\n".encode()
    if not verify(world, merchant, head + call.body + b"\n", fields["signature"]):
        raise sign_error("sign not match")
    return merchant


def usual_kind(merchant: Merchant) -> KeyKind:
    return "public_key" if merchant.public_key_id else "certificate"


def kind_asked_for(world: World, merchant: Merchant, serial: str) -> KeyKind:
    """Return the kind of key that signs an answer: the one the request names, or the usual."""
    if serial == world.keys.platform.public_keys[merchant.mchid].id:
        return "public_key"
    if any(serial == certificate.serial for certificate in world.keys.platform.certificates):
        return "certificate"
    return usual_kind(merchant)


def signing_key(
    world: World, merchant: Merchant, kind: KeyKind
) -> tuple[str, rsa.RSAPrivateKey]:
    if kind == "public_key":
        public = world.keys.platform.public_keys[merchant.mchid]
        return public.id, world.keys.private(public.private_key_pem)
    certificate = world.keys.platform.certificates[-1]
    return certificate.serial, world.keys.private(certificate.private_key_pem)


def _timestamp(world: World, signing: Signing) -> int:
    if signing.timestamp is not None:
        return signing.timestamp
    skew = {SignFault.STALE: -SKEW_SECONDS - 1, SignFault.FUTURE: SKEW_SECONDS + 2}
    return int(world.clock.now()) + skew.get(signing.fault or SignFault.BAD, 0)


def _serial(own: str, signing: Signing) -> str:
    if signing.serial is not None:
        return signing.serial
    if signing.fault != SignFault.UNKNOWN_SERIAL:
        return own
    is_public = own.startswith("PUB_KEY_ID_")
    return "PUB_KEY_ID_" + "0" * 34 if is_public else secrets.token_hex(20).upper()


def sign_headers(
    world: World, merchant: Merchant, body: bytes, kind: KeyKind, signing: Signing = PLAIN
) -> dict[str, str]:
    """Return the Wechatpay-* headers for `body` (empty for 204)."""
    fault = signing.fault
    if fault in (SignFault.CERTIFICATE, SignFault.PUBLIC_KEY):
        kind = "certificate" if fault == SignFault.CERTIFICATE else "public_key"
    own, key = signing_key(world, merchant, kind)
    if fault == SignFault.BAD:
        key = world.keys.private(merchant.private_key_pem)  # a key, but not WeChat's
    timestamp, nonce = str(_timestamp(world, signing)), secrets.token_hex(16)
    signed = body + b" " if fault == SignFault.TAMPERED else body
    headers = {
        "Wechatpay-Timestamp": timestamp,
        "Wechatpay-Nonce": nonce,
        "Wechatpay-Serial": _serial(own, signing),
        "Wechatpay-Signature-Type": SCHEME,
    }
    if fault == SignFault.SIGNTEST:
        headers["Wechatpay-Signature"] = f"WECHATPAY/SIGNTEST/{secrets.token_urlsafe(192)}"
    elif fault != SignFault.MISSING:
        message = f"{timestamp}\n{nonce}\n".encode() + signed + b"\n"
        headers["Wechatpay-Signature"] = _sign(key, message)
    return headers
