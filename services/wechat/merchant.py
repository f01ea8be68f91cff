"""Merchant accounts: who receives the money, and the keys to sign for them."""

import re
from functools import lru_cache
from typing import ClassVar, Final, Literal

import msgspec
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

from services.wechat.secret import Guarded

MIN_KEY_BITS: Final = 2048
API_V3_KEY_BYTES: Final = 32
PUBLIC_KEY_PREFIX: Final = "PUB_KEY_ID_"

_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
_DIGITS = re.compile(r"[0-9]{4,32}")
_SERIAL = re.compile(r"[0-9A-F]{16,64}")


class AccountError(ValueError):
    """A merchant account is not usable. Names the account and the field, never a value."""


class MerchantAccount(Guarded, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One payee. Partner mode: `mchid` and `appid` are sp_mchid and sp_appid."""

    hidden: ClassVar[frozenset[str]] = frozenset(
        {"private_key_pem", "api_v3_key", "public_key_pem"}
    )

    key: str  # our own short name; the last segment of the notify urls
    name: str
    mode: Literal["direct", "partner"]
    mchid: str
    appid: str
    serial: str  # of the merchant's own certificate
    private_key_pem: str
    api_v3_key: str
    public_key_id: str | None = None  # PUB_KEY_ID_…; None: platform certificates only
    public_key_pem: str | None = None
    certificate_pem: str | None = None  # the merchant's own: says until when it is good
    sub_mchid: str | None = None
    sub_appid: str | None = None

    @property
    def calling_appid(self) -> str:
        """The mini-program in which the payer pays."""
        return self.sub_appid or self.appid


def load_accounts(json_bytes: bytes) -> dict[str, MerchantAccount]:
    """Read the JSON list of merchant accounts, by key. Raises AccountError."""
    try:
        accounts = msgspec.json.decode(json_bytes, type=list[MerchantAccount])
    except msgspec.ValidationError as error:
        raise AccountError(f"merchant accounts: {error}") from None
    except msgspec.DecodeError:
        raise AccountError("merchant accounts: not JSON") from None
    by_key: dict[str, MerchantAccount] = {}
    payees: set[tuple[str, str | None]] = set()
    for account in accounts:
        payee = (account.mchid, account.sub_mchid)
        _require(account, account.key not in by_key, "the key is there twice")
        _require(account, payee not in payees, "the same mchid and sub_mchid are there twice")
        check(account)
        by_key[account.key] = account
        payees.add(payee)
    return by_key


def load_private_key(account: MerchantAccount) -> rsa.RSAPrivateKey:
    """Return the merchant's own key. AccountError when it is no RSA key of 2048 bits."""
    try:
        key = _parsed(account.private_key_pem)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, rsa.RSAPrivateKey) or key.key_size < MIN_KEY_BITS:
        raise _unusable(account, "private_key_pem: a PEM RSA key of 2048 bits is needed")
    return key


@lru_cache(maxsize=64)
def _parsed(pem: str) -> PrivateKeyTypes:
    """Parse a key once: proving its primes takes 60 ms, and it is asked for again and again."""
    return serialization.load_pem_private_key(pem.encode(), None)


def load_public_key(account: MerchantAccount) -> rsa.RSAPublicKey | None:
    """Return WeChat Pay's public key, if the account has one. AccountError for a bad one."""
    if account.public_key_pem is None:
        return None
    try:
        key = serialization.load_pem_public_key(account.public_key_pem.encode())
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size < MIN_KEY_BITS:
        raise _unusable(account, "public_key_pem: a PEM RSA key of 2048 bits is needed")
    return key


def load_certificate(account: MerchantAccount) -> x509.Certificate | None:
    """Return the merchant's own certificate, if it was given. AccountError for another's."""
    if account.certificate_pem is None:
        return None
    try:
        certificate = x509.load_pem_x509_certificate(account.certificate_pem.encode())
    except ValueError:
        raise _unusable(account, "certificate_pem: no PEM certificate") from None
    if certificate.serial_number != int(account.serial, 16):
        raise _unusable(account, "certificate_pem: its serial is another one")
    return certificate


def check(account: MerchantAccount) -> None:
    """Raise AccountError for an account with which nothing can be signed or opened."""
    partner, sub_mchid = account.mode == "partner", account.sub_mchid
    public_key_id = account.public_key_id
    _require(account, _KEY.fullmatch(account.key), "key: lower-case letters, digits, - and _")
    _require(account, _DIGITS.fullmatch(account.mchid), "mchid: digits")
    _require(account, account.appid, "appid is empty")
    _require(account, _SERIAL.fullmatch(account.serial), "serial: upper-case hex")
    _require(account, partner == bool(sub_mchid), "sub_mchid: in partner mode, and only there")
    _require(account, sub_mchid != account.mchid, "sub_mchid equals mchid")
    _require(account, partner or not account.sub_appid, "sub_appid: only in partner mode")
    _require(
        account,
        len(account.api_v3_key.encode()) == API_V3_KEY_BYTES,
        f"api_v3_key: exactly {API_V3_KEY_BYTES} bytes",
    )
    _require(
        account,
        bool(public_key_id) == bool(account.public_key_pem),
        "public_key_id and public_key_pem: both or neither",
    )
    _require(
        account,
        public_key_id is None or public_key_id.startswith(PUBLIC_KEY_PREFIX),
        f"public_key_id: starts with {PUBLIC_KEY_PREFIX}",
    )
    load_private_key(account)
    load_public_key(account)
    load_certificate(account)


def _require(account: MerchantAccount, fact: object, otherwise: str) -> None:
    if not fact:
        raise _unusable(account, otherwise)


def _unusable(account: MerchantAccount, why: str) -> AccountError:
    return AccountError(f"merchant account {account.key[:32]!r}: {why}")
