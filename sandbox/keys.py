"""Accounts and keys of the stand-in: made once, kept in the data folder."""

import datetime as dt
import os
import secrets
import string
from pathlib import Path
from typing import Literal

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID
from msgspec import field

ALPHABET = string.ascii_letters + string.digits
FIRMS = (
    ("firm", "长春安居物业服务有限公司", "direct", "public_key"),
    ("sanitation", "长春市环境卫生收费管理中心", "direct", "certificate"),
    ("partner", "长春三长通科技有限公司", "partner", "public_key"),
)


class MiniProgram(msgspec.Struct, kw_only=True):
    """Credentials of an app with openids of its own: a mini-program, or the service account."""

    appid: str
    secret: str
    push_token: str
    push_aes_key: str
    original_id: str


def _word(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def _new_mini_program() -> MiniProgram:
    return MiniProgram(
        appid="wx" + secrets.token_hex(8),
        secret=secrets.token_hex(16),
        push_token=_word(24),
        push_aes_key=_word(43),
        original_id="gh_" + secrets.token_hex(6),
    )


class Merchant(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Credentials of a merchant account. In partner mode `mchid` is the sp_mchid."""

    key: str
    name: str
    mode: Literal["direct", "partner"]
    mchid: str
    appid: str
    serial: str
    private_key_pem: str
    api_v3_key: str
    sub_mchid: str = ""
    public_key_id: str = ""
    public_key_pem: str = ""


class Credentials(msgspec.Struct, kw_only=True):
    """Credentials for the product: what its owner would copy from WeChat's consoles."""

    mini_program: MiniProgram
    other_mini_program: MiniProgram
    merchants: list[Merchant]
    # A folder of an earlier version has none: it gets one at the next start.
    service_account: MiniProgram = field(default_factory=_new_mini_program)


class Certificate(msgspec.Struct, kw_only=True):
    serial: str
    private_key_pem: str
    certificate_pem: str
    not_before: float
    not_after: float


class PublicKey(msgspec.Struct, kw_only=True):
    id: str
    private_key_pem: str
    public_key_pem: str


class Platform(msgspec.Struct, kw_only=True):
    """Private keys of the platform; they never leave the stand-in."""

    certificates: list[Certificate]
    public_keys: dict[str, PublicKey]  # by mchid; real merchants have one key each


def _digits(length: int) -> str:
    return "".join(secrets.choice(string.digits) for _ in range(length))


def new_private_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _private_pem(key: rsa.RSAPrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _public_pem(key: rsa.RSAPrivateKey) -> str:
    form = PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(Encoding.PEM, form).decode()


def load_private_key(pem: str) -> rsa.RSAPrivateKey:
    # The key is our own: validating its primes would take 0.1 s each.
    key = load_pem_private_key(pem.encode(), None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("WeChat Pay signs with RSA keys only")
    return key


def new_public_key() -> PublicKey:
    key = new_private_key()
    return PublicKey(
        id=f"PUB_KEY_ID_01{_digits(32)}",
        private_key_pem=_private_pem(key),
        public_key_pem=_public_pem(key),
    )


def new_certificate(at: float) -> Certificate:
    """Make a platform certificate valid five years before and after: tests move the clock."""
    key = new_private_key()
    begin = dt.datetime.fromtimestamp(int(at), dt.UTC) - dt.timedelta(days=5 * 365)
    end = begin + dt.timedelta(days=10 * 365)
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Tenpay.com sandbox"),
            x509.NameAttribute(NameOID.COMMON_NAME, "Tenpay.com sign"),
        ]
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(end)
        .sign(key, hashes.SHA256())
    )
    return Certificate(
        serial=f"{certificate.serial_number:X}",
        private_key_pem=_private_pem(key),
        certificate_pem=certificate.public_bytes(Encoding.PEM).decode(),
        not_before=begin.timestamp(),
        not_after=end.timestamp(),
    )


def _new_merchant(firm: tuple[str, str, str, str], appid: str, public: PublicKey) -> Merchant:
    key, name, mode, signing = firm
    knows_key = signing == "public_key"
    return Merchant(
        key=key,
        name=name,
        mode="partner" if mode == "partner" else "direct",
        mchid="16" + _digits(8),
        sub_mchid="17" + _digits(8) if mode == "partner" else "",
        appid=appid,
        serial=secrets.token_hex(20).upper(),
        private_key_pem=_private_pem(new_private_key()),
        api_v3_key=_word(32),
        public_key_id=public.id if knows_key else "",
        public_key_pem=public.public_key_pem if knows_key else "",
    )


def _make(at: float) -> tuple[Credentials, Platform]:
    program = _new_mini_program()
    merchants, public_keys = [], {}
    for firm in FIRMS:
        public = new_public_key()
        merchant = _new_merchant(firm, program.appid, public)
        merchants.append(merchant)
        public_keys[merchant.mchid] = public
    credentials = Credentials(
        mini_program=program,
        other_mini_program=_new_mini_program(),
        merchants=merchants,
    )
    return credentials, Platform(certificates=[new_certificate(at)], public_keys=public_keys)


def write_secret(path: Path, content: bytes) -> None:
    """Write a file atomically with mode 600: a killed start must not leave half a key."""
    draft = path.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    draft.replace(path)


class Keys:
    """Key files of the stand-in and the loaded private keys."""

    def __init__(self, folder: Path, at: float) -> None:
        self.credentials_path = folder / "credentials.json"
        self._platform_path = folder / "platform.json"
        if self.credentials_path.exists():
            kept = self.credentials_path.read_bytes()
            self.credentials = msgspec.json.decode(kept, type=Credentials)
            if b'"service_account"' not in kept:
                self._save_credentials()
            self.platform = msgspec.json.decode(self._platform_path.read_bytes(), type=Platform)
        else:
            self.credentials, self.platform = _make(at)
            self._save_platform()
            self._save_credentials()
        made = self.credentials
        programs = (made.mini_program, made.other_mini_program, made.service_account)
        self.programs = {program.appid: program for program in programs}
        self.merchants = {m.mchid: m for m in self.credentials.merchants}
        self._loaded: dict[str, rsa.RSAPrivateKey] = {}

    def _save_credentials(self) -> None:
        shown = msgspec.json.format(msgspec.json.encode(self.credentials), indent=2)
        write_secret(self.credentials_path, shown)

    def _save_platform(self) -> None:
        write_secret(self._platform_path, msgspec.json.encode(self.platform))

    def private(self, pem: str) -> rsa.RSAPrivateKey:
        """Return the loaded key of a PEM text, cached: parsing costs more than signing."""
        if pem not in self._loaded:
            self._loaded[pem] = load_private_key(pem)
        return self._loaded[pem]

    def rotate_certificate(self, at: float) -> Certificate:
        """Add a platform certificate that signs from now on; the old one stays valid."""
        self.platform.certificates.append(new_certificate(at))
        self._save_platform()
        return self.platform.certificates[-1]
