"""Signatures and seals: what one side makes the other believes, and nothing else."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from services.wechat import signatures
from services.wechat.errors import BadSignature, Forgery
from services.wechat.pay_requests import clip_bytes
from services.wechat.signatures import Sealed

KEY = rsa.generate_private_key(65537, 2048)
OTHER = rsa.generate_private_key(65537, 2048)
SEAL = AESGCM(b"0123456789abcdef0123456789abcdef")
plain_text = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)


def headers(stamp: str, once: str, body: bytes) -> dict[str, str]:
    return {
        "Wechatpay-Timestamp": stamp,
        "Wechatpay-Nonce": once,
        "Wechatpay-Signature": signatures.sign(KEY, stamp, once, body=body),
    }


@given(stamp=plain_text, once=plain_text, body=st.binary(max_size=200))
def test_what_is_signed_is_believed(stamp: str, once: str, body: bytes) -> None:
    signatures.check_signature(KEY.public_key(), headers(stamp, once, body), body)


@given(body=st.binary(min_size=1, max_size=100), data=st.data())
def test_one_changed_bit_is_noticed(body: bytes, data: st.DataObject) -> None:
    signed = headers("1772424000", "nonce", body)
    at, bit = data.draw(st.integers(0, len(body) - 1)), data.draw(st.integers(0, 7))
    changed = body[:at] + bytes([body[at] ^ 1 << bit]) + body[at + 1 :]
    with pytest.raises(BadSignature):
        signatures.check_signature(KEY.public_key(), signed, changed)
    with pytest.raises(BadSignature):
        signatures.check_signature(OTHER.public_key(), signed, body)


def test_lines_cannot_be_moved_into_one_another() -> None:
    signed = headers("1", "2\n3", b"body")
    moved = signed | {"Wechatpay-Timestamp": "1\n2", "Wechatpay-Nonce": "3"}
    signatures.check_signature(KEY.public_key(), moved, b"body")  # the text itself is the same…
    with pytest.raises(BadSignature):  # …but such a timestamp is never accepted
        signatures.check_window(moved, now_seconds=1)


@pytest.mark.parametrize("signature", ["not base64!", "YQ==", "A" * 344, "\ud800"])
def test_rubbish_is_not_a_signature(signature: str) -> None:
    shown = headers("1", "2", b"") | {"Wechatpay-Signature": signature}
    with pytest.raises(BadSignature) as refused:
        signatures.check_signature(KEY.public_key(), shown, b"")
    assert refused.value.reason is Forgery.SIGNATURE


def test_another_kind_of_signature_is_not_ours_to_check() -> None:
    shown = headers("1000", "2", b"") | {"Wechatpay-Signature-Type": "WECHATPAY2-SM2-WITH-SM3"}
    with pytest.raises(BadSignature):
        signatures.check_window(shown, now_seconds=1000)


def seal(text: bytes, about: str) -> Sealed:
    cipher = base64.b64encode(SEAL.encrypt(b"abcdefghijkl", text, about.encode())).decode()
    return Sealed(
        algorithm=signatures.SEALED_WITH,
        nonce="abcdefghijkl",
        ciphertext=cipher,
        associated_data=about or None,
    )


@given(text=st.binary(max_size=200), about=st.sampled_from(["", "transaction", "refund"]))
def test_what_is_sealed_can_be_opened(text: bytes, about: str) -> None:
    assert signatures.unseal(SEAL, seal(text, about)) == text


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("associated_data", "refund", Forgery.DECRYPT),
        ("associated_data", None, Forgery.DECRYPT),
        ("nonce", "abcdefghijkm", Forgery.DECRYPT),
        ("nonce", "short", Forgery.DECRYPT),
        ("ciphertext", "bm90IHNlYWxlZCBhdCBhbGw=", Forgery.DECRYPT),
        ("ciphertext", "*", Forgery.DECRYPT),
        ("ciphertext", "", Forgery.DECRYPT),
        ("algorithm", "NONE", Forgery.MALFORMED),
    ],
)
def test_a_changed_seal_stays_closed(name: str, value: str | None, reason: Forgery) -> None:
    sealed = seal(b"{}", "transaction")
    setattr(sealed, name, value)
    with pytest.raises(BadSignature) as refused:
        signatures.unseal(SEAL, sealed)
    assert refused.value.reason is reason


@given(text=st.text('三长通abc😀 \n\t,`"', min_size=1, max_size=200), limit=st.integers(4, 127))
def test_a_description_is_cut_between_characters(text: str, limit: int) -> None:
    if not text.strip():
        with pytest.raises(ValueError, match="empty"):
            clip_bytes(text, limit)
        return
    clipped = clip_bytes(text, limit)
    clean = " ".join(text.split())
    assert clean.startswith(clipped)
    assert 0 < len(clipped.encode()) <= limit
    assert clipped == clean or len(clipped.encode()) > limit - 5
