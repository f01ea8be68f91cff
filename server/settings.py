"""Settings from the environment, read only here: each X from X or from the file X_FILE."""

import os
from collections.abc import Mapping
from enum import StrEnum
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any, Final, Self, TypeVar, get_type_hints
from urllib.parse import urlsplit

import msgspec

from server.features import FEATURES

WECHAT: Final = "https://api.weixin.qq.com"
WECHAT_PAY: Final = "https://api.mch.weixin.qq.com"
SECRETS: Final = frozenset(
    {
        "wx_secret",
        "wx_push_token",
        "wx_push_aes_key",
        "wx_service_secret",
        "wx_service_push_token",
        "wx_service_push_aes_key",
        "wxpay_accounts",
        "secret_keys",
    }
)
# Of the linked service account: all of them or none.
SERVICE: Final = (
    "wx_service_appid",
    "wx_service_secret",
    "wx_service_push_token",
    "wx_service_push_aes_key",
    "wx_service_templates",
)
IN_JSON: Final = frozenset(
    {"wx_templates", "wx_service_templates", "wxpay_accounts", "secret_keys"}
)
NEEDED: Final = (
    "mongodb_uri",
    "redis_url",
    "wx_appid",
    "wx_secret",
    "secret_keys",
    "public_url",
)
SAMPLE: Final = "change-me"  # what the secrets of deploy/env.example begin with
SAMPLE_APPID: Final = "wx0000000000000000"
SAMPLE_HOST: Final = ".example"  # belongs to nobody, RFC 2606


class SettingsError(Exception):
    """One line for the person at the keyboard: which variable, and what to do."""


class LogFormat(StrEnum):
    CONSOLE = "console"
    JSON = "json"


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Settings that differ between installations; deploy/env.example explains each.

    Empty means "not configured": `run` then starts its own part, the other commands refuse.
    """

    port: int = 8000
    listen_address: str = "127.0.0.1"
    public_url: str = ""
    ops_address: str = "127.0.0.1"
    ops_port: int = 0
    requests_at_once: int = 40
    requests_per_person: int = 12
    uploads_mb: int = 256
    trusted_proxies: tuple[str, ...] = ("127.0.0.1", "::1")
    data_dir: Path = Path(".data")
    photos_dir: str = ""

    mongodb_uri: str = ""
    mongodb_database: str = "sanzhangtong"
    mongodb_timeout_ms: int = 3000
    mongodb_max_pool_size: int = 50
    mongodb_wait_queue_timeout_ms: int = 1000
    redis_url: str = ""

    wx_api_base: str = WECHAT
    wxpay_api_base: str = WECHAT_PAY
    wx_appid: str = ""
    wx_secret: str = ""
    wx_push_token: str = ""
    wx_push_aes_key: str = ""
    wx_templates: dict[str, str] = {}
    wx_service_appid: str = ""
    wx_service_secret: str = ""
    wx_service_push_token: str = ""
    wx_service_push_aes_key: str = ""
    wx_service_templates: dict[str, str] = {}
    wxpay_accounts: tuple[dict[str, str | None], ...] = ()

    secret_keys: dict[str, bytes] = {}
    worker_concurrency: int = 4
    log_level: str = "info"
    log_format: LogFormat = LogFormat.CONSOLE

    @property
    def photos_folder(self) -> Path:
        return Path(self.photos_dir) if self.photos_dir else self.data_dir / "photos"

    @classmethod
    def read(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Read and check every setting; an empty variable counts as absent.

        Raises SettingsError, in one line that names the variable.
        """
        if environ is None:
            environ = os.environ  # noqa: TID251  # the one place that reads it
        types = get_type_hints(cls)
        found = {name: _find(name, environ) for name in cls.__struct_fields__}
        values = {name: _parse(name, raw, types[name]) for name, raw in found.items() if raw}
        return checked(cls(**values))

    def replace(self, **given: Any) -> Self:
        """Return a checked copy with what is given; None leaves a setting as it is."""
        changes = {name: value for name, value in given.items() if value is not None}
        return checked(msgspec.structs.replace(self, **changes))

    def require_all(self) -> None:
        """Raise SettingsError unless everything is set, and no sample, that all need."""
        if missing := [name.upper() for name in NEEDED if not getattr(self, name)]:
            raise SettingsError(f"Set {', '.join(missing)}; see deploy/env.example")
        if samples := [name.upper() for name in NEEDED if _is_sample(self, name)]:
            raise SettingsError(
                f"{', '.join(samples)}: still as in deploy/env.example, which everybody can "
                "read; put in your own"
            )

    def __repr__(self) -> str:
        shown = (f"{name}={_show(self, name)}" for name in self.__struct_fields__)
        return f"Settings({', '.join(shown)})"


SettingsT = TypeVar("SettingsT", bound=Settings)


def checked(settings: SettingsT) -> SettingsT:
    for check in CHECKS:
        check(settings)
    return settings


def _find(name: str, environ: Mapping[str, str]) -> str:
    variable = name.upper()
    value, file = environ.get(variable, ""), environ.get(f"{variable}_FILE", "")
    if value and file:
        raise SettingsError(f"{variable} and {variable}_FILE are both set: keep one of them")
    if not file:
        return value.strip()
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise SettingsError(f"{variable}_FILE: cannot read {file}: {reason}") from error


