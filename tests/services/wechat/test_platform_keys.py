"""Certificates no stand-in would list: expired, foreign, of another kind, gone."""

import asyncio
import base64
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding
from tornado.httputil import HTTPHeaders

from services.wechat import signatures
from services.wechat.errors import BadSignature, KeysUnavailable, PayError
from services.wechat.platform_keys import PlatformKeys
from services.wechat.transport import Reply
from tests.build.world import NOON, Clock

SEAL = AESGCM(b"0123456789abcdef0123456789abcdef")
NAME = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Tenpay.com sign")])
KEYS = [rsa.generate_private_key(65537, 2048) for _ in range(2)]
YEAR = timedelta(days=365)
NONCE = "abcdefghijkl"


@dataclass
class Made:
    """A certificate of WeChat's, and how it is listed."""

    number: int = 0xABCDEF0123456789ABCDEF
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey = field(default_factory=lambda: KEYS[0])
    begins_at: datetime = NOON - YEAR
    ends_at: datetime = NOON + YEAR
    serial: str = ""
    seal: AESGCM = SEAL

    def __post_init__(self) -> None:
        self.serial = self.serial or f"{self.number:X}"

    def listed(self) -> dict[str, object]:
        certificate = (
            x509.CertificateBuilder(NAME, NAME, self.key.public_key(), self.number)
            .not_valid_before(self.begins_at)
            .not_valid_after(self.ends_at)
            .sign(KEYS[0], hashes.SHA256())
        )
        pem = certificate.public_bytes(Encoding.PEM)
        sealed = self.seal.encrypt(NONCE.encode(), pem, b"certificate")
        return {
            "serial_no": self.serial,
            "encrypt_certificate": {
                "algorithm": signatures.SEALED_WITH,
                "nonce": NONCE,
                "associated_data": "certificate",
                "ciphertext": base64.b64encode(sealed).decode(),
            },
        }

    def sign(self, body: bytes, at: datetime) -> HTTPHeaders:
        assert isinstance(self.key, rsa.RSAPrivateKey)
        stamp = str(int(at.timestamp()))
        return HTTPHeaders({
            "Wechatpay-Timestamp": stamp,
            "Wechatpay-Nonce": "n",
            "Wechatpay-Serial": self.serial,
            "Wechatpay-Signature": signatures.sign(self.key, stamp, "n", body=body),
        })  # fmt: skip


@dataclass
class Platform:
    """WeChat's list, as a test wants it."""

    clock: Clock
    certificates: list[Made]
    signer: Made
    downloads: int = 0

    def __post_init__(self) -> None:
        self.keys = PlatformKeys({}, sealing=SEAL, download=self.download, now=self.clock)

    async def download(self) -> Reply:
        self.downloads += 1
        body = msgspec.json.encode({"data": [each.listed() for each in self.certificates]})
        return Reply(200, self.signer.sign(body, self.clock()), body)

    async def believes(self, made: Made) -> bool:
        try:
            await self.keys.verify(made.sign(b"{}", self.clock()), b"{}")
        except BadSignature:
            return False
        return True


GOOD = Made()
OTHER = Made(number=0x1234567890ABCDEF1234, key=KEYS[1])


async def test_a_certificate_no_longer_listed_is_still_believed() -> None:
    clock = Clock()
    platform = Platform(clock, [GOOD], GOOD)
    assert await platform.believes(GOOD)
    platform.certificates, platform.signer = [OTHER], OTHER
    clock.now += timedelta(minutes=2)
    assert await platform.believes(OTHER)
    assert await platform.believes(GOOD)
    assert platform.downloads == 2


async def test_a_certificate_ends_while_it_is_held() -> None:
    clock = Clock()
    short = Made(number=OTHER.number, key=KEYS[1], ends_at=NOON + timedelta(hours=1))
    platform = Platform(clock, [GOOD, short], GOOD)
    assert await platform.believes(short)
    clock.now += timedelta(hours=2)
    assert not await platform.believes(short)
    assert await platform.believes(GOOD)


