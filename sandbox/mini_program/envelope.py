"""Envelope of server push: signature, AES, JSON or XML. Source: push/encryption.md."""

import base64
import hashlib
import secrets
import struct
from typing import Any
from xml.sax.saxutils import escape

import msgspec
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK_BYTES = 32  # PKCS#7 to 32, though AES has blocks of 16


def signature(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()  # noqa: S324 - the protocol


def sealed(message: bytes, aes_key: str, appid: str) -> str:
    """Encrypt a message: Base64 of AES-256-CBC over 16 random bytes, length, text and appid."""
    key = base64.b64decode(aes_key + "=")
    plain = secrets.token_bytes(16) + struct.pack(">I", len(message)) + message + appid.encode()
    padding = BLOCK_BYTES - len(plain) % BLOCK_BYTES
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    cipher = encryptor.update(plain + bytes([padding]) * padding) + encryptor.finalize()
    return base64.b64encode(cipher).decode()


def _element(name: str, value: Any) -> str:
    match value:
        case list():
            return "".join(_element(name, each) for each in value)
        case dict():
            inner = "".join(_element(key, each) for key, each in value.items())
            return f"<{name}>{inner}</{name}>"
        case int() | float():
            return f"<{name}>{value}</{name}>"
    text = str(value)
    return f"<{name}>{escape(text) if ']]>' in text else f'<![CDATA[{text}]]>'}</{name}>"


def as_xml(event: dict[str, Any]) -> bytes:
    return _element("xml", event).encode()


def as_json(event: dict[str, Any]) -> bytes:
    return msgspec.json.encode(event)
