"""Minimal clients of both APIs; no code is shared with the stand-in or the product."""

import base64
import json
import secrets
import time
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import quote, urlencode

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from tornado.httpclient import HTTPResponse

from tests.contracts.stage import Delivery, Process, fetch
from tests.deadlines import SAFETY_NET

SCHEME = "WECHATPAY2-SHA256-RSA2048"


class Forged(Exception):
    """An answer or notice without a valid Wechatpay-* signature."""


@dataclass
class Reply:
    status: int
    body: Any
    headers: Any
    raw: bytes

    @property
    def code(self) -> str:
        return str(self.body["code"])


@cache  # checking a key costs as much as a hundred signatures
def _rsa_private(pem: str) -> RSAPrivateKey:
    key = serialization.load_pem_private_key(pem.encode(), None)
    assert isinstance(key, RSAPrivateKey)
    return key


def _rsa_public(pem: str) -> RSAPublicKey:
    key = serialization.load_pem_public_key(pem.encode())
    assert isinstance(key, RSAPublicKey)
    return key


@dataclass
class PayClient:
    process: Process
    merchant: dict[str, Any]
    keys: dict[str, RSAPublicKey] = field(default_factory=dict)
    skew_seconds: float = 0

    def __post_init__(self) -> None:
        self._key = _rsa_private(self.merchant["private_key_pem"])
        if self.merchant.get("public_key_id"):
            public = _rsa_public(self.merchant["public_key_pem"])
            self.keys[self.merchant["public_key_id"]] = public

    @property
    def mchid(self) -> str:
        return str(self.merchant["mchid"])

    def now(self) -> float:
        return time.time() + self.skew_seconds

    def sign(self, message: bytes) -> str:
        raw = self._key.sign(message, padding.PKCS1v15(), hashes.SHA256())
        return base64.b64encode(raw).decode()

    def authorization(self, method: str, uri: str, body: bytes) -> str:
        at, nonce = str(int(self.now())), secrets.token_hex(16)
        signature = self.sign(f"{method}\n{uri}\n{at}\n{nonce}\n".encode() + body + b"\n")
        return (
            f'{SCHEME} mchid="{self.mchid}",nonce_str="{nonce}",signature="{signature}",'
            f'timestamp="{at}",serial_no="{self.merchant["serial"]}"'
        )

    async def send(
        self, method: str, uri: str, body: Any = None, seconds: float = SAFETY_NET
    ) -> HTTPResponse:
        raw = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        headers = {"Authorization": self.authorization(method, uri, raw)}
        if raw:
            headers["Content-Type"] = "application/json"
        if self.merchant.get("public_key_id"):
            headers["Wechatpay-Serial"] = self.merchant["public_key_id"]
        return await fetch(
            self.process.url + uri, method, raw or None, headers, seconds=seconds
        )

    async def call(
        self, method: str, uri: str, body: Any = None, seconds: float = SAFETY_NET
    ) -> Reply:
        """Call WeChat Pay and return the answer; every 2xx must be signed."""
        response = await self.send(method, uri, body, seconds)
        if 200 <= response.code < 300:
            self.check(response.headers, response.body)
        shown = json.loads(response.body) if response.body else None
        return Reply(response.code, shown, response.headers, response.body)

    def check(self, headers: Any, body: bytes) -> None:
        """Raise Forged unless a known key signed it within five minutes."""
        try:
            at, nonce = headers["Wechatpay-Timestamp"], headers["Wechatpay-Nonce"]
            key = self.keys[headers["Wechatpay-Serial"]]
            signature = base64.b64decode(headers["Wechatpay-Signature"], validate=True)
            if abs(self.now() - int(at)) >= 300:
                raise Forged("timestamp")
            message = f"{at}\n{nonce}\n".encode() + body + b"\n"
            key.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
        except (KeyError, ValueError, InvalidSignature) as error:
            raise Forged(repr(error)) from error

    def decrypt(self, resource: dict[str, str]) -> bytes:
        return AESGCM(self.merchant["api_v3_key"].encode()).decrypt(
            resource["nonce"].encode(),
            base64.b64decode(resource["ciphertext"]),
            resource["associated_data"].encode(),
        )

    def opened(self, delivery: Delivery) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the event and its decrypted resource, after checking the signature."""
        self.check(delivery.headers, delivery.body)
        event = json.loads(delivery.body)
        return event, json.loads(self.decrypt(event["resource"]))

    async def load_certificates(self) -> list[str]:
        """Load the platform certificates; return their serial numbers."""
        response = await self.send("GET", "/v3/certificates")
        assert response.code == 200, response.body
        for each in json.loads(response.body)["data"]:
            pem = self.decrypt(each["encrypt_certificate"])
            key = x509.load_pem_x509_certificate(pem).public_key()
            assert isinstance(key, RSAPublicKey)
            self.keys[each["serial_no"]] = key
        self.check(response.headers, response.body)
        return list(self.keys)

    # ---- what the tests ask for
    @property
    def _root(self) -> str:
        partner = "partner/" if self.merchant["mode"] == "partner" else ""
        return f"/v3/pay/{partner}transactions"

    @property
    def _who(self) -> dict[str, str]:
        if self.merchant["mode"] == "partner":
            return {"sp_mchid": self.mchid, "sub_mchid": self.merchant["sub_mchid"]}
        return {"mchid": self.mchid}

    def order(self, number: str, openid: str, url: str, fen: int = 100) -> dict[str, Any]:
        is_partner = self.merchant["mode"] == "partner"
        return {
            **self._who,
            ("sp_appid" if is_partner else "appid"): self.merchant["appid"],
            "description": "物业服务费 2026年",
            "out_trade_no": number,
            "notify_url": url,
            "amount": {"total": fen, "currency": "CNY"},
            "payer": {("sp_openid" if is_partner else "openid"): openid},
        }

    async def prepay(self, order: dict[str, Any], seconds: float = SAFETY_NET) -> Reply:
        return await self.call("POST", f"{self._root}/jsapi", order, seconds)

    async def prepaid(self, number: str, openid: str, url: str, fen: int = 100) -> str:
        reply = await self.prepay(self.order(number, openid, url, fen))
        assert reply.status == 200, reply.body
        return str(reply.body["prepay_id"])

    async def query(self, number: str, seconds: float = SAFETY_NET) -> Reply:
        path = f"{self._root}/out-trade-no/{quote(number, safe='')}"
        return await self.call("GET", f"{path}?{urlencode(self._who)}", None, seconds)

    async def close(self, number: str, seconds: float = SAFETY_NET) -> Reply:
        path = f"{self._root}/out-trade-no/{quote(number, safe='')}/close"
        return await self.call("POST", path, self._who, seconds)

    async def refund(self, number: str, refund_no: str, fen: int, **more: Any) -> Reply:
        sub = {k: v for k, v in self._who.items() if k == "sub_mchid"}
        total = more.pop("total", 100)
        amount = {"refund": fen, "total": total, "currency": "CNY"}
        body = {"out_trade_no": number, "out_refund_no": refund_no, "amount": amount}
        return await self.call("POST", "/v3/refund/domestic/refunds", body | sub | more)

    async def refund_status(self, refund_no: str) -> str:
        path = f"/v3/refund/domestic/refunds/{refund_no}"
        sub = {k: v for k, v in self._who.items() if k == "sub_mchid"}
        reply = await self.call("GET", f"{path}?{urlencode(sub)}" if sub else path)
        return str(reply.body["status"])

    def pay_params(self, prepay_id: str) -> dict[str, str]:
        at, nonce, package = (
            str(int(self.now())),
            secrets.token_hex(16),
            f"prepay_id={prepay_id}",
        )
        message = f"{self.merchant['appid']}\n{at}\n{nonce}\n{package}\n".encode()
        return {
            "timeStamp": at,
            "nonceStr": nonce,
            "package": package,
            "signType": "RSA",
            "paySign": self.sign(message),
        }


def _read(response: HTTPResponse) -> Any:
    """Return JSON, or the bytes of a picture; both come with HTTP 200."""
    if response.code != 200:
        return {"errcode": f"HTTP {response.code}"}
    is_json = response.body.startswith(b"{")
    return json.loads(response.body) if is_json else response.body


@dataclass
class MiniClient:
    process: Process
    app: dict[str, str]

    async def get(self, path: str, **query: str) -> Any:
        return _read(await fetch(f"{self.process.url}{path}?{urlencode(query)}"))

    async def post(
        self, path: str, body: Any, seconds: float = SAFETY_NET, **query: str
    ) -> Any:
        raw = json.dumps(body, ensure_ascii=False).encode()
        url = f"{self.process.url}{path}?{urlencode(query)}"
        return _read(await fetch(url, "POST", raw, {}, seconds))

    async def stable_token(self, seconds: float = SAFETY_NET, **more: Any) -> Any:
        identity = {"appid": self.app["appid"], "secret": self.app["secret"]}
        body = {"grant_type": "client_credential", **identity, **more}
        return await self.post("/cgi-bin/stable_token", body, seconds)

    async def token(self) -> str:
        return str((await self.stable_token())["access_token"])

    async def login(self, code: str) -> Any:
        identity = {"appid": self.app["appid"], "secret": self.app["secret"]}
        return await self.get(
            "/sns/jscode2session", js_code=code, grant_type="authorization_code", **identity
        )

    async def asked(self, path: str, body: Any, token: str | None = None) -> Any:
        return await self.post(path, body, access_token=token or await self.token())

    async def send_message(
        self, openid: str, template_id: str = "T1", token: str | None = None, **more: Any
    ) -> Any:
        body = {
            "touser": openid,
            "template_id": template_id,
            "data": {"thing1": {"value": "停水通知"}},
            "miniprogram_state": "formal",
            "lang": "zh_CN",
        }
        return await self.asked("/cgi-bin/message/subscribe/send", body | more, token)
