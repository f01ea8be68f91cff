"""A merchant account that is not usable is noticed at start, by name, without its secrets."""

from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from services.wechat.merchant import AccountError, load_accounts
from tests.services.wechat.desk import Desk


def private_pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def public_pem(key: rsa.RSAPrivateKey) -> str:
    form = PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(Encoding.PEM, form).decode()


KEY = rsa.generate_private_key(65537, 2048)
ELLIPTIC = private_pem(ec.generate_private_key(ec.SECP256R1()))
SHORT = rsa.generate_private_key(65537, 1024)  # noqa: S505 - to be refused

DIRECT: dict[str, Any] = {
    "key": "firm",
    "name": "安居物业",
    "mode": "direct",
    "mchid": "1600000001",
    "appid": "wx0000000000000001",
    "serial": "5157F09EFDC096DE15EBE81A47057A7232F1B8E1",
    "private_key_pem": private_pem(KEY),
    "api_v3_key": "0123456789abcdef0123456789abcdef",
    "public_key_id": "PUB_KEY_ID_0116000000012024",
    "public_key_pem": public_pem(KEY),
}
PARTNER = DIRECT | {"key": "partner", "mode": "partner", "sub_mchid": "1700000001"}


def load(*accounts: dict[str, Any]) -> Any:
    return load_accounts(msgspec.json.encode(accounts))


def test_both_modes_are_read_by_key() -> None:
    accounts = load(DIRECT, PARTNER)
    assert list(accounts) == ["firm", "partner"]
    assert accounts["partner"].sub_mchid == "1700000001"


def test_the_stand_ins_accounts_are_usable(desk: Desk) -> None:
    assert set(load(*desk.credentials["merchants"])) == {"firm", "sanitation", "partner"}


def test_no_secret_is_shown() -> None:
    shown = repr(load(DIRECT)["firm"])
    assert "mchid='1600000001'" in shown
    assert "PRIVATE KEY" not in shown
    assert DIRECT["api_v3_key"] not in shown


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"key": "No Spaces"}, "key"),
        ({"key": ""}, "key"),
        ({"mchid": "16000000O1"}, "mchid"),
        ({"appid": ""}, "appid"),
        ({"serial": "xyz"}, "serial"),
        ({"mode": "other"}, "mode"),
        ({"mchid": 1600000001}, "mchid"),
        ({"api_v3_key": "secret-too-short"}, "api_v3_key"),
        ({"api_v3_key": "三" * 32}, "api_v3_key"),
        ({"private_key_pem": "secret"}, "private_key_pem"),
        ({"private_key_pem": ELLIPTIC}, "private_key_pem"),
        ({"private_key_pem": private_pem(SHORT)}, "private_key_pem"),
        ({"public_key_pem": "secret"}, "public_key_pem"),
        ({"public_key_pem": public_pem(SHORT)}, "public_key_pem"),
        ({"public_key_pem": None}, "both or neither"),
        ({"public_key_id": "0116000000012024"}, "PUB_KEY_ID_"),
        ({"sub_mchid": "1700000001"}, "sub_mchid"),
        ({"sub_appid": "wx0000000000000002"}, "sub_appid"),
        ({"mode": "partner"}, "sub_mchid"),
        ({"mode": "partner", "sub_mchid": "1600000001"}, "sub_mchid"),
        ({"privat_key_pem": "a spelling mistake"}, "privat_key_pem"),
    ],
)
def test_each_mistake_is_named_without_values(change: dict[str, Any], complaint: str) -> None:
    with pytest.raises(AccountError, match=complaint) as refused:
        load(DIRECT | change)
    assert "secret" not in str(refused.value)
    assert "PRIVATE" not in str(refused.value)
    assert refused.value.__cause__ is None


@pytest.mark.parametrize("change", [{}, {"key": "another"}, {"mchid": "1600000002"}])
def test_no_account_twice(change: dict[str, Any]) -> None:
    with pytest.raises(AccountError, match="twice"):
        load(DIRECT, DIRECT | change)


def test_a_missing_field_is_named() -> None:
    without = {name: value for name, value in DIRECT.items() if name != "serial"}
    with pytest.raises(AccountError, match="serial"):
        load(without)


def test_not_json() -> None:
    with pytest.raises(AccountError, match="not JSON"):
        load_accounts(b"secret")