@pytest.mark.parametrize(
    "odd",
    [
        Made(number=OTHER.number, key=KEYS[1], ends_at=NOON - timedelta(seconds=1)),
        Made(number=OTHER.number, key=KEYS[1], begins_at=NOON + timedelta(seconds=1)),
    ],
    ids=["expired", "not yet"],
)
async def test_a_certificate_outside_of_its_life_is_left_out(odd: Made) -> None:
    platform = Platform(Clock(), [GOOD, odd], GOOD)
    assert not await platform.believes(odd)
    assert await platform.believes(GOOD)


async def test_an_expired_certificate_cannot_vouch_for_the_list() -> None:
    expired = Made(ends_at=NOON - timedelta(seconds=1))
    platform = Platform(Clock(), [expired, OTHER], expired)
    assert not await platform.believes(OTHER)


@pytest.mark.parametrize(
    "odd",
    [
        Made(serial="FFFFFFFFFFFFFFFFFFFF"),
        Made(serial="not hex"),
        Made(key=ec.generate_private_key(ec.SECP256R1())),
        Made(seal=AESGCM(b"another-key-of-thirty-two-bytes!")),
    ],
    ids=["other serial", "no serial", "other kind of key", "sealed by somebody else"],
)
async def test_a_certificate_we_cannot_use_does_not_spoil_the_others(odd: Made) -> None:
    platform = Platform(Clock(), [odd, OTHER], OTHER)
    assert await platform.believes(OTHER)
    named = f"{odd.serial} {odd.number:X}".split()
    assert not [each for each in named if await platform.believes(Made(serial=each))]


async def test_a_list_signed_by_a_stranger() -> None:
    platform = Platform(Clock(), [GOOD], OTHER)
    assert not await platform.believes(GOOD)
    platform = Platform(Clock(), [GOOD], Made(key=KEYS[1]))  # the serial fits, the key does not
    assert not await platform.believes(GOOD)


@dataclass
class Outage(Platform):
    """WeChat's list, which cannot be had the first so many times."""

    failures: int = 0
    problem: PayError = field(default_factory=lambda: PayError(0, "NO_ANSWER", unknown=True))

    async def download(self) -> Reply:
        if self.downloads < self.failures:
            self.downloads += 1
            raise self.problem
        return await super().download()

    async def verdict(self, made: Made) -> str:
        try:
            await self.keys.verify(made.sign(b"{}", self.clock()), b"{}")
        except KeysUnavailable:
            return "unavailable"
        except BadSignature as forged:
            return forged.reason.value
        return "believed"


async def test_there_is_no_list_so_the_serial_is_unknown() -> None:
    none = PayError(404, "RESOURCE_NOT_EXISTS")
    platform = Outage(Clock(), [GOOD], GOOD, failures=99, problem=none)
    assert await platform.verdict(GOOD) == "serial"
    assert platform.downloads == 1


async def test_a_notice_waits_while_a_failed_download_is_tried_again() -> None:
    platform = Outage(Clock(), [GOOD], GOOD, failures=3)
    verdicts = await asyncio.gather(*(platform.verdict(GOOD) for _ in range(20)))
    assert set(verdicts) == {"believed"}
    assert platform.downloads == 4


async def test_in_a_longer_outage_nothing_is_called_forged() -> None:
    clock = Clock()
    platform = Outage(clock, [GOOD], GOOD, failures=4)
    assert await platform.verdict(GOOD) == "unavailable"
    assert await platform.verdict(GOOD) == "unavailable"
    clock.now += timedelta(seconds=2)
    assert await platform.verdict(GOOD) == "believed"


async def test_a_long_outage_is_asked_about_ever_more_rarely() -> None:
    """Whatever serials are forged meanwhile: WeChat must not be asked without end."""
    clock = Clock()
    platform = Outage(clock, [GOOD], GOOD, failures=999)
    for _ in range(600):
        assert await platform.verdict(OTHER) == "unavailable"
        clock.now += timedelta(seconds=1)
    flights = platform.downloads / 4
    assert flights <= 5 + 10
    assert await platform.verdict(Made(serial="no certificate")) == "serial"