def _parse(name: str, raw: str, type_: Any) -> Any:
    try:
        if name in IN_JSON:
            return msgspec.json.decode(raw, type=type_)
        if name == "trusted_proxies":
            return tuple(address.strip() for address in raw.split(","))
        return Path(raw) if type_ is Path else msgspec.convert(raw, type_, strict=False)
    except msgspec.MsgspecError as error:
        raise SettingsError(f"{name.upper()}: {_advice(name, type_, error)}") from error


def _advice(name: str, type_: Any, error: Exception) -> str:
    if name == "secret_keys":
        return 'write {"id": "key"}; make a key with: openssl rand -base64 32'
    if type_ is int:
        return "write a whole number"
    if isinstance(type_, type) and issubclass(type_, StrEnum):
        return f"choose {' or '.join(type_)}"
    return f"{error}; see deploy/env.example"


def _is_sample(settings: Settings, name: str) -> bool:
    match value := getattr(settings, name):
        case dict():
            return any(key.startswith(SAMPLE.encode()) for key in value.values())
        case _ if name == "wx_appid":
            return bool(value == SAMPLE_APPID)
        case _ if name == "public_url":
            return (urlsplit(value).hostname or "").endswith(SAMPLE_HOST)
    return SAMPLE in value


def _show(settings: Settings, name: str) -> str:
    value = getattr(settings, name)
    if name in SECRETS and value:
        return "<hidden>"
    if name in {"mongodb_uri", "redis_url"} and (secret := urlsplit(value).password):
        return repr(value.replace(f":{secret}@", ":<hidden>@"))
    return repr(value)


def _check_ranges(settings: Settings) -> None:
    limits = {
        "port": (0, 65535),
        "ops_port": (0, 65535),
        "requests_at_once": (1, 999),
        "requests_per_person": (1, 999),
        "uploads_mb": (1, 100_000),
        "mongodb_timeout_ms": (100, 60_000),
        "mongodb_max_pool_size": (1, 1000),
        "mongodb_wait_queue_timeout_ms": (10, 60_000),
        "worker_concurrency": (1, 256),
    }
    for name, (low, high) in limits.items():
        if not low <= getattr(settings, name) <= high:
            raise SettingsError(f"{name.upper()}: choose a number from {low} to {high}")
    if settings.requests_at_once >= settings.mongodb_max_pool_size:
        raise SettingsError(
            f"REQUESTS_AT_ONCE: choose less than MONGODB_MAX_POOL_SIZE "
            f"({settings.mongodb_max_pool_size}), so that WeChat's notices find a connection"
        )


def _check_words(settings: Settings) -> None:
    if settings.log_level not in {"debug", "info", "warning", "error"}:
        raise SettingsError("LOG_LEVEL: choose debug, info, warning or error")
    schemes = {
        "mongodb_uri": ("mongodb://", "mongodb+srv://"),
        "redis_url": ("redis://", "rediss://", "unix://"),
        "public_url": ("https://", "http://"),
        "wx_api_base": ("https://", "http://"),
        "wxpay_api_base": ("https://", "http://"),
    }
    for name, starts in schemes.items():
        value = getattr(settings, name)
        if value and not value.startswith(starts):
            raise SettingsError(f"{name.upper()}: start it with {' or '.join(starts)}")


def _check_proxies(settings: Settings) -> None:
    for proxy in settings.trusted_proxies:
        try:
            ip_network(proxy)
        except ValueError as error:
            raise SettingsError(
                f"TRUSTED_PROXIES: {proxy!r} is no address: write e.g. 127.0.0.1,10.0.0.0/24"
            ) from error


def _check_public_url(settings: Settings) -> None:
    parts = urlsplit(settings.public_url)
    if parts.scheme == "http" and not _is_loopback(parts.hostname or ""):
        raise SettingsError(
            "PUBLIC_URL: start it with https://, WeChat accepts nothing else "
            "(http:// only for this machine itself, e.g. http://127.0.0.1:8000)"
        )


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _check_keys(settings: Settings) -> None:
    for kid, key in settings.secret_keys.items():
        if len(key) != 32:  # noqa: PLR2004  AES-256
            raise SettingsError(
                f"SECRET_KEYS: key {kid!r} has {len(key)} bytes instead of 32; "
                "make one with: openssl rand -base64 32"
            )


def _check_templates(settings: Settings) -> None:
    for name in ("wx_templates", "wx_service_templates"):
        if strange := getattr(settings, name).keys() - FEATURES.templates.keys():
            known = ", ".join(FEATURES.templates)
            raise SettingsError(
                f"{name.upper()}: no message is called {min(strange)!r}: {known}"
            )
        first_of: dict[str, str] = {}
        for key, template_id in getattr(settings, name).items():
            first = first_of.setdefault(template_id, key)
            if FEATURES.templates[key].data.keys() != FEATURES.templates[first].data.keys():
                raise SettingsError(
                    f"{name.upper()}: {first!r} and {key!r} fill other cells: "
                    "give each its own id"
                )


def _check_service(settings: Settings) -> None:
    missing = [name.upper() for name in SERVICE if not getattr(settings, name)]
    if 0 < len(missing) < len(SERVICE):
        raise SettingsError(
            f"{missing[0]}: set it too, or none of the service account's (WX_SERVICE_…)"
        )
    if settings.wx_service_appid and settings.wx_service_appid == settings.wx_appid:
        raise SettingsError("WX_SERVICE_APPID: it is the mini-program's; put in its own")


CHECKS: Final = (
    _check_ranges,
    _check_words,
    _check_proxies,
    _check_public_url,
    _check_keys,
    _check_templates,
    _check_service,
)
