"""Keys that WeChat Pay signs with: one public key, platform certificates, or both at once.

While a merchant changes from certificates to the public key, WeChat signs notices with either,
by grey-scale over a week: the serial in the header decides, never our configuration.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from contextvars import Context
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final, NamedTuple

import msgspec
import structlog
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa

from services.wechat import signatures
from services.wechat.errors import (
    BadSignature,
    Forgery,
    KeysUnavailable,
    PayError,
    PayReaction,
)
from services.wechat.transport import Reply

log = structlog.get_logger(__name__)

REFRESH_AFTER: Final = timedelta(hours=12)
# Forged serials must not make us ask WeChat without end.
ATTEMPT_EVERY: Final = timedelta(minutes=1)
# A download that fails is tried again at once, so many seconds apart, while a notice waits for
# it (WeChat hangs up after five); then after a short time that doubles, up to a minute.
PAUSES: Final = (0.2, 0.6, 1.2)
FIRST_BACKOFF: Final = timedelta(seconds=2)
MOST_DOUBLINGS: Final = 5  # beyond the minute already
# WeChat answered: there is none for this merchant, who has a public key.
NONE_THERE: Final = frozenset({PayReaction.ORDER_MISSING, PayReaction.PERMANENT})
_CERTIFICATE_SERIAL = re.compile(r"[0-9A-F]{16,64}")


class Certificate(NamedTuple):
    key: rsa.RSAPublicKey
    begins_at: datetime
    ends_at: datetime


class _Listed(msgspec.Struct):
    serial_no: str
    encrypt_certificate: signatures.Sealed


class _Listing(msgspec.Struct):
    data: list[_Listed]


class PlatformKeys:
    """Verifies that a message comes from WeChat Pay, for one merchant account.

    `download` fetches /v3/certificates, unverified. `passing`: keys that are good for a time,
    such as the public key from before a rotation.
    """

    def __init__(
        self,
        public_keys: Mapping[str, rsa.RSAPublicKey],
        *,
        sealing: signatures.Opener,
        download: Callable[[], Awaitable[Reply]],
        now: Callable[[], datetime],
        passing: Mapping[str, Certificate] = MappingProxyType({}),
    ) -> None:
        self._public_keys = public_keys
        self._sealing = sealing
        self._download = download
        self._now = now
        self._certificates: dict[str, Certificate] = dict(passing)
        self._retry_at: datetime | None = None
        self._failures = 0
        self._loaded_at: datetime | None = None
        self._flight: asyncio.Task[None] | None = None

    async def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        """Check window, key and signature of a notice or an answer. Raises BadSignature."""
        signatures.check_window(headers, now_seconds=self._now().timestamp())
        key = await self._find(signatures.header(headers, "Serial"))
        signatures.check_signature(key, headers, body)

    async def last_day(self) -> datetime | None:
        """Fetch what WeChat signs with; return when the last of its certificates ends.

        None for a merchant who has only the public key, which does not end. Raises
        KeysUnavailable when there is neither.
        """
        if (flight := self._refresh()) is not None:
            await asyncio.shield(flight)
        if self._loaded_at is not None:
            held = self._certificates.values()
            return max((each.ends_at for each in held), default=None)
        if not self._public_keys:
            raise KeysUnavailable
        return None

    def close(self) -> None:
        if self._flight is not None:
            self._flight.cancel()

    async def _find(self, serial: str) -> rsa.RSAPublicKey:
        if key := self._held(serial):
            if self._loaded_at and self._now() - self._loaded_at > REFRESH_AFTER:
                self._refresh()  # beside the caller: a notice must be answered at once
            return key
        if _CERTIFICATE_SERIAL.fullmatch(serial) and (flight := self._refresh()):
            await asyncio.shield(flight)
        if key := self._held(serial):
            return key
        if self._failures and _CERTIFICATE_SERIAL.fullmatch(serial):
            raise KeysUnavailable
        raise BadSignature(Forgery.SERIAL)

    def _held(self, serial: str) -> rsa.RSAPublicKey | None:
        if key := self._public_keys.get(serial):
            return key
        held = self._certificates.get(serial)
        return held.key if held and held.begins_at <= self._now() <= held.ends_at else None

    def _refresh(self) -> asyncio.Task[None] | None:
        """Return the download under way, or start one unless it is too early for another."""
        if self._flight is not None and not self._flight.done():
            return self._flight
        if self._retry_at is not None and self._now() < self._retry_at:
            return None
        # Without the context of who asked first: the others have later deadlines.
        self._flight = asyncio.create_task(self._load_patiently(), context=Context())
        return self._flight

    async def _load_patiently(self) -> None:
        for pause in (*PAUSES, None):
            if await self._load():
                self._failures = 0
                self._retry_at = self._now() + ATTEMPT_EVERY
                return
            if pause is not None:
                await asyncio.sleep(pause)
        wait: timedelta = min(FIRST_BACKOFF * 2**self._failures, ATTEMPT_EVERY)
        self._failures = min(self._failures + 1, MOST_DOUBLINGS)
        self._retry_at = self._now() + wait
        log.error("platform_certificates_unavailable", wait_seconds=wait.total_seconds())

    async def _load(self) -> bool:
        """Download the list once; False when it failed, and asking again may help."""
        try:
            reply = await self._download()
            fresh = self._open(reply.body)
            self._check(reply, fresh)
        except (PayError, BadSignature, ValueError) as failure:
            none_there = isinstance(failure, PayError) and failure.reaction in NONE_THERE
            tell = log.info if none_there else log.warning  # there are none beside a public key
            tell("platform_certificates_not_refreshed", problem=str(failure))
            return none_there
        self._certificates |= fresh  # added, never cleared: old notices are still under way
        self._loaded_at = self._now()
        return True

    def _check(self, reply: Reply, fresh: Mapping[str, Certificate]) -> None:
        """Check the list's own signature, the first time by a certificate it brings.

        Nobody else can have made that one: only WeChat and we know the key that seals it.
        """
        signatures.check_window(reply.headers, now_seconds=self._now().timestamp())
        serial = signatures.header(reply.headers, "Serial")
        key = fresh[serial].key if serial in fresh else self._held(serial)
        if key is None:
            raise BadSignature(Forgery.SERIAL)
        signatures.check_signature(key, reply.headers, reply.body)

    def _open(self, body: bytes) -> dict[str, Certificate]:
        """Read the certificates valid now. Raises ValueError for another shape."""
        listing = msgspec.json.decode(body, type=_Listing)
        read = {each.serial_no: self._read(each) for each in listing.data}
        return {
            serial: found
            for serial, found in read.items()
            if found and found.begins_at <= self._now() <= found.ends_at
        }

    def _read(self, listed: _Listed) -> Certificate | None:
        """Open one certificate; one we cannot use (SM2, say) must not spoil the others."""
        try:
            pem = signatures.unseal(self._sealing, listed.encrypt_certificate)
            certificate = x509.load_pem_x509_certificate(pem)
            is_named = int(listed.serial_no, 16) == certificate.serial_number
            key = certificate.public_key()
        except (BadSignature, ValueError, UnsupportedAlgorithm) as failure:
            log.warning("platform_certificate_left_out", problem=str(failure))
            return None
        if not is_named or not isinstance(key, rsa.RSAPublicKey):
            log.warning("platform_certificate_left_out", problem="other serial or other key")
            return None
        return Certificate(
            key, certificate.not_valid_before_utc, certificate.not_valid_after_utc
        )
