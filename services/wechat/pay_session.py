"""Session with WeChat Pay for one merchant account: signed requests, verified answers."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.wechat import signatures
from services.wechat.errors import BadSignature, PayError
from services.wechat.merchant import MerchantAccount, load_private_key, load_public_key
from services.wechat.pay_wire import Complaint
from services.wechat.platform_keys import Certificate, PlatformKeys
from services.wechat.transport import NoAnswer, Observe, Reply, Transport

LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)
USER_AGENT: Final = "sanzhangtong/1"  # WeChat asks for one
OK: Final = range(200, 300)
SERVER_FAILURE: Final = 500
MESSAGE_CHARS: Final = 200

_OUR_NUMBER = re.compile("(out-trade-no|transactions/id|refunds)/[^/]+")


class Earlier(NamedTuple):
    """Keys from before a rotation, with which notices may still come until an instant."""

    account: MerchantAccount
    until: datetime


class ApiKeys:
    """APIv3 key of an account, and for a time the one before it. An Opener."""

    def __init__(
        self, account: MerchantAccount, earlier: Earlier | None, now: Callable[[], datetime]
    ) -> None:
        self._key = AESGCM(account.api_v3_key.encode())
        self._earlier = AESGCM(earlier.account.api_v3_key.encode()) if earlier else None
        self._until = earlier.until if earlier else LONG_AGO
        self._now = now

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None, /) -> bytes:
        try:
            return self._key.decrypt(nonce, data, associated_data)
        except InvalidTag:
            if self._earlier is None or self._now() >= self._until:
                raise
        return self._earlier.decrypt(nonce, data, associated_data)


class PaySession:
    """Signs with the account's keys; what comes may still bear those of `earlier`."""

    def __init__(
        self,
        account: MerchantAccount,
        *,
        base: str,
        now: Callable[[], datetime],
        timeout_seconds: float,
        observe: Observe,
        earlier: Earlier | None = None,
    ) -> None:
        self._account = account
        self._now = now
        self._observe = observe
        self._transport = Transport(base, timeout_seconds=timeout_seconds)
        self._key = load_private_key(account)
        self.sealing = ApiKeys(account, earlier, now)
        public_key = load_public_key(account)
        self.keys = PlatformKeys(
            {account.public_key_id: public_key} if account.public_key_id and public_key else {},
            sealing=self.sealing,
            download=lambda: self.exchange("GET", "/v3/certificates"),
            now=now,
            passing=_passing(earlier),
        )

    def close(self) -> None:
        self.keys.close()
        self._transport.close()

    def stamp(self) -> str:
        return str(int(self._now().timestamp()))

    def sign(self, *lines: str, body: bytes | None = None) -> str:
        return signatures.sign(self._key, *lines, body=body)

    async def call(self, method: str, target: str, body: bytes | None = None) -> Any:
        """Return the verified answer's JSON, {} for 204. Raises PayError."""
        reply = await self.exchange(method, target, body)
        request_id = reply.headers.get("Request-ID", "")
        try:
            await self.keys.verify(reply.headers, reply.body)
            return msgspec.json.decode(reply.body) if reply.body else {}
        except BadSignature as forged:
            code, why = "BAD_SIGNATURE", str(forged)
        except ValueError:
            code, why = "UNREADABLE", "not JSON"
        # Done perhaps, but not by WeChat's word: the caller must ask again.
        self._observe(_api(target), code)
        raise PayError(reply.status, code, why, request_id, unknown=True)

    async def exchange(
        self,
        method: str,
        target: str,
        body: bytes | None = None,
        *,
        on_chunk: Callable[[bytes], None] | None = None,
        seconds: float | None = None,
    ) -> Reply:
        """Return a 2xx answer, not yet verified. Raises PayError.

        `seconds`: how long it may take, for what is larger than an answer.
        """
        headers = {
            "Accept": "application/json",
            "User-Agent": USER_AGENT,
            "Authorization": self._authorization(method, target, body or b""),
        }
        if body is not None:
            headers["Content-Type"] = "application/json"
        if self._account.public_key_id:  # asks for an answer signed with that key
            headers["Wechatpay-Serial"] = self._account.public_key_id
        try:
            reply = await self._transport.send(
                method, target, headers=headers, body=body, on_chunk=on_chunk, seconds=seconds
            )
        except NoAnswer as silence:
            self._observe(_api(target), "no_answer")
            code = "NO_ANSWER" if silence.unknown else "UNREACHABLE"
            raise PayError(0, code, str(silence), unknown=silence.unknown) from None
        if reply.status not in OK:
            refusal = _refusal(reply)
            self._observe(_api(target), refusal.code)
            raise refusal
        self._observe(_api(target), "ok")
        return reply

    def _authorization(self, method: str, target: str, body: bytes) -> str:
        stamp, nonce = self.stamp(), signatures.nonce()
        parts = {
            "mchid": self._account.mchid,
            "nonce_str": nonce,
            "signature": self.sign(method, target, stamp, nonce, body=body),
            "timestamp": stamp,
            "serial_no": self._account.serial,
        }
        return f"{signatures.SCHEME} " + ",".join(f'{k}="{v}"' for k, v in parts.items())


def _passing(earlier: Earlier | None) -> dict[str, Certificate]:
    if earlier is None or not earlier.account.public_key_id:
        return {}
    key = load_public_key(earlier.account)
    held = Certificate(key, LONG_AGO, earlier.until) if key else None
    return {earlier.account.public_key_id: held} if held else {}


def _api(target: str) -> str:
    """Name the interface without our numbers: they would make endless metrics."""
    return _OUR_NUMBER.sub(r"\1/{}", target.partition("?")[0])


def _refusal(reply: Reply) -> PayError:
    try:
        said = msgspec.json.decode(reply.body, type=Complaint)
    except ValueError:
        said = Complaint()
    return PayError(
        reply.status,
        said.code or f"HTTP_{reply.status}",
        said.message[:MESSAGE_CHARS],
        reply.headers.get("Request-ID", ""),
        # Without a code it is not WeChat's word, but of something in between.
        unknown=reply.status >= SERVER_FAILURE or not said.code,
    )
